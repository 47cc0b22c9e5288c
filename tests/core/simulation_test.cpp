// Random people do random things at random times; what must hold is checked after every act
// (instance_fixture.h: replay equals the live state, no timer or item outlives its step). A failing run names
// its seed; to see it again: COUNTERSIGN_SEED=seed core_test --gtest_filter=Simulation.*

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "core/roster.h"
#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

constexpr const char* kWorkflow = R"(workflow: everything
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  note: {type: text}
  deal: {type: text}
statuses: [approved, rejected, expired, lost]
stages: [review, work]
on_event:
  crm.deal_changed: {go: work}
steps:
  - id: manager
    stage: review
    approve:
      by: requester.manager
      edit: [note]
    due: 1 business day
    remind:
      - {before_due: 2 business hours}
      - {after_due: 0 days, every: 1 business day, at_most: 2}
    escalate:
      - after: 2 business days
        to: managers(requester, 2).last()
      - {after: 3 business days, to: person("wang.fang"), mode: replace}
  - id: size
    choose:
      - when: form.amount > 1000
        steps:
          - id: line
            approve:
              by: managers(requester, 3)
              need: all
              order: one_by_one
            deadline: 5 business days
            on:
              timeout: {end: expired}
      - else: []
  - id: review
    parallel:
      branches:
        finance:
          - id: finance
            approve:
              by: group("finance")
              need: 60%
              return_to: [requester, manager]
          - set:
              vars.checked: finance.outcome
        legal:
          - id: legal
            approve:
              by: group("legal")
              need: 1
            on:
              rejected:
                - id: second_opinion
                  approve:
                    by: group("finance")
                    need: 1
        call:
          - id: book
            call: crm.book
            with:
              deal: form.deal
            on:
              failed: {end: rejected}
  - id: child
    run: child
    with:
      deal: form.deal
    on:
      approved: []
      rejected: {go: manager}
  - id: work
    stage: work
    task:
      for: person("sun.li")
      outcomes: [good, bad]
      checklist:
        - {id: a, text: A, for: person("zhao.lei")}
        - {id: b, text: B}
      return_to: [manager]
    on:
      good: []
      bad: {go: work}
  - id: quiet
    wait:
      for: 1 day
      event: crm.answered
    on:
      received: {end: lost}
  - end: approved
)";

// Items of lists and levels of gates from the beginning, so that every run is among them.
constexpr const char* kItemsAndLevels = R"(workflow: items
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  note: {type: text}
  deal: {type: text}
statuses: [approved, rejected, lost]
stages: [one, two, three]
on_event:
  crm.deal_changed: {go: levels}
  crm.answered:
    - set:
        form.note: form.note + "x"
steps:
  - id: work
    when: form.amount > 1000
    task:
      for: person("sun.li")
      outcomes: [good, bad]
    on:
      good: []
      bad: {end: lost}
  - id: takeover
    for_each:
      in: group("finance")
      as: member
      at_once: 2
      steps:
        - id: take
          task:
            for: member
            outcomes: [good, bad]
            return_to: [work, requester]
          on:
            good: []
            bad:
              - id: settle
                approve:
                  by: person("chen.jie")
                  return_to: [take]
                on:
                  rejected: {go: work}
        - for_each:
            in: '["x", "y"]'
            as: part
            order: one_by_one
            steps:
              - id: piece
                when: take.outcome == "good"
                task:
                  for: member
  - set:
      vars.taken: take.map(t, t.?outcome.orValue("none"))
      vars.pieces: piece.map(row, row.size()).sum()
  - id: levels
    gates:
      - stage: one
        steps:
          - id: first
            task:
              for: person("sun.li")
      - stage: two
        when: form.note != ""
        steps:
          - id: draft
            task:
              for: person("li.na")
          - id: check
            approve:
              by: group("finance")
              need: 1
              return_to: [draft, requester]
              edit: [note]
      - stage: three
        only: group("legal")
        steps:
          - id: sign
            approve:
              by: group("legal")
              need: 1
  - end: approved
)";

