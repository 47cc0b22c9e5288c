// Rule 3: send back, and where it goes on afterwards.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kFormAndStatuses = R"(workflow: back
start:
  - form:
form:
  note: {type: text}
  amount: {type: number}
statuses: [approved, rejected]
on_event:
  crm.answered:
    - id: heard
      approve:
        by: person("adm")
)";

std::shared_ptr<const Definition> sent_back(const std::string& steps) {
  return load(kFormAndStatuses + steps);
}

constexpr const char* kThreeBranches = R"(steps:
  - id: before
    approve:
      by: person("chen.jie")
  - id: first
    approve:
      by: person("zhang.wei")
  - id: review
    parallel:
      branches:
        legal:
          - id: legal
            approve:
              by: person("sun.li")
        finance:
          - id: finance
            approve:
              by: group("finance")
              need: 2
              return_to: [first, requester]
            remind:
              - {after: 1 hour, every: 1 hour}
        boss:
          - id: boss
            approve:
              by: person("adm")
            remind:
              - {after: 1 hour, every: 1 hour}
  - end: approved
)";

TEST(Rule03SendBack, FromOneOfThreeBranchesCancelsTheOthersWithTheirReminders) {
  Instance instance(sent_back(kThreeBranches));
  instance.start("li.na");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("zhang.wei", "approved");
  instance.decide_as("sun.li", "approved");
  instance.advance_to("2026-03-02T10:30:00Z");  // the other branch reminds
  instance.decide_as("zhao.lei", "approved");
  EXPECT_TRUE(accepted(instance.decide_as("qian.min", "returned", "not clear")))
      << "one approver may, whatever need";
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@first"));
  EXPECT_TRUE(instance.state().timers.empty()) << "nobody is reminded of what was cancelled";
  EXPECT_EQ(instance.outcome_of("before"), "approved") << "it stands before the target";
  EXPECT_EQ(instance.outcome_of("legal"), "(void)");
  EXPECT_EQ(instance.state().round, 2U);
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@legal", "wang.fang@finance", "zhao.lei@finance",
                                                     "qian.min@finance", "adm@boss"));
}

TEST(Rule03SendBack, WhatAnEventBroughtStandsWhereverTheRequestGoes) {
  Instance instance(sent_back(kThreeBranches));
  instance.start("li.na");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("zhang.wei", "approved");
  instance.run(DeliverEvent{"crm", "answered", "d", cel::Value::map({})});
  Decide heard;
  heard.item = instance.item("adm", "heard");
  heard.by = Actor{.kind = Actor::Kind::person, .person = PersonId("adm"), .channel = "api"};
  heard.outcome = "approved";
  ASSERT_TRUE(accepted(instance.run(heard)));
  instance.decide_as("qian.min", "returned", "not clear");
  EXPECT_EQ(instance.outcome_of("heard"), "approved");
}

constexpr const char* kOnlyWhenLarge = R"(steps:
  - id: sometimes
    when: form.?amount.orValue(0) > 100
    approve:
      by: person("chen.jie")
  - choose:
      - when: form.?amount.orValue(0) > 10
        steps:
          - id: other_way
            approve:
              by: person("zhang.wei")
      - else: []
  - id: last
    approve:
      by: person("sun.li")
      return_to: [never, requester]
  - id: never
    when: form.?amount.orValue(0) > 1000
    approve:
      by: person("adm")
      return_to: [last]
    on:
      approved: {go: last}
  - end: approved
)";

TEST(Rule03SendBack, OnlyToAStepThatItHasComeBy) {
  Instance instance(sent_back(kOnlyWhenLarge));
  instance.start("li.na", R"({"note": "n", "amount": "5"})");
  Decide back;
  back.item = instance.item("sun.li");
  back.by = Actor{.kind = Actor::Kind::person, .person = PersonId("sun.li"), .channel = "api"};
  back.outcome = "returned";
  back.comment = "again";
  back.return_to = "never";
  const Outcome refused = instance.run(back);
  EXPECT_EQ(rejection_code(refused), ErrorCode::conflict);
  EXPECT_THAT(rejection(refused), HasSubstr("not come by"));
  back.return_to.reset();
  EXPECT_TRUE(accepted(instance.run(back))) << "the first target that it has come by";
  EXPECT_EQ(instance.status(), "revising");
}

constexpr const char* kDirect = R"(steps:
  - id: first
    approve:
      by: person("chen.jie")
  - id: second
    approve:
      by: requester.manager
      guards: [amount]
  - id: third
    approve:
      by: group("finance")
      need: all
      resume: direct
      return_to: [requester, first]
  - end: approved
)";

TEST(Rule03Resume, DirectGoesBackToTheStepThatSentIt) {
  Instance instance(sent_back(kDirect));
  instance.start("li.na", R"({"note": "n", "amount": "5"})");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("zhang.wei", "approved");
  instance.decide_as("zhao.lei", "approved");
  instance.decide_as("wang.fang", "returned", "spelling");
  EXPECT_EQ(instance.outcome_of("first"), "approved");
  EXPECT_EQ(instance.outcome_of("third"), "(void)");
  instance.decide_as("li.na", "resubmitted", "", "{}", R"({"note": "mended"})");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("wang.fang@third", "zhao.lei@third", "qian.min@third"));
}

