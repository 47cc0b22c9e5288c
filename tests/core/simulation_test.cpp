// Random people do random things at random times; what must hold is checked after every act
// (instance_fixture.h: replay equals the live state, no timer or item outlives its step). A failing run names
// its seed; to see it again: COUNTERSIGN_SEED=seed core_test --gtest_filter=Simulation.*

#include <cstdlib>
#include <random>
#include <set>

#include <gtest/gtest.h>

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

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : random_(seed), instance_(load_once()) {}

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
    }
  }

 private:
  static std::shared_ptr<const Definition> load_once() {
    static const std::shared_ptr<const Definition> definition = load(kWorkflow);
    return definition;
  }

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string any(std::vector<std::string> choices) { return choices[below(choices.size())]; }
  Actor person(const std::string& id) {
    return Actor{.kind = Actor::Kind::person, .person = PersonId(id), .channel = "api"};
  }
  std::string anybody() {
    return any(
        {"li.na", "zhang.wei", "chen.jie", "wang.fang", "zhao.lei", "qian.min", "sun.li", "adm", "he.left"});
  }

  void step() {
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

  std::uint32_t any_item() {
    const auto& items = instance_.state().items;
    if (items.empty()) return static_cast<std::uint32_t>(below(20));
    auto at = items.begin();
    std::advance(at, static_cast<long>(below(items.size())));
    return at->first;
  }

  void decide() {
    Decide command;
    command.item = any_item();
    const auto item = instance_.state().items.find(command.item);
    std::string who = anybody();
    if (item != instance_.state().items.end() && below(8) != 0) {
      who = item->second.group.empty() ? item->second.assignee.value : who;
    }
    command.by = person(who);
    command.outcome = any({"approved", "approved", "approved", "rejected", "returned", "good", "good", "bad",
                           "resubmitted", "resubmitted", "nonsense"});
    command.comment = any({"", "because", "because"});
    if (below(3) == 0) command.return_to = any({"requester", "manager", "nowhere"});
    if (below(4) != 0) command.checklist = {any({"a", "b"})};
    if (below(6) == 0) command.edits["note"] = cel::Value::string("changed");
    const State before = instance_.state();
    const Outcome outcome = instance_.run(command);
    if (!accepted(outcome) || item == instance_.state().items.end()) return;
    // Whoever decided was asked, or belongs to the group that was.
    const Item& asked = before.items.at(command.item);
    const bool theirs = asked.group.empty() ? asked.assignee.value == who
                                            : instance_.directory->is_member(PersonId(who), asked.group);
    EXPECT_TRUE(theirs) << who << " decided what was not theirs";
    EXPECT_EQ(asked.status, ItemStatus::open);
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
  std::vector<EffectId> effects_;
  std::vector<ActivationId> children_;
};

TEST(Simulation, WhateverPeopleDoReplayEqualsTheLiveStateAndNobodyDecidesTwice) {
  const char* chosen = std::getenv("COUNTERSIGN_SEED");
  const std::uint64_t first = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 1;
  const std::uint64_t runs = chosen != nullptr ? 1 : 400;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    Simulation simulation(seed);
    simulation.run(60);
    ASSERT_FALSE(HasFailure()) << "COUNTERSIGN_SEED=" << seed;
  }
}

}  // namespace
}  // namespace countersign::testing
