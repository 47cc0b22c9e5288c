#include "core/open_chain.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/flow.h"
#include "core/incident.h"
#include "core/people_step.h"
#include "core/roster.h"
#include "core/turns.h"

namespace countersign {
namespace {

bool has_chain(const std::vector<Expression>& by) {
  return std::ranges::any_of(by, [](const Expression& each) {
    return each.program.source().find("managers_up_to") != std::string::npos;
  });
}

bool sits(const Roster& roster, const Seat& who, const std::string& of_group) {
  return std::ranges::any_of(roster.seats, [&](const Seat& seat) {
    const bool has_voted = !who.person.empty() && seat.by == who.person;
    return seat.of_group == of_group && ((seat.person == who.person && seat.group == who.group) || has_voted);
  });
}

// Whoever ends a chain sits there, or somebody to whom that seat was handed.
bool is_whole(const Roster& roster, const Chains& chains, const std::string& of_group) {
  return std::ranges::all_of(
      chains.ends, [&](const PersonId& end) { return sits(roster, Seat{.person = end}, of_group); });
}

void seat_more(Transition& transition, ActivationId id, std::vector<Seat> seats,
               const std::string& of_group) {
  const Activation activation = transition.state().activations.at(id);
  const Step& step = transition.definition().step(activation.step);
  std::erase_if(seats, [&](const Seat& seat) {
    return sits(activation.roster, seat, of_group) ||
           !can_answer(transition, activation.frame, activation.roster, seat);
  });
  for (Seat& seat : seats) seat.of_group = of_group;
  Roster roster = activation.roster;
  reseat(step, roster, [&](std::vector<Seat>& all) { all.insert(all.end(), seats.begin(), seats.end()); });
  transition.emit(RosterSet{id, std::move(roster)});
  for (const Seat& seat : seats) open_item(transition, id, seat, {.waiting = activation.roster.one_by_one});
}

void lengthen(Transition& transition, ActivationId id, const std::vector<Expression>& by,
              const std::string& of_group) {
  if (!has_chain(by)) return;
  const Activation activation = transition.state().activations.at(id);
  const Step& step = transition.definition().step(activation.step);
  Chains chains;
  std::vector<Seat> named =
      resolve_people(transition, by, activation.frame, fmt::format("by of {}", step.name), &chains);
  if (transition.stopped() || (chains.short_of.empty() && is_whole(activation.roster, chains, of_group)))
    return;
  std::vector<Seat> able = named;
  std::erase_if(able, [&](const Seat& seat) {
    return !sits(activation.roster, seat, of_group) &&
           !can_answer(transition, activation.frame, activation.roster, seat);
  });
  keep_whole_chains(transition.context().directory, chains, able);
  if (chains.short_of.empty()) return seat_more(transition, id, std::move(able), of_group);
  Seating instead = seat_nobody_left(transition, step, activation.frame, chains.short_of);
  if (transition.stopped()) return;
  if (instead.instead != Seating::Instead::none)
    return raise_incident(transition, id, fmt::format("the form has changed, and {}", instead.why));
  seat_more(transition, id, std::move(instead.seats), of_group);
}

}  // namespace

void lengthen_chains(Transition& transition, ActivationId id) {
  if (!is_being_decided(transition, id)) return;
  const Step& step = transition.definition().step(transition.state().activations.at(id).step);
  const auto* approve = std::get_if<Approve>(&step.kind);
  if (approve == nullptr) return;
  lengthen(transition, id, approve->by, "");
  for (const SeatGroup& group : approve->seats) {
    if (transition.stopped() || !is_being_decided(transition, id)) return;
    lengthen(transition, id, group.by, group.name);
  }
  if (!transition.stopped() && is_being_decided(transition, id))
    go_on_in_turn(transition, id, Actor{.kind = Actor::Kind::policy});
}

}  // namespace countersign