// Every rule of an approval that lets it pass, void or go back.
constexpr const char* kApprovalRules = R"(workflow: rules
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  note: {type: text}
  deal: {type: text}
statuses: [approved, rejected, lost]
same_person: skip_if_approved
on_event:
  crm.answered:
    - set:
        form.note: form.note + "x"
steps:
  - id: manager
    approve:
      by: requester.manager
      self: skip
      if_nobody: manager_up
      edit: [note]
  - id: seated
    approve:
      seats:
        legal: {by: '[group("legal"), person("chen.jie")]', need: 1}
        finance: {by: group("finance"), need: 2}
      guards: [note]
      return_to: [manager, requester]
      resume: direct
    remind:
      - {after: 1 hour, every: 2 hours}
  - id: size
    choose:
      - when: form.amount > 1000
        steps:
          - id: large
            approve:
              by: person("chen.jie")
              same_person: skip_if_consecutive
      - else: []
  - id: sides
    parallel:
      branches:
        left:
          - id: turn
            approve:
              by: group("finance")
              need: all
              order: one_by_one
              guards: [note]
              edit: [note]
        right:
          - id: right
            approve:
              by: person("sun.li")
              return_to: [seated, requester]
          - id: right_again
            approve:
              by: person("sun.li")
              return_to: [right]
  - id: seal
    approve:
      by: group("finance")
      need: 60%
      always_ask: true
      resume: direct
      return_to: [requester, seated]
    deadline: 5 days
    on:
      timeout: {end: lost}
  - end: approved
)";

class Simulation {
 public:
  // `other`: the same workflow with other numbers for its steps.
  Simulation(std::uint64_t seed, std::shared_ptr<const Definition> definition,
             std::shared_ptr<const Definition> other)
      : random_(seed), instance_(definition), one_(std::move(definition)), other_(std::move(other)) {}

  void run(int acts) {
    ASSERT_TRUE(accepted(instance_.start(any({"li.na", "zhao.lei", "chen.jie", "zhang.wei"}),
                                         any({R"({"amount": 500})", R"({"amount": 5000, "deal": "D"})"}))));
    for (int act = 0; act < acts && !instance_.state().ended; ++act) {
      step();
      if (::testing::Test::HasFatalFailure() || ::testing::Test::HasNonfatalFailure()) return;
      for (const Effect& effect : instance_.last_effects()) {
        if (const auto* call = std::get_if<CallConnector>(&effect)) effects_.push_back(call->effect);
        if (const auto* child = std::get_if<StartChild>(&effect)) children_.push_back(child->activation);
      }
      count_decisions();
      check_consent();
      check_people();
    }
  }

  const std::vector<Event>& events() const { return instance_.events(); }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string any(std::vector<std::string> choices) { return choices[below(choices.size())]; }
  Actor person(const std::string& id) {
    return Actor{.kind = Actor::Kind::person, .person = PersonId(id), .channel = "api"};
  }
  std::string anybody() {
    return any(
        {"li.na", "zhang.wei", "chen.jie", "wang.fang", "zhao.lei", "qian.min", "sun.li", "adm", "he.left"});
  }

  // To the other version, or back.
  void migrate() {
    const bool is_other = instance_.state().version == other_->version;
    const Outcome moved = instance_.run(
        Migrate{is_other ? one_ : other_, Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "r"});
    EXPECT_TRUE(accepted(moved) || instance_.state().ended) << rejection(moved);
  }

