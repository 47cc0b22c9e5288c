// Many requests take from the same budgets at random; after every act the ledgers are what the postings sum
// up to, what is reserved is what the requests hold, and no strict ledger is overdrawn (Shared::post checks
// that). A failing run names its seed; to see it again: COUNTERSIGN_SEED=seed core_test
// --gtest_filter=BudgetSimulation.*

#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

constexpr const char* kWorkflow_budget_simulation = R"(workflow: spends
withdraw: any_time
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  ledger: {type: text, required: true}
statuses: [paid, settled, rejected, over]
steps:
  - id: first
    approve:
      by: requester.manager
      edit: [amount, ledger]
      return_to: [requester]
  - id: hold
    budget:
      reserve: form.amount
      from: form.ledger
    on:
      insufficient:
        - id: more
          task:
            for: group("finance")
            outcomes: [raised, given_up]
          on:
            raised:
              - id: supplement
                budget:
                  supplement: hold.missing
                  to: form.ledger
              - {go: hold}
            given_up: {end: over}
  - id: both
    parallel:
      branches:
        a:
          - id: extra
            when: form.amount > 50
            budget:
              reserve: form.amount * 0.1
              from: '"b"'
            on:
              insufficient: []
          - id: finance
            approve:
              by: group("finance")
              need: 1
              edit: [amount, ledger]
              return_to: [requester, first, hold]
        b:
          - id: legal
            approve:
              by: group("legal")
              need: 1
              return_to: [requester, hold]
  - id: race
    parallel:
      need: 1
      branches:
        a:
          - id: race_a
            budget: {reserve: form.amount * 0.2, from: '"a"'}
            on: {insufficient: []}
          - id: ask_a
            approve: {by: group("finance"), need: 1, return_to: [requester, race_a]}
        b:
          - id: each
            for_each:
              in: '[1, 2, 3]'
              as: k
              need: 2
              steps:
                - id: race_b
                  budget: {reserve: form.amount * 0.1, from: '"soft"'}
                  on: {insufficient: []}
                - id: ask_b
                  approve: {by: group("legal"), need: 1, return_to: [requester, race_b]}
  - id: again
    task:
      for: person("sun.li")
      edit: [amount, ledger]
      outcomes: [good, again, move]
    on:
      good: []
      again: {go: hold}
      move:
        - budget:
            transfer: form.amount
            from: '"b"'
            to: form.ledger
          on:
            insufficient: []
        - {go: again}
  - when: form.amount > 20
    budget:
      commit: hold
  - id: pay
    task:
      for: person("sun.li")
      outcomes: [paid, settled]
    on:
      paid: {end: paid}
      settled: {end: settled}
)";

class BudgetRun {
 public:
  explicit BudgetRun(std::uint64_t seed) : random_(seed) {
    static const std::shared_ptr<const Definition> definition = load(kWorkflow_budget_simulation);
    shared_.ledgers["a"] = sample_ledger("a", 300, true, {"settled"});
    shared_.ledgers["b"] = sample_ledger("b", 100);
    shared_.ledgers["soft"] = sample_ledger("soft", 50, false, {"paid"});
    opened_ = shared_.ledgers;
    for (int i = 0; i < 6; ++i) instances_.emplace_back(definition, &shared_, "i_" + std::to_string(i));
  }

