// Rule 2: one, all, a count or a percentage, and one after the other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;

TEST(Rule02WhoIsNeeded, OneOfAGroupIsOneCandidateItem) {
  Instance instance(load_steps(R"(  - id: finance
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

TEST(Rule02WhoIsNeeded, TwoOfThreeDecideAndTheThirdIsNoLongerAsked) {
  Instance instance(load_steps(R"(  - id: finance
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

TEST(Rule02WhoIsNeeded, IsRejectedAsSoonAsItCannotBeReached) {
  Instance instance(load_steps(R"(  - id: finance
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

TEST(Rule02WhoIsNeeded, AllHasAVetoByDefault) {
  Instance instance(load_steps(R"(  - id: finance
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

TEST(Rule02WhoIsNeeded, OneByOneCallsUpTheNextOnlyAfterTheOneBefore) {
  Instance instance(load_steps(R"(  - id: line
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

}  // namespace
}  // namespace countersign::testing
