// A consent that nobody gave: no departure, escalation, addition or act in somebody's place brings one about.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/absence_fixture.h"
#include "tests/core/acts_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void go(Instance& instance, const std::vector<std::string>& who) {
  instance.directory = after_leaving(*instance.directory, who);
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
}

constexpr const char* kThree =
    "      by: [person(\"sun.li\"), person(\"wang.fang\"), person(\"chen.jie\")]\n";

// `skip` approved the whole step although somebody had rejected it.
TEST(Consent, SkippingWhoHasLeftPassesOverNoRejection) {
  Instance instance(acts::approval(
      "      by: [person(\"sun.li\"), person(\"wang.fang\")]\n      need: 1\n      if_nobody: skip\n"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "no")));
  EXPECT_EQ(instance.status(), "running") << "the other may still approve";
  go(instance, {"wang.fang"});
  EXPECT_EQ(instance.status(), "rejected");
}

// `skip` approved the whole step although another group had not answered.
TEST(Consent, SkippingAGroupThatHasLeftPassesOverNoOtherGroup) {
  Instance instance(acts::approval(R"(      if_nobody: skip
      seats:
        legal: {by: group("legal"), need: 1}
        money: {by: '[person("wang.fang"), person("zhao.lei")]', need: 50%}
)"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  go(instance, {"sun.li"});
  EXPECT_EQ(instance.status(), "running");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check", "zhao.lei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Consent, SkippingTheLastOfACountAsksNoMoreThanTheOthers) {
  Instance instance(acts::approval(
      "      by: [person(\"sun.li\"), person(\"wang.fang\")]\n      need: 2\n      if_nobody: skip\n"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  go(instance, {"sun.li"});
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// The one more who was waited for was forgotten with the next change of the roster.
TEST(Consent, ARejectionDoesNotApproveAfterTwoDepartures) {
  Instance instance(acts::approval(std::string(kThree) + "      need: 34%\n"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  go(instance, {"chen.jie"});
  go(instance, {"wang.fang"});
  EXPECT_THAT(instance.asked(), ElementsAre("admins@check"));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "rejected", "no")));
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Consent, AnAdditionBeforeTheLastOneDoesNotDecideForThem) {
  Instance instance(acts::approval(std::string(kThree) + "      need: 34%\n"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  go(instance, {"chen.jie"});
  ASSERT_TRUE(accepted(acts::add(instance, "wang.fang", AddedAs::before, {"zhao.lei"})));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

constexpr const char* kEscalated = R"(    escalate:
      after: 1 hour
      to: ['person("chen.jie")', 'person("zhao.lei")']
      mode: replace
)";

// With one of two who stood for a late colleague went the colleague's own seat.
TEST(Consent, OfTwoWhoStandForALateColleagueOneMayLeave) {
  Instance instance(acts::approval(std::string("      by: [person(\"sun.li\"), person(\"wang.fang\")]\n"
                                               "      need: all\n      order: one_by_one\n") +
                                   kEscalated));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.advance_to("2026-03-02T10:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check", "zhao.lei@check"));
  go(instance, {"chen.jie"});
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@check")) << "sun.li's consent is still needed";
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
  go(instance, {"zhao.lei"});
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// One late colleague answered the escalation for everybody who was late.
TEST(Consent, WhoIsLateDoesNotAnswerForTheOtherLateOnesByWayOfAGroup) {
  Instance instance(acts::approval(R"(      by: [person("wang.fang"), person("sun.li")]
      need: all
    escalate:
      after: 1 hour
      to: group("finance")
      mode: add
)"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.advance_to("2026-03-02T10:00:00Z");
  std::uint32_t of_group = 0;
  for (const auto& [number, item] : instance.state().items) {
    if (item.group == "finance") of_group = number;
  }
  ASSERT_NE(of_group, 0U);
  EXPECT_EQ(rejection_code(instance.run(
                Decide{.item = of_group, .by = acts::person("wang.fang"), .outcome = "approved"})),
            ErrorCode::conflict);
  ASSERT_TRUE(accepted(
      instance.run(Decide{.item = of_group, .by = acts::person("zhao.lei"), .outcome = "approved"})));
  EXPECT_EQ(instance.status(), "approved") << "who is not late may answer for all";
}

// Whoever was escalated to decided for somebody who was waiting for others that they had added.
TEST(Consent, WhoWaitsForThoseAddedBeforeThemIsNotLate) {
  Instance instance(acts::approval(R"(      by: [person("wang.fang"), person("sun.li")]
      need: all
    escalate:
      after: 1 hour
      to: person("chen.jie")
      mode: add
)"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.advance_to("2026-03-02T10:00:00Z");
  ASSERT_TRUE(accepted(acts::add(instance, "wang.fang", AddedAs::before, {"qian.min"})));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check", "qian.min@check", "sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "running") << "for sun.li, and not for wang.fang";
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
}

constexpr const char* kHandedIn = R"(  - id: first
    approve:
      by: person("zhao.lei")
      return_to: [requester]
  - id: second
    approve:
      by: [person("sun.li"), person("chen.jie")]
      need: 1
  - end: approved
)";

// A stand-in changed the request, handed it in, and approved it.
TEST(Consent, WhoHandsARequestInForTheRequesterDoesNotApproveIt) {
  Instance instance(load_steps(kHandedIn));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "returned", "more")));
  instance.absences = Absences({away(1, "li.na", "sun.li")});
  ASSERT_TRUE(accepted(decide_for(instance, "li.na", "sun.li", "resubmitted")));
  EXPECT_EQ(instance.state().submitted_by, PersonId("sun.li"));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@second"));
  EXPECT_THAT(rejection(acts::transfer(instance, "chen.jie", "sun.li")),
              HasSubstr("nobody approves a request of their own"));
  instance.absences = Absences({away(2, "chen.jie", "sun.li")});
  EXPECT_EQ(rejection_code(decide_for(instance, "chen.jie", "sun.li", "approved")), ErrorCode::forbidden);
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "returned", "more")));
  instance.absences = {};
  ASSERT_TRUE(accepted(instance.decide_as("li.na", "resubmitted")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@second", "sun.li@second"))
      << "whoever has handed it in last counts";
}

// A group's item that a stand-in had claimed could be decided by nobody.
TEST(Consent, AGroupsItemIsNotClaimedByWhoStandsInForItsMembers) {
  Instance instance(acts::approval("      by: group(\"legal\")\n      need: 1\n"));
  instance.absences = Absences({away(1, "sun.li", "chen.jie")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  const std::uint32_t number = instance.state().items.begin()->first;
  EXPECT_EQ(rejection_code(instance.run(ClaimItem{.item = number, .by = acts::person("chen.jie")})),
            ErrorCode::forbidden);
  ASSERT_TRUE(accepted(instance.run(
      AddApprover{number, {}, {PersonId("qian.min")}, AddedAs::before, acts::person("chen.jie"), "look"})));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  ASSERT_TRUE(
      accepted(instance.run(Decide{.item = number, .by = acts::person("chen.jie"), .outcome = "approved"})));
  EXPECT_EQ(instance.status(), "approved");
}

// Whoever had approved and left was asked again, where a change voided their approval.
TEST(Consent, WhoHasLeftIsNotAskedAgain) {
  Instance instance(acts::approval(R"(      by: [person("sun.li"), person("wang.fang")]
      need: all
      edit: [note]
      guards: [note]
)"));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"note": "a"})")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  go(instance, {"wang.fang"});
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved", "", "{}", R"({"note": "b"})")));
  EXPECT_THAT(instance.asked(), ::testing::Not(::testing::Contains("wang.fang@check")));
  EXPECT_FALSE(instance.asked().empty() && instance.status() == "running") << "somebody is asked instead";
}

// The administrators were asked though their only member had voted.
TEST(Consent, AGroupOfWhichEverybodyHasVotedIsNotAskedInTheirPlace) {
  Instance instance(acts::approval("      by: [person(\"adm\"), person(\"wang.fang\")]\n      need: all\n"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "approved")));
  go(instance, {"wang.fang"});
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check")) << "it stands still";
  EXPECT_THAT(instance.last_events(), ::testing::Contains("incident_raised")) << "and somebody is told";
}

// Nobody stood in, although another absence at the same time names somebody who may.
TEST(Consent, OfTwoAbsencesTheOneWhoseStandInMayActCounts) {
  Instance instance(acts::approval("      by: requester.manager\n"));
  instance.absences = Absences({away(1, "zhang.wei", "li.na", "2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z"),
                                away(2, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_TRUE(accepted(decide_for(instance, "zhang.wei", "sun.li", "approved")));
}

TEST(Consent, AStandInIsAskedToHurryAndMayComment) {
  Instance instance(acts::approval("      by: requester.manager\n"));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_TRUE(accepted(instance.run(Comment{acts::person("sun.li"), "which train?"})));
  EXPECT_FALSE(accepted(instance.run(Comment{acts::person("wang.fang"), "me too"})));
  ASSERT_TRUE(accepted(instance.run(Nudge{acts::person("li.na")})));
  EXPECT_THAT(instance.last_sends(), ElementsAre("nudge sun.li"));
}

}  // namespace
}  // namespace countersign::testing
