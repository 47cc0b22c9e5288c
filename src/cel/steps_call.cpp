// Steps of functions: the standard's, the host's, and those that do not evaluate all their arguments.

#include <algorithm>

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

// Whether a value may stand for a parameter. The checker has seen to it, except where a type is only known
// now: undeclared data of an event may hold anything. Hosts rely on it.
bool may_be(const Value& value, const Type& wanted) {
  using Tag = Type::Tag;
  switch (wanted.tag()) {
    case Tag::dyn:
    case Tag::parameter:
      return true;
    case Tag::null_:
      return value.is(Kind::null_);
    case Tag::bool_:
      return value.is(Kind::bool_);
    case Tag::int_:
      return value.is(Kind::int_);
    case Tag::uint_:
      return value.is(Kind::uint_);
    case Tag::double_:
      return value.is(Kind::double_);
    // A value of an opaque type is what the host makes of it, and it makes texts.
    case Tag::string:
    case Tag::opaque:
      return value.is(Kind::string);
    case Tag::bytes:
      return value.is(Kind::bytes);
    case Tag::timestamp:
      return value.is(Kind::timestamp);
    case Tag::duration:
      return value.is(Kind::duration);
    case Tag::list:
      return value.is(Kind::list) &&
             (wanted.arguments().empty() || std::ranges::all_of(value.as_list(), [&](const Value& item) {
                return may_be(item, wanted.arguments().front());
              }));
    case Tag::map:
    case Tag::record:
      return value.is(Kind::map);
    case Tag::optional:
      return value.is(Kind::optional);
    case Tag::type:
      return value.is(Kind::type);
    case Tag::decimal:
      return value.is(Kind::decimal);
    case Tag::money:
      return value.is(Kind::money);
    case Tag::date:
      return value.is(Kind::date);
    case Tag::person:
      return value.is(Kind::person);
    case Tag::group:
      return value.is(Kind::group);
  }
  return false;
}

class HostCall final : public Step {
 public:
  HostCall(SourceRange place, std::string function, std::vector<std::vector<Type>> signatures,
           Steps arguments)
      : Step(place),
        function_(std::move(function)),
        signatures_(std::move(signatures)),
        arguments_(std::move(arguments)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    constexpr std::uint64_t kHostUnits = 10;
    if (!evaluation.spend(kHostUnits)) return failed(evaluation);
    Values values;
    if (!evaluate_all(evaluation, arguments_, values)) return nullptr;
    for (const Value& value : values) {
      if (!evaluation.spend_on(value)) return failed(evaluation);
    }
    const bool fitting = std::ranges::any_of(signatures_, [&](const std::vector<Type>& wanted) {
      return std::ranges::equal(values, wanted, may_be);
    });
    if (!fitting) return failed(evaluation, no_overload(function_, {values.data(), values.size()}));
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
  std::vector<std::vector<Type>> signatures_;  // a call fits one of them
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
StepPtr host_step(SourceRange at, std::string function, std::vector<std::vector<Type>> signatures,
                  Steps arguments) {
  return std::make_unique<HostCall>(at, std::move(function), std::move(signatures), std::move(arguments));
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
