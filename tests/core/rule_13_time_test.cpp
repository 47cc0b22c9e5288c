// Rule 13: reminders, escalation and deadlines; working time has a file of its own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/acts_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Rule13Time, AReminderGoesOutInWorkingTimeAndStopsWithTheDecision) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    due: 1 business day
    remind:
      - {after_due: 0 days, every: 1 business day, at_most: 2}
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-03T08:00:00Z");
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei"));
  instance.advance_to("2026-03-03T09:30:00Z");
  EXPECT_THAT(instance.last_sends(), ElementsAre("reminder zhang.wei"));
  EXPECT_FALSE(instance.state().timers.empty());
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(instance.state().timers, IsEmpty());
}

TEST(Rule13Time, OneReminderAndNotSevenAfterALongPause) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    remind:
      - {after: 1 business day, every: 1 business day, at_most: 50}
  - end: approved
)"));
  instance.start("li.na");
  const auto timer = *instance.state().timers.begin();
  ASSERT_EQ(format_rfc3339(timer.second.due), "2026-03-03T09:00:00Z");
  instance.jump_to("2026-03-11T10:00:00Z");  // the daemon was down for a week
  ASSERT_TRUE(accepted(instance.run(TimerDue{timer.first})));
  EXPECT_THAT(instance.last_sends(), ElementsAre("reminder zhang.wei"));
  EXPECT_EQ(format_rfc3339(instance.state().timers.begin()->second.due), "2026-03-12T09:00:00Z");
}

TEST(Rule13Time, ADeadlineEndsTheStepAsTheSystemAndNeverAsAnApproval) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    deadline: 2 business days
    on:
      timeout: {end: expired}
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-04T09:00:00Z");
  EXPECT_EQ(instance.status(), "expired");
  EXPECT_EQ(instance.outcome_of("manager"), "timeout");
  EXPECT_EQ(rejection_code(instance.decide_as("zhang.wei", "approved")), ErrorCode::conflict);
}

// That nobody approves a request of their own says nothing of work.
TEST(Rule13Time, ATaskThatIsLateMayComeToTheRequester) {
  Instance instance(load_steps(R"(  - id: prepare
    task: {for: requester.manager}
    escalate: {after: 1 business day, to: requester, mode: replace}
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-03T10:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("li.na@prepare"));
  ASSERT_TRUE(accepted(instance.decide_as("li.na", "done")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule13Time, AnEscalationAsksTheNextLevelBesideTheFirst) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    escalate:
      after: 1 business day
      to: managers(requester, 2).last()
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-03T10:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@manager", "zhang.wei@manager"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// Whoever was late lost the item, and nobody could answer the group's.
TEST(Rule13Time, AnEscalationAsksNoGroupWhoseMembersHaveDecidedOrAreLateThemselves) {
  Instance instance(load_steps(R"(  - id: both
    approve:
      by: '[person("sun.li"), person("wang.fang")]'
      need: all
    escalate:
      - {after: 1 business day, to: group("legal"), mode: replace}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  instance.advance_to("2026-03-03T09:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("admins@both")) << "sun.li is all of legal";
  ASSERT_TRUE(accepted(instance.decide_as("adm", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule13Time, ALeftoverTimerNeverActsOnALaterRound) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    deadline: 2 business days
    on:
      timeout: {end: expired}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_EQ(instance.state().timers.size(), 1U);
  const TimerKey leftover = instance.state().timers.begin()->first;
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "returned", "more")));
  EXPECT_THAT(instance.state().timers, IsEmpty()) << "they stop in the same command";
  ASSERT_TRUE(accepted(instance.decide_as("li.na", "resubmitted")));
  instance.jump_to("2026-03-06T09:00:00Z");
  const Outcome late = instance.run(TimerDue{leftover});
  EXPECT_EQ(rejection_code(late), ErrorCode::conflict);
  EXPECT_THAT(rejection(late), HasSubstr("not set any more"));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@manager"));
}

TEST(Rule13Time, WhoeverRunsOutOfTimeIsNoPerson) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    deadline: 2 business days
    on:
      timeout:
        - approve: {by: person("sun.li")}
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-04T09:00:00Z");
  const StepResult& result = instance.state().results.at(instance.definition().find_step("manager")->index);
  EXPECT_EQ(result.outcome, "timeout");
  EXPECT_EQ(result.by.kind, Actor::Kind::system);
  EXPECT_TRUE(result.by.person.empty());
}

TEST(Rule13Time, ATimeoutThatApprovesIsRefusedWhereItMustBeAPerson) {
  EXPECT_THROW(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
      always_ask: true
    deadline: 2 business days
    on:
      timeout: {end: approved}
  - end: approved
)"),
               std::runtime_error);
}

// One late colleague answered the escalation for everybody who was late.
TEST(Rule13Time, WhoIsLateDoesNotAnswerForTheOtherLateOnesByWayOfAGroup) {
  Instance instance(acts::approval(R"(      by: [person("wang.fang"), person("sun.li")]
      need: all
    escalate:
      after: 1 hour
      to: group("finance")
      mode: add
)"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.advance_to("2026-03-02T10:00:00Z");
  std::uint32_t of_group = 0;
  for (const auto& [number, item] : instance.state().items) {
    if (item.group == "finance") of_group = number;
  }
  ASSERT_NE(of_group, 0U);
  EXPECT_EQ(rejection_code(instance.run(
                Decide{.item = of_group, .by = acts::person("wang.fang"), .outcome = "approved"})),
            ErrorCode::conflict);
  ASSERT_TRUE(accepted(
      instance.run(Decide{.item = of_group, .by = acts::person("zhao.lei"), .outcome = "approved"})));
  EXPECT_EQ(instance.status(), "approved") << "who is not late may answer for all";
}

}  // namespace
}  // namespace countersign::testing
