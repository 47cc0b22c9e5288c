// Rule 15: the same act twice, and two people at the same moment.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;

TEST(Rule15Twice, ADecidedItemIsAConflictTheSecondTime) {
  Instance instance(load_steps(R"(  - id: both
    approve:
      by:
        - person("wang.fang")
        - person("sun.li")
      need: all
  - end: approved
)"));
  instance.start("li.na");
  Decide command{.item = instance.item("sun.li")};
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId("sun.li")};
  command.outcome = "approved";
  ASSERT_TRUE(accepted(instance.run(command)));
  EXPECT_EQ(rejection_code(instance.run(command)), ErrorCode::conflict);
}

TEST(Rule15Twice, AStaleVersionIsAConflict) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  Decide command{.item = instance.item("zhang.wei")};
  command.version = 7;
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId("zhang.wei")};
  command.outcome = "approved";
  EXPECT_EQ(rejection_code(instance.run(command)), ErrorCode::conflict);
}

TEST(Rule15Twice, OfTwoAtTheSameMomentOneWinsAndTheOtherIsTold) {
  Instance instance(load_steps(R"(  - id: finance
    approve:
      by: group("finance")
      need: 1
  - end: approved
)"));
  instance.start("li.na");
  Decide mine{.item = instance.item("zhao.lei")};
  mine.version = instance.state().items.at(mine.item).version;
  mine.by = Actor{.kind = Actor::Kind::person, .person = PersonId("zhao.lei"), .channel = "api"};
  mine.outcome = "approved";
  Decide theirs = mine;
  theirs.by.person = PersonId("wang.fang");
  theirs.outcome = "rejected";
  theirs.comment = "no";
  ASSERT_TRUE(accepted(instance.run(mine)));
  const Outcome late = instance.run(theirs);
  EXPECT_EQ(rejection_code(late), ErrorCode::conflict);
  EXPECT_THAT(rejection(late), HasSubstr("closed"));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule15Twice, ATimerThatComesAgainDoesNothing) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    remind:
      - {after: 1 business day}
  - end: approved
)"));
  instance.start("li.na");
  const TimerKey timer = instance.state().timers.begin()->first;
  instance.jump_to("2026-03-03T09:30:00Z");
  ASSERT_TRUE(accepted(instance.run(TimerDue{timer})));
  EXPECT_EQ(rejection_code(instance.run(TimerDue{timer})), ErrorCode::conflict);
}

}  // namespace
}  // namespace countersign::testing
