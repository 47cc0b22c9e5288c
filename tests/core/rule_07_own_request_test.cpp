// Rule 7: a request of one's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/acts_fixture.h"

namespace countersign::testing::acts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Rule07OwnRequest, RefuseTakesTheRequesterOffTheRoster) {
  Instance instance(approval("      by: '[person(\"li.na\"), person(\"sun.li\")]'\n      need: all\n"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
}

TEST(Rule07OwnRequest, RefuseLeavesItToIfNobodyWhereTheyAreTheOnlyOne) {
  Instance instance(approval("      by: person(\"li.na\")\n      if_nobody: manager_up\n"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
}

TEST(Rule07OwnRequest, SkipPassesWhereTheyAreTheOnlyOneAndNotOtherwise) {
  Instance alone(approval("      by: person(\"li.na\")\n      self: skip\n"));
  alone.start("li.na");
  EXPECT_EQ(alone.status(), "approved");
  Instance beside(
      approval("      by: '[person(\"li.na\"), person(\"sun.li\")]'\n      need: 1\n      self: skip\n"));
  beside.start("li.na");
  EXPECT_THAT(beside.asked(), ElementsAre("sun.li@check"));
}

TEST(Rule07OwnRequest, ToManagerAsksTheirManagerInstead) {
  Instance instance(approval("      by: person(\"li.na\")\n      self: to_manager\n"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
}

// A group of the requester alone was taken for an empty one, and the administrators were asked.
TEST(Rule07OwnRequest, AGroupOfTheRequesterAloneIsTheRequester) {
  for (const char* need : {"1", "all"}) {
    const std::string by = std::string("      by: group(\"legal\")\n      need: ") + need + "\n      self: ";
    Instance skipped(approval(by + "skip\n"));
    skipped.start("sun.li");
    EXPECT_EQ(skipped.status(), "approved") << need;
    Instance to_manager(approval(by + "to_manager\n"));
    to_manager.start("sun.li");
    EXPECT_THAT(to_manager.asked(), ElementsAre("chen.jie@check")) << need;
    Instance refused(approval(by + "refuse\n"));
    refused.start("sun.li");
    EXPECT_THAT(refused.asked(), ElementsAre("admins@check")) << need;
  }
}

TEST(Rule07OwnRequest, InSeveralGroupsAsWell) {
  Instance instance(approval(R"(      seats:
        legal: {by: group("legal"), need: 1}
        other: {by: person("wang.fang"), need: 1}
      self: skip
)"));
  instance.start("sun.li");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
}

TEST(Rule07OwnRequest, NobodyActsOnTheirOwnAsAMemberOfTheGroup) {
  Instance instance(approval("      by: group(\"finance\")\n      need: 1\n"));
  instance.start("wang.fang");
  const Outcome refused = instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(rejection_code(refused), ErrorCode::forbidden);
  EXPECT_THAT(rejection(refused), HasSubstr("a request of their own"));
  EXPECT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
}

}  // namespace
}  // namespace countersign::testing::acts