  void step() {
    if (below(20) == 0) return migrate();
    if (below(8) == 0) return bend();
    if (below(4) == 0) return act_on_item();
    switch (below(20)) {
      case 0:
        instance_.run(DeliverEvent{"crm", any({"deal_changed", "answered"}), "d", cel::Value::map({})});
        return;
      case 1:
        instance_.run(Withdraw{person(anybody()), "w"});
        return;
      case 2:
        instance_.run(Comment{person(anybody()), "hello"});
        return;
      case 3:
        if (!effects_.empty())
          instance_.run(EffectDone{effects_[below(effects_.size())], below(3) != 0, {}, "e"});
        return;
      case 4:
        if (!children_.empty()) {
          instance_.run(ChildEnded{children_[below(children_.size())], InstanceId("c"),
                                   any({"approved", "approved", "rejected", "cancelled", ""}), "e"});
        }
        return;
      case 5:
        if (below(10) == 0) {
          instance_.run(Cancel{Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, any({"", "r"})});
        }
        return;
      case 6: {
        const std::uint32_t item = any_item();
        instance_.run(Reassign{item, PersonId(anybody()),
                               Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "r"});
        return;
      }
      case 7:
        for (const auto& [id, activation] : instance_.state().activations) {
          if (activation.incident.empty()) continue;
          instance_.run(Retry{id, Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "r"});
          return;
        }
        return;
      case 8:
      case 9:
      case 10: {
        const Instant later = instance_.now() + std::chrono::minutes(below(60 * 40));
        instance_.advance_to(format_rfc3339(later));
        return;
      }
      default:
        decide();
    }
  }

  // Taking back what was decided, looking at it, and what an administrator does to the course of things.
  void bend() {
    const auto number = static_cast<std::uint32_t>(below(instance_.state().next_id + 1));
    const auto& steps = instance_.definition().steps;
    const std::string target = steps[below(steps.size())].name;
    const Actor admin{.kind = Actor::Kind::admin, .person = PersonId(any({"adm", "sun.li"}))};
    switch (below(8)) {
      case 0:
        if (below(3) == 0) instance_.run(Jump{target, admin, any({"", "r", "r"})});
        return;
      case 1:
        for (const auto& [id, activation] : instance_.state().activations) {
          if (below(3) != 0) continue;
          instance_.run(Skip{steps[activation.step].name, id, admin, any({"", "r", "r"})});
          return;
        }
        return;
      case 2:
        instance_.run(View{any_item(), person(anybody())});
        return;
      default:
        break;
    }
    // Mostly something that was decided, by whoever did it.
    std::vector<std::pair<std::uint32_t, std::string>> decided;
    for (const Event& event : instance_.events()) {
      const auto* changed = std::get_if<ItemChanged>(&event.body);
      if (changed != nullptr && changed->act == ItemAct::decide)
        decided.emplace_back(changed->item, changed->by.person.value);
    }
    if (decided.empty() || below(5) == 0) {
      instance_.run(TakeBack{number, person(anybody()), "t"});
      return;
    }
    const auto& [item, who] = decided[decided.size() - 1 - below(std::min<std::size_t>(3, decided.size()))];
    instance_.run(TakeBack{item, person(who), "t"});
  }

  // No step is approved by people without the votes that its roster needs, and no seat is passed without a
  // decision of that person in the present round.
  void check_consent() {
    const State& state = instance_.state();
    const auto check = [&](StepIndex step, const StepResult& result) {
      if (result.voided || result.outcome != "approved" || result.roster.seats.empty()) return;
      if (!std::holds_alternative<Approve>(instance_.definition().step(step).kind)) return;
      EXPECT_EQ(verdict_of(result.roster), Verdict::approved)
          << instance_.definition().step(step).name << " is approved, and its roster has not";
    };
    for (const auto& [step, result] : state.results) check(step, result);
    for (const auto& [step, of_items] : state.item_results) {
      for (const auto& [path, result] : of_items) check(step, result);
    }
    std::uint64_t round_from = 0;
    std::map<std::uint64_t, const ItemChanged*> decisions;
    for (const Event& event : instance_.events()) {
      if (std::holds_alternative<RoundOpened>(event.body)) round_from = event.seq;
      if (const auto* changed = std::get_if<ItemChanged>(&event.body)) decisions[event.seq] = changed;
      const auto* passed = std::get_if<SeatPassed>(&event.body);
      if (passed == nullptr) continue;
      EXPECT_GT(passed->seq, round_from) << "a seat was passed by what was void";
      ASSERT_TRUE(decisions.contains(passed->seq));
      const ItemChanged& relied_on = *decisions.at(passed->seq);
      EXPECT_EQ(relied_on.item, passed->item);
      EXPECT_EQ(relied_on.outcome, "approved");
      EXPECT_EQ(relied_on.by.person, passed->decided);
      EXPECT_NE(passed->decided, state.requester) << "nobody approves a request of their own";
    }
    for (const auto& [key, timer] : state.timers) {
      const auto activation = state.activations.find(key.activation);
      ASSERT_NE(activation, state.activations.end());
      EXPECT_TRUE(key.item == 0 || state.items.contains(key.item)) << "a timer of an item that is closed";
    }
  }

