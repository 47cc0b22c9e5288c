// Whoever was asked and is not needed any more hears so (`tell_settled`), once and from nobody twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/acts_fixture.h"

namespace countersign::testing::acts {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kAll = "      by: '[person(\"zhang.wei\"), person(\"sun.li\")]'\n      need: all\n";

// People told that nothing is left for them, by the last command, and who is named for it.
std::vector<std::string> told(const Instance& instance) {
  std::vector<std::string> people;
  for (const Effect& effect : instance.last_effects()) {
    const auto* send = std::get_if<Send>(&effect);
    if (send != nullptr && send->kind == SendKind::closed)
      people.push_back(send->to.value + (send->from.empty() ? "" : " by " + send->from.value));
  }
  std::ranges::sort(people);
  return people;
}

TEST(Settled, AWithdrawnRequestTellsWhoeverWasAsked) {
  Instance instance(approval(kAll));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.run(Withdraw{person("li.na"), "wrong form"})));
  EXPECT_THAT(told(instance), ElementsAre("sun.li by li.na", "zhang.wei by li.na"));
}

TEST(Settled, ASendBackTellsTheOthersAndNotWhoSentIt) {
  Instance instance(approval(kAll));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "returned", "look again")));
  EXPECT_THAT(told(instance), ElementsAre("sun.li by zhang.wei"));
}

TEST(Settled, ThatOthersDecidedIsSaidOnlyWhereTheWorkflowWantsIt) {
  Instance quiet(approval(kAll));
  quiet.start("li.na");
  ASSERT_TRUE(accepted(quiet.decide_as("zhang.wei", "rejected", "no")));
  EXPECT_THAT(told(quiet), IsEmpty());
  Instance loud(approval(kAll, "tell_settled: always\n"));
  loud.start("li.na");
  ASSERT_TRUE(accepted(loud.decide_as("zhang.wei", "rejected", "no")));
  EXPECT_THAT(told(loud), ElementsAre("sun.li by zhang.wei"));
  Instance mute(approval(kAll, "tell_settled: never\n"));
  mute.start("li.na");
  ASSERT_TRUE(accepted(mute.run(Withdraw{person("li.na"), ""})));
  EXPECT_THAT(told(mute), IsEmpty());
}

TEST(Settled, AGroupIsToldPersonByPerson) {
  Instance instance(approval("      by: group(\"finance\")\n      need: 1\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.run(Cancel{admin(), "double"})));
  EXPECT_THAT(told(instance), ElementsAre("qian.min by adm", "wang.fang by adm", "zhao.lei by adm"));
}

TEST(Settled, OfAClaimedItemOnlyWhoHasItIsTold) {
  Instance instance(approval("      by: group(\"finance\")\n      need: 1\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.run(ClaimItem{instance.item("wang.fang"), {}, person("wang.fang")})));
  ASSERT_TRUE(accepted(instance.run(Cancel{admin(), "double"})));
  EXPECT_THAT(told(instance), ElementsAre("wang.fang by adm"));
}

TEST(Settled, WorkThatIsGivenAwayTellsWhoeverHadItUnlessTheyDidIt) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(transfer(instance, "zhang.wei", "sun.li")));
  EXPECT_THAT(told(instance), IsEmpty());
  ASSERT_TRUE(
      accepted(instance.run(Reassign{instance.item("sun.li"), PersonId("chen.jie"), admin(), "she is ill"})));
  EXPECT_THAT(told(instance), ElementsAre("sun.li by adm"));
}

TEST(Settled, WhoeverIsTakenOffHearsIt) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::beside, {"sun.li"})));
  ASSERT_TRUE(accepted(take_off(instance, "zhang.wei", "sun.li")));
  EXPECT_THAT(told(instance), ElementsAre("sun.li by zhang.wei"));
}

