// Rule 8: adding an approver before, after and beside, and taking one off again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/acts_fixture.h"

namespace countersign::testing::acts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string three(const std::string& need) {
  return R"(      by:
        - person("wang.fang")
        - person("sun.li")
        - person("chen.jie")
      need: )" +
         need + "\n";
}

TEST(Rule08AddBefore, IWaitUntilTheyHaveDecidedThenItIsMineAgain) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  const std::uint32_t mine = instance.item("zhang.wei");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::before, {"sun.li", "qian.min"})));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check", "sun.li@check"));
  EXPECT_EQ(rejection_code(instance.decide_as("zhang.wei", "approved")), ErrorCode::conflict);
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei"));
  EXPECT_EQ(instance.item("zhang.wei"), mine);
  EXPECT_EQ(instance.status(), "running") << "those before me do not approve in my place";
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule08AddBefore, ARejectionInsideRejectsTheStep) {
  Instance instance(approval(three("1")));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::before, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "rejected", "no")));
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Rule08AddBefore, OthersMayDecideTheStepMeanwhile) {
  Instance instance(approval(three("1")));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::before, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// Whether they were added before or after the step escalated makes no difference.
TEST(Rule08AddBefore, WhoeverWasAskedInMyPlaceDoesNotAnswerForMeWhileIWait) {
  const std::string late = R"(      by: '[person("wang.fang"), person("sun.li")]'
      need: all
    escalate: {after: 1 business day, to: person("chen.jie"), mode: add}
)";
  Instance instance(approval(late));
  instance.start("li.na");
  instance.advance_to("2026-03-03T09:00:00Z");
  ASSERT_THAT(instance.asked(), ElementsAre("chen.jie@check", "sun.li@check", "wang.fang@check"));
  ASSERT_TRUE(accepted(add(instance, "wang.fang", AddedAs::before, {"qian.min"})));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check", "qian.min@check", "sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "running");
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check")) << "chen.jie answered for sun.li alone";
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule08AddBefore, WhoeverWasAskedInMyPlaceAloneIsLetGoWhileIWait) {
  Instance instance(approval(std::string(kManager) +
                             "    escalate: {after: 1 business day, to: person(\"chen.jie\"), mode: add}\n"));
  instance.start("li.na");
  instance.advance_to("2026-03-03T09:00:00Z");
  ASSERT_THAT(instance.asked(), ElementsAre("chen.jie@check", "zhang.wei@check"));
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::before, {"qian.min"})));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
}

TEST(Rule08AddAfter, MyApprovalIsProvisionalUntilTheyHaveDecided) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::after, {"sun.li"})));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  EXPECT_EQ(instance.status(), "running");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule08AddAfter, TheirRejectionRejectsAlthoughIHaveApproved) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::after, {"sun.li"})));
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "no")));
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Rule08AddAfter, NobodyIsAskedAfterARejection) {
  Instance instance(approval(three("2") + "      veto: none\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::after, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "no")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check", "wang.fang@check"));
  EXPECT_EQ(instance.item("qian.min"), 0U) << "there is no approval that theirs would confirm";
}

TEST(Rule08AddAfter, TheNextInOrderWaitsForThemToo) {
  Instance instance(approval(three("all") + "      order: one_by_one\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "wang.fang", AddedAs::after, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
}

TEST(Rule08AddBeside, TheRosterGrowsAndAPercentageIsCountedAgain) {
  Instance instance(approval(three("60%")));
  instance.start("li.na");
  const auto roster = [&] { return instance.state().activations.begin()->second.roster; };
  EXPECT_EQ(roster().needed, 2U);
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::beside, {"qian.min", "zhao.lei"})));
  EXPECT_EQ(roster().seats.size(), 5U);
  EXPECT_EQ(roster().needed, 3U);
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_EQ(instance.status(), "running");
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule08AddBeside, ACountStaysAndAllFollows) {
  Instance count(approval(three("2")));
  count.start("li.na");
  ASSERT_TRUE(accepted(add(count, "sun.li", AddedAs::beside, {"qian.min"})));
  EXPECT_EQ(count.state().activations.begin()->second.roster.needed, 2U);
  Instance all(approval(three("all")));
  all.start("li.na");
  ASSERT_TRUE(accepted(add(all, "sun.li", AddedAs::beside, {"qian.min"})));
  EXPECT_EQ(all.state().activations.begin()->second.roster.needed, 4U);
}

