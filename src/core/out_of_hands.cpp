#include "core/out_of_hands.h"

#include <algorithm>

#include "core/directory_change.h"
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
    const bool is_barred = !people.empty() && std::ranges::none_of(people, may);
    const bool is_out = is_barred || nobody_answers(there, item);
    if (!is_out || there.stopped()) continue;
    OutOfHands out{.item = number,
                   .step = activation.step,
                   .whose = item.assignee.empty() ? "the group " + item.group : item.assignee.value,
                   .is_barred = is_barred,
                   .instead = {}};
    if (is_barred) {
      const auto named = std::ranges::find_if(
          context.directory.people(), [&](const Person& person) { return person.active && may(person.id); });
      if (named != context.directory.people().end()) out.instead = named->id;
    }
    found.push_back(std::move(out));
  }
  return found;
}

}  // namespace countersign
