// Rule 1: a work item belongs to one round, and nothing that was decided is ever rewritten.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;

constexpr const char* kRounds = R"(workflow: rounds
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: first
    approve: {by: person("sun.li")}
  - id: second
    approve: {by: person("wang.fang"), return_to: [first, requester]}
  - end: approved
)";

TEST(Rule01Rounds, SendingBackOpensTheNextAndKeepsWhatWasDecidedAsVoid) {
  Instance instance(load(kRounds));
  instance.start("li.na");
  const std::uint32_t before = instance.item("sun.li");
  EXPECT_EQ(instance.state().items.at(before).round, 1U);
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved", "fine by me")));
  const std::size_t events = instance.events().size();
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "returned", "which project?")));
  EXPECT_EQ(instance.state().round, 2U);
  const StepResult& result = instance.state().results.at(instance.definition().find_step("first")->index);
  EXPECT_TRUE(result.voided);
  EXPECT_EQ(result.outcome, "approved") << "it stays visible";
  EXPECT_EQ(result.round, 1U);
  EXPECT_EQ(result.comment, "fine by me");
  EXPECT_GT(instance.events().size(), events) << "what was written stays, and more is written behind it";
}

TEST(Rule01Rounds, AnItemOfAnEarlierRoundIsAnsweredNoMore) {
  Instance instance(load(kRounds));
  instance.start("li.na");
  const std::uint32_t first = instance.item("sun.li");
  instance.decide_as("sun.li", "approved");
  Decide back{.item = instance.item("wang.fang")};
  back.by = Actor{.kind = Actor::Kind::person, .person = PersonId("wang.fang"), .channel = "api"};
  back.outcome = "returned";
  back.comment = "again";
  back.return_to = "first";
  ASSERT_TRUE(accepted(instance.run(back)));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@first"));
  const std::uint32_t again = instance.item("sun.li");
  EXPECT_NE(again, first) << "another round, another item";
  EXPECT_EQ(instance.state().items.at(again).round, 2U);
  EXPECT_EQ(rejection_code(instance.run(back)), ErrorCode::conflict);
  Decide late{.item = first};
  late.by = Actor{.kind = Actor::Kind::person, .person = PersonId("sun.li"), .channel = "api"};
  late.outcome = "rejected";
  late.comment = "no";
  EXPECT_EQ(rejection_code(instance.run(late)), ErrorCode::conflict);
  EXPECT_EQ(instance.status(), "running");
}

TEST(Rule01Rounds, WithdrawingOpensTheNextAndTakingBackDoesNot) {
  Instance instance(load(kRounds));
  instance.start("li.na");
  const std::uint32_t item = instance.item("sun.li");
  instance.decide_as("sun.li", "approved");
  const Actor sun{.kind = Actor::Kind::person, .person = PersonId("sun.li"), .channel = "api"};
  ASSERT_TRUE(accepted(instance.run(TakeBack{item, sun, "wrong one"})));
  EXPECT_EQ(instance.state().round, 1U);
  const Actor requester{.kind = Actor::Kind::person, .person = PersonId("li.na"), .channel = "api"};
  ASSERT_TRUE(accepted(instance.run(Withdraw{requester, "typo"})));
  EXPECT_EQ(instance.state().round, 2U);
}

}  // namespace
}  // namespace countersign::testing
