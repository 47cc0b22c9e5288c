#include "core/settled.h"

#include <algorithm>

#include "core/visibility.h"

namespace countersign {
namespace {

// Whether that is said at all: most of what others decide needs no word, since an approval by one of many is
// what everybody expected.
bool is_told(TellSettled tell, ItemAct act) {
  switch (act) {
    case ItemAct::cancel:
    case ItemAct::reassign:
    case ItemAct::remove:
      return tell != TellSettled::never;
    case ItemAct::supersede:
    case ItemAct::expire:
      return tell == TellSettled::always;
    default:
      return false;
  }
}

// The step of an open item, or of one that was decided and counts. kNoStep where neither is known.
StepIndex step_of_item(const State& state, std::uint32_t number) {
  if (const auto item = state.items.find(number); item != state.items.end())
    return state.activations.at(item->second.activation).step;
  const auto has_it = [&](const Roster& roster) {
    return std::ranges::any_of(roster.seats, [&](const Seat& seat) { return seat.item == number; });
  };
  for (const auto& [id, activation] : state.activations) {
    if (has_it(activation.roster)) return activation.step;
  }
  for (const auto& [step, result] : state.results) {
    if (has_it(result.roster)) return step;
  }
  for (const auto& [step, of_items] : state.item_results) {
    for (const auto& [path, result] : of_items) {
      if (has_it(result.roster)) return step;
    }
  }
  return kNoStep;
}

// Who did it and why, as far as everybody may know: what is decided in a step that hides its decisions is
// not.
struct Cause {
  PersonId by;
  PersonId shown;
  std::string reason;
};
Cause cause_of(const Definition& definition, const State& before, const Command& command) {
  Cause cause;
  std::uint32_t item = 0;
  std::visit(
      [&]<class T>(const T& any) {
        if constexpr (requires { any.by.person; }) cause.by = any.by.person;
        if constexpr (requires { any.reason; }) cause.reason = any.reason;
        if constexpr (requires { std::uint32_t{any.item}; }) item = any.item;
      },
      command);
  cause.shown = cause.by;
  if (item == 0 || !hides_anything(definition)) return cause;
  const StepIndex at = step_of_item(before, item);
  if (at != kNoStep) {
    const Step& step = definition.step(at);
    if (step.visible_to.empty() && step.visible_from == kNoStep) return cause;
  }
  cause.shown = PersonId();
  cause.reason.clear();
  return cause;
}

// Everybody who had a message about the item.
std::vector<PersonId> asked_by(const Directory& directory, const Item& item) {
  std::vector<PersonId> people = item.stand_ins;
  if (!item.assignee.empty()) {
    people.push_back(item.assignee);
  } else if (const auto members = directory.members(item.group)) {
    people.insert(people.end(), members->begin(), members->end());
  }
  return people;
}

}  // namespace

void tell_settled(Transition& transition, const State& before, const Command& command) {
  const Definition& definition = transition.definition();
  const Directory& directory = transition.context().directory;
  if (definition.tell_settled == TellSettled::never || before.seq == 0) return;
  const Cause cause = cause_of(definition, before, command);
  std::vector<PersonId> told{cause.by};
  for (const Effect& effect : transition.effects()) {
    const auto* send = std::get_if<Send>(&effect);
    if (send == nullptr) continue;
    told.push_back(send->to);
    if (const auto members = directory.members(send->group))
      told.insert(told.end(), members->begin(), members->end());
  }
  std::vector<Send> messages;
  for (const Event& event : transition.events()) {
    const auto* changed = std::get_if<ItemChanged>(&event.body);
    if (changed == nullptr || !is_told(definition.tell_settled, changed->act)) continue;
    const auto item = before.items.find(changed->item);
    // Whose turn had not come knows nothing of it.
    if (item == before.items.end() || item->second.status != ItemStatus::open) continue;
    const Step& step = definition.step(before.activations.at(item->second.activation).step);
    if (std::holds_alternative<Revise>(step.kind)) continue;  // the requester hears of the outcome
    for (const PersonId& person : asked_by(directory, item->second)) {
      const Person* known = directory.find(person);
      if (known == nullptr || !known->active) continue;  // who has left is asked for nothing anyhow
      if (std::ranges::find(told, person) != told.end()) continue;
      told.push_back(person);
      messages.push_back(Send{.kind = SendKind::closed,
                              .to = person,
                              .item = changed->item,
                              .text = cause.reason,
                              .from = cause.shown});
    }
  }
  for (Send& message : messages) transition.request(std::move(message));
}

}  // namespace countersign
