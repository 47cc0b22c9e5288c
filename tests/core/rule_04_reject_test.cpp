// Rule 4: a rejection ends the approval, and is no send back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Rule04Reject, WantsACommentAndEndsTheInstance) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(instance.decide_as("zhang.wei", "rejected")), ErrorCode::invalid_input);
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "rejected", "too much")));
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Rule04Reject, OpensNoRoundAndLeavesTheFormWithNobody) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "rejected", "no")));
  EXPECT_EQ(instance.state().round, 1U);
  EXPECT_TRUE(instance.state().ended);
  EXPECT_THAT(instance.last_sends(), ElementsAre("outcome li.na"));
  EXPECT_EQ(rejection_code(instance.decide_as("li.na", "resubmitted")), ErrorCode::conflict);
}

TEST(Rule04Reject, GoesOnWhereTheWorkflowSaysSo) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    on:
      rejected:
        - id: second_opinion
          approve:
            by: person("sun.li")
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "rejected", "not mine to say")));
  EXPECT_EQ(instance.outcome_of("manager"), "rejected");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@second_opinion"));
}

TEST(Rule04Reject, IsNotAReturn) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
      return_to: []
  - end: approved
)"));
  instance.start("li.na");
  const Outcome refused = instance.decide_as("zhang.wei", "returned", "why?");
  EXPECT_EQ(rejection_code(refused), ErrorCode::invalid_input);
  EXPECT_THAT(rejection(refused), HasSubstr("no outcome 'returned'"));
}

}  // namespace
}  // namespace countersign::testing
