// Cases in which several rules meet, each once a way to lose a decision or to decide twice.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::shared_ptr<const Definition> flow_meeting_rules(const std::string& steps,
                                                     const std::string& form = "  note: {type: text}\n") {
  return load("workflow: t\nstart:\n  - form:\nform:\n" + form +
              "statuses: [approved, rejected, expired]\nsteps:\n" + steps);
}

Actor admin() {
  return Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")};
}

constexpr const char* kEscalated = R"(  - id: manager
    approve:
      by: requester.manager
    escalate:
      after: 1 business day
      to: person("chen.jie")
  - end: approved
)";

// Reassigning to somebody who was escalated to left a step that nobody could decide.
TEST(ReassignBesideAnEscalation, IsRefusedForWhoeverIsAskedAlready) {
  Instance instance(flow_meeting_rules(kEscalated));
  instance.start("li.na");
  instance.advance_to("2026-03-03T10:00:00Z");
  const Outcome outcome =
      instance.run(Reassign{instance.item("zhang.wei"), PersonId("chen.jie"), admin(), "away"});
  EXPECT_EQ(rejection_code(outcome), ErrorCode::conflict);
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@manager", "zhang.wei@manager"));
}

// The rejection of whoever had been escalated to was lost after the late item was reassigned.
TEST(ReassignBesideAnEscalation, KeepsTheStandInsVote) {
  Instance instance(flow_meeting_rules(kEscalated));
  instance.start("li.na");
  instance.advance_to("2026-03-03T10:00:00Z");
  ASSERT_TRUE(
      accepted(instance.run(Reassign{instance.item("zhang.wei"), PersonId("sun.li"), admin(), "away"})));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@manager", "sun.li@manager"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "rejected", "no")));
  EXPECT_EQ(instance.status(), "rejected");
}

