// Rule 10: withdraw, by the requester, and take back, by an approver.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::shared_ptr<const Definition> reclaimable(const std::string& steps, const std::string& top = "") {
  return load(
      "workflow: reclaim\nstart:\n  - form:\nform:\n  amount: {type: number}\n"
      "statuses: [approved, rejected]\n" +
      top + "steps:\n" + steps + "  - end: approved\n");
}

Actor somebody(const std::string& id) {
  return Actor{.kind = Actor::Kind::person, .person = PersonId(id), .channel = "api"};
}

constexpr const char* kTwoSteps = R"(  - id: first
    approve:
      by: person("wang.fang")
      ask:
        code: {type: text}
  - id: second
    approve:
      by: person("sun.li")
    remind:
      - {after: 1 hour, every: 1 hour}
)";

TEST(Rule10Withdraw, UntilTheFirstView) {
  Instance instance(reclaimable(kTwoSteps, "withdraw: first_view\n"));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(instance.run(View{instance.item("wang.fang"), somebody("sun.li")})),
            ErrorCode::forbidden)
      << "only whoever is asked has looked at it";
  ASSERT_TRUE(accepted(instance.run(View{instance.item("wang.fang"), somebody("wang.fang")})));
  EXPECT_TRUE(accepted(instance.run(View{instance.item("wang.fang"), somebody("wang.fang")})));
  EXPECT_TRUE(instance.last_events().empty()) << "only the first look is recorded";
  const Outcome refused = instance.run(Withdraw{somebody("li.na"), "mistake"});
  EXPECT_EQ(rejection_code(refused), ErrorCode::conflict);
  EXPECT_THAT(rejection(refused), HasSubstr("looked at"));

  Instance unseen(reclaimable(kTwoSteps, "withdraw: first_view\n"));
  unseen.start("li.na");
  EXPECT_TRUE(accepted(unseen.run(Withdraw{somebody("li.na"), "mistake"})));
  unseen.decide_as("li.na", "resubmitted");
  EXPECT_TRUE(accepted(unseen.run(Withdraw{somebody("li.na"), "mistake"}))) << "a new round is unseen again";
}

TEST(Rule10Withdraw, NotOnceSomethingHasLeftTheInstance) {
  Instance instance(reclaimable(std::string(R"(  - call: crm.book
    with:
      deal: '"D"'
    on:
      failed: []
)") + kTwoSteps,
                                "withdraw: any_time\n"));
  instance.start("li.na");
  EXPECT_THAT(rejection(instance.run(Withdraw{somebody("li.na"), "m"})), HasSubstr("still running"));
  EffectId effect;
  for (const auto& [id, activation] : instance.state().activations) {
    if (activation.effect) effect = *activation.effect;
  }
  instance.run(EffectDone{effect, true, {}, ""});
  EXPECT_THAT(rejection(instance.run(Withdraw{somebody("li.na"), "m"})), HasSubstr("has been called"));
}

TEST(Rule10TakeBack, UntilTheNextOneHasActed) {
  Instance instance(reclaimable(kTwoSteps));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved", "", R"({"code": "47"})");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@second"));
  ASSERT_TRUE(accepted(instance.run(TakeBack{item, somebody("wang.fang"), "the wrong one"})));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@first"));
  EXPECT_EQ(instance.outcome_of("first"), "(void)");
  EXPECT_TRUE(instance.state().timers.empty()) << "nobody is reminded of the step that was taken away";
  EXPECT_EQ(instance.state().round, 1U);
  EXPECT_THAT(rejection(instance.run(TakeBack{item, somebody("wang.fang"), ""})), HasSubstr("no approval"))
      << "it is taken back already";
  const std::uint32_t again = instance.item("wang.fang");
  EXPECT_NE(again, item) << "a work item is decided once";
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_THAT(rejection(instance.run(TakeBack{again, somebody("wang.fang"), ""})), HasSubstr("has ended"));
}

