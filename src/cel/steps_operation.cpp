// Steps of operators.

#include "cel/operations.h"
#include "cel/step.h"

namespace countersign::cel {
namespace {

class Binary final : public Step {
 public:
  Binary(SourceRange place, Operator op, OperandStep a, OperandStep b)
      : Step(place), op_(op), a_(std::move(a)), b_(std::move(b)) {}

  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held_a;
    Value held_b;
    const Value* a = a_.step->view(evaluation, held_a);
    if (a == nullptr) return nullptr;
    const Value* b = b_.step->view(evaluation, held_b);
    if (b == nullptr) return nullptr;
    const Operand left{*a, a_.literal ? &*a_.literal : nullptr};
    const Operand right{*b, b_.literal ? &*b_.literal : nullptr};
    return apply(evaluation, left, right, scratch) ? &scratch : failed(evaluation);
  }

 private:
  bool apply(Evaluation& evaluation, Operand a, Operand b, Value& result) const {
    switch (op_) {
      case Operator::equal:
      case Operator::not_equal:
        return equals(evaluation, op_, a, b, result);
      case Operator::less:
      case Operator::less_equal:
      case Operator::greater:
      case Operator::greater_equal:
        return order(evaluation, op_, a, b, result);
      case Operator::in:
        return contains(evaluation, a, b.value, result);
      default:
        return calculate(evaluation, op_, a, b, result);
    }
  }

  Operator op_;
  OperandStep a_;
  OperandStep b_;
};

class Unary final : public Step {
 public:
  Unary(SourceRange place, Operator op, StepPtr operand)
      : Step(place), op_(op), operand_(std::move(operand)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held;
    const Value* value = operand_->view(evaluation, held);
    if (value == nullptr) return nullptr;
    if (op_ == Operator::negate) return negate(evaluation, *value, scratch) ? &scratch : failed(evaluation);
    if (!value->is(Kind::bool_)) return failed(evaluation, no_overload("!", std::span(value, 1)));
    scratch = Value::boolean(!value->as_bool());
    return &scratch;
  }

 private:
  Operator op_;
  StepPtr operand_;
};

// && and ||: a part that decides wins over an error in any other part.
class Condition final : public Step {
 public:
  Condition(SourceRange place, bool conjunction, Steps parts)
      : Step(place), decisive_(!conjunction), parts_(std::move(parts)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    std::optional<Failure> first;
    for (const StepPtr& part : parts_) {
      Value held;
      const Value* value = part->view(evaluation, held);
      if (value != nullptr && value->is(Kind::bool_)) {
        if (value->as_bool() != decisive_) continue;
        scratch = Value::boolean(decisive_);
        return &scratch;
      }
      if (value != nullptr) failed(evaluation, no_overload(decisive_ ? "||" : "&&", std::span(value, 1)));
      if (evaluation.exhausted()) return nullptr;
      if (!first) first = std::move(evaluation.failure);
    }
    if (first) {
      evaluation.failure = *std::move(first);
      return nullptr;
    }
    scratch = Value::boolean(!decisive_);
    return &scratch;
  }

 private:
  bool decisive_;
  Steps parts_;
};

class Conditional final : public Step {
 public:
  Conditional(SourceRange place, StepPtr condition, StepPtr then, StepPtr otherwise)
      : Step(place),
        condition_(std::move(condition)),
        then_(std::move(then)),
        otherwise_(std::move(otherwise)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held;
    const Value* condition = condition_->view(evaluation, held);
    if (condition == nullptr) return nullptr;
    if (!condition->is(Kind::bool_)) return failed(evaluation, no_overload("?:", std::span(condition, 1)));
    return (condition->as_bool() ? then_ : otherwise_)->view(evaluation, scratch);
  }

 private:
  StepPtr condition_;
  StepPtr then_;
  StepPtr otherwise_;
};

}  // namespace

StepPtr binary_step(SourceRange at, Operator op, OperandStep a, OperandStep b) {
  return std::make_unique<Binary>(at, op, std::move(a), std::move(b));
}
StepPtr unary_step(SourceRange at, Operator op, StepPtr operand) {
  return std::make_unique<Unary>(at, op, std::move(operand));
}
StepPtr condition_step(SourceRange at, bool conjunction, Steps parts) {
  return std::make_unique<Condition>(at, conjunction, std::move(parts));
}
StepPtr conditional_step(SourceRange at, StepPtr condition, StepPtr then, StepPtr otherwise) {
  return std::make_unique<Conditional>(at, std::move(condition), std::move(then), std::move(otherwise));
}

}  // namespace countersign::cel
