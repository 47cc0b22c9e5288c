#include "core/turns.h"

#include <algorithm>

#include "core/chase.h"
#include "core/directory_change.h"
#include "core/people_step.h"
#include "core/roster.h"

namespace countersign {
namespace {

bool is_waiting(const State& state, const Seat& seat) {
  const auto item = state.items.find(seat.item);
  return item != state.items.end() && item->second.status == ItemStatus::waiting;
}

// Whether the item's answer would be a vote that is still missing.
bool is_for_needed_seat(const Roster& roster, const Item& item) {
  return std::ranges::any_of(roster.seats, [&](const Seat& seat) {
    const bool is_its_own =
        seat.item == item.number ||
        (seat.item != 0 && std::ranges::find(item.stands_for, seat.item) != item.stands_for.end());
    return is_its_own && is_needed(roster, seat);
  });
}

// The turn of somebody who has left; where that stood still already, nothing is new.
void move_on_where_it_stands(Transition& transition, ActivationId id) {
  if (transition.state().activations.at(id).incident.empty()) move_on_from_leavers(transition, id);
}

}  // namespace

bool has_its_turn(const Roster& roster, const Seat& seat) {
  if (is_awaited(roster, seat.item, AddedAs::before)) return false;
  if (seat.added == AddedAs::before) return true;
  if (seat.added == AddedAs::after) {
    const Seat* of = seat_of_item(roster, seat.of);
    return of != nullptr && of->vote == Seat::Vote::approved;
  }
  if (!roster.one_by_one) return true;
  for (const Seat& earlier : roster.seats) {
    if (earlier == seat) return true;
    if (!counts(earlier) || is_settled(roster, earlier)) continue;
    if (earlier.vote == Seat::Vote::none || is_awaited(roster, earlier.item, AddedAs::after)) return false;
  }
  return true;
}

void wait_again(Transition& transition, ActivationId id) {
  const Roster roster = transition.state().activations.at(id).roster;
  for (const Seat& seat : roster.seats) {
    const auto item = transition.state().items.find(seat.item);
    if (item == transition.state().items.end() || item->second.status != ItemStatus::open) continue;
    if (has_its_turn(roster, seat)) continue;
    transition.emit(ItemChanged{.item = seat.item,
                                .act = ItemAct::wait,
                                .status = ItemStatus::waiting,
                                .by = Actor{.kind = Actor::Kind::policy}});
    clear_item_timers(transition, id, seat.item);
    close_opinions(transition, id, seat.item, Actor{.kind = Actor::Kind::policy});
    stand_for_no_longer(transition, id, seat.item, Actor{.kind = Actor::Kind::policy});
  }
}

void go_on_in_turn(Transition& transition, ActivationId id, const Actor& by) {
  let_go(transition, id, by);
  const Roster roster = transition.state().activations.at(id).roster;
  bool is_asked = false;
  bool has_left = false;
  for (const Seat& seat : roster.seats) {
    if (!is_waiting(transition.state(), seat) || !has_its_turn(roster, seat)) continue;
    if (nobody_answers(transition, transition.state().items.at(seat.item))) {
      has_left = true;
      continue;
    }
    call_up(transition, seat.item);
    is_asked = true;
  }
  if (has_left) return move_on_where_it_stands(transition, id);
  if (is_asked) return;
  // Where the seat before was left without a vote, the step goes on with the next all the same.
  const State& state = transition.state();
  const std::vector<std::uint32_t>& items = state.activations.at(id).items;
  const bool somebody_is = std::ranges::any_of(items, [&](std::uint32_t number) {
    const Item& item = state.items.at(number);
    return item.status == ItemStatus::open && is_in_charge(state, item);
  });
  if (somebody_is) return;
  for (const Seat& seat : roster.seats) {
    if (!is_waiting(state, seat) || !counts(seat) || is_awaited(roster, seat.item, AddedAs::before)) continue;
    if (nobody_answers(transition, state.items.at(seat.item))) return move_on_where_it_stands(transition, id);
    return call_up(transition, seat.item);
  }
}

void let_go(Transition& transition, ActivationId id, const Actor& by) {
  const Activation& activation = transition.state().activations.at(id);
  const bool approves = std::holds_alternative<Approve>(transition.definition().step(activation.step).kind);
  const std::vector<std::uint32_t> open = activation.items;
  for (const std::uint32_t number : open) {
    const auto item = transition.state().items.find(number);  // an opinion goes with the item it is for
    if (item == transition.state().items.end() || item->second.added == AddedAs::opinion) continue;
    if (!approves && item->second.stands_for.empty()) continue;  // a task's answers are no votes
    if (!is_for_needed_seat(transition.state().activations.at(id).roster, item->second))
      close_item(transition, number, ItemAct::supersede, by);
  }
}

}  // namespace countersign
