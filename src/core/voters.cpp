#include "core/voters.h"

#include <algorithm>
#include <vector>

#include "core/directory_change.h"
#include "core/people_step.h"
#include "core/quorum.h"
#include "core/roster.h"
#include "core/stand_in.h"

namespace countersign {
namespace {

// Whether the votes and seats of its step leave nobody for the item. Asks no expression.
bool is_used_up(const Transition& transition, const Item& item, const Roster& roster) {
  if (item.added == AddedAs::opinion) return false;
  const Directory& directory = transition.context().directory;
  bool by_votes = false;
  const auto cannot = [&](const PersonId& person) {
    const bool counts = has_voted(roster, person) ||
                        (!item.group.empty() && sits_for_themselves(transition.state(), item, person));
    by_votes = by_votes || counts;
    return counts || !can_be_asked(directory, {.person = person}) ||
           is_own_request(transition.state(), person);
  };
  if (item.group.empty()) return cannot(item.assignee) && by_votes;
  const auto members = directory.members(item.group);
  return members && std::ranges::all_of(*members, cannot) && by_votes;
}

// Somebody has voted beside others, or a group's seat stands beside those of people.
bool may_use_up(const Roster& roster) {
  return roster.seats.size() > 1 && std::ranges::any_of(roster.seats, [](const Seat& seat) {
           return seat.vote != Seat::Vote::none || !seat.group.empty();
         });
}

}  // namespace

void move_on_from_voters(Transition& transition) {
  const State& state = transition.state();
  std::vector<ActivationId> open;
  for (const auto& [id, activation] : state.activations) {
    const auto is_nobodys = [&](std::uint32_t number) {
      return is_used_up(transition, state.items.at(number), activation.roster);
    };
    const bool approves = std::holds_alternative<Approve>(transition.definition().step(activation.step).kind);
    if (approves && may_use_up(activation.roster) && std::ranges::any_of(activation.items, is_nobodys))
      open.push_back(id);
  }
  for (const ActivationId id : open) {
    if (is_being_decided(transition, id)) move_on_from_leavers(transition, id);
  }
}

}  // namespace countersign
