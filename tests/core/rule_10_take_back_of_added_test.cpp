// Rule 10 where rule 8 was used too: taking back an approval to which somebody was added, and one of theirs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/acts_fixture.h"

namespace countersign::testing::acts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr const char* kThree = R"(      by:
        - person("wang.fang")
        - person("sun.li")
        - person("chen.jie")
)";

Outcome take_back(Instance& instance, std::uint32_t item, const std::string& who) {
  return instance.run(TakeBack{
      item, Actor{.kind = Actor::Kind::person, .person = PersonId(who), .channel = "api"}, "the wrong one"});
}

TEST(Rule10TakeBackOfAdded, WhoeverWasToConfirmAnApprovalWaitsForItAgain) {
  Instance instance(approval(std::string(kThree) + "      need: 2\n"));
  instance.start("li.na");
  const std::uint32_t mine = instance.item("sun.li");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::after, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_NE(instance.item("qian.min"), 0U);
  ASSERT_TRUE(accepted(take_back(instance, mine, "sun.li")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("wang.fang@check", "sun.li@check", "chen.jie@check"));
  EXPECT_EQ(rejection_code(instance.decide_as("qian.min", "rejected", "no")), ErrorCode::conflict)
      << "it is not their turn any more";
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "running") << "who was added stays so until they are taken off";
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("qian.min@check", "chen.jie@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// Taking them off ended the process: their item was open, and no seat had it.
TEST(Rule10TakeBackOfAdded, WhoeverWasToConfirmItCanBeTakenOffThen) {
  Instance instance(approval(std::string(kThree) + "      need: 2\n"));
  instance.start("li.na");
  const std::uint32_t mine = instance.item("sun.li");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::after, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(take_back(instance, mine, "sun.li")));
  ASSERT_TRUE(accepted(take_off(instance, "sun.li", "qian.min")));
  EXPECT_EQ(instance.item("qian.min"), 0U);
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// A change of what is approved asked the adder again and forgot whom they had added.
TEST(Rule10TakeBackOfAdded, AChangeThatVoidsAnApprovalKeepsWhoeverWasToConfirmIt) {
  Instance instance(approval(std::string(kThree) + "      need: 60%\n      guards: [note]\n"
                                                   "      edit: [note]\n"));
  instance.start("li.na", R"({"note": "n"})");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::after, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved", "", "{}", R"({"note": "m"})")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@check", "chen.jie@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "running");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("qian.min@check", "chen.jie@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "rejected", "no")));
  EXPECT_EQ(instance.status(), "rejected");
}

// Both fall: whoever was to confirm is asked once more, after whoever they confirm.
TEST(Rule10TakeBackOfAdded, AChangeVoidsAConfirmationToo) {
  Instance instance(approval(std::string(kThree) + "      need: all\n      guards: [note]\n"
                                                   "      edit: [note]\n"));
  instance.start("li.na", R"({"note": "n"})");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::after, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved", "", "{}", R"({"note": "m"})")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@check", "chen.jie@check"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule10TakeBackOfAdded, NotOnceWhoeverTheyCameBeforeHasDecided) {
  Instance instance(approval(std::string(kThree) + "      need: all\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::before, {"qian.min"})));
  const std::uint32_t theirs = instance.item("qian.min");
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(rejection(take_back(instance, theirs, "qian.min")), HasSubstr("whoever came next has decided"));
}

// Of people who are asked one after the other: taking back before them forgot whom the next one had added.
TEST(Rule10TakeBackOfAdded, InTurnWhoeverTheNextOneHasAddedIsStillAsked) {
  Instance instance(approval(std::string(kThree) + "      need: all\n      order: one_by_one\n"));
  instance.start("li.na");
  const std::uint32_t first = instance.item("wang.fang");
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::before, {"qian.min"})));
  ASSERT_TRUE(accepted(take_back(instance, first, "wang.fang")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule10TakeBackOfAdded, NotOnceTheyHaveConfirmedIt) {
  Instance instance(approval(std::string(kThree) + "      need: 2\n"));
  instance.start("li.na");
  const std::uint32_t mine = instance.item("sun.li");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::after, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  const std::uint32_t theirs = instance.item("qian.min");
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(rejection(take_back(instance, mine, "sun.li")), HasSubstr("whoever came next has decided"));
  ASSERT_TRUE(accepted(take_back(instance, theirs, "qian.min")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "running") << "the approval of sun.li holds only with that of qian.min";
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule10TakeBackOfAdded, WhoeverAddedThemBeforeWaitsAgain) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::before, {"sun.li"})));
  const std::uint32_t theirs = instance.item("sun.li");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
  ASSERT_TRUE(accepted(take_back(instance, theirs, "sun.li")));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
  EXPECT_EQ(rejection_code(instance.decide_as("zhang.wei", "approved")), ErrorCode::conflict);
  const std::uint32_t again = instance.item("sun.li");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_EQ(rejection_code(take_back(instance, again, "sun.li")), ErrorCode::conflict);
}

TEST(Rule10TakeBackOfAdded, AStepThatWasOverCountsOnlyItsOwnSeatsAgain) {
  Instance instance(approval(R"(      by:
        - person("wang.fang")
        - person("sun.li")
      need: all
  - id: next
    approve:
      by: person("adm")
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::before, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  const std::uint32_t last = instance.item("wang.fang");
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("adm@next"));
  ASSERT_TRUE(accepted(take_back(instance, last, "wang.fang")));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
  const Roster& roster = instance.state().activations.begin()->second.roster;
  ASSERT_EQ(roster.seats.size(), 3U);
  EXPECT_EQ(std::ranges::count_if(roster.seats, [](const Seat& seat) { return !seat.added; }), 2);
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "rejected", "no")));
  EXPECT_EQ(instance.status(), "rejected") << "two of three approvals are not two of two";
}

TEST(Rule10TakeBackOfAdded, TheStepIsEscalatedAgain) {
  Instance instance(approval(std::string(kManager) + R"(    escalate:
      - {after: 2 days, to: 'person("sun.li")'}
  - id: next
    approve:
      by: person("adm")
)"));
  instance.start("li.na");
  const auto escalations = [&] {
    return std::ranges::count_if(instance.state().timers,
                                 [](const auto& timer) { return timer.first.kind == TimerKind::escalate; });
  };
  ASSERT_EQ(escalations(), 1);
  const std::uint32_t mine = instance.item("zhang.wei");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  ASSERT_EQ(escalations(), 0);
  ASSERT_TRUE(accepted(take_back(instance, mine, "zhang.wei")));
  EXPECT_EQ(escalations(), 1);
}

// Whoever was asked in my place went on being asked, though I wait for the one who took theirs back.
TEST(Rule10TakeBackOfAdded, WhoeverWasAskedInMyPlaceDoesNotAnswerBeforeThoseBeforeMe) {
  Instance instance(approval(R"(      by: person("sun.li")
    escalate: {after: 1 business day, to: person("chen.jie"), mode: replace}
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::before, {"qian.min"})));
  const std::uint32_t theirs = instance.item("qian.min");
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  instance.advance_to("2026-03-04T09:00:00Z");
  ASSERT_THAT(instance.asked(), ElementsAre("chen.jie@check"));
  ASSERT_TRUE(accepted(take_back(instance, theirs, "qian.min")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing::acts
