// Rule 2 where a vote falls: whoever was let go because of it is needed again, and somebody is always asked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/acts_fixture.h"

namespace countersign::testing::acts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// One of two, and both of two others.
constexpr const char* kOneAndTwo = R"(      seats:
        x: {by: '[person("sun.li"), person("chen.jie")]', need: 1}
        y: {by: '[person("wang.fang"), person("zhao.lei")]', need: 2}
)";

Outcome take_it_back(Instance& instance, std::uint32_t item, const std::string& who) {
  return instance.run(TakeBack{item, person(who), "the wrong one"});
}

// A delegated item that was let go with its group's count took the process with it.
TEST(Rule02AskedAgain, WhoeverGivesAnOpinionIsLetGoWithTheGroupThatHasItsCount) {
  Instance instance(approval(kOneAndTwo));
  instance.start("li.na");
  ASSERT_TRUE(accepted(delegate(instance, "chen.jie", "qian.min")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("wang.fang@check", "zhao.lei@check"));
}

// Nobody was asked any more: those whom the taken back vote had let go stayed let go.
TEST(Rule02AskedAgain, AVoteTakenBackAsksTheWholeGroupAgain) {
  Instance instance(approval(kOneAndTwo));
  instance.start("li.na");
  const std::uint32_t mine = instance.item("sun.li");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(take_it_back(instance, mine, "sun.li")));
  EXPECT_THAT(instance.asked(),
              UnorderedElementsAre("sun.li@check", "chen.jie@check", "wang.fang@check", "zhao.lei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "no")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// The same where a change voids the vote.
TEST(Rule02AskedAgain, AVoteThatAChangeVoidsAsksTheWholeGroupAgain) {
  Instance instance(approval(std::string(kOneAndTwo) + "      guards: [note]\n      edit: [note]\n"));
  instance.start("li.na", R"({"note": "n"})");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved", "", "{}", R"({"note": "m"})")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@check", "chen.jie@check", "zhao.lei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "no")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check"));
}

TEST(Rule02AskedAgain, WhoeverWasAddedToSomebodyWhoIsLetGoIsLetGoToo) {
  Instance instance(approval(kOneAndTwo));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "chen.jie", AddedAs::before, {"qian.min"})));
  const std::uint32_t mine = instance.item("sun.li");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("wang.fang@check", "zhao.lei@check"));
  ASSERT_TRUE(accepted(take_it_back(instance, mine, "sun.li")));
  EXPECT_THAT(instance.asked(),
              UnorderedElementsAre("sun.li@check", "qian.min@check", "wang.fang@check", "zhao.lei@check"))
      << "chen.jie waits for qian.min again";
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "rejected", "no")));
  EXPECT_EQ(instance.status(), "rejected");
}

// A vote that fell elsewhere lost whom somebody who is not needed had added.
TEST(Rule02AskedAgain, WhoeverWasAddedComesBackWithThemWhenTheirGroupIsAskedAgainLater) {
  Instance instance(approval(kOneAndTwo));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "chen.jie", AddedAs::before, {"qian.min"})));
  const std::uint32_t mine = instance.item("sun.li");
  const std::uint32_t other = instance.item("wang.fang");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  ASSERT_TRUE(accepted(take_it_back(instance, other, "wang.fang")));
  ASSERT_TRUE(accepted(take_it_back(instance, mine, "sun.li")));
  EXPECT_THAT(instance.asked(),
              UnorderedElementsAre("sun.li@check", "qian.min@check", "wang.fang@check", "zhao.lei@check"));
}

// Whatever leads there: a step without anybody who is asked stands still, and says so.
TEST(Rule02AskedAgain, AStepThatAsksNobodyBecomesAnIncident) {
  const auto definition = approval("      by: person(\"sun.li\")\n");
  Instance instance(definition);
  instance.start("li.na");
  State broken = instance.state();
  const std::uint32_t item = instance.item("sun.li");
  broken.items.clear();
  broken.activations.begin()->second.items.clear();
  broken.timers.clear();
  ASSERT_TRUE(asks_nobody(broken, broken.activations.begin()->second));
  const Facts none;
  const Context context{*definition, *instance.directory, instance.calendars, none, instance.now()};
  const Outcome outcome = decide(context, broken, Comment{person("li.na"), "is anybody there?"});
  const auto* decision = std::get_if<Decision>(&outcome);
  ASSERT_NE(decision, nullptr) << rejection(outcome);
  EXPECT_THAT(decision->after->activations.begin()->second.incident, HasSubstr("nobody is asked"));
  const Outcome retried =
      decide(context, *decision->after, Retry{decision->after->activations.begin()->first, admin(), "again"});
  const auto* asked = std::get_if<Decision>(&retried);
  ASSERT_NE(asked, nullptr) << rejection(retried);
  ASSERT_EQ(asked->after->items.size(), 1U);
  EXPECT_NE(asked->after->items.begin()->first, item);
  EXPECT_EQ(asked->after->activations.begin()->second.incident, "");
}

}  // namespace
}  // namespace countersign::testing::acts
