// Who is asked, what their answers do, and who chases them, on workflows as an admin writes them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAskingHead = R"(workflow: t
start:
  - form:
form:
  amount: {type: money, currency: CNY}
  note: {type: text}
statuses: [approved, rejected, expired]
steps:
)";

std::shared_ptr<const Definition> asking(const std::string& steps) {
  return load(kAskingHead + steps);
}

TEST(Start, AsksTheFirstApproverAndNumbersTheInstance) {
  Instance instance(asking(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@manager"));
  EXPECT_EQ(instance.status(), "running");
  EXPECT_EQ(instance.state().reference, "T-2026-1");
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei"));
}

TEST(Approve, PassesToTheNextStepAndTheEndTellsTheRequester) {
  Instance instance(asking(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_TRUE(instance.state().ended);
  EXPECT_EQ(instance.outcome_of("manager"), "approved");
  EXPECT_THAT(instance.last_sends(), ElementsAre("outcome li.na"));
}

TEST(Approve, IsRefusedToAnybodyElse) {
  Instance instance(asking(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  Decide command{.item = instance.item("zhang.wei")};
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId("sun.li")};
  command.outcome = "approved";
  const Outcome outcome = instance.run(command);
  EXPECT_EQ(rejection_code(outcome), ErrorCode::forbidden);
  EXPECT_THAT(rejection(outcome), HasSubstr("it is before zhang.wei, not sun.li"));
  EXPECT_EQ(instance.status(), "running");
}

TEST(Approve, RejectionWantsACommentAndEndsTheInstance) {
  Instance instance(asking(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(instance.decide_as("zhang.wei", "rejected")), ErrorCode::invalid_input);
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "rejected", "too much")));
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Approve, ADecidedItemIsAConflictTheSecondTime) {
  Instance instance(asking(R"(  - id: both
    approve:
      by:
        - person("wang.fang")
        - person("sun.li")
      need: all
  - end: approved
)"));
  instance.start("li.na");
  Decide command{.item = instance.item("sun.li")};
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId("sun.li")};
  command.outcome = "approved";
  ASSERT_TRUE(accepted(instance.run(command)));
  EXPECT_EQ(rejection_code(instance.run(command)), ErrorCode::conflict);
}

TEST(Approve, AStaleVersionIsAConflict) {
  Instance instance(asking(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  Decide command{.item = instance.item("zhang.wei")};
  command.version = 7;
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId("zhang.wei")};
  command.outcome = "approved";
  EXPECT_EQ(rejection_code(instance.run(command)), ErrorCode::conflict);
}

TEST(Quorum, OneOfAGroupIsOneCandidateItem) {
  Instance instance(asking(R"(  - id: finance
    approve:
      by: group("finance")
      need: 1
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("finance@finance"));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Quorum, TwoOfThreeDecideAndTheThirdIsNoLongerAsked) {
  Instance instance(asking(R"(  - id: finance
    approve:
      by: group("finance")
      need: 2
  - id: legal
    approve:
      by: group("legal")
      need: 1
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@finance", "wang.fang@finance", "zhao.lei@finance"));
  instance.decide_as("zhao.lei", "approved");
  EXPECT_EQ(instance.outcome_of("finance"), "");
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("legal@legal"));
}

TEST(Quorum, IsRejectedAsSoonAsItCannotBeReached) {
  Instance instance(asking(R"(  - id: finance
    approve:
      by: group("finance")
      need: 60%
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("zhao.lei", "rejected", "no");
  EXPECT_EQ(instance.status(), "running");
  instance.decide_as("wang.fang", "rejected", "no");
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Quorum, AllHasAVetoByDefault) {
  Instance instance(asking(R"(  - id: finance
    approve:
      by: group("finance")
      need: all
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("qian.min", "approved");
  instance.decide_as("zhao.lei", "rejected", "no");
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(OneByOne, CallsUpTheNextOnlyAfterTheOneBefore) {
  Instance instance(asking(R"(  - id: line
    approve:
      by: managers(requester, 2)
      need: all
      order: one_by_one
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@line"));
  EXPECT_EQ(rejection_code(instance.decide_as("chen.jie", "approved")), ErrorCode::conflict);
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@line"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request chen.jie"));
  instance.decide_as("chen.jie", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(OwnRequest, TheRequesterIsTakenOffTheRoster) {
  Instance instance(asking(R"(  - id: finance
    approve:
      by: group("finance")
      need: all
  - end: approved
)"));
  instance.start("wang.fang");
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@finance", "zhao.lei@finance"));
}

TEST(OwnRequest, IsNotApprovedThroughAGroupEither) {
  Instance instance(asking(R"(  - id: finance
    approve:
      by: group("finance")
      need: 1
  - end: approved
)"));
  instance.start("wang.fang");
  const Outcome outcome = instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(rejection_code(outcome), ErrorCode::forbidden);
  EXPECT_THAT(rejection(outcome), HasSubstr("nobody approves a request of their own"));
}

TEST(Nobody, TheAdministratorsAreAskedByDefault) {
  Instance instance(asking(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("chen.jie");
  EXPECT_THAT(instance.asked(), ElementsAre("admins@manager"));
}

TEST(SendBack, ToTheRequesterVoidsWhatWasDecidedAndTheyResubmit) {
  Instance instance(asking(R"(  - id: manager
    approve:
      by: requester.manager
  - id: finance
    approve:
      by: group("finance")
      need: 1
  - end: approved
)"));
  instance.start("li.na", R"({"note": "first"})");
  instance.decide_as("zhang.wei", "approved");
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "returned", "which project?")));
  EXPECT_EQ(instance.status(), "revising");
  EXPECT_EQ(instance.state().round, 2U);
  EXPECT_EQ(instance.outcome_of("manager"), "(void)");
  EXPECT_THAT(instance.last_sends(), ElementsAre("returned li.na"));
  ASSERT_TRUE(accepted(instance.decide_as("li.na", "resubmitted", "", "{}", R"({"note": "second"})")));
  EXPECT_EQ(instance.status(), "running");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@manager"));
  EXPECT_EQ(instance.state().form.at("note").as_string(), "second");
}

TEST(SendBack, CancelsParallelBranchesAndTheirTimers) {
  Instance instance(asking(R"(  - id: review
    parallel:
      branches:
        legal:
          - id: legal
            approve:
              by: group("legal")
              need: 1
            remind:
              - {after: 1 business day}
        finance:
          - id: finance
            approve:
              by: group("finance")
              need: 1
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("finance@finance", "legal@legal"));
  EXPECT_EQ(instance.state().timers.size(), 1U);
  instance.decide_as("zhao.lei", "returned", "wrong draft");
  EXPECT_THAT(instance.asked(), ElementsAre("li.na@revise"));
  EXPECT_THAT(instance.state().timers, IsEmpty());
}

TEST(Reminder, GoesOutInWorkingTimeAndStopsWithTheDecision) {
  Instance instance(asking(R"(  - id: manager
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

TEST(Reminder, OneAndNotSevenAfterALongPause) {
  Instance instance(asking(R"(  - id: manager
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

TEST(Deadline, EndsTheStepAsTheSystemAndNeverAsAnApproval) {
  Instance instance(asking(R"(  - id: manager
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

TEST(Escalation, AsksTheNextLevelBesideTheFirst) {
  Instance instance(asking(R"(  - id: manager
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

TEST(Task, WantsItsChecklistAndItsAnswers) {
  Instance instance(asking(R"(  - id: handover
    task:
      for: person("sun.li")
      checklist:
        - {id: contract, text: Contract handed over}
        - {id: contacts, text: Contacts named}
      ask:
        date: {type: date, required: true}
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(instance.decide_as("sun.li", "done")), ErrorCode::invalid_input);
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "done", "", R"({"date": "2026-04-01"})")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Task, OwnersOfEntriesEachGetTheirShare) {
  Instance instance(asking(R"(  - id: handover
    task:
      for: person("sun.li")
      checklist:
        - {id: contract, text: Contract, for: person("wang.fang")}
        - {id: contacts, text: Contacts, for: person("zhao.lei")}
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@handover", "zhao.lei@handover"));
  Decide command{.item = instance.item("wang.fang")};
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId("wang.fang")};
  command.outcome = "done";
  command.checklist = {"contract"};
  ASSERT_TRUE(accepted(instance.run(command)));
  EXPECT_EQ(instance.status(), "running");
  command.item = instance.item("zhao.lei");
  command.by.person = PersonId("zhao.lei");
  command.checklist = {"contacts"};
  ASSERT_TRUE(accepted(instance.run(command)));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Withdraw, IsTheRequestersUntilSomebodyDecides) {
  const auto definition = asking(R"(  - id: both
    approve:
      by:
        - person("wang.fang")
        - person("sun.li")
      need: all
  - end: approved
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

TEST(Cancel, WantsAnAdministratorAndAReason) {
  Instance instance(asking(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  const Actor person{.kind = Actor::Kind::person, .person = PersonId("li.na")};
  EXPECT_EQ(rejection_code(instance.run(Cancel{person, "x"})), ErrorCode::forbidden);
  const Actor admin{.kind = Actor::Kind::admin, .person = PersonId("adm")};
  EXPECT_EQ(rejection_code(instance.run(Cancel{admin, ""})), ErrorCode::invalid_input);
  ASSERT_TRUE(accepted(instance.run(Cancel{admin, "duplicate"})));
  EXPECT_EQ(instance.status(), "cancelled");
}

TEST(Reassign, GivesTheSeatToSomebodyElse) {
  Instance instance(asking(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  const Actor admin{.kind = Actor::Kind::admin, .person = PersonId("adm")};
  ASSERT_TRUE(
      accepted(instance.run(Reassign{instance.item("zhang.wei"), PersonId("sun.li"), admin, "on leave"})));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@manager"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing
