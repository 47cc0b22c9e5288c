// Steps without operations: constants, names, lists and maps.

#include <fmt/format.h>

#include "cel/step.h"

namespace countersign::cel {
namespace {

class Constant final : public Step {
 public:
  Constant(SourceRange place, Value value) : Step(place), value_(std::move(value)) {}
  const Value* view(Evaluation& evaluation, Value& /*scratch*/) const override {
    return evaluation.spend(1) ? &value_ : failed(evaluation);
  }
  const Value* constant() const override { return &value_; }

 private:
  Value value_;
};

class VariableStep final : public Step {
 public:
  VariableStep(SourceRange place, std::size_t slot, std::string name)
      : Step(place), slot_(slot), name_(std::move(name)) {}
  const Value* view(Evaluation& evaluation, Value& /*scratch*/) const override {
    if (!evaluation.spend(1)) return failed(evaluation);
    const Value* value = evaluation.variable(slot_, name_);
    return value == nullptr ? failed(evaluation) : value;
  }

 private:
  std::size_t slot_;
  std::string name_;
};

class Local final : public Step {
 public:
  Local(SourceRange place, std::size_t slot) : Step(place), slot_(slot) {}
  const Value* view(Evaluation& evaluation, Value& /*scratch*/) const override {
    return evaluation.spend(1) ? &evaluation.slot(slot_) : failed(evaluation);
  }

 private:
  std::size_t slot_;
};

class Failing final : public Step {
 public:
  Failing(SourceRange place, std::string message) : Step(place), message_(std::move(message)) {}
  const Value* view(Evaluation& evaluation, Value& /*scratch*/) const override {
    return failed(evaluation, message_);
  }

 private:
  std::string message_;
};

// Of an entry [?v] or {?k: v}: the value inside, nullptr for none; `ok` is false where it is no optional.
const Value* inside(const Value& value, bool& ok) {
  ok = value.is(Kind::optional);
  return ok ? value.as_optional() : nullptr;
}

class ListStep final : public Step {
 public:
  ListStep(SourceRange place, Steps items, std::vector<bool> marked)
      : Step(place), items_(std::move(items)), marked_(std::move(marked)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1 + items_.size())) return failed(evaluation);
    List list;
    list.reserve(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) {
      Value held;
      const Value* item = items_[i]->view(evaluation, held);
      if (item == nullptr) return nullptr;
      if (marked_[i]) {
        bool ok = true;
        item = inside(*item, ok);
        if (!ok) return failed(evaluation, "[?...] takes an optional");
        if (item == nullptr) continue;
      }
      list.push_back(*item);
    }
    scratch = Value::list(std::move(list));
    return &scratch;
  }

 private:
  Steps items_;
  std::vector<bool> marked_;
};

class MapStep final : public Step {
 public:
  MapStep(SourceRange place, Steps entries, std::vector<bool> marked)
      : Step(place), entries_(std::move(entries)), marked_(std::move(marked)) {}
  const Value* view(Evaluation& evaluation, Value& scratch) const override {
    if (!evaluation.spend(1 + entries_.size())) return failed(evaluation);
    Map map;
    for (std::size_t i = 0; i < marked_.size(); ++i) {
      Value held_key;
      Value held_value;
      const Value* key = entries_[2 * i]->view(evaluation, held_key);
      if (key == nullptr) return nullptr;
      const Value* value = entries_[2 * i + 1]->view(evaluation, held_value);
      if (value == nullptr) return nullptr;
      const Kind kind = key->kind();
      if (kind != Kind::bool_ && kind != Kind::int_ && kind != Kind::uint_ && kind != Kind::string) {
        return failed(evaluation,
                      fmt::format("a map's key is a bool, int, uint or string, not {}", kind_text(*key)));
      }
      if (marked_[i]) {
        bool ok = true;
        value = inside(*value, ok);
        if (!ok) return failed(evaluation, "{?key: ...} takes an optional");
        if (value == nullptr) continue;
      }
      if (map.find(*key) != nullptr)
        return failed(evaluation, fmt::format("the key '{}' stands twice in the map", to_display(*key)));
      map.set(*key, *value);
    }
    scratch = Value::map(std::move(map));
    return &scratch;
  }

 private:
  Steps entries_;
  std::vector<bool> marked_;
};

}  // namespace

StepPtr constant_step(SourceRange at, Value value) {
  return std::make_unique<Constant>(at, std::move(value));
}
StepPtr variable_step(SourceRange at, std::size_t slot, std::string name) {
  return std::make_unique<VariableStep>(at, slot, std::move(name));
}
StepPtr local_step(SourceRange at, std::size_t slot) {
  return std::make_unique<Local>(at, slot);
}
StepPtr failing_step(SourceRange at, std::string message) {
  return std::make_unique<Failing>(at, std::move(message));
}
StepPtr list_step(SourceRange at, Steps items, std::vector<bool> marked) {
  return std::make_unique<ListStep>(at, std::move(items), std::move(marked));
}
StepPtr map_step(SourceRange at, Steps entries, std::vector<bool> marked) {
  return std::make_unique<MapStep>(at, std::move(entries), std::move(marked));
}

}  // namespace countersign::cel
