// Rule 5: the same person twice.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// Steps one to four, by these people; `more` stands in each approve.
std::string chain(const std::string& rule, const std::vector<std::string>& people,
                  const std::string& more = "") {
  std::string text;
  int number = 0;
  for (const std::string& person : people) {
    text += "  - id: s" + std::to_string(++number) + "\n    approve:\n      by: person(\"" + person +
            "\")\n" + more;
  }
  return text + "  - end: approved\nsame_person: " + rule + "\n";
}

// A workflow of these steps in which whoever has approved is passed.
std::shared_ptr<const Definition> passing(const std::string& steps) {
  return load_steps(steps + "same_person: skip_if_approved\n");
}

std::vector<SeatPassed> passed_in(const Instance& instance) {
  std::vector<SeatPassed> passed;
  for (const Event& event : instance.events()) {
    if (const auto* seat = std::get_if<SeatPassed>(&event.body)) passed.push_back(*seat);
  }
  return passed;
}

TEST(Rule05SamePersonTwice, IsAskedAgainUnlessTheWorkflowSaysOtherwise) {
  Instance instance(load_steps(chain("ask_again", {"wang.fang", "wang.fang"})));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@s2"));
}

TEST(Rule05SamePersonTwice, AABADoesNotOverApproveWhenConsecutive) {
  Instance instance(
      load_steps(chain("skip_if_consecutive", {"wang.fang", "wang.fang", "sun.li", "wang.fang"})));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@s3")) << "the second A is passed, B is not";
  instance.decide_as("sun.li", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@s4")) << "B stood between";
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule05SamePersonTwice, AABAPassesAOnceTheyApprovedAndNeverB) {
  Instance instance(load_steps(chain("skip_if_approved", {"wang.fang", "wang.fang", "sun.li", "wang.fang"})));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@s3"));
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule05SamePersonTwice, ThreeInARowAreConsecutiveAllTheWay) {
  Instance instance(load_steps(chain("skip_if_consecutive", {"wang.fang", "wang.fang", "wang.fang"})));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule05SamePersonTwice, TheRecordSaysPolicyAndTheDecisionNeverThePerson) {
  Instance instance(load_steps(chain("skip_if_approved", {"wang.fang", "sun.li", "wang.fang"})));
  instance.start("li.na");
  const std::uint32_t first = instance.item("wang.fang");
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("sun.li", "approved");
  const auto passed = passed_in(instance);
  ASSERT_EQ(passed.size(), 1U);
  EXPECT_EQ(passed.front().by.kind, Actor::Kind::policy);
  EXPECT_EQ(passed.front().item, first);
  EXPECT_EQ(passed.front().decided.value, "wang.fang");
  EXPECT_EQ(passed.front().step, "s1");
  const StepResult& result = instance.state().results.at(instance.definition().find_step("s3")->index);
  EXPECT_EQ(result.by.kind, Actor::Kind::policy);
  EXPECT_TRUE(result.by.person.empty());
  EXPECT_THAT(result.comment, HasSubstr("i_1." + std::to_string(first)));
}

TEST(Rule05SamePersonTwice, OnlyApprovalsSinceTheLastSendBackCount) {
  Instance instance(load_steps(chain("skip_if_approved", {"wang.fang", "sun.li", "wang.fang"})));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("sun.li", "returned", "look again");
  instance.decide_as("li.na", "resubmitted");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@s1")) << "the approval before the return is void";
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule05SamePersonTwice, AnApprovalInABranchDoesNotCountAfterAnotherBranchWasSentBack) {
  Instance instance(load_steps(R"(  - parallel:
      branches:
        one:
          - id: a
            approve:
              by: person("wang.fang")
        two:
          - id: b
            approve:
              by: person("sun.li")
          - id: c
            approve:
              by: person("zhao.lei")
              return_to: [b]
  - id: last
    approve:
      by: person("wang.fang")
      same_person: skip_if_approved
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("zhao.lei", "returned", "again");
  EXPECT_EQ(instance.outcome_of("a"), "approved") << "another branch keeps what it has";
  instance.decide_as("sun.li", "approved");
  instance.decide_as("zhao.lei", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@last"));
}

TEST(Rule05SamePersonTwice, WhatTheySawMayNotHaveChanged) {
  const std::string text =
      chain("skip_if_approved", {"wang.fang", "sun.li", "wang.fang"}, "      edit: [amount]\n");
  Instance changed(load_steps(text));
  changed.start("li.na", R"({"note": "n", "amount": "5"})");
  changed.decide_as("wang.fang", "approved");
  changed.decide_as("sun.li", "approved", "", "{}", R"({"amount": "6"})");
  EXPECT_THAT(changed.asked(), ElementsAre("wang.fang@s3"));

  Instance by_themselves(load_steps(text));
  by_themselves.start("li.na", R"({"note": "n", "amount": "5"})");
  by_themselves.decide_as("wang.fang", "approved", "", "{}", R"({"amount": "6"})");
  by_themselves.decide_as("sun.li", "approved");
  EXPECT_EQ(by_themselves.status(), "approved") << "whoever changed it has seen it";
}

TEST(Rule05SamePersonTwice, AFieldThatTheyNeverSawIsShownToThem) {
  const auto steps = [](const std::string& first, const std::string& last) {
    return passing(R"(  - id: s1
    approve:
      by: person("wang.fang")
      show: [)" + first +
                   R"(]
  - id: other
    approve:
      by: person("sun.li")
      edit: [amount]
  - id: s2
    approve:
      by: person("wang.fang")
      show: [)" + last +
                   R"(]
  - end: approved
)");
  };
  Instance unseen(steps("note", "note, amount"));
  unseen.start("li.na", R"({"note": "n", "amount": "5"})");
  unseen.decide_as("wang.fang", "approved");
  unseen.decide_as("sun.li", "approved");
  EXPECT_THAT(unseen.asked(), ElementsAre("wang.fang@s2"));

  Instance elsewhere(steps("note", "note"));
  elsewhere.start("li.na", R"({"note": "n", "amount": "5"})");
  elsewhere.decide_as("wang.fang", "approved");
  elsewhere.decide_as("sun.li", "approved", "", "{}", R"({"amount": "6"})");
  EXPECT_EQ(elsewhere.status(), "approved") << "what changed neither step shows";
}

TEST(Rule05SamePersonTwice, OneMembersApprovalFillsOnlyTheirOwnSeatOfAll) {
  Instance instance(passing(R"(  - id: boss
    approve:
      by: person("wang.fang")
  - id: all_of_them
    approve:
      by: group("finance")
      need: all
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("zhao.lei@all_of_them", "qian.min@all_of_them"));
  instance.decide_as("zhao.lei", "approved");
  EXPECT_EQ(instance.status(), "running");
  instance.decide_as("qian.min", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule05SamePersonTwice, AOneByOneStepBeginsWithTheFirstWhoIsAsked) {
  Instance instance(passing(R"(  - approve:
      by: person("wang.fang")
  - id: in_turn
    approve:
      by: group("finance")
      need: all
      order: one_by_one
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@in_turn"));
  instance.decide_as("zhao.lei", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@in_turn"));
}

TEST(Rule05SamePersonTwice, AMemberOfTheGroupWhoHasApprovedIsEnoughWhereOneIs) {
  Instance instance(passing(R"(  - approve:
      by: person("wang.fang")
  - approve:
      by: group("finance")
      need: 1
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule05SamePersonTwice, ExemptSignedAndAskingStepsAskAlways) {
  for (const char* more : {"      always_ask: true\n", "      confirm: I have read the contract\n",
                           "      ask:\n        cost_center: {type: text, required_on: [approved]}\n"}) {
    const std::string text = chain("skip_if_approved", {"wang.fang"});
    const std::string last =
        "  - id: last\n    approve:\n      by: person(\"wang.fang\")\n" + std::string(more);
    std::string whole = text;
    whole.insert(whole.find("  - end: approved"), last);
    Instance instance(load_steps(whole));
    instance.start("li.na");
    instance.decide_as("wang.fang", "approved");
    EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@last")) << more;
  }
}

TEST(Rule05SamePersonTwice, ADecisionInThePlaceOfOthersIsNotTheirs) {
  Instance instance(passing(R"(  - id: first
    approve:
      by: person("wang.fang")
    escalate:
      after: 1 hour
      to: person("chen.jie")
  - id: second
    approve:
      by: person("wang.fang")
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-02T11:00:00Z");
  instance.decide_as("chen.jie", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@second")) << "she has approved nothing";
}

TEST(Rule05SamePersonTwice, ARejectionOrAnApprovalOfAnotherItemIsNoApproval) {
  Instance instance(passing(R"(  - for_each:
      in: '["x", "y"]'
      as: part
      order: one_by_one
      steps:
        - id: piece
          approve:
            by: person("wang.fang")
        - id: second_look
          approve:
            by: person("wang.fang")
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@piece")) << "the second look at x is passed, y is not";
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

constexpr const char* kTwoBranches = R"(  - id: both
    parallel:
      branches:
        one:
          - id: s1
            approve: {by: person("sun.li")}
          - id: s1b
            approve: {by: person("chen.jie")}
        two:
          - id: w
            approve: {by: person("wang.fang")}
          - id: s2
            approve: {by: '[person("sun.li"), person("zhao.lei")]', need: all}
  - end: approved
)";

// The instance was approved with an approval that its person had taken back.
TEST(Rule05SamePersonTwice, WhoeverTakesBackWhatASeatReliesOnIsAskedThereToo) {
  Instance instance(passing(kTwoBranches));
  instance.start("li.na");
  const std::uint32_t mine = instance.item("sun.li");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("chen.jie@s1b", "zhao.lei@s2"));
  ASSERT_TRUE(accepted(instance.run(TakeBack{
      mine, Actor{.kind = Actor::Kind::person, .person = PersonId("sun.li"), .channel = "api"}, "wrong"})));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@s1", "sun.li@s2", "zhao.lei@s2"));
}

TEST(Rule05SamePersonTwice, ADecisionThatCountedInAStepThatIsOverIsNotTakenBack) {
  Instance instance(passing(kTwoBranches));
  instance.start("li.na");
  const std::uint32_t mine = instance.item("sun.li");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  const Outcome refused = instance.run(TakeBack{
      mine, Actor{.kind = Actor::Kind::person, .person = PersonId("sun.li"), .channel = "api"}, "wrong"});
  EXPECT_EQ(rejection_code(refused), ErrorCode::conflict);
  EXPECT_THAT(rejection(refused), HasSubstr("s2 is over, and it counted there as well"));
}

// "a must look again" passed by what a had approved before.
TEST(Rule05SamePersonTwice, AfterARejectionThatGoesBackNobodyPasses) {
  Instance instance(passing(R"(  - id: s1
    approve: {by: person("sun.li")}
  - id: s2
    approve: {by: person("chen.jie")}
    on:
      rejected: {go: s1}
  - id: s3
    approve: {by: person("sun.li")}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "rejected", "look again")));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@s1"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@s2")) << "who has rejected looks at it again as well";
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "approved") << "what was approved behind the rejection counts";
}

}  // namespace
}  // namespace countersign::testing