  void run(int acts) {
    for (int act = 0; act < acts; ++act) {
      step(instances_[below(instances_.size())]);
      check();
      if (::testing::Test::HasFailure()) return;
    }
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  template <class T>
  T any(std::vector<T> choices) {
    return choices[below(choices.size())];
  }

  cel::Value amount() {
    return cel::Value::money({Decimal::from_int(static_cast<std::int64_t>(below(160))), "CNY"});
  }
  cel::Value ledger() { return cel::Value::string(any<std::string>({"a", "a", "b", "soft", "nothing"})); }

  void step(Instance& instance) {
    const State& state = instance.state();
    if (state.seq == 0) {
      instance.run(
          Start{instance.definition().id,
                PersonId("li.na"),
                person("li.na"),
                "form",
                {{"amount", amount()}, {"ledger", cel::Value::string(any<std::string>({"a", "soft"}))}},
                {},
                {}});
      return;
    }
    switch (below(14)) {
      case 0:
        instance.run(Withdraw{person("li.na"), "w"});
        return;
      case 1:
        if (below(3) == 0)
          instance.run(Cancel{Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "r"});
        return;
      case 2:
        for (const auto& [id, activation] : state.activations) {
          if (activation.incident.empty()) continue;
          instance.run(Retry{id, Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "r"});
          return;
        }
        return;
      default:
        decide(instance);
    }
  }

  static Actor person(const std::string& id) {
    return {.kind = Actor::Kind::person, .person = PersonId(id), .channel = "api"};
  }

  void decide(Instance& instance) {
    const auto& items = instance.state().items;
    if (items.empty()) return;
    auto at = items.begin();
    std::advance(at, static_cast<long>(below(items.size())));
    const Item& item = at->second;
    Decide command;
    command.item = item.number;
    command.by =
        person(!item.group.empty() ? (item.group == "legal" ? "sun.li" : "wang.fang") : item.assignee.value);
    command.outcome =
        any<std::string>({"approved", "approved", "approved", "returned", "rejected", "good", "good", "again",
                          "move", "raised", "given_up", "paid", "settled", "resubmitted", "resubmitted"});
    command.comment = "because";
    if (below(2) == 0) command.return_to = any<std::string>({"requester", "first", "hold"});
    if (below(3) == 0) {
      command.edits["amount"] = amount();
      command.edits["ledger"] = ledger();
    }
    instance.run(command);
  }

  static bool is_inside(const ItemPath& outer, const ItemPath& inner) {
    return inner.size() >= outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
  }

  // What was left before its end holds nothing of what its steps had reserved until then.
  static void check_left(const Instance& instance) {
    struct Opened {
      FrameOpened frame;
      ItemPath path;
    };
    struct Left {
      ListIndex list;
      ItemPath path;
      std::uint64_t seq;
    };
    const Definition& definition = instance.definition();
    std::map<FrameId, Opened> frames;
    std::map<ActivationId, FrameId> around;
    std::vector<Left> left;
    std::map<ReservationKey, std::uint64_t> reserved;
    for (const Event& event : instance.events()) {
      if (const auto* opened = std::get_if<ActivationOpened>(&event.body))
        around[opened->activation] = opened->frame;
      if (const auto* opened = std::get_if<FrameOpened>(&event.body)) {
        ItemPath path = opened->parent ? frames.at(around.at(opened->parent)).path : ItemPath();
        if (opened->item) path.push_back(*opened->item);
        frames[opened->frame] = {*opened, std::move(path)};
      }
      if (const auto* closed = std::get_if<FrameClosed>(&event.body);
          closed != nullptr && closed->reason == "left") {
        const Opened& frame = frames.at(closed->frame);
        left.push_back({frame.frame.list, frame.path, event.seq});
      }
      if (const auto* posted = std::get_if<LedgerPosted>(&event.body);
          posted != nullptr && posted->act == LedgerAct::reserved)
        reserved[posted->reservation] = event.seq;
    }
    for (const auto& [key, held] : instance.state().reservations) {
      const Step* step = definition.find_step(key.step);
      ASSERT_NE(step, nullptr);
      for (const Left& frame : left) {
        const bool was_inside =
            encloses(definition, frame.list, step->list) && is_inside(frame.path, key.items);
        EXPECT_FALSE(was_inside && reserved.at(key) < frame.seq)
            << instance.state().id.value << ": " << key.step << " holds what was left at " << frame.seq;
      }
    }
  }

  void check() {
    for (const Instance& instance : instances_) check_left(instance);
    for (const auto& [name, ledger] : shared_.ledgers) {
      Ledger summed = opened_.at(name);
      Decimal held;
      for (const Instance& instance : instances_) {
        for (const Event& event : instance.events()) {
          const auto* posted = std::get_if<LedgerPosted>(&event.body);
          if (posted == nullptr || posted->ledger != name) continue;
          ASSERT_TRUE(summed.post(posted->act, posted->amount.as_money().amount));
        }
        for (const auto& [key, reservation] : instance.state().reservations) {
          if (reservation.ledger == name) held = *Decimal::add(held, reservation.amount.as_money().amount);
        }
        if (instance.state().ended) {
          EXPECT_TRUE(instance.state().reservations.empty()) << "held after the end";
        }
      }
      EXPECT_EQ(summed.amount, ledger.amount) << name;
      EXPECT_EQ(summed.reserved, ledger.reserved) << name;
      EXPECT_EQ(summed.spent, ledger.spent) << name;
      EXPECT_EQ(held, ledger.reserved) << name << ": what is reserved is what requests hold";
      if (ledger.strict) {
        EXPECT_FALSE(ledger.available().is_negative()) << name;
      }
    }
  }

  std::mt19937_64 random_;
  Shared shared_;
  std::map<std::string, Ledger> opened_;
  std::vector<Instance> instances_;
};

TEST(BudgetSimulation, WhateverRequestsDoLedgersAreTheSumOfTheirPostings) {
  const char* chosen = std::getenv("COUNTERSIGN_SEED");
  const std::uint64_t first = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 1;
  const std::uint64_t runs = chosen != nullptr ? 1 : 100;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    BudgetRun(seed).run(150);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "COUNTERSIGN_SEED=" << seed;
  }
}

}  // namespace
}  // namespace countersign::testing