TEST(Rule10TakeBack, NotSomebodyElsesAndNotAfterASuccessor) {
  const auto definition = reclaimable(std::string(kTwoSteps) + R"(  - id: third
    approve:
      by: person("adm")
)");
  Instance instance(definition);
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  EXPECT_THAT(rejection(instance.run(TakeBack{item, somebody("wang.fang"), ""})),
              HasSubstr("not decided yet"));
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(rejection_code(instance.run(TakeBack{item, somebody("sun.li"), ""})), ErrorCode::forbidden);
  instance.decide_as("sun.li", "approved");
  const Outcome late = instance.run(TakeBack{item, somebody("wang.fang"), ""});
  EXPECT_EQ(rejection_code(late), ErrorCode::conflict);
  EXPECT_THAT(rejection(late), HasSubstr("sun.li has answered second since"));
}

TEST(Rule10TakeBack, OpensOnlyTheirSeatOfAStepThatIsStillDecided) {
  Instance instance(reclaimable(R"(  - id: all
    approve:
      by: group("finance")
      need: all
)"));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("zhao.lei", "approved");
  ASSERT_TRUE(accepted(instance.run(TakeBack{item, somebody("wang.fang"), ""})));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("wang.fang@all", "qian.min@all"));
  instance.decide_as("qian.min", "approved");
  EXPECT_EQ(instance.status(), "running");
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule10TakeBack, InTurnWhoeverComesNextWaitsAgain) {
  Instance instance(reclaimable(R"(  - id: turn
    approve:
      by: group("finance")
      need: all
      order: one_by_one
)"));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@turn"));
  ASSERT_TRUE(accepted(instance.run(TakeBack{item, somebody("wang.fang"), ""})));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@turn"));
  const std::uint32_t again = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("zhao.lei", "approved");
  EXPECT_EQ(rejection_code(instance.run(TakeBack{again, somebody("wang.fang"), ""})), ErrorCode::conflict)
      << "zhao.lei has acted on it";
}