  std::uint32_t any_item() {
    const auto& items = instance_.state().items;
    if (items.empty()) return static_cast<std::uint32_t>(below(20));
    auto at = items.begin();
    std::advance(at, static_cast<long>(below(items.size())));
    return at->first;
  }

  // One of the acts beside deciding, mostly by somebody who may and to somebody who can be asked.
  void act_on_item() {
    const std::uint32_t number = any_item();
    const auto found = instance_.state().items.find(number);
    std::string who = anybody();
    if (found != instance_.state().items.end() && below(6) != 0) {
      const Item& item = found->second;
      if (item.assignee.empty()) {
        const auto members = *instance_.directory->members(item.group);
        who = members[below(members.size())].value;
      } else {
        who = item.assignee.value;
      }
    }
    std::optional<std::uint32_t> version;
    if (found != instance_.state().items.end() && below(3) == 0) version = found->second.version;
    const PersonId to(anybody());
    const Actor by =
        below(8) == 0 ? Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")} : person(who);
    const State before = instance_.state();
    const auto refused_to_others = [&](const Outcome& outcome) {
      if (!accepted(outcome)) return;
      const Item& item = before.items.at(number);
      EXPECT_EQ(by.kind, Actor::Kind::person);
      const bool theirs = item.assignee.empty() ? instance_.directory->is_member(PersonId(who), item.group)
                                                : item.assignee.value == who;
      EXPECT_TRUE(theirs) << who << " gave away what was not theirs";
      EXPECT_NE(to.value, who);
      EXPECT_NE(to.value, "he.left");
      const Step& step = instance_.definition().step(before.activations.at(item.activation).step);
      if (std::holds_alternative<Approve>(step.kind)) {
        EXPECT_NE(to, before.requester) << "an approval of one's own request";
      }
    };
    switch (below(9)) {
      case 0:
        return refused_to_others(instance_.run(Transfer{number, version, to, by, "t"}));
      case 1:
        return refused_to_others(instance_.run(Delegate{number, version, to, by, "d"}));
      case 2:
      case 3: {
        const AddedAs where = std::array{AddedAs::before, AddedAs::after, AddedAs::beside}[below(3)];
        std::vector<PersonId> people{to};
        if (below(3) == 0) people.emplace_back(anybody());
        return refused_to_others(instance_.run(AddApprover{number, version, people, where, by, "a"}));
      }
      case 4: {
        std::string adder = who;
        if (before.items.contains(number) && !before.items.at(number).added_by.empty() && below(4) != 0)
          adder = before.items.at(number).added_by.value;
        const Outcome removed =
            instance_.run(RemoveApprover{number, {}, below(6) == 0 ? by : person(adder), "r"});
        if (accepted(removed)) {
          EXPECT_TRUE(before.items.at(number).added) << "whom the workflow asks was taken off";
          EXPECT_FALSE(instance_.state().ended) << "a removal decided the step";
        }
        return;
      }
      case 5:
        instance_.run(ClaimItem{number, version, by});
        return;
      case 6:
        instance_.run(ReleaseItem{number, version, by, any({"", "r"})});
        return;
      case 7:
        instance_.run(Nudge{below(2) == 0 ? person(before.requester.value) : by});
        return;
      default:
        instance_.run(SendCopies{{to}, by, "c"});
        EXPECT_EQ(instance_.state().items, before.items) << "a copy touched work items";
    }
  }

