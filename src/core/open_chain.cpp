#include "core/open_chain.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/flow.h"
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

// For whatever group of the step: one answer of theirs is enough.
bool sits(const Roster& roster, const PersonId& person) {
  return std::ranges::any_of(roster.seats, [&](const Seat& seat) {
    return seat.person == person || seat.named == person || seat.by == person;
  });
}

// The approvals of one group of seats, or of a step without groups (""), while they are being decided.
class OpenChain {
 public:
  OpenChain(Transition& transition, ActivationId id, const std::vector<Expression>& by, std::string of_group)
      : transition_(transition),
        id_(id),
        activation_(transition.state().activations.at(id)),
        step_(transition.definition().step(activation_.step)),
        by_(by),
        of_group_(std::move(of_group)) {}

  void lengthen() {
    Chains chains;
    const std::vector<Seat> named =
        resolve_people(transition_, by_, activation_.frame, fmt::format("by of {}", step_.name), &chains);
    if (transition_.stopped()) return;
    ends_ = ends_of(chains);
    const auto asked_for = activation_.roster.chain_ends.find(of_group_);
    const bool was_short = asked_for == activation_.roster.chain_ends.end();
    if (was_short ? ends_.empty() : asked_for->second == ends_) return;
    excuse_requester(std::get<Approve>(step_.kind).self, transition_.state(), chains);
    const std::vector<Seat> more = behind(chains, named);
    if (!chains.short_of.empty()) return ask_nobody_rule(chains.short_of);
    seat(more);
  }

 private:
  // Of each chain whose end does not sit here those behind the last one who does. Says so in `chains` where
  // its end cannot be asked.
  std::vector<Seat> behind(Chains& chains, const std::vector<Seat>& named) const {
    std::vector<Seat> more;
    for (const std::vector<PersonId>& line : chains.lines) {
      if (sits(activation_.roster, line.back())) continue;
      auto from = line.begin();
      for (auto at = line.begin(); at != line.end(); ++at) {
        if (sits(activation_.roster, *at)) from = at + 1;
      }
      for (; from != line.end(); ++from) {
        const auto seat = std::ranges::find(named, *from, &Seat::person);
        if (seat != named.end() && can_be_seated(*seat)) more.push_back(*seat);
      }
    }
    std::vector<Seat> there = more;
    for (const PersonId& end : ends_of(chains)) {
      if (sits(activation_.roster, end)) there.push_back(Seat{.person = end});
    }
    keep_whole_chains(transition_.context().directory, chains, there);
    return more;
  }

  bool can_be_seated(const Seat& seat) const {
    const bool has_item = std::ranges::any_of(activation_.items, [&](std::uint32_t number) {
      const Item& other = transition_.state().items.at(number);
      return other.added != AddedAs::opinion && other.assignee == seat.person && other.group == seat.group;
    });
    return !has_item && can_take_part(transition_, activation_, seat);
  }

  void ask_nobody_rule(const std::string& why) {
    Seating instead = seat_nobody_left(transition_, step_, activation_.frame, why);
    if (transition_.stopped()) return;
    switch (instead.instead) {
      case Seating::Instead::none:
        std::erase_if(instead.seats, [&](const Seat& seat) {
          const bool is_there = std::ranges::any_of(activation_.roster.seats, [&](const Seat& other) {
            return other.person == seat.person && other.group == seat.group;
          });
          return is_there || !can_be_seated(seat);
        });
        return seat(std::move(instead.seats));
      case Seating::Instead::approve:  // passed over: those who sit here decide
        return seat({});
      case Seating::Instead::reject:
        return complete(transition_, id_,
                        {"rejected", Actor{.kind = Actor::Kind::policy}, instead.why, activation_.answers});
      case Seating::Instead::stand_still:
        return transition_.raise(fmt::format("with what is changed {}", instead.why));
    }
  }

  void seat(std::vector<Seat> seats) {
    for (Seat& each : seats) each.of_group = of_group_;
    Roster roster = activation_.roster;
    reseat(step_, roster, [&](std::vector<Seat>& all) { all.insert(all.end(), seats.begin(), seats.end()); });
    if (ends_.empty()) {
      roster.chain_ends.erase(of_group_);
    } else {
      roster.chain_ends[of_group_] = ends_;
    }
    transition_.emit(RosterSet{id_, std::move(roster)});
    for (const Seat& each : seats)
      open_item(transition_, id_, each, {.waiting = activation_.roster.one_by_one});
    if (!seats.empty()) go_on_in_turn(transition_, id_, Actor{.kind = Actor::Kind::policy});
  }

  Transition& transition_;
  const ActivationId id_;
  const Activation activation_;
  const Step& step_;
  const std::vector<Expression>& by_;
  const std::string of_group_;
  std::vector<PersonId> ends_;
};

}  // namespace

void lengthen_chains(Transition& transition, ActivationId id) {
  const auto lengthen = [&](const std::vector<Expression>& by, const std::string& of_group) {
    if (has_chain(by) && is_being_decided(transition, id)) OpenChain(transition, id, by, of_group).lengthen();
  };
  if (!is_being_decided(transition, id)) return;
  const Step& step = transition.definition().step(transition.state().activations.at(id).step);
  const auto* approve = std::get_if<Approve>(&step.kind);
  if (approve == nullptr) return;
  lengthen(approve->by, "");
  for (const SeatGroup& group : approve->seats) lengthen(group.by, group.name);
}

}  // namespace countersign
