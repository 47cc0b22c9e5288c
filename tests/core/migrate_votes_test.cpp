// An approval that is open while its instance moves to another version: by which rule its votes count.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/migrate_fixture.h"

namespace countersign::testing::moving {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One approval by these rules.
std::shared_ptr<const Definition> counting(const std::string& rules) {
  return load(R"(workflow: t
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: board
    approve:
)" + rules + "  - end: approved\n");
}
const std::string kThree = "      by: [person(\"sun.li\"), person(\"wang.fang\"), person(\"chen.jie\")]\n";

// Rejections that the old rule allowed decided by the new one, in the name of whoever approved next.
TEST(MigrateVotes, RefusesAnotherRuleOfCountingOnceSomebodyHasVoted) {
  Instance instance(counting(kThree + "      need: 1\n      veto: none\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "no")));
  EXPECT_THAT(obstacles(instance, counting(kThree + "      need: all\n")),
              ElementsAre("in step 'board' 'need' was 1 and is all now, 'veto' was none and is any now, and "
                          "somebody has voted there already: wait until it is decided, or have it sent back "
                          "first"));
  EXPECT_THAT(
      obstacles(instance, counting(kThree + "      need: 1\n      veto: none\n      order: one_by_one\n")),
      ElementsAre(HasSubstr("'order' was together and is one_by_one now")));
  EXPECT_THAT(obstacles(instance, counting(kThree + "      need: 1\n      veto: none\n      self: skip\n")),
              IsEmpty());
}

TEST(MigrateVotes, CountsByTheNewRuleWhereNobodyHasVoted) {
  Instance instance(counting(kThree + "      need: 1\n"));
  instance.start("li.na");
  const auto all = counting(kThree + "      need: all\n");
  ASSERT_TRUE(accepted(instance.run(Migrate{all, kAdmin, "all of them"})));
  EXPECT_THAT(instance.last_events(), ElementsAre("migrated", "roster_set"));
  EXPECT_THAT(instance.last_effects(), IsEmpty());
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "running");
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(MigrateVotes, AsksInTheNewOrderWhereNobodyHasVoted) {
  Instance instance(counting(kThree + "      need: 2\n"));
  instance.start("li.na");
  const auto in_order = counting(kThree + "      need: 2\n      order: one_by_one\n");
  ASSERT_TRUE(accepted(instance.run(Migrate{in_order, kAdmin, "one after the other"})));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@board"));
  const auto together = counting(kThree + "      need: all\n");
  ASSERT_TRUE(accepted(instance.run(Migrate{together, kAdmin, "all at once"})));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@board", "sun.li@board", "wang.fang@board"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request wang.fang", "request chen.jie"));
}

TEST(MigrateVotes, RefusesARuleThatThoseWhoAreAskedCannotFulfil) {
  Instance instance(counting(kThree + "      need: 1\n"));
  instance.start("li.na");
  EXPECT_THAT(obstacles(instance, counting(kThree + "      need: 4\n")),
              ElementsAre(HasSubstr("4 are needed and 3 can be asked here")));
  const std::string seats =
      "      seats:\n        law: {by: person(\"sun.li\"), need: 1}\n"
      "        money: {by: group(\"finance\"), need: #}\n";
  const auto needing = [&](const std::string& need) {
    std::string text = seats;
    return counting(text.replace(text.find('#'), 1, need));
  };
  EXPECT_THAT(obstacles(instance, needing("1")),
              ElementsAre(HasSubstr("the groups of 'seats' are others now")));
  Instance group(counting("      by: group(\"finance\")\n      need: 1\n"));
  group.start("li.na");
  EXPECT_THAT(obstacles(group, counting("      by: group(\"finance\")\n      need: all\n")),
              ElementsAre(HasSubstr("one of the group finance is asked here")));
  Instance several(needing("1"));
  several.start("li.na");
  EXPECT_THAT(obstacles(several, needing("2")), IsEmpty());
  ASSERT_TRUE(accepted(several.run(Migrate{needing("2"), kAdmin, "two of them"})));
  EXPECT_EQ(several.state().activations.begin()->second.roster.needed, 3U);
}

}  // namespace
}  // namespace countersign::testing::moving
