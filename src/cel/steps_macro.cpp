// Steps of macros: all, exists, exists_one, map, filter over lists, keys of maps and members of groups;
// optMap and optFlatMap over optionals.

#include <fmt/format.h>

#include "cel/step.h"

namespace countersign::cel {
namespace {

class Loop final : public Step {
 public:
  Loop(SourceRange place, Macro macro, StepPtr range, std::size_t slot, StepPtr condition, StepPtr body)
      : Step(place),
        macro_(macro),
        range_(std::move(range)),
        slot_(slot),
        condition_(std::move(condition)),
        body_(std::move(body)) {}

  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held;
    const Value* range = range_->view(evaluation, held);
    if (range == nullptr) return nullptr;
    Collected collected;
    bool go_on = true;
    if (range->is(Kind::list)) {
      for (const Value& item : range->as_list()) {
        if (!step(evaluation, item, collected, go_on)) return nullptr;
        if (!go_on) break;
      }
    } else if (range->is(Kind::map)) {
      for (const auto& [key, value] : range->as_map()) {
        if (!step(evaluation, key, collected, go_on)) return nullptr;
        if (!go_on) break;
      }
    } else if (range->is(Kind::group)) {
      const auto members = evaluation.host().members(range->as_string());
      if (!members) {
        evaluation.fail(members.error());
        return failed(evaluation);
      }
      for (const PersonId& member : *members) {
        if (!step(evaluation, Value::person(member), collected, go_on)) return nullptr;
        if (!go_on) break;
      }
    } else {
      return failed(evaluation, fmt::format("{} has no elements to go through", kind_text(*range)));
    }
    return finish(evaluation, collected, scratch);
  }

 private:
  struct Collected {
    List items;
    std::uint64_t hits = 0;
    bool decided = false;
    std::optional<Failure> first;  // an error that a later element may outweigh (all, exists)
  };

  bool is_quantifier() const { return macro_ == Macro::all || macro_ == Macro::exists; }

  // False where the whole fails.
  bool step(Evaluation& evaluation, const Value& item, Collected& collected, bool& go_on) const {
    if (!evaluation.spend(1)) {
      failed(evaluation);
      return false;
    }
    evaluation.slot(slot_) = item;
    if (condition_) {
      bool holds = false;
      if (!test(evaluation, *condition_, holds)) return false;
      if (!holds) return true;
    }
    if (macro_ == Macro::map) {
      Value held;
      const Value* value = body_->view(evaluation, held);
      if (value == nullptr) return false;
      collected.items.push_back(*value);
      return true;
    }
    bool holds = false;
    if (!test(evaluation, *body_, holds)) {
      if (!is_quantifier() || evaluation.exhausted()) return false;
      if (!collected.first) collected.first = std::move(evaluation.failure);
      return true;
    }
    if (macro_ == Macro::filter && holds) collected.items.push_back(evaluation.slot(slot_));
    if (macro_ == Macro::exists_one && holds) ++collected.hits;
    if (is_quantifier() && holds == (macro_ == Macro::exists)) {
      collected.decided = true;
      go_on = false;
    }
    return true;
  }

  bool test(Evaluation& evaluation, const Step& condition, bool& holds) const {
    Value held;
    const Value* value = condition.view(evaluation, held);
    if (value == nullptr) return false;
    if (!value->is(Kind::bool_)) {
      failed(evaluation, fmt::format("the condition is {}, not a bool", kind_text(*value)));
      return false;
    }
    holds = value->as_bool();
    return true;
  }

  const Value* finish(Evaluation& evaluation, Collected& collected, Value& scratch) const {
    switch (macro_) {
      case Macro::map:
      case Macro::filter:
        scratch = Value::list(std::move(collected.items));
        return &scratch;
      case Macro::exists_one:
        scratch = Value::boolean(collected.hits == 1);
        return &scratch;
      default:
        break;
    }
    if (!collected.decided && collected.first) {
      evaluation.failure = *std::move(collected.first);
      return nullptr;
    }
    scratch = Value::boolean((macro_ == Macro::exists) == collected.decided);
    return &scratch;
  }

  Macro macro_;
  StepPtr range_;
  std::size_t slot_;
  StepPtr condition_;
  StepPtr body_;
};

class OptionalMap final : public Step {
 public:
  OptionalMap(SourceRange place, bool flat, StepPtr optional, std::size_t slot, StepPtr body)
      : Step(place), flat_(flat), optional_(std::move(optional)), slot_(slot), body_(std::move(body)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held;
    const Value* optional = optional_->view(evaluation, held);
    if (optional == nullptr) return nullptr;
    if (!optional->is(Kind::optional)) {
      return failed(evaluation, no_overload(flat_ ? "optFlatMap" : "optMap", std::span(optional, 1)));
    }
    if (optional->as_optional() == nullptr) {
      scratch = Value::optional_none();
      return &scratch;
    }
    evaluation.slot(slot_) = Value(*optional->as_optional());
    Value held_body;
    const Value* value = body_->view(evaluation, held_body);
    if (value == nullptr) return nullptr;
    if (flat_ && !value->is(Kind::optional))
      return failed(evaluation, no_overload("optFlatMap", std::span(value, 1)));
    scratch = flat_ ? Value(*value) : Value::optional_of(*value);
    return &scratch;
  }

 private:
  bool flat_;
  StepPtr optional_;
  std::size_t slot_;
  StepPtr body_;
};

}  // namespace

StepPtr macro_step(SourceRange at, Macro macro, StepPtr range, std::size_t slot, StepPtr condition,
                   StepPtr body) {
  if (macro == Macro::opt_map || macro == Macro::opt_flat_map) {
    return std::make_unique<OptionalMap>(at, macro == Macro::opt_flat_map, std::move(range), slot,
                                         std::move(body));
  }
  return std::make_unique<Loop>(at, macro, std::move(range), slot, std::move(condition), std::move(body));
}

}  // namespace countersign::cel
