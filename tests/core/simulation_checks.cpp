// What holds whatever people do.

#include <algorithm>

#include <gtest/gtest.h>

#include "core/roster.h"
#include "tests/core/simulation.h"

namespace countersign::testing {
namespace {

bool is_vote(const ItemChanged& changed) {
  return changed.act == ItemAct::decide && (changed.outcome == "approved" || changed.outcome == "rejected");
}

bool is_for(const Item& item, const Seat& seat) {
  return seat.item != 0 &&
         (seat.item == item.number || std::ranges::find(item.stands_for, seat.item) != item.stands_for.end());
}

// Whether a field that the step guards changed after the decision.
bool is_void_by_change(const State& state, const Approve& approve, std::uint64_t decided) {
  return std::ranges::any_of(approve.guards, [&](const std::string& field) {
    const auto revision = state.form_revision.find(field);
    return revision != state.form_revision.end() && revision->second > decided;
  });
}

}  // namespace

void Simulation::check() {
  for (; noted_ < instance_.events().size(); ++noted_) note(instance_.events()[noted_]);
  check_decisions();
  check_rosters();
  check_timers();
}

void Simulation::note(const Event& event) {
  const PersonId& requester = instance_.state().requester;
  if (std::holds_alternative<RoundOpened>(event.body)) round_from_ = event.seq;
  if (const auto* opened = std::get_if<ItemOpened>(&event.body))
    asked_at_[opened->item.number] = opened->item.activation;
  if (const auto* changed = std::get_if<ItemChanged>(&event.body)) {
    if (!is_open(changed->status)) {
      EXPECT_TRUE(closed_.insert(changed->item).second) << "item " << changed->item << " closed twice";
    }
    decisions_[event.seq] = *changed;
    if (is_vote(*changed)) {
      EXPECT_NE(changed->by.person, requester) << "an approval of one's own request";
      votes_.push_back({asked_at_.at(changed->item), changed->by.person, changed->item, event.seq,
                        changed->outcome == "approved"});
    }
  }
  if (const auto* back = std::get_if<DecisionTakenBack>(&event.body)) {
    // The step may be open in another activation now, with the votes of the others.
    const auto taken = std::ranges::find(votes_, back->item, &Vote::item);
    ASSERT_NE(taken, votes_.end()) << "a decision was taken back that nobody gave";
    const ActivationId from = taken->activation;
    votes_.erase(taken);
    for (Vote& vote : votes_) {
      if (vote.activation == from) vote.activation = back->activation;
    }
  }
  // Retrying a step that asks nobody asks everybody afresh.
  const auto* cleared = std::get_if<IncidentCleared>(&event.body);
  if (cleared != nullptr && asks_afresh(cleared->activation))
    std::erase_if(votes_, [&](const Vote& vote) { return vote.activation == cleared->activation; });
  if (const auto* passed = std::get_if<SeatPassed>(&event.body)) {
    EXPECT_GT(passed->seq, round_from_) << "a seat was passed by what was void";
    ASSERT_TRUE(decisions_.contains(passed->seq));
    const ItemChanged& relied_on = decisions_.at(passed->seq);
    EXPECT_EQ(relied_on.item, passed->item);
    EXPECT_EQ(relied_on.outcome, "approved");
    EXPECT_EQ(relied_on.by.person, passed->decided);
    EXPECT_NE(passed->decided, requester) << "nobody approves a request of their own";
  }
}

// Whether the events from here on set a roster there first of all in which nobody has voted.
bool Simulation::asks_afresh(ActivationId activation) const {
  for (std::size_t at = noted_; at < instance_.events().size(); ++at) {
    const auto* set = std::get_if<RosterSet>(&instance_.events()[at].body);
    if (set == nullptr || set->activation != activation) continue;
    return std::ranges::none_of(set->roster.seats,
                                [](const Seat& seat) { return seat.vote != Seat::Vote::none; });
  }
  return false;
}

// A departure takes away nobody's seat but the leaver's, casts no vote, and approves nothing that somebody
// who is there has still to decide.
void Simulation::check_departure(const State& before) const {
  const auto can_decide = [&](const Seat& seat) {
    const Person* person = instance_.directory->find(seat.person);
    return counts(seat) && seat.vote == Seat::Vote::none && person != nullptr && person->active;
  };
  const auto has_voted = [](const Seat& seat) { return seat.vote != Seat::Vote::none; };
  for (const auto& [id, activation] : before.activations) {
    const Step& step = instance_.definition().step(activation.step);
    const auto* approve = std::get_if<Approve>(&step.kind);
    if (approve == nullptr || !activation.outcome.empty()) continue;
    const auto& seats = activation.roster.seats;
    if (const auto after = instance_.state().activations.find(id);
        after != instance_.state().activations.end() && after->second.outcome.empty()) {
      const auto& left = after->second.roster.seats;
      EXPECT_EQ(std::ranges::count_if(seats, has_voted), std::ranges::count_if(left, has_voted))
          << "a departure is no vote at " << step.name;
      for (const Seat& seat : seats) {
        if (!can_decide(seat)) continue;
        EXPECT_NE(std::ranges::find(left, seat.person, &Seat::person), left.end())
            << seat.person.value << " lost the seat at " << step.name << " because somebody else has left";
      }
      continue;
    }
    for (const Event& event : instance_.events()) {
      const auto* reached = std::get_if<OutcomeReached>(&event.body);
      if (event.seq <= before.seq || reached == nullptr || reached->activation != id) continue;
      if (reached->outcome != "approved") continue;
      EXPECT_EQ(approve->if_nobody, NobodyRule::skip) << step.name << " was approved by a departure";
      EXPECT_EQ(reached->by.kind, Actor::Kind::policy);
      // Where enough had approved, and only who was added after one of them had not, they are passed over.
      const auto is_still_asked = [&](const Seat& seat) {
        const auto of_group = activation.roster.needed_of.find(seat.of_group);
        const std::ptrdiff_t needed =
            of_group == activation.roster.needed_of.end() ? activation.roster.needed : of_group->second;
        return can_decide(seat) && std::ranges::count_if(seats, [&](const Seat& other) {
                                     return counts(other) && other.of_group == seat.of_group &&
                                            other.vote == Seat::Vote::approved;
                                   }) < needed;
      };
      EXPECT_TRUE(std::ranges::none_of(seats, is_still_asked))
          << step.name << " was approved by a departure while others were asked";
    }
  }
}

// Every approval and every rejection in a step that is still being decided is a vote of some seat.
void Simulation::check_decisions() const {
  const State& state = instance_.state();
  for (const Vote& vote : votes_) {
    const auto activation = state.activations.find(vote.activation);
    if (activation == state.activations.end() || !activation->second.outcome.empty()) continue;
    const Step& step = instance_.definition().step(activation->second.step);
    const auto* approve = std::get_if<Approve>(&step.kind);
    if (approve == nullptr || (vote.approved && is_void_by_change(state, *approve, vote.seq))) continue;
    const bool counts = std::ranges::any_of(activation->second.roster.seats, [&](const Seat& seat) {
      return seat.decided == vote.seq && seat.by == vote.by &&
             seat.vote == (vote.approved ? Seat::Vote::approved : Seat::Vote::rejected);
    });
    EXPECT_TRUE(counts) << vote.by.value << " decided item " << vote.item << " of " << step.name
                        << ", and no seat has that vote";
  }
}

// Rosters name nobody twice and nobody counts twice; every open item is one that is waited for; where people
// are asked somebody is, or an incident says that nobody is.
void Simulation::check_rosters() const {
  const State& state = instance_.state();
  for (const auto& [number, item] : state.items) {
    if (item.added == AddedAs::opinion) {
      EXPECT_TRUE(state.items.contains(item.of)) << "an opinion for nobody";
      continue;
    }
    const Activation& activation = state.activations.at(item.activation);
    const Step& step = instance_.definition().step(activation.step);
    if (!std::holds_alternative<Approve>(step.kind)) continue;
    const bool is_waited_for = std::ranges::any_of(activation.roster.seats, [&](const Seat& seat) {
      return is_for(item, seat) && seat.vote == Seat::Vote::none;
    });
    EXPECT_TRUE(is_waited_for) << "item " << number << " of " << item.assignee.value << item.group << " at "
                               << step.name << " would be no vote";
  }
  for (const auto& [id, activation] : state.activations) {
    const Step& step = instance_.definition().step(activation.step);
    EXPECT_FALSE(asks_nobody(state, activation)) << "nobody is asked at " << step.name;
    // That such a step is found is the net; nothing that people do should fall into it.
    EXPECT_EQ(activation.incident.find("nobody is asked any more"), std::string::npos) << step.name;
    if (!std::holds_alternative<Approve>(step.kind) || !activation.outcome.empty()) continue;
    std::set<PersonId> people;
    std::map<PersonId, std::uint64_t> decided;
    std::size_t counting = 0;
    for (const Seat& seat : activation.roster.seats) {
      if (!seat.person.empty()) {
        EXPECT_TRUE(people.insert(seat.person).second) << seat.person.value << " has two seats";
      }
      if (seat.vote != Seat::Vote::none) {
        EXPECT_EQ(decided.emplace(seat.by, seat.decided).first->second, seat.decided)
            << seat.by.value << " counts twice";
      }
      const bool stands =
          seat.relies_on == 0 || std::ranges::find(votes_, seat.relies_on, &Vote::item) != votes_.end();
      EXPECT_TRUE(stands) << seat.by.value << " passes " << step.name << " by what was taken back";
      if (counts(seat)) {
        ++counting;
      } else if (seat.vote == Seat::Vote::none) {
        EXPECT_NE(seat_of_item(activation.roster, seat.of), nullptr)
            << seat.person.value << " was added to nobody's answer at " << step.name;
      }
    }
    if (!activation.incident.empty() && activation.items.empty()) continue;
    EXPECT_LE(activation.roster.needed, counting);
  }
}

void Simulation::check_timers() const {
  const State& state = instance_.state();
  for (const auto& [key, timer] : state.timers) {
    ASSERT_TRUE(state.activations.contains(key.activation)) << "a timer of a step that is closed";
    EXPECT_TRUE(key.item == 0 || state.items.contains(key.item)) << "a timer of an item that is closed";
  }
}

}  // namespace countersign::testing
