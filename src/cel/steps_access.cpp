// Selections and indexes: a.b, a.?b, has(a.b), a[b], a[?b], over maps, lists, persons, money and optionals.

#include <atomic>

#include <fmt/format.h>

#include "cel/numbers.h"
#include "cel/step.h"

namespace countersign::cel {
namespace {

constexpr std::uint64_t kHostReadUnits = 5;

// What was found in `base` as the access wants it. A value that lives in `base_scratch` is moved out of it.
const Value* deliver(const Value* found, Access access, bool in_scratch, Value& scratch) {
  switch (access) {
    case Access::presence:
      scratch = Value::boolean(found != nullptr);
      return &scratch;
    case Access::optional:
      scratch = found == nullptr ? Value::optional_none() : Value::optional_of(*found);
      return &scratch;
    case Access::plain:
      break;
  }
  if (!in_scratch) return found;
  scratch = *found;
  return &scratch;
}

class FieldStep final : public Step {
 public:
  FieldStep(SourceRange place, StepPtr base, std::string name, Access access)
      : Step(place), base_(std::move(base)), name_(std::move(name)), access_(access) {}

  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held;
    const Value* base = base_->view(evaluation, held);
    if (base == nullptr) return nullptr;
    const bool in_scratch = base == &held;
    if (!base->is(Kind::optional)) return select(evaluation, *base, access_, in_scratch, scratch);
    const Value* inner = base->as_optional();
    const Access access = access_ == Access::presence ? Access::presence : Access::optional;
    if (inner == nullptr) return deliver(nullptr, access, false, scratch);
    return select(evaluation, *inner, access, in_scratch, scratch);
  }

 private:
  const Value* select(Evaluation& evaluation, const Value& base, Access access, bool in_scratch,
                      Value& scratch) const {
    if (base.is(Kind::map)) {
      std::size_t place = place_.load(std::memory_order_relaxed);
      const std::size_t before = place;
      const Value* found = base.as_map().find_near(name_, place);
      if (place != before) place_.store(place, std::memory_order_relaxed);
      if (found == nullptr && access == Access::plain)
        return absent(evaluation, fmt::format("'{}' is empty or missing; has(...) asks for it", name_));
      return deliver(found, access, in_scratch, scratch);
    }
    if (base.is(Kind::person)) {
      if (!evaluation.spend(kHostReadUnits)) return failed(evaluation);
      auto field = evaluation.host().person_field(base.as_person(), name_);
      if (!field) {
        evaluation.fail(std::move(field).error());
        return failed(evaluation);
      }
      const Value* found = *field ? &**field : nullptr;
      if (found == nullptr && access == Access::plain) {
        return absent(evaluation, fmt::format("'{}' of {} is empty", name_, base.as_string()));
      }
      return deliver(found, access, true, scratch);
    }
    if (base.is(Kind::money) && (name_ == "amount" || name_ == "currency")) {
      const Money& money = base.as_money();
      const Value found = name_ == "amount" ? Value::decimal(money.amount) : Value::string(money.currency);
      return deliver(&found, access, true, scratch);
    }
    return failed(evaluation, fmt::format("{} has no field '{}'", kind_text(base), name_));
  }

  StepPtr base_;
  std::string name_;
  Access access_;
  // Where the last map had the field: maps of one shape have it at one place. Only a hint.
  mutable std::atomic<std::size_t> place_{0};
};

class IndexStep final : public Step {
 public:
  IndexStep(SourceRange place, StepPtr base, StepPtr key, bool optional)
      : Step(place),
        base_(std::move(base)),
        key_(std::move(key)),
        access_(optional ? Access::optional : Access::plain) {}

  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    Value held;
    Value held_key;
    const Value* base = base_->view(evaluation, held);
    if (base == nullptr) return nullptr;
    const Value* key = key_->view(evaluation, held_key);
    if (key == nullptr) return nullptr;
    const bool in_scratch = base == &held;
    if (!base->is(Kind::optional)) return find(evaluation, *base, *key, access_, in_scratch, scratch);
    const Value* inner = base->as_optional();
    if (inner == nullptr) return deliver(nullptr, Access::optional, false, scratch);
    return find(evaluation, *inner, *key, Access::optional, in_scratch, scratch);
  }

 private:
  const Value* find(Evaluation& evaluation, const Value& base, const Value& key, Access access,
                    bool in_scratch, Value& scratch) const {
    const Value* found = nullptr;
    if (base.is(Kind::map)) {
      const bool usable = is_plain_number(key.kind()) || key.is(Kind::bool_) || key.is(Kind::string);
      if (!usable) return failed(evaluation, fmt::format("{} cannot be a key", kind_text(key)));
      found = base.as_map().find(key);
      if (found == nullptr && access == Access::plain)
        return absent(evaluation, fmt::format("no such key '{}'", to_display(key)));
    } else if (base.is(Kind::list)) {
      const auto place = position(key);
      const List& items = base.as_list();
      if (!is_plain_number(key.kind()))
        return failed(evaluation, fmt::format("a list is indexed by int, not {}", kind_text(key)));
      if (place && *place >= 0 && static_cast<std::uint64_t>(*place) < items.size()) {
        found = &items[static_cast<std::size_t>(*place)];
      } else if (access == Access::plain) {
        return failed(evaluation,
                      fmt::format("index {} is out of range (size {})", to_display(key), items.size()));
      }
    } else {
      return failed(evaluation, fmt::format("{} has no elements", kind_text(base)));
    }
    return deliver(found, access, in_scratch, scratch);
  }

  static std::optional<std::int64_t> position(const Value& key) {
    switch (key.kind()) {
      case Kind::int_:
        return key.as_int();
      case Kind::uint_:
        return key.as_uint() <= INT64_MAX ? std::optional(static_cast<std::int64_t>(key.as_uint()))
                                          : std::nullopt;
      case Kind::double_:
        return exact_int(key.as_double());
      default:
        return std::nullopt;
    }
  }

  StepPtr base_;
  StepPtr key_;
  Access access_;
};

}  // namespace

StepPtr field_step(SourceRange at, StepPtr base, std::string name, Access access) {
  return std::make_unique<FieldStep>(at, std::move(base), std::move(name), access);
}
StepPtr index_step(SourceRange at, StepPtr base, StepPtr key, bool optional) {
  return std::make_unique<IndexStep>(at, std::move(base), std::move(key), optional);
}

}  // namespace countersign::cel