TEST(Rule08AddBeside, InAnOrderTheyComeNextAfterWhoeverAddedThem) {
  Instance instance(approval(three("all") + "      order: one_by_one\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "wang.fang", AddedAs::beside, {"qian.min"})));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
}

TEST(Rule08AddApprover, NobodyTwiceNobodyOfTheStepNeitherTheRequesterNorMyself) {
  Instance instance(approval(three("all")));
  instance.start("li.na");
  for (const AddedAs where : {AddedAs::before, AddedAs::after, AddedAs::beside}) {
    EXPECT_EQ(rejection_code(add(instance, "sun.li", where, {"wang.fang"})), ErrorCode::conflict);
    EXPECT_EQ(rejection_code(add(instance, "sun.li", where, {"li.na"})), ErrorCode::forbidden);
    EXPECT_EQ(rejection_code(add(instance, "sun.li", where, {"sun.li"})), ErrorCode::invalid_input);
    EXPECT_EQ(rejection_code(add(instance, "sun.li", where, {"he.left"})), ErrorCode::invalid_input);
    EXPECT_EQ(rejection_code(add(instance, "sun.li", where, {"qian.min", "qian.min"})),
              ErrorCode::invalid_input);
    EXPECT_EQ(rejection_code(add(instance, "sun.li", where, {})), ErrorCode::invalid_input);
  }
  EXPECT_EQ(rejection_code(add(instance, "sun.li", AddedAs::opinion, {"qian.min"})),
            ErrorCode::invalid_input);
}

TEST(Rule08AddApprover, GoesOneDeepButWhoeverWasAddedMayTransfer) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::before, {"sun.li"})));
  EXPECT_EQ(rejection_code(add(instance, "sun.li", AddedAs::beside, {"qian.min"})), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(delegate(instance, "sun.li", "qian.min")), ErrorCode::forbidden);
  ASSERT_TRUE(accepted(transfer(instance, "sun.li", "qian.min")));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check")) << "the place before me went along";
}

TEST(Rule08AddApprover, StaysWithTheItemThatIsTransferred) {
  Instance after(approval(kManager));
  after.start("li.na");
  ASSERT_TRUE(accepted(add(after, "zhang.wei", AddedAs::after, {"sun.li"})));
  ASSERT_TRUE(accepted(transfer(after, "zhang.wei", "chen.jie")));
  ASSERT_TRUE(accepted(after.decide_as("chen.jie", "approved")));
  EXPECT_THAT(after.asked(), ElementsAre("sun.li@check"));

  Instance before(approval(kManager));
  before.start("li.na");
  ASSERT_TRUE(accepted(add(before, "zhang.wei", AddedAs::before, {"sun.li"})));
  ASSERT_TRUE(
      accepted(before.run(Reassign{before.item("zhang.wei"), PersonId("chen.jie"), admin(), "leave"})));
  EXPECT_THAT(before.asked(), ElementsAre("sun.li@check"));
  ASSERT_TRUE(accepted(before.decide_as("sun.li", "approved")));
  EXPECT_THAT(before.asked(), ElementsAre("chen.jie@check"));
}

TEST(Rule08AddApprover, IsNoActOfATaskOrOfAnEscalation) {
  Instance task(load(R"(workflow: t
start:
  - form:
statuses: [approved]
steps:
  - id: pack
    task:
      for: person("sun.li")
  - end: approved
)"));
  task.start("li.na");
  EXPECT_THAT(rejection(add(task, "sun.li", AddedAs::before, {"qian.min"})),
              HasSubstr("a task has no approvers"));

  Instance escalated(load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: check
    approve:
      by: requester.manager
    escalate:
      after: 1 business day
      to: person("chen.jie")
  - end: approved
)"));
  escalated.start("li.na");
  escalated.advance_to("2026-03-03T12:00:00Z");
  EXPECT_EQ(rejection_code(add(escalated, "chen.jie", AddedAs::before, {"qian.min"})), ErrorCode::forbidden);
}

TEST(Rule08AddApprover, AnEscalationSettlesWhoeverIsLateAmongThem) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: check
    approve:
      by: requester.manager
    escalate:
      - {after: 1 business day, to: person("chen.jie")}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::before, {"sun.li"})));
  instance.advance_to("2026-03-03T12:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check", "sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check")) << "for the late one alone: it is mine again";
}

