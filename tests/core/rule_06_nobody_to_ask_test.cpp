// Rule 6: nobody to ask.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;

TEST(Rule06NobodyToAsk, SeveralEmptyStepsInARowEachApplyTheirOwnRule) {
  Instance instance(load(R"(workflow: empty
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: passed
    approve:
      by: group("left")
      need: 1
      if_nobody: skip
  - id: up
    approve:
      by: group("left")
      need: all
      if_nobody: manager_up
  - id: named
    approve:
      by: group("left")
      need: 1
      if_nobody: {to: person("sun.li")}
  - id: admin
    approve:
      by: group("left")
      need: 1
  - id: refused
    approve:
      by: group("left")
      need: 1
      if_nobody: reject
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_EQ(instance.outcome_of("passed"), "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@up"));
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@named"));
  instance.decide_as("sun.li", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("admins@admin"));
  instance.decide_as("adm", "approved");
  EXPECT_EQ(instance.status(), "rejected");
}

// There is a group 'admins' with a member: the requester, who may not be asked.
TEST(Rule06NobodyToAsk, SaysSoWhereWhoeverLooksAfterItMayNotBeAskedEither) {
  Instance instance(load_steps("  - id: manager\n    approve: {by: requester.manager}\n  - end: approved\n"));
  instance.start("adm");
  ASSERT_EQ(instance.state().activations.size(), 1U);
  EXPECT_EQ(
      instance.state().activations.begin()->second.incident,
      "nobody can be asked for manager, nor any of those who look after the workflow (its owner, or the "
      "group 'admins')");
}

TEST(Rule06NobodyToAsk, TheAdministratorsAreAskedByDefault) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("chen.jie");
  EXPECT_THAT(instance.asked(), ElementsAre("admins@manager"));
}

}  // namespace
}  // namespace countersign::testing
