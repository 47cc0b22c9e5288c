// Rule 2: several groups with a count each.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/roster.h"
#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::shared_ptr<const Definition> with_seats(const std::string& seats, const std::string& more = "") {
  return load(R"(workflow: seated
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: review
    approve:
      seats:
)" + seats + more +
              "  - end: approved\n");
}

constexpr const char* kLegalAndFinance = R"(        legal: {by: group("legal"), need: 1}
        finance: {by: group("finance"), need: 2}
)";

TEST(Rule02Seats, EveryGroupNeedsItsOwnCount) {
  Instance instance(with_seats(kLegalAndFinance));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@review", "wang.fang@review", "zhao.lei@review",
                                                     "qian.min@review"));
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(instance.status(), "running") << "two approvals, but only one of the two that finance needs";
  instance.decide_as("qian.min", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule02Seats, WhoeverIsNotNeededAnyMoreIsLetGoWhenTheirGroupHasItsCount) {
  Instance instance(with_seats(kLegalAndFinance));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("qian.min", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@review")) << "zhao.lei is not needed any more";
}

TEST(Rule02Seats, AGroupThatCannotReachItsCountRejectsEarly) {
  Instance instance(with_seats(kLegalAndFinance));
  instance.start("li.na");
  instance.decide_as("wang.fang", "rejected", "no");
  EXPECT_EQ(instance.status(), "running") << "two others of finance may still approve";
  instance.decide_as("qian.min", "rejected", "no");
  EXPECT_EQ(instance.status(), "rejected") << "though legal was never heard";
}

TEST(Rule02Seats, WithVetoTheFirstRejectionDecides) {
  Instance instance(with_seats(kLegalAndFinance, "      veto: any\n"));
  instance.start("li.na");
  instance.decide_as("wang.fang", "rejected", "no");
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Rule02Seats, GroupsThatNeedEverybodyHaveAVetoByDefault) {
  Instance instance(with_seats(R"(        legal: {by: group("legal"), need: all}
        finance: {by: group("finance"), need: all}
)"));
  instance.start("li.na");
  instance.decide_as("wang.fang", "rejected", "no");
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Rule02Seats, OneByOneGoesThroughTheGroupsInTheirOrderAndLeavesOutWhomItDoesNotNeed) {
  Instance instance(with_seats(R"(        finance: {by: group("finance"), need: 2}
        legal: {by: group("legal"), need: 1}
)",
                               "      order: one_by_one\n"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@review"));
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@review"));
  instance.decide_as("zhao.lei", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@review")) << "finance has its two";
}

TEST(Rule02Seats, SomebodyInTwoGroupsCountsInTheFirstOnly) {
  Instance instance(with_seats(R"(        bosses: {by: '[person("wang.fang"), person("chen.jie")]', need: 1}
        finance: {by: group("finance"), need: 2}
)"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("wang.fang@review", "chen.jie@review", "zhao.lei@review",
                                                     "qian.min@review"));
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("zhao.lei", "approved");
  EXPECT_EQ(instance.status(), "running") << "wang.fang has approved for the bosses, and once";
  instance.decide_as("qian.min", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule02Seats, SomebodyInTwoGroupsSitsWhereTheyCannotBeDoneWithout) {
  Instance instance(with_seats(R"(        bosses: {by: '[person("sun.li"), person("chen.jie")]', need: 1}
        legal: {by: group("legal"), need: 1}
)"));
  instance.start("li.na");
  instance.decide_as("sun.li", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@review")) << "sun.li is all that legal has";
  instance.decide_as("chen.jie", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule02Seats, TheSamePeopleInTwoGroupsAreNotEnoughForBoth) {
  Instance instance(with_seats(R"(        legal: {by: group("legal"), need: 1}
        again: {by: group("legal"), need: 1}
)",
                               "      if_nobody: fail\n"));
  instance.start("li.na");
  const Activation& review = instance.state().activations.begin()->second;
  EXPECT_THAT(review.incident, HasSubstr("needs 1 approvals of again"));
}

TEST(Rule02Seats, OwnRequestAndNobodyLeftHoldForEachGroup) {
  Instance instance(with_seats(R"(        boss: {by: person("zhang.wei"), need: 1}
        left: {by: group("left"), need: 1}
)"));
  instance.start("zhang.wei");
  const Activation& review = instance.state().activations.begin()->second;
  EXPECT_THAT(review.incident, HasSubstr("left")) << "the one administrator cannot sit for both";

  Instance skipped(with_seats(R"(        boss: {by: person("zhang.wei"), need: 1}
        legal: {by: group("legal"), need: 1}
)",
                              "      self: skip\n"));
  skipped.start("zhang.wei");
  EXPECT_THAT(skipped.asked(), ElementsAre("sun.li@review"));
  skipped.decide_as("sun.li", "approved");
  EXPECT_EQ(skipped.status(), "approved");
}

TEST(Rule02Seats, AnAdministratorsReplacementSitsForTheSameGroup) {
  Instance instance(with_seats(kLegalAndFinance));
  instance.start("li.na");
  instance.run(Reassign{instance.item("sun.li"), PersonId("chen.jie"),
                        Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "on leave"});
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("qian.min", "approved");
  EXPECT_EQ(instance.status(), "running");
  EXPECT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing
