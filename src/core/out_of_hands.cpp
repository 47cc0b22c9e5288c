#include "core/out_of_hands.h"

#include <algorithm>

#include "core/gates.h"
#include "core/transition.h"

namespace countersign {
namespace {

std::vector<PersonId> asked_people(const Directory& directory, const Item& item) {
  if (item.group.empty() || !item.assignee.empty()) return {item.assignee};
  const Group* group = directory.find_group(item.group);
  return group == nullptr ? std::vector<PersonId>() : group->members;
}

}  // namespace

std::vector<OutOfHands> work_out_of_hands(const Context& context, const State& state) {
  std::vector<OutOfHands> found;
  for (const auto& [number, item] : state.items) {
    Transition there(context, state);  // what cannot be evaluated for one item says nothing of the next
    const Activation& activation = state.activations.at(item.activation);
    const auto may = [&](const PersonId& person) { return may_complete(there, activation.frame, person); };
    const std::vector<PersonId> people = asked_people(context.directory, item);
    if (people.empty() || std::ranges::any_of(people, may) || there.stopped()) continue;
    const auto named = std::ranges::find_if(
        context.directory.people(), [&](const Person& person) { return person.active && may(person.id); });
    found.push_back({.item = number,
                     .step = activation.step,
                     .whose = item.assignee.empty() ? "the group " + item.group : item.assignee.value,
                     .instead = named == context.directory.people().end() ? PersonId() : named->id});
  }
  return found;
}

}  // namespace countersign