TEST(Settled, WhoseTurnHadNotComeHearsNothing) {
  Instance instance(approval(std::string(kAll) + "      order: one_by_one\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.run(Cancel{admin(), "double"})));
  EXPECT_THAT(told(instance), ElementsAre("zhang.wei by adm"));
}

TEST(Settled, NobodyGetsTwoMessagesByOneAct) {
  Instance instance(load(R"(workflow: t
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: first
    approve: {by: person("sun.li")}
  - id: both
    parallel:
      branches:
        one:
          - id: one
            approve: {by: person("zhang.wei"), return_to: [first]}
        two:
          - id: two
            approve: {by: person("sun.li")}
        three:
          - id: three
            approve: {by: person("chen.jie")}
        four:
          - id: four
            approve: {by: person("chen.jie")}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "returned", "look again")));
  EXPECT_THAT(instance.last_sends(), Contains("request sun.li"));
  EXPECT_THAT(told(instance), ElementsAre("chen.jie by zhang.wei"))
      << "sun.li is asked anew, chen.jie had two";
}

TEST(Settled, WhoDecidedIsNotNamedWhereTheStepHidesIt) {
  Instance instance(load(R"(workflow: t
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: both
    parallel:
      branches:
        one:
          - id: one
            visible_to: group("legal")
            approve: {by: person("zhang.wei")}
        two:
          - id: two
            approve: {by: person("chen.jie")}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "returned", "look again")));
  EXPECT_THAT(told(instance), ElementsAre("chen.jie"));
}

// Who took a decision back in a hidden step was told to everybody, with the reason.
TEST(Settled, WhoTookADecisionBackIsNotNamedWhereTheStepHidesIt) {
  Instance instance(load_steps(R"(  - id: hidden
    visible_to: group("legal")
    approve: {by: person("zhang.wei")}
  - id: next
    approve: {by: person("chen.jie")}
  - end: approved
)"));
  instance.start("li.na");
  const std::uint32_t decided = instance.item("zhang.wei");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  const Actor by{.kind = Actor::Kind::person, .person = PersonId("zhang.wei"), .channel = "api"};
  ASSERT_TRUE(accepted(instance.run(TakeBack{decided, by, "a secret"})));
  EXPECT_THAT(told(instance), ElementsAre("chen.jie"));
  for (const Effect& effect : instance.last_effects()) {
    if (const auto* send = std::get_if<Send>(&effect)) {
      EXPECT_EQ(send->text, "");
    }
  }
}

// ---- small rules of the same acts ----

TEST(Reasons, BlanksAreNone) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(instance.run(Cancel{admin(), "  "})), ErrorCode::invalid_input);
  EXPECT_EQ(
      rejection_code(instance.run(Reassign{instance.item("zhang.wei"), PersonId("sun.li"), admin(), " \t"})),
      ErrorCode::invalid_input);
}

TEST(Views, AreTheirsWhoHaveTheItem) {
  Instance instance(approval("      by: group(\"finance\")\n      need: 1\n", "withdraw: first_view\n"));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  ASSERT_TRUE(accepted(instance.run(ClaimItem{item, {}, person("wang.fang")})));
  EXPECT_EQ(rejection_code(instance.run(View{item, person("zhao.lei")})), ErrorCode::forbidden)
      << "it is claimed by another";
  ASSERT_TRUE(accepted(instance.run(View{item, person("wang.fang")})));
  EXPECT_TRUE(instance.state().first_view);
}

TEST(Comments, AreWrittenByThoseWhoSeeTheRequest) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  for (const char* one : {"li.na", "zhang.wei", "adm"})
    EXPECT_TRUE(accepted(instance.run(Comment{person(one), "news?"}))) << one;
  EXPECT_EQ(rejection_code(instance.run(Comment{person("sun.li"), "hello @zhang.wei"})),
            ErrorCode::forbidden);
  ASSERT_TRUE(accepted(instance.run(SendCopies{{PersonId("sun.li")}, person("li.na"), ""})));
  EXPECT_TRUE(accepted(instance.run(Comment{person("sun.li"), "thank you"})));
}

TEST(TakeBack, SaysThatAnAnswerInTheirPlaceStands) {
  Instance instance(load(R"(workflow: t
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: check
    approve:
      by: '[person("zhang.wei"), person("sun.li")]'
      need: all
    escalate: {after: 1 business day, to: person("chen.jie")}
  - id: last
    approve: {by: person("wang.fang")}
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-03T18:00:00Z");
  const std::uint32_t item = instance.item("chen.jie");
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_THAT(rejection(instance.run(TakeBack{item, person("chen.jie"), ""})),
              ::testing::HasSubstr("in the place of others who were late"));
}

}  // namespace
}  // namespace countersign::testing::acts