TEST(Rule10TakeBack, TheVotesOfTheOthersStand) {
  Instance instance(reclaimable(R"(  - id: two
    approve:
      by: group("finance")
      need: 2
  - id: next
    approve:
      by: person("sun.li")
)"));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  const std::uint32_t item = instance.item("zhao.lei");
  instance.decide_as("zhao.lei", "approved");
  ASSERT_TRUE(accepted(instance.run(TakeBack{item, somebody("zhao.lei"), ""})));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("zhao.lei@two", "qian.min@two"))
      << "qian.min, who was not needed, may decide it instead";
  instance.decide_as("qian.min", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@next"));
}

TEST(Rule10TakeBack, OutOfAChosenOptionAndOutOfABranchThatIsDone) {
  Instance chosen(reclaimable(R"(  - choose:
      - when: form.?amount.orValue(0) > 1
        steps:
          - id: inside
            approve:
              by: person("wang.fang")
      - else: []
  - id: behind
    approve:
      by: person("sun.li")
)"));
  chosen.start("li.na", R"({"amount": "5"})");
  std::uint32_t item = chosen.item("wang.fang");
  chosen.decide_as("wang.fang", "approved");
  ASSERT_TRUE(accepted(chosen.run(TakeBack{item, somebody("wang.fang"), ""})));
  EXPECT_THAT(chosen.asked(), ElementsAre("wang.fang@inside"));
  chosen.decide_as("wang.fang", "approved");
  chosen.decide_as("sun.li", "approved");
  EXPECT_EQ(chosen.status(), "approved");

  const auto branches = reclaimable(R"(  - parallel:
      branches:
        one:
          - id: left
            approve:
              by: person("wang.fang")
        two:
          - id: right
            approve:
              by: person("sun.li")
  - id: behind
    approve:
      by: person("adm")
)");
  Instance open(branches);
  open.start("li.na");
  item = open.item("wang.fang");
  open.decide_as("wang.fang", "approved");
  ASSERT_TRUE(accepted(open.run(TakeBack{item, somebody("wang.fang"), ""})));
  EXPECT_THAT(open.asked(), UnorderedElementsAre("wang.fang@left", "sun.li@right"));
  open.decide_as("sun.li", "approved");
  item = open.item("wang.fang");
  open.decide_as("wang.fang", "approved");
  EXPECT_THAT(open.asked(), ElementsAre("adm@behind"));
  EXPECT_THAT(rejection(open.run(TakeBack{item, somebody("wang.fang"), ""})), HasSubstr("block of steps"))
      << "what sun.li decided beside it would have to be undone";
}

TEST(Rule10TakeBack, NotOnceACallWasMadeOrItWasSentBack) {
  Instance called(reclaimable(std::string(R"(  - id: first
    approve:
      by: person("wang.fang")
  - call: crm.book
    with:
      deal: '"D"'
    on:
      failed: []
)")));
  called.start("li.na");
  std::uint32_t item = called.item("wang.fang");
  called.decide_as("wang.fang", "approved");
  EXPECT_THAT(rejection(called.run(TakeBack{item, somebody("wang.fang"), ""})), HasSubstr("still running"));

  Instance returned(reclaimable(kTwoSteps));
  returned.start("li.na");
  item = returned.item("wang.fang");
  returned.decide_as("wang.fang", "approved");
  returned.decide_as("sun.li", "returned", "no");
  EXPECT_EQ(rejection_code(returned.run(TakeBack{item, somebody("wang.fang"), ""})), ErrorCode::conflict);
}

constexpr const char* kTimed = R"(  - id: first
    approve:
      by: person("wang.fang")
    due: 2 business days
    deadline: 5 business days
    on: {timeout: [{end: rejected}]}
  - id: second
    approve:
      by: person("sun.li")
)";

const Activation& only_activation(const Instance& instance) {
  return instance.state().activations.begin()->second;
}

// Whoever approved and took it back again and again put the deadline off for ever.
TEST(Rule10TakeBack, PutsNeitherDueDateNorDeadlineOff) {
  Instance instance(reclaimable(kTimed));
  instance.start("li.na");
  const Activation before = only_activation(instance);
  ASSERT_TRUE(before.due_at && before.deadline);
  instance.advance_to("2026-03-06T09:00:00Z");
  const std::uint32_t item = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved");
  ASSERT_TRUE(accepted(instance.run(TakeBack{item, somebody("wang.fang"), ""})));
  const Activation& again = only_activation(instance);
  EXPECT_NE(again.id, before.id);
  EXPECT_EQ(again.opened_at, before.opened_at);
  EXPECT_EQ(again.due_at, before.due_at);
  EXPECT_EQ(again.deadline, before.deadline);
  EXPECT_EQ(instance.state().items.at(instance.item("wang.fang")).due_at, before.due_at);
  instance.advance_to("2026-03-09T18:30:00Z");
  EXPECT_EQ(instance.status(), "rejected");
}

// It would have timed out in the same moment.
TEST(Rule10TakeBack, NotOnceTheDeadlineHasPassed) {
  Instance instance(reclaimable(kTimed));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved");
  instance.advance_to("2026-03-20T09:00:00Z");
  const Outcome late = instance.run(TakeBack{item, somebody("wang.fang"), ""});
  EXPECT_EQ(rejection_code(late), ErrorCode::conflict);
  EXPECT_THAT(rejection(late), HasSubstr("the deadline of first has passed"));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@second"));
}

// What an escalation had done to the next step counted as somebody's answer there.
TEST(Rule10TakeBack, AnEscalationOfWhatFollowsIsNoAnswer) {
  Instance instance(reclaimable(R"(  - id: first
    approve:
      by: person("wang.fang")
  - id: second
    approve:
      by: person("sun.li")
    escalate:
      - {after: 1 business day, to: person("chen.jie"), mode: replace}
)"));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved");
  instance.advance_to("2026-03-20T09:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@second"));
  ASSERT_TRUE(accepted(instance.run(TakeBack{item, somebody("wang.fang"), "the wrong one"})));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@first"));
}

TEST(Rule10TakeBack, OnePartOfATaskIsAnAnswer) {
  Instance instance(reclaimable(R"(  - id: first
    approve:
      by: person("wang.fang")
  - id: second
    task:
      for: person("sun.li")
      checklist:
        - {id: a, text: A, for: person("zhao.lei")}
        - {id: b, text: B}
)"));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved");
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "done")));
  EXPECT_THAT(rejection(instance.run(TakeBack{item, somebody("wang.fang"), "the wrong one"})),
              HasSubstr("somebody has answered second"));
}