TEST(Rule03Resume, DirectToAStepAsksItAndThenComesBack) {
  Instance instance(sent_back(kDirect));
  instance.start("li.na", R"({"note": "n", "amount": "5"})");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("zhang.wei", "approved");
  Decide back;
  back.item = instance.item("wang.fang");
  back.by = Actor{.kind = Actor::Kind::person, .person = PersonId("wang.fang"), .channel = "api"};
  back.outcome = "returned";
  back.comment = "why?";
  back.return_to = "first";
  ASSERT_TRUE(accepted(instance.run(back)));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@first"));
  EXPECT_EQ(instance.outcome_of("second"), "approved");
  instance.decide_as("chen.jie", "approved");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("wang.fang@third", "zhao.lei@third", "qian.min@third"));
  for (const char* who : {"wang.fang", "zhao.lei", "qian.min"}) instance.decide_as(who, "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule03Resume, AGuardedFieldThatChangedAsksEverybodyAgain) {
  Instance instance(sent_back(kDirect));
  instance.start("li.na", R"({"note": "n", "amount": "5"})");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("zhang.wei", "approved");
  instance.decide_as("wang.fang", "returned", "too much");
  instance.decide_as("li.na", "resubmitted", "", "{}", R"({"amount": "4"})");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@first"));
  EXPECT_EQ(instance.outcome_of("second"), "(void)");
}

TEST(Rule03Resume, ItIsForgottenWhenTheTargetEndsOtherwise) {
  Instance instance(sent_back(kDirect));
  instance.start("li.na", R"({"note": "n", "amount": "5"})");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("zhang.wei", "approved");
  Decide back;
  back.item = instance.item("wang.fang");
  back.by = Actor{.kind = Actor::Kind::person, .person = PersonId("wang.fang"), .channel = "api"};
  back.outcome = "returned";
  back.comment = "why?";
  back.return_to = "first";
  instance.run(back);
  instance.decide_as("chen.jie", "returned", "to the requester with it");
  instance.decide_as("li.na", "resubmitted");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@first"));
  instance.decide_as("chen.jie", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@second")) << "the second return replays";
}

TEST(Rule03Resume, FromABranchItGoesOnAtTheWholeBlock) {
  Instance instance(sent_back(R"(steps:
  - id: first
    approve:
      by: person("chen.jie")
  - id: review
    parallel:
      branches:
        legal:
          - id: legal
            approve:
              by: person("sun.li")
        finance:
          - id: finance
            approve:
              by: person("wang.fang")
              resume: direct
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("wang.fang", "returned", "no");
  instance.decide_as("li.na", "resubmitted");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@legal", "wang.fang@finance"));
  EXPECT_EQ(instance.outcome_of("first"), "approved");
}

TEST(Rule03Resume, PeopleAreFoundAfresh) {
  Instance instance(sent_back(R"(steps:
  - id: first
    approve:
      by: person("chen.jie")
  - id: second
    approve:
      by: 'form.note == "x" ? person("sun.li") : person("adm")'
      resume: direct
  - end: approved
)"));
  instance.start("li.na", R"({"note": "x"})");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("sun.li", "returned", "not mine");
  instance.decide_as("li.na", "resubmitted", "", "{}", R"({"note": "y"})");
  EXPECT_THAT(instance.asked(), ElementsAre("adm@second"));
}

// What `when` had passed over was a target all the same, and was passed over again.
TEST(Rule03SendBack, AStepThatWasPassedOverIsNoTarget) {
  Instance instance(sent_back(R"(steps:
  - id: first
    when: form.note == "never"
    approve:
      by: person("chen.jie")
  - id: second
    approve:
      by: person("sun.li")
  - id: third
    approve:
      by: person("wang.fang")
      return_to: [first, second, requester]
  - end: approved
)"));
  instance.start("li.na", R"({"note": "x"})");
  instance.decide_as("sun.li", "approved");
  Decide back{.item = instance.item("wang.fang")};
  back.by = Actor{.kind = Actor::Kind::person, .person = PersonId("wang.fang"), .channel = "api"};
  back.outcome = "returned";
  back.comment = "why?";
  back.return_to = "first";
  const Outcome refused = instance.run(back);
  EXPECT_EQ(rejection_code(refused), ErrorCode::conflict);
  EXPECT_THAT(rejection(refused), HasSubstr("has not come by"));
  back.return_to.reset();
  ASSERT_TRUE(accepted(instance.run(back)));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@second"));
}

TEST(Rule03SendBack, ToTheRequesterVoidsWhatWasDecidedAndTheyResubmit) {
  Instance instance(sent_back(R"(steps:
  - id: manager
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

TEST(Rule03SendBack, CancelsParallelBranchesAndTheirTimers) {
  Instance instance(sent_back(R"(steps:
  - id: review
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
  EXPECT_TRUE(instance.state().timers.empty());
}

}  // namespace
}  // namespace countersign::testing