// Replacing by somebody who is asked already closed the late items and asked nobody.
TEST(EscalationThatReplaces, LeavesTheLateAskedWhereNobodyNewCanBe) {
  Instance instance(flow_meeting_rules(R"(  - id: both
    approve:
      by:
        - person("zhang.wei")
        - person("chen.jie")
      need: all
    escalate:
      - {after: 1 business day, to: person("chen.jie"), mode: replace}
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-03T10:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@both", "zhang.wei@both"));
}

// After a replacement nothing was overdue any more, so the next level never came.
TEST(EscalationThatReplaces, IsFollowedByTheNextLevel) {
  Instance instance(flow_meeting_rules(R"(  - id: manager
    approve:
      by: requester.manager
    escalate:
      - {after: 1 business day, to: person("wang.fang"), mode: replace}
      - {after: 2 business days, to: person("chen.jie"), mode: replace}
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-03T10:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@manager"));
  instance.advance_to("2026-03-04T10:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@manager"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// An escalation let one person be two of "all".
TEST(Escalation, NeverAsksSomebodyWhoHasDecided) {
  Instance instance(flow_meeting_rules(R"(  - id: both
    approve:
      by:
        - person("zhang.wei")
        - person("chen.jie")
      need: all
    escalate:
      after: 1 business day
      to: person("chen.jie")
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("chen.jie", "approved");
  instance.advance_to("2026-03-03T10:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("admins@both", "zhang.wei@both"));
}

// Only the last answerer's fields were in the result.
TEST(Answers, OfEverybodyAreInTheResult) {
  Instance instance(flow_meeting_rules(R"(  - id: handover
    task:
      for: person("sun.li")
      checklist:
        - {id: goals, text: Goals, for: person("wang.fang"), note: true}
        - {id: contacts, text: Contacts, for: person("zhao.lei"), note: true}
  - end: approved
)"));
  instance.start("li.na");
  for (const auto& [person, entry] : {std::pair("wang.fang", "goals"), std::pair("zhao.lei", "contacts")}) {
    Decide command{.item = instance.item(person)};
    command.by = Actor{.kind = Actor::Kind::person, .person = PersonId(person)};
    command.outcome = "done";
    command.checklist = {entry};
    command.answers[entry] = cel::Value::string("written");
    ASSERT_TRUE(accepted(instance.run(command)));
  }
  const StepResult& result = instance.state().results.at(instance.definition().find_step("handover")->index);
  EXPECT_TRUE(result.fields.contains("goals") && result.fields.contains("contacts"));
}

// Reassigning a task dropped what had to be ticked off.
TEST(Reassign, KeepsTheChecklist) {
  Instance instance(flow_meeting_rules(R"(  - id: handover
    task:
      for: person("sun.li")
      checklist:
        - {id: goals, text: Goals, for: person("wang.fang")}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(
      accepted(instance.run(Reassign{instance.item("wang.fang"), PersonId("qian.min"), admin(), "away"})));
  Decide command{.item = instance.item("qian.min")};
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId("qian.min")};
  command.outcome = "done";
  EXPECT_EQ(rejection_code(instance.run(command)), ErrorCode::invalid_input);
  command.checklist = {"goals"};
  EXPECT_TRUE(accepted(instance.run(command)));
}

// Every start of a workflow with a computed field was refused.
TEST(ComputedField, IsFilledInAndFollowsTheForm) {
  Instance instance(flow_meeting_rules(
      R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)",
      "  price: {type: integer, required: true}\n  twice: {type: integer, computed: form.price * 2}\n"));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"price": 21})")));
  EXPECT_EQ(instance.state().form.at("twice").as_int(), 42);
}

// A required field that a later step fills in made every start impossible, and was then never checked.
TEST(RequiredField, OfALaterStepIsCheckedThere) {
  Instance instance(flow_meeting_rules(R"(  - id: finance
    task:
      for: person("zhao.lei")
      edit: [account]
  - end: approved
)",
                                       "  account: {type: text, required: true}\n"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_EQ(rejection_code(instance.decide_as("zhao.lei", "done")), ErrorCode::invalid_input);
  EXPECT_TRUE(accepted(instance.decide_as("zhao.lei", "done", "", "{}", R"({"account": "4711"})")));
}

// Whoever may correct it later made it needless at the start, and the request was approved without it.
TEST(RequiredField, ThatAnApproverMayCorrectIsNeededAtTheStart) {
  Instance instance(flow_meeting_rules(R"(  - id: finance
    approve: {by: person("zhao.lei"), edit: [account]}
  - end: approved
)",
                                       "  account: {type: text, required: true}\n"));
  EXPECT_EQ(rejection_code(instance.start("li.na")), ErrorCode::invalid_input);
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"account": "4711"})")));
  EXPECT_EQ(rejection_code(instance.decide_as("zhao.lei", "approved", "", "{}", R"({"account": ""})")),
            ErrorCode::invalid_input);
  EXPECT_TRUE(accepted(instance.decide_as("zhao.lei", "approved", "", "{}", R"({"account": "4712"})")));
}

// An event that jumped out of a revision left the instance "revising".
TEST(Event, ThatLeavesARevisionTakesItOffTheRequester) {
  Instance instance(load(R"(workflow: t
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
on_event:
  crm.answered: {go: work}
steps:
  - id: manager
    approve:
      by: requester.manager
  - id: work
    task:
      for: person("sun.li")
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("zhang.wei", "returned", "more");
  ASSERT_EQ(instance.status(), "revising");
  instance.run(DeliverEvent{"crm", "answered", "d", cel::Value::map({})});
  EXPECT_EQ(instance.status(), "running");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@work"));
}

// A withdrawn request kept its invoices locked; withdrawing after a call let it be made twice.
TEST(Withdraw, LetsGoOfUniqueValuesAndComesTooLateAfterACall) {
  const auto unique = flow_meeting_rules(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)",
                                         "  invoice: {type: text, unique: workflow}\n");
  Shared shared;
  Instance first(unique, &shared, "i_1");
  ASSERT_TRUE(accepted(first.start("li.na", R"({"invoice": "A-1"})")));
  Instance second(unique, &shared, "i_2");
  EXPECT_EQ(rejection_code(second.start("li.na", R"({"invoice": "A-1"})")), ErrorCode::invalid_input);
  const Actor own{.kind = Actor::Kind::person, .person = PersonId("li.na")};
  ASSERT_TRUE(accepted(first.run(Withdraw{own, "typo"})));
  ASSERT_TRUE(accepted(second.start("li.na", R"({"invoice": "A-1"})")));
  EXPECT_EQ(rejection_code(first.decide_as("li.na", "resubmitted")), ErrorCode::invalid_input);
  ASSERT_TRUE(accepted(first.decide_as("li.na", "resubmitted", "", "{}", R"({"invoice": "A-2"})")));

  Instance called(flow_meeting_rules(R"(  - call: crm.book
    id: book
    with:
      deal: form.note
    on:
      failed: {end: rejected}
  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  called.start("li.na", R"({"note": "D"})");
  called.run(EffectDone{std::get<CallConnector>(called.last_effects().front()).effect, true, {}, ""});
  EXPECT_EQ(rejection_code(called.run(Withdraw{own, "late"})), ErrorCode::conflict);
}

// What another system had answered was thrown away by an incident behind it, and a retry called again.
TEST(Incident, BehindACallKeepsItsAnswer) {
  Instance instance(flow_meeting_rules(R"(  - call: crm.book
    id: book
    with:
      deal: form.note
    on:
      failed: {end: rejected}
  - when: form.?amount.value() > 100
    notify:
      to: requester
      subject: x
      text: x
  - end: approved
)",
                                       "  note: {type: text}\n  amount: {type: integer}\n"));
  instance.start("li.na", R"({"note": "D"})");
  const Outcome outcome =
      instance.run(EffectDone{std::get<CallConnector>(instance.last_effects().front()).effect, true, {}, ""});
  EXPECT_THAT(rejection(outcome), HasSubstr("The answer is kept, and what follows from it waits"));
  EXPECT_EQ(instance.outcome_of("book"), "succeeded");
  const ActivationId waiting = instance.state().activations.begin()->first;
  const Outcome again = instance.run(Retry{waiting, admin(), "mended"});
  EXPECT_FALSE(
      std::any_of(instance.last_effects().begin(), instance.last_effects().end(),
                  [](const Effect& effect) { return std::holds_alternative<CallConnector>(effect); }))
      << "called again";
  EXPECT_FALSE(accepted(again)) << "the cause is still there";
}

TEST(IfNobody, RejectOnATaskRejects) {
  Instance instance(flow_meeting_rules(R"(  - id: work
    task:
      for: group("left")
      if_nobody: reject
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_EQ(instance.status(), "rejected");
}

}  // namespace
}  // namespace countersign::testing
