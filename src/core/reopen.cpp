#include "core/reopen.h"

#include <algorithm>
#include <utility>

#include "core/directory_change.h"
#include "core/people_step.h"
#include "core/roster.h"
#include "core/turns.h"

namespace countersign {
namespace {

constexpr std::size_t kNoSeat = static_cast<std::size_t>(-1);

Hosts hosts_of(const Roster& roster) {
  Hosts hosts;
  for (const Seat& seat : roster.seats) {
    const Seat* host = seat_of_item(roster, seat.of);
    hosts.push_back(host == nullptr ? kNoSeat : static_cast<std::size_t>(host - roster.seats.data()));
  }
  return hosts;
}

// Has no vote, and its item was closed because it was not needed any more; nobody is asked in its place.
bool is_left_out(const State& state, ActivationId id, const Seat& seat) {
  if (seat.vote != Seat::Vote::none || seat.item == 0 || state.items.contains(seat.item)) return false;
  const std::vector<std::uint32_t>& open = state.activations.at(id).items;
  return std::ranges::none_of(open, [&](std::uint32_t number) {
    const auto& stands_for = state.items.at(number).stands_for;
    return std::ranges::find(stands_for, seat.item) != stands_for.end();
  });
}

void clear_vote(Seat& seat) {
  seat.vote = Seat::Vote::none;
  seat.by = PersonId();
  seat.decided = 0;
  seat.relies_on = 0;
  seat.through = 0;
}

// Puts an item before whoever sits there, where they are needed and have none.
void ask_seat(Transition& transition, ActivationId id, const Hosts& hosts, std::size_t at) {
  const Activation& activation = transition.state().activations.at(id);
  Roster roster = activation.roster;
  Seat& seat = roster.seats[at];
  if (seat.item != 0 || !is_needed(roster, seat)) return;
  if (is_asked_already(transition.state(), activation, seat)) return;  // in others' place: one vote each
  const std::uint32_t number = transition.fresh_id();
  bool has_added = false;
  for (std::size_t added = 0; added < hosts.size(); ++added) {
    if (hosts[added] != at) continue;
    roster.seats[added].of = number;
    has_added = true;
  }
  seat.item = number;
  // Whoever has left is asked nothing: their work moves on from there.
  const bool waiting = !has_its_turn(roster, seat) || !can_be_asked(transition.context().directory, seat);
  seat.item = 0;  // opening the item says so
  const Seat asked = seat;
  if (has_added) transition.emit(RosterSet{id, std::move(roster)});
  open_item(transition, id, asked, {.waiting = waiting, .added = asked.added, .added_by = asked.added_by});
}

}  // namespace

void reopen_seats(Transition& transition, ActivationId id, Roster roster,
                  const std::function<bool(const Seat&)>& which) {
  ask_void_seats(transition, id, void_seats(transition, id, std::move(roster), which));
}

Hosts void_seats(Transition& transition, ActivationId id, Roster roster,
                 const std::function<bool(const Seat&)>& which) {
  for (Seat& seat : roster.seats) {
    if (seat.vote != Seat::Vote::none && which(seat)) clear_vote(seat);
  }
  // Who was added to somebody who has left since has nothing to say any more.
  const Roster cleared = roster;
  std::erase_if(roster.seats, [&](const Seat& seat) {
    return seat.vote == Seat::Vote::none && !counts(seat) && seat_of_item(cleared, seat.of) == nullptr;
  });
  Hosts hosts = hosts_of(roster);
  const Roster without = roster;
  // Whose turn it is not any more, for them nobody answers who was asked in their place: they wait
  // themselves.
  for (const Seat& seat : without.seats) {
    if (seat.vote == Seat::Vote::none && seat.item != 0 && !transition.state().items.contains(seat.item) &&
        !has_its_turn(without, seat))
      stand_for_no_longer(transition, id, seat.item, Actor{.kind = Actor::Kind::policy});
  }
  // Who is not needed keeps the number of their item: whoever was added to them is found by it later.
  for (std::size_t at = 0; at < roster.seats.size(); ++at) {
    const Seat& seat = without.seats[at];
    if (is_left_out(transition.state(), id, seat) && is_needed(without, seat)) roster.seats[at].item = 0;
  }
  transition.emit(RosterSet{id, std::move(roster)});
  return hosts;
}

void ask_void_seats(Transition& transition, ActivationId id, const Hosts& hosts) {
  wait_again(transition, id);
  // Whoever was added comes by the number of the item that they were added to.
  for (const bool is_added : {false, true}) {
    for (std::size_t at = 0; at < hosts.size(); ++at) {
      if ((hosts[at] != kNoSeat) == is_added) ask_seat(transition, id, hosts, at);
    }
  }
  move_on_from_leavers(transition, id);
  if (is_being_decided(transition, id)) go_on_in_turn(transition, id, Actor{.kind = Actor::Kind::policy});
}

}  // namespace countersign
