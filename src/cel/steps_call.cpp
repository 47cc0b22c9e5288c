// Steps of functions: the standard's, the host's, and those that do not evaluate all their arguments.

#include <boost/container/small_vector.hpp>

#include "cel/step.h"

namespace countersign::cel {
namespace {

using Values = boost::container::small_vector<Value, 4>;

bool evaluate_all(Evaluation& evaluation, const Steps& steps, Values& values) {
  values.reserve(steps.size());
  for (const StepPtr& step : steps) {
    Value held;
    const Value* value = step->view(evaluation, held);
    if (value == nullptr) return false;
    if (value != &held) held = *value;
    values.push_back(std::move(held));
  }
  return true;
}

class Call final : public Step {
 public:
  Call(SourceRange place, Evaluate evaluate, Steps arguments)
      : Step(place), evaluate_(evaluate), arguments_(std::move(arguments)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Values values;
    if (!evaluate_all(evaluation, arguments_, values)) return nullptr;
    return evaluate_(evaluation, {values.data(), values.size()}, scratch) ? &scratch : failed(evaluation);
  }

 private:
  Evaluate evaluate_;
  Steps arguments_;
};

class HostCall final : public Step {
 public:
  HostCall(SourceRange place, std::string function, Steps arguments)
      : Step(place), function_(std::move(function)), arguments_(std::move(arguments)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    constexpr std::uint64_t kHostUnits = 10;
    if (!evaluation.spend(kHostUnits)) return failed(evaluation);
    Values values;
    if (!evaluate_all(evaluation, arguments_, values)) return nullptr;
    for (const Value& value : values) {
      if (!evaluation.spend_on(value)) return failed(evaluation);
    }
    auto answer = evaluation.host().call(function_, {values.data(), values.size()});
    if (!answer) {
      evaluation.fail(std::move(answer).error());
      return failed(evaluation);
    }
    scratch = *std::move(answer);
    return &scratch;
  }

 private:
  std::string function_;
  Steps arguments_;
};

class Match final : public Step {
 public:
  Match(SourceRange place, StepPtr text, std::shared_ptr<const re2::RE2> pattern)
      : Step(place), text_(std::move(text)), pattern_(std::move(pattern)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held;
    const Value* text = text_->view(evaluation, held);
    if (text == nullptr) return nullptr;
    if (!text->is(Kind::string)) return failed(evaluation, no_overload("matches", std::span(text, 1)));
    return match(evaluation, *pattern_, *text, scratch) ? &scratch : failed(evaluation);
  }

 private:
  StepPtr text_;
  std::shared_ptr<const re2::RE2> pattern_;
};

class Sum final : public Step {
 public:
  Sum(SourceRange place, Evaluate evaluate, StepPtr list, Value of_none)
      : Step(place), evaluate_(evaluate), list_(std::move(list)), of_none_(std::move(of_none)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held;
    const Value* list = list_->view(evaluation, held);
    if (list == nullptr) return nullptr;
    if (list->is(Kind::list) && list->as_list().empty()) return &of_none_;
    return evaluate_(evaluation, {list, 1}, scratch) ? &scratch : failed(evaluation);
  }

 private:
  Evaluate evaluate_;
  StepPtr list_;
  Value of_none_;
};

class Or final : public Step {
 public:
  Or(SourceRange place, StepPtr optional, StepPtr otherwise, bool value)
      : Step(place), optional_(std::move(optional)), otherwise_(std::move(otherwise)), value_(value) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held;
    const Value* optional = optional_->view(evaluation, held);
    if (optional == nullptr) return nullptr;
    if (!optional->is(Kind::optional)) {
      return failed(evaluation, no_overload(value_ ? "orValue" : "or", std::span(optional, 1)));
    }
    if (const Value* inner = optional->as_optional()) {
      scratch = value_ ? Value(*inner) : Value(*optional);
      return &scratch;
    }
    const Value* otherwise = otherwise_->view(evaluation, scratch);
    if (otherwise != nullptr && !value_ && !otherwise->is(Kind::optional)) {
      return failed(evaluation, no_overload("or", std::span(otherwise, 1)));
    }
    return otherwise;
  }

 private:
  StepPtr optional_;
  StepPtr otherwise_;
  bool value_;
};

}  // namespace

StepPtr call_step(SourceRange at, Evaluate evaluate, Steps arguments) {
  return std::make_unique<Call>(at, evaluate, std::move(arguments));
}
StepPtr host_step(SourceRange at, std::string function, Steps arguments) {
  return std::make_unique<HostCall>(at, std::move(function), std::move(arguments));
}
StepPtr match_step(SourceRange at, StepPtr text, std::shared_ptr<const re2::RE2> pattern) {
  return std::make_unique<Match>(at, std::move(text), std::move(pattern));
}
StepPtr sum_step(SourceRange at, Evaluate evaluate, StepPtr list, Value of_none) {
  return std::make_unique<Sum>(at, evaluate, std::move(list), std::move(of_none));
}
StepPtr or_step(SourceRange at, StepPtr optional, StepPtr otherwise, bool value) {
  return std::make_unique<Or>(at, std::move(optional), std::move(otherwise), value);
}

}  // namespace countersign::cel