// Withdrawing was refused because of a decision that did not stand any more.
TEST(Rule10Withdraw, ADecisionThatWasTakenBackIsNone) {
  Instance instance(reclaimable(kTwoSteps));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(rejection_code(instance.run(Withdraw{somebody("li.na"), "m"})), ErrorCode::conflict);
  ASSERT_TRUE(accepted(instance.run(TakeBack{item, somebody("wang.fang"), "the wrong one"})));
  EXPECT_TRUE(accepted(instance.run(Withdraw{somebody("li.na"), "m"})));
}

TEST(Rule10Withdraw, AnotherDecisionThatStandsIsOne) {
  Instance instance(reclaimable(R"(  - id: first
    approve:
      by: '[person("wang.fang"), person("sun.li")]'
      need: all
  - id: second
    approve:
      by: person("chen.jie")
)"));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("wang.fang", "approved");
  ASSERT_TRUE(accepted(instance.run(TakeBack{item, somebody("wang.fang"), "the wrong one"})));
  EXPECT_EQ(rejection_code(instance.run(Withdraw{somebody("li.na"), "m"})), ErrorCode::conflict);
}

constexpr const char* kLateThree = R"(  - id: first
    approve:
      by: '[person("wang.fang"), person("sun.li"), person("qian.min")]'
      need: 2
    escalate:
      - {after: 1 business day, to: person("chen.jie")}
  - id: second
    approve:
      by: person("zhao.lei")
)";

// Named by the item of whoever was late, a part of an escalation's decision could be taken back; and it
// counted as well for whoever had answered by themselves meanwhile.
TEST(Rule10TakeBack, NotWhatAnEscalationDecidedForOthers) {
  Instance instance(reclaimable(kLateThree));
  instance.start("li.na");
  const std::uint32_t late = instance.item("sun.li");
  const std::uint32_t own = instance.item("qian.min");
  instance.advance_to("2026-03-05T09:00:00Z");
  const std::uint32_t escalation = instance.item("chen.jie");
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "rejected", "no")));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  ASSERT_THAT(instance.asked(), ElementsAre("zhao.lei@second"));
  for (const std::uint32_t item : {late, escalation}) {
    EXPECT_THAT(rejection(instance.run(TakeBack{item, somebody("chen.jie"), "t"})),
                HasSubstr("in the place of others"));
  }
  for (const Seat& seat : instance.state().results.begin()->second.roster.seats) {
    EXPECT_EQ(seat.vote, seat.person == PersonId("qian.min") ? Seat::Vote::rejected : Seat::Vote::approved);
  }
  EXPECT_THAT(rejection(instance.run(TakeBack{own, somebody("qian.min"), "t"})),
              HasSubstr("first is decided by the others, with it or without"));
}

TEST(Rule10Withdraw, IsTheRequestersUntilSomebodyDecides) {
  const auto definition = reclaimable(R"(  - id: both
    approve:
      by:
        - person("wang.fang")
        - person("sun.li")
      need: all
)");
  Instance instance(definition);
  instance.start("li.na");
  const Actor other{.kind = Actor::Kind::person, .person = PersonId("sun.li")};
  EXPECT_EQ(rejection_code(instance.run(Withdraw{other, ""})), ErrorCode::forbidden);
  const Actor own{.kind = Actor::Kind::person, .person = PersonId("li.na")};
  ASSERT_TRUE(accepted(instance.run(Withdraw{own, "typo"})));
  EXPECT_EQ(instance.status(), "revising");
  instance.decide_as("li.na", "resubmitted");
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(rejection_code(instance.run(Withdraw{own, "again"})), ErrorCode::conflict);
}

}  // namespace
}  // namespace countersign::testing
