#include "core/visibility.h"

#include <algorithm>

#include "core/ask.h"
#include "core/form_rules.h"
#include "core/stand_in.h"

namespace countersign {
namespace {

bool names_person(const Directory& directory, const cel::Value& value, const PersonId& person) {
  switch (value.kind()) {
    case cel::Kind::person:
      return value.as_person() == person;
    case cel::Kind::group:
      return directory.is_member(person, value.as_string());
    case cel::Kind::list:
      return std::ranges::any_of(
          value.as_list(), [&](const cel::Value& each) { return names_person(directory, each, person); });
    case cel::Kind::optional: {
      const cel::Value* inner = value.as_optional();
      return inner != nullptr && names_person(directory, *inner, person);
    }
    default:
      return false;
  }
}

bool is_restricted(const Field& field) {
  return !field.visible_to.empty() || !field.visible_from.empty();
}

bool is_restricted(const Step& step) {
  return !step.visible_to.empty() || step.visible_from != kNoStep;
}

const std::vector<Field>& ask_of(const Step& step) {
  static const std::vector<Field> kNone;
  if (const auto* approve = std::get_if<Approve>(&step.kind)) return approve->ask;
  if (const auto* task = std::get_if<Task>(&step.kind)) return task->ask;
  return kNone;
}

}  // namespace

bool Visibility::is_named(const std::vector<Expression>& people) const {
  if (reader_.empty()) return false;
  return std::ranges::any_of(people, [&](const Expression& each) {
    const Result<cel::Value> value = evaluation_.evaluate(each);
    return value && names_person(context_.directory, *value, reader_);
  });
}

bool Visibility::has_opened(const std::string& step_id) const {
  const Step* step = context_.definition.find_step(step_id);
  return step != nullptr && state_.visits.contains(step->index);
}

// Is asked in the step, or has decided it.
bool Visibility::has_part_in(const Step& step) const {
  if (reader_.empty()) return false;
  const bool asked = std::ranges::any_of(state_.items, [&](const auto& entry) {
    const Item& item = entry.second;
    const auto activation = state_.activations.find(item.activation);
    if (activation == state_.activations.end() || activation->second.step != step.index) return false;
    return item.assignee == reader_ ||
           (!item.group.empty() && context_.directory.is_member(reader_, item.group)) ||
           acts_for(stand_in_view(context_, state_), item, reader_) != PersonId();
  });
  if (asked) return true;
  const auto result = state_.results.find(step.index);
  if (result != state_.results.end() && result->second.by.person == reader_) return true;
  const auto of_items = state_.item_results.find(step.index);
  return of_items != state_.item_results.end() &&
         std::ranges::any_of(of_items->second,
                             [&](const auto& entry) { return entry.second.by.person == reader_; });
}

bool Visibility::enters(const Field& field) const {
  if (reader_.empty() || field.computed) return false;
  if (reader_ == state_.requester && !is_edited(context_.definition, field)) return true;
  return std::ranges::any_of(context_.definition.steps, [&](const Step& step) {
    if (std::holds_alternative<Revise>(step.kind)) return false;
    const std::vector<Field> edited = editable_fields(context_.definition, step);
    return std::ranges::find(edited, field.name, &Field::name) != edited.end() && has_part_in(step);
  });
}

bool Visibility::sees(const Field& field) const {
  if (!is_restricted(field)) return true;
  if (!field.visible_from.empty() && has_opened(field.visible_from)) return true;
  return enters(field) || is_named(field.visible_to);
}

bool Visibility::sees(const Step& step) const {
  if (!is_restricted(step)) return true;
  if (step.visible_from != kNoStep && state_.visits.contains(step.visible_from)) return true;
  return has_part_in(step) || is_named(step.visible_to);
}

bool Visibility::sees(const PassedOver& passed) const {
  const auto step = std::ranges::find(context_.definition.steps, passed.step, &Step::name);
  return step == context_.definition.steps.end() || sees(*step);
}

bool Visibility::sees(const Step& step, const Field& answer) const {
  if (!sees(step)) return false;
  if (!is_restricted(answer)) return true;
  if (!answer.visible_from.empty() && has_opened(answer.visible_from)) return true;
  return has_part_in(step) || is_named(answer.visible_to);
}

bool Visibility::names_reader() const {
  const auto names = [&](const auto& of, bool is_for_ever) {
    return is_for_ever && !of.visible_to.empty() && sees(of);
  };
  return std::ranges::any_of(context_.definition.form,
                             [&](const Field& field) { return names(field, field.visible_from.empty()); }) ||
         std::ranges::any_of(context_.definition.steps,
                             [&](const Step& step) { return names(step, step.visible_from == kNoStep); });
}

State Visibility::visible_state() const {
  State seen = state_;
  std::erase_if(seen.passed_over, [&](const PassedOver& passed) { return !sees(passed); });
  for (const Field& field : context_.definition.form) {
    if (!sees(field)) seen.form.erase(field.name);
  }
  for (const Step& step : context_.definition.steps) {
    if (!sees(step)) {
      seen.results.erase(step.index);
      seen.item_results.erase(step.index);
      continue;
    }
    for (const Field& answer : ask_of(step)) {
      if (sees(step, answer)) continue;
      if (const auto result = seen.results.find(step.index); result != seen.results.end())
        result->second.fields.erase(answer.name);
      const auto of_items = seen.item_results.find(step.index);
      if (of_items == seen.item_results.end()) continue;
      for (auto& [path, result] : of_items->second) result.fields.erase(answer.name);
    }
  }
  return seen;
}

bool hides_anything(const Definition& definition) {
  const auto restricted = [](const Field& field) { return is_restricted(field); };
  return std::ranges::any_of(definition.form, restricted) ||
         std::ranges::any_of(definition.steps, [&](const Step& step) {
           return is_restricted(step) || std::ranges::any_of(ask_of(step), restricted);
         });
}

}  // namespace countersign