  // Nobody counts twice in one visit to an approval, nor approves a request of their own; rosters name nobody
  // twice, opinions belong to open items, and where people are asked somebody is.
  void check_people() {
    const State& state = instance_.state();
    std::map<std::uint32_t, ActivationId> at;
    std::map<std::pair<ActivationId, PersonId>, int> votes;
    for (const Event& event : instance_.events()) {
      if (const auto* opened = std::get_if<ItemOpened>(&event.body))
        at[opened->item.number] = opened->item.activation;
      // Votes that do not hold any more may be cast again: taken back, or about content that has changed.
      if (const auto* back = std::get_if<DecisionTakenBack>(&event.body))
        votes.erase({back->activation, back->by.person});
      if (const auto* set = std::get_if<RosterSet>(&event.body)) {
        std::erase_if(votes, [&](const auto& vote) { return vote.first.first == set->activation; });
        for (const Seat& seat : set->roster.seats) {
          if (seat.vote != Seat::Vote::none && seat.relies_on == 0) votes[{set->activation, seat.by}] = 1;
        }
      }
      const auto* changed = std::get_if<ItemChanged>(&event.body);
      if (changed == nullptr || changed->act != ItemAct::decide) continue;
      if (changed->outcome != "approved" && changed->outcome != "rejected") continue;
      EXPECT_NE(changed->by.person, state.requester) << "an approval of one's own request";
      EXPECT_EQ(++votes[std::pair(at.at(changed->item), changed->by.person)], 1)
          << changed->by.person.value << " counted twice";
    }
    for (const auto& [number, item] : state.items) {
      if (item.added == AddedAs::opinion) {
        EXPECT_TRUE(state.items.contains(item.of)) << "an opinion for nobody";
      }
    }
    for (const auto& [id, activation] : state.activations) {
      const Step& step = instance_.definition().step(activation.step);
      if (!std::holds_alternative<Approve>(step.kind) || !activation.outcome.empty()) continue;
      std::set<PersonId> people;
      std::size_t counting = 0;
      for (const Seat& seat : activation.roster.seats) {
        if (!seat.person.empty()) {
          EXPECT_TRUE(people.insert(seat.person).second) << seat.person.value << " has two seats";
        }
        if (!seat.added || *seat.added == AddedAs::beside) ++counting;
      }
      if (!activation.incident.empty() && activation.items.empty()) continue;
      EXPECT_LE(activation.roster.needed, counting);
      const bool somebody = std::ranges::any_of(activation.items, [&](std::uint32_t number) {
        const Item& item = state.items.at(number);
        return item.status == ItemStatus::open && item.added != AddedAs::opinion;
      });
      EXPECT_TRUE(somebody) << "nobody is asked at " << step.name;
    }
  }

  void decide() {
    Decide command;
    command.item = any_item();
    const auto item = instance_.state().items.find(command.item);
    std::string who = anybody();
    if (item != instance_.state().items.end() && below(8) != 0) {
      who = item->second.assignee.empty() ? who : item->second.assignee.value;
    }
    command.by = person(who);
    command.outcome = any({"approved", "approved", "approved", "rejected", "returned", "good", "good", "bad",
                           "resubmitted", "resubmitted", "done", "done", "nonsense"});
    command.comment = any({"", "because", "because"});
    if (below(3) == 0)
      command.return_to = any({"requester", "manager", "take", "draft", "seated", "right", "nowhere"});
    if (below(4) != 0) command.checklist = {any({"a", "b"})};
    // What a task without checklist takes, or its own part of one.
    if (below(3) == 0 && item != instance_.state().items.end()) command.checklist = item->second.entries;
    if (below(6) == 0) command.edits["note"] = cel::Value::string("changed");
    const State before = instance_.state();
    const Outcome outcome = instance_.run(command);
    if (!accepted(outcome) || item == instance_.state().items.end()) return;
    // Whoever decided was asked, or belongs to the group that was.
    const Item& asked = before.items.at(command.item);
    const bool theirs = asked.assignee.empty() ? instance_.directory->is_member(PersonId(who), asked.group)
                                               : asked.assignee.value == who;
    EXPECT_TRUE(theirs) << who << " decided what was not theirs";
    EXPECT_EQ(asked.status, ItemStatus::open);
    const Activation& decided = before.activations.at(asked.activation);
    if (instance_.definition().step(decided.step).id == "sign") {
      EXPECT_EQ(who, "sun.li") << "only binds everybody";
    }
    for (const auto& [id, activation] : instance_.state().activations) {
      EXPECT_LE(activation.begun - activation.finished, 2U) << "more items at once than the limit";
    }
  }