TEST(Rule08AddApprover, ASendBackForgetsThem) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::before, {"sun.li"})));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "returned", "more")));
  EXPECT_THAT(instance.asked(), ElementsAre("li.na@revise"));
}

TEST(Rule08Removal, ByWhoAddedGivesTheItemBack) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::before, {"sun.li"})));
  EXPECT_EQ(rejection_code(take_off(instance, "qian.min", "sun.li")), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(take_off(instance, "sun.li", "sun.li")), ErrorCode::forbidden);
  ASSERT_TRUE(accepted(take_off(instance, "zhang.wei", "sun.li")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
}

TEST(Rule08Removal, ByAnAdministratorNeedsAReason) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::beside, {"sun.li"})));
  EXPECT_EQ(rejection_code(instance.run(RemoveApprover{instance.item("sun.li"), {}, admin(), ""})),
            ErrorCode::invalid_input);
  EXPECT_TRUE(accepted(instance.run(RemoveApprover{instance.item("sun.li"), {}, admin(), "wrong person"})));
}

TEST(Rule08Removal, NeverTakesWhomTheWorkflowAsks) {
  Instance instance(approval(three("all")));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(take_off(instance, "sun.li", "wang.fang")), ErrorCode::conflict);
  EXPECT_EQ(rejection_code(instance.run(RemoveApprover{instance.item("sun.li"), {}, admin(), "r"})),
            ErrorCode::conflict);
}

TEST(Rule08Removal, NeverTakesTheLastApprover) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "zhang.wei", AddedAs::after, {"sun.li"})));
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  const Outcome outcome = take_off(instance, "zhang.wei", "sun.li");
  EXPECT_EQ(rejection_code(outcome), ErrorCode::conflict);
  EXPECT_THAT(rejection(outcome), HasSubstr("the last"));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
}

TEST(Rule08Removal, NeverTakesWhoeverHasDecided) {
  Instance instance(approval(three("all")));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::beside, {"qian.min"})));
  const std::uint32_t item = instance.item("qian.min");
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_EQ(rejection_code(instance.run(RemoveApprover{item, {}, person("sun.li"), ""})),
            ErrorCode::conflict);
}

TEST(Rule08Removal, NeverDecidesTheStep) {
  Instance instance(approval(three("60%")));  // 2 of 3; of 5 it is 3, of 4 as well
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "sun.li", AddedAs::beside, {"qian.min"})));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "running");
  const Outcome outcome = take_off(instance, "sun.li", "qian.min");
  EXPECT_EQ(rejection_code(outcome), ErrorCode::conflict);
  EXPECT_THAT(rejection(outcome), HasSubstr("only approvers decide it"));
}

TEST(Rule08Removal, OfAnOpinionLeavesTheItemAsItIs) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(delegate(instance, "zhang.wei", "sun.li")));
  ASSERT_TRUE(accepted(take_off(instance, "zhang.wei", "sun.li")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
}

TEST(Rule08NobodyCountsTwice, AsAMemberAndInPerson) {
  Instance instance(approval("      by: group(\"finance\")\n      need: 1\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "wang.fang", AddedAs::beside, {"zhao.lei"})));
  const std::uint32_t groups = instance.item("wang.fang");
  ASSERT_TRUE(accepted(instance.run(ReleaseItem{groups, {}, person("wang.fang"), ""})));
  EXPECT_EQ(rejection_code(instance.run(ClaimItem{groups, {}, person("zhao.lei")})), ErrorCode::conflict);
  EXPECT_TRUE(accepted(instance.run(ClaimItem{groups, {}, person("qian.min")})));
}

TEST(Rule08AddBeside, InOneOfSeveralGroupsThatGroupCountsAgain) {
  Instance instance(approval(R"(      seats:
        finance: {by: [person("wang.fang"), person("zhao.lei")], need: all}
        legal: {by: person("sun.li"), need: 1}
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(add(instance, "wang.fang", AddedAs::beside, {"qian.min"})));
  const Roster& roster = instance.state().activations.begin()->second.roster;
  EXPECT_EQ(roster.needed_of.at("finance"), 3U);
  EXPECT_EQ(roster.needed_of.at("legal"), 1U);
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "running");
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing::acts
