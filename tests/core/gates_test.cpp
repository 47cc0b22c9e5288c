// Ordered levels whose work goes on at once and which open in order.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr const char* kStagedHead = R"(workflow: t
start:
  - form:
form:
  amount: {type: money, currency: CNY}
  ready: {type: boolean}
  note: {type: text}
statuses: [approved, rejected, expired]
stages: ["2", "3", "9.5"]
on_event:
  crm.deal_changed:
    - set:
        form.ready: event.amount > 1.0
steps:
)";

constexpr const char* kThree = R"(  - id: stages
    gates:
      - stage: 2
        steps:
          - id: lead
            task:
              for: requester
      - stage: 3
        when: form.ready
        steps:
          - id: plan
            task:
              for: person("sun.li")
          - id: review
            approve:
              by: requester.manager
              return_to: [requester, plan]
      - stage: 9.5
        only: group("finance")
        steps:
          - id: book
            approve:
              by: group("finance")
              need: 1
            escalate:
              after: 1 business day
              to: requester.manager
  - end: approved
)";

std::shared_ptr<const Definition> staged(const std::string& steps) {
  return load(kStagedHead + steps);
}

Command deal(double amount) {
  cel::Map data;
  data.set("amount", cel::Value::decimal(*Decimal::parse(amount > 1 ? "2" : "0")));
  return DeliverEvent{"crm", "deal_changed", "d", cel::Value::map(std::move(data))};
}

TEST(Gates, AllLevelsWorkAtOnceAndOpenInOrder) {
  Instance instance(staged(kThree));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"ready": true})")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("li.na@lead", "sun.li@plan", "finance@book"));
  instance.decide_as("sun.li", "done");
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.state().stage, "") << "level 3 is complete, but 2 is not open";
  instance.decide_as("li.na", "done");
  EXPECT_EQ(instance.state().stage, "3");
  EXPECT_THAT(instance.last_events(), ::testing::IsSupersetOf({"level_opened", "stage_entered"}));
  instance.decide_as("zhao.lei", "approved");
  EXPECT_EQ(instance.state().stage, "9.5");
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_EQ(instance.outcome_of("stages"), "all");
}

TEST(Gates, AConditionIsLookedAtAfterEachEventAndALevelThatIsOpenStaysOpen) {
  Instance instance(staged(kThree));
  instance.start("li.na", R"({"ready": false})");
  instance.decide_as("li.na", "done");
  instance.decide_as("sun.li", "done");
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.state().stage, "2");
  instance.run(deal(2));
  EXPECT_EQ(instance.state().stage, "3");
  instance.run(deal(0));
  EXPECT_EQ(instance.state().stage, "3");
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Gates, AConditionOverSomethingAbsentDoesNotHoldAndStopsNothing) {
  Instance instance(staged(R"(  - gates:
      - stage: 2
        when: form.amount > 5.0
        steps:
          - task:
              for: requester
      - stage: 3
        when: form.ready
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("li.na", "done");
  EXPECT_EQ(instance.status(), "running");
  EXPECT_EQ(instance.state().stage, "");
  for (const auto& [id, activation] : instance.state().activations) EXPECT_EQ(activation.incident, "");
}

TEST(Gates, OnlyBindsWhoeverIsAskedEscalatedToOrReassigned) {
  Instance instance(staged(kThree));
  instance.start("li.na", R"({"ready": true})");
  const std::uint32_t book = instance.item("zhao.lei", "book");
  const Actor admin{.kind = Actor::Kind::admin, .person = PersonId("adm")};
  EXPECT_THAT(rejection(instance.run(Reassign{book, PersonId("adm"), admin, "r"})), HasSubstr("'only'"));
  instance.advance_to("2026-03-05T09:00:00Z");
  EXPECT_EQ(instance.item("zhang.wei", "book"), 0U) << "the escalation names somebody whom 'only' does not";
  EXPECT_TRUE(accepted(instance.run(Reassign{book, PersonId("qian.min"), admin, "r"})));
  EXPECT_NE(instance.item("qian.min", "book"), 0U);
}

TEST(Gates, AStepThatNobodyWhomOnlyNamesIsAskedInStandsStill) {
  Instance instance(staged(R"(  - gates:
      - stage: 2
        only: group("finance")
        steps:
          - id: book
            approve:
              by: person("sun.li")
  - end: approved
)"));
  const Outcome outcome = instance.start("li.na");
  ASSERT_TRUE(accepted(outcome)) << rejection(outcome);
  EXPECT_TRUE(instance.asked().empty());
  bool stands_still = false;
  for (const auto& [id, activation] : instance.state().activations)
    stands_still = stands_still || !activation.incident.empty();
  EXPECT_TRUE(stands_still);
}

TEST(Gates, SendBackInsideALevelLeavesTheOthersOpenAndTheirResultsValid) {
  Instance instance(staged(kThree));
  instance.start("li.na", R"({"ready": true})");
  instance.decide_as("sun.li", "done");
  instance.decide_as("li.na", "done");
  EXPECT_EQ(instance.state().stage, "2");
  Decide back;
  back.item = instance.item("zhang.wei", "review");
  back.by = Actor{.kind = Actor::Kind::person, .person = PersonId("zhang.wei"), .channel = "api"};
  back.outcome = "returned";
  back.comment = "thin";
  back.return_to = "plan";
  ASSERT_TRUE(accepted(instance.run(back)));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@plan", "finance@book"));
  EXPECT_EQ(instance.outcome_of("lead"), "done");
  EXPECT_FALSE(instance.state().results.at(instance.definition().find_step("lead")->index).voided);
  instance.decide_as("sun.li", "done");
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.state().stage, "3");
}

TEST(Gates, SendBackToTheRequesterLeavesTheStepAndTheNextVisitBeginsAnew) {
  Instance instance(staged(kThree));
  instance.start("li.na", R"({"ready": true})");
  instance.decide_as("li.na", "done");
  instance.decide_as("sun.li", "done");
  instance.decide_as("zhang.wei", "returned", "no");
  EXPECT_EQ(instance.status(), "revising");
  EXPECT_EQ(instance.state().stage, "2") << "the stage says how far it has come";
  instance.decide_as("li.na", "resubmitted", "", "{}", R"({"ready": true})");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("li.na@lead", "sun.li@plan", "finance@book"));
}

TEST(Gates, AnInnerTargetLeavesAllLevels) {
  Instance instance(staged(R"(  - gates:
      - stage: 2
        steps:
          - id: go_on
            task:
              for: requester
              outcomes: [go_ahead, stop]
            on:
              go_ahead: []
              stop: {end: rejected}
      - stage: 3
        steps:
          - task:
              for: person("sun.li")
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("li.na", "stop");
  EXPECT_EQ(instance.status(), "rejected");
}

}  // namespace
}  // namespace countersign::testing