  void count_decisions() {
    std::map<std::uint32_t, int> decisions;
    for (const Event& event : instance_.events()) {
      const auto* changed = std::get_if<ItemChanged>(&event.body);
      if (changed != nullptr && !is_open(changed->status)) ++decisions[changed->item];
    }
    for (const auto& [item, count] : decisions)
      EXPECT_EQ(count, 1) << "item " << item << " closed more than once";
  }

  std::mt19937_64 random_;
  Instance instance_;
  std::shared_ptr<const Definition> one_;
  std::shared_ptr<const Definition> other_;
  std::vector<EffectId> effects_;
  std::vector<ActivationId> children_;
};

void simulate(const char* workflow, std::set<std::string>& seen) {
  const char* chosen = std::getenv("COUNTERSIGN_SEED");
  const std::uint64_t first = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 1;
  const std::uint64_t runs = chosen != nullptr ? 1 : 400;
  const std::shared_ptr<const Definition> definition = load(workflow);
  const std::string first_step = "steps:\n";
  std::string longer = workflow;
  longer.insert(longer.find(first_step) + first_step.size(),
                "  - id: early\n    when: instance.round > 1000000\n    wait: 1 day\n"
                "  - id: earlier\n    set:\n      vars.early: true\n");
  const std::shared_ptr<const Definition> other = load(longer);
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    Simulation simulation(seed, definition, other);
    simulation.run(60);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "COUNTERSIGN_SEED=" << seed;
    for (const Event& event : simulation.events()) {
      seen.emplace(type_of(event.body));
      if (const auto* changed = std::get_if<ItemChanged>(&event.body)) seen.emplace(to_string(changed->act));
    }
  }
}

TEST(Simulation, WhateverPeopleDoReplayEqualsTheLiveStateAndNobodyDecidesTwice) {
  std::set<std::string> seen;
  simulate(kWorkflow, seen);
  for (const char* type :
       {"nudged", "copies_sent", "reassign", "claim", "release", "involve", "wait", "advise", "remove"})
    EXPECT_TRUE(seen.contains(type) || std::getenv("COUNTERSIGN_SEED") != nullptr)
        << type << " never happened";
}

TEST(Simulation, WhateverPeopleDoItemsAndLevelsKeepTheirOrder) {
  std::set<std::string> seen;
  simulate(kItemsAndLevels, seen);
  for (const char* type : {"items_listed", "level_opened", "stage_entered", "results_voided", "ended"})
    EXPECT_TRUE(seen.contains(type) || std::getenv("COUNTERSIGN_SEED") != nullptr)
        << type << " never happened";
}

TEST(Simulation, WhateverPeopleDoNothingIsApprovedWithoutTheConsentOfItsRoster) {
  std::set<std::string> seen;
  simulate(kApprovalRules, seen);
  for (const char* type : {"seat_passed", "resume_planned", "decision_taken_back", "step_skipped", "jumped",
                           "item_viewed", "results_voided"}) {
    EXPECT_TRUE(seen.contains(type) || std::getenv("COUNTERSIGN_SEED") != nullptr)
        << type << " never happened";
  }
}

}  // namespace
}  // namespace countersign::testing
