#pragma once
// The plan of an expression: a tree of steps, made once, immutable, evaluated by any number of threads.

#include <memory>
#include <vector>

#include "cel/evaluation.h"
#include "cel/pattern.h"
#include "cel/syntax.h"

namespace countersign::cel {

class Step {
 public:
  explicit Step(SourceRange place) : at_(place) {}
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  virtual ~Step() = default;

  // The value: in `scratch`, or where it lives already (a constant, a variable, inside one), which stays
  // valid as long as the evaluation and `scratch`. nullptr where it failed. Costs at least one unit.
  virtual const Value* view(Evaluation& evaluation, Value& scratch) const = 0;
  // The value that every evaluation gives, if that is known.
  virtual const Value* constant() const { return nullptr; }

 protected:
  // The failure happened here, unless a deeper step has said so already.
  const Value* failed(Evaluation& evaluation) const {
    if (!evaluation.failure.located) {
      evaluation.failure.at = at_;
      evaluation.failure.located = true;
    }
    return nullptr;
  }
  // What is read is not there: callers tell that from other failures.
  const Value* absent(Evaluation& evaluation, std::string message) const {
    evaluation.fail(ErrorCode::not_found, std::move(message));
    return failed(evaluation);
  }
  const Value* failed(Evaluation& evaluation, std::string message) const {
    evaluation.fail(std::move(message));
    return failed(evaluation);
  }
  SourceRange at() const { return at_; }

 private:
  SourceRange at_;
};
using StepPtr = std::unique_ptr<const Step>;
using Steps = std::vector<StepPtr>;

// How a selection or an index treats what is not there.
enum class Access { plain, optional, presence };

// steps_basic.cpp
StepPtr constant_step(SourceRange at, Value value);
StepPtr variable_step(SourceRange at, std::size_t slot, std::string name);
StepPtr local_step(SourceRange at, std::size_t slot);
// Fails whenever it is reached: an unknown name or function of an expression that was not checked.
StepPtr failing_step(SourceRange at, std::string message);
StepPtr list_step(SourceRange at, Steps items, std::vector<bool> marked);
StepPtr map_step(SourceRange at, Steps entries, std::vector<bool> marked);

// steps_access.cpp
StepPtr field_step(SourceRange at, StepPtr base, std::string name, Access access);
StepPtr index_step(SourceRange at, StepPtr base, StepPtr key, bool optional);

// steps_operation.cpp. A literal's exact number where the operand is one.
struct OperandStep {
  StepPtr step;
  std::optional<Decimal> literal;
};
StepPtr binary_step(SourceRange at, Operator op, OperandStep a, OperandStep b);
StepPtr unary_step(SourceRange at, Operator op, StepPtr operand);
StepPtr condition_step(SourceRange at, bool conjunction, Steps parts);
StepPtr conditional_step(SourceRange at, StepPtr condition, StepPtr then, StepPtr otherwise);

// steps_call.cpp
StepPtr call_step(SourceRange at, Evaluate evaluate, Steps arguments);
// `signatures`: the types of the arguments, the receiver first, of each overload; a call that fits none
// fails.
StepPtr host_step(SourceRange at, std::string function, std::vector<std::vector<Type>> signatures,
                  Steps arguments);
StepPtr match_step(SourceRange at, StepPtr text, std::shared_ptr<const re2::RE2> pattern);
StepPtr sum_step(SourceRange at, Evaluate evaluate, StepPtr list, Value of_none);
// optional.or(...) and optional.orValue(...)
StepPtr or_step(SourceRange at, StepPtr optional, StepPtr otherwise, bool value);

// steps_macro.cpp. `condition` only for the map of three arguments.
StepPtr macro_step(SourceRange at, Macro macro, StepPtr range, std::size_t slot, StepPtr condition,
                   StepPtr body);

}  // namespace countersign::cel
