#include "core/open_chain.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/chase.h"
#include "core/flow.h"
#include "core/people_step.h"
#include "core/roster.h"

namespace countersign {
namespace {

const Actor kPolicy{.kind = Actor::Kind::policy};

bool has_chain(const std::vector<Expression>& by) {
  return std::ranges::any_of(by, [](const Expression& each) {
    return each.program.source().find("managers_up_to") != std::string::npos;
  });
}

bool contains(const std::vector<PersonId>& people, const PersonId& person) {
  return std::ranges::find(people, person) != people.end();
}

// Who ends the chains of one group of seats now ("" where there are none).
struct Ends {
  std::string of_group;
  std::string key;  // in Roster::on_chains
  std::vector<PersonId> people;
  bool is_short = false;  // nobody's limit is enough
};

std::vector<Ends> ends_now(Transition& transition, const Step& step, FrameId frame, const Roster& roster) {
  std::vector<Ends> all;
  const auto* approve = std::get_if<Approve>(&step.kind);
  if (approve == nullptr) return all;
  const auto look = [&](const std::vector<Expression>& by, const std::string& of_group,
                        const std::string& key) {
    if (!has_chain(by) || transition.stopped()) return;
    Chains chains;
    chains.in_parts = approve->if_nobody == NobodyRule::skip;
    resolve_people(transition, by, frame, fmt::format("by of {}", step.name), &chains);
    all.push_back({of_group, key, ends_of(chains), !chains.short_of.empty()});
  };
  const auto look_at_group = [&](const std::vector<Expression>& by, const std::string& of_group) {
    look(by, of_group, of_group);
    const std::string instead = key_of_nobody_rule(of_group);
    if (roster.on_chains.contains(instead)) look(approve->if_nobody_to, of_group, instead);
  };
  look_at_group(approve->by, "");
  for (const SeatGroup& group : approve->seats) look_at_group(group.by, group.name);
  return all;
}

// Whether the chain ends where nobody sat when the step was opened.
bool has_outgrown(const Roster& roster, const Ends& now) {
  const auto opened = roster.on_chains.find(now.key);
  if (opened == roster.on_chains.end()) return !now.people.empty();
  if (now.is_short) return true;
  return !std::ranges::all_of(now.people, [&](const PersonId& end) { return contains(opened->second, end); });
}

void begin_anew(Transition& transition, const Activation& activation, const std::string& why) {
  const std::vector<std::uint32_t> items = activation.items;
  for (const std::uint32_t number : items) {
    if (transition.state().items.contains(number))
      close_item(transition, number, ItemAct::cancel, kPolicy, why);
  }
  if (activation.resume) transition.emit(ResumePlanned{activation.step, activation.resume->step});
  leave(transition, activation.id);
  // It was come to already: its condition is not asked again, and its times hold on.
  const Step& step = transition.definition().step(activation.step);
  const StepTimes times{activation.opened_at, activation.due_at, activation.deadline};
  const ActivationId again = enter_step(transition, activation.frame, step, times);
  if (transition.stopped()) return;
  open_approve(transition, again);
  if (is_being_decided(transition, again)) set_escalation_timers(transition, again);
}

std::string names_of(const Directory& directory, const std::vector<PersonId>& people) {
  std::vector<std::string> names;
  for (const PersonId& person : people) names.push_back(directory.name_of(person));
  return join(names, ", ");
}

}  // namespace

bool is_outgrown(const Context& context, const State& state, StepIndex step, FrameId frame,
                 const Roster& roster) {
  if (roster.seats.empty()) return false;  // approved by a rule, and by no chain
  Transition look(context, state);         // what cannot be evaluated stops nothing else
  const auto all = ends_now(look, context.definition.step(step), frame, roster);
  // Of a chain that names nobody from here (of an item of a for_each) nobody can tell.
  return look.stopped() || std::ranges::any_of(all, [&](const Ends& now) {
           return has_outgrown(roster, now) || (now.people.empty() && roster.on_chains.contains(now.key));
         });
}

bool begin_anew_where_outgrown(Transition& transition, ActivationId id) {
  if (!is_being_decided(transition, id)) return false;
  const Activation activation = transition.state().activations.at(id);
  const Step& step = transition.definition().step(activation.step);
  for (const Ends& now : ends_now(transition, step, activation.frame, activation.roster)) {
    if (transition.stopped()) return false;
    if (!has_outgrown(activation.roster, now)) continue;
    const Seating seating = seat_approval(transition, step, std::get<Approve>(step.kind), activation.frame);
    if (transition.stopped()) return false;
    if (seating.instead == Seating::Instead::stand_still) {
      if (!activation.roster.seats.empty())
        transition.raise(fmt::format("with what is changed {}", seating.why));
      return false;
    }
    begin_anew(transition, activation,
               now.is_short ? "nobody's approval limit is enough any more"
                            : fmt::format("the chain of approvers ends with {} now",
                                          names_of(transition.context().directory, now.people)));
    return true;
  }
  return false;
}

bool begin_anew_without(Transition& transition, const Item& item) {
  if (!is_being_decided(transition, item.activation)) return false;
  const Activation activation = transition.state().activations.at(item.activation);
  const Step& step = transition.definition().step(activation.step);
  for (const Ends& now : ends_now(transition, step, activation.frame, activation.roster)) {
    if (transition.stopped()) return false;
    const bool sat_for_an_end = std::ranges::any_of(activation.roster.seats, [&](const Seat& seat) {
      const bool is_theirs = seat.item == item.number && seat.item != 0 && seat.of_group == now.of_group;
      return is_theirs && (contains(now.people, seat.person) || contains(now.people, seat.named));
    });
    if (!sat_for_an_end && !has_outgrown(activation.roster, now)) continue;
    begin_anew(transition, activation,
               fmt::format("{} cannot answer, and no other approval on the chain is enough",
                           transition.context().directory.name_of(item.assignee)));
    return true;
  }
  return false;
}

}  // namespace countersign
