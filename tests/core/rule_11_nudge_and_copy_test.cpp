// Rule 11: nudging with an interval and a cap, copies to people who read and never decide, and mentions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/event_codec.h"
#include "tests/core/acts_fixture.h"

namespace countersign::testing::acts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Outcome nudge(Instance& instance, const std::string& by = "li.na") {
  return instance.run(Nudge{person(by)});
}
Outcome copy(Instance& instance, const Actor& by, const std::vector<std::string>& to) {
  std::vector<PersonId> people;
  for (const std::string& id : to) people.emplace_back(id);
  return instance.run(SendCopies{people, by, "for your information"});
}
Outcome say(Instance& instance, const std::string& by, const std::string& text) {
  return instance.run(Comment{person(by), text});
}

TEST(Rule11Nudge, TheRequesterRemindsWhoeverIsAsked) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  const std::uint32_t version = instance.state().items.begin()->second.version;
  ASSERT_TRUE(accepted(nudge(instance)));
  EXPECT_THAT(instance.last_sends(), ElementsAre("nudge zhang.wei"));
  EXPECT_EQ(instance.state().items.begin()->second.version, version)
      << "an open page can still be sent after a nudge";
  for (const char* other : {"zhang.wei", "sun.li", "adm"})
    EXPECT_EQ(rejection_code(nudge(instance, other)), ErrorCode::forbidden) << other;
}

TEST(Rule11Nudge, NotAgainBeforeFourHoursAndAtMostThreeTimes) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(nudge(instance)));
  instance.jump_to("2026-03-02T12:59:59Z");
  const Outcome soon = nudge(instance);
  EXPECT_EQ(rejection_code(soon), ErrorCode::conflict);
  EXPECT_THAT(rejection(soon), HasSubstr("2026-03-02T13:00:00Z"));
  instance.jump_to("2026-03-02T13:00:00Z");
  ASSERT_TRUE(accepted(nudge(instance)));
  instance.jump_to("2026-03-02T18:00:00Z");
  ASSERT_TRUE(accepted(nudge(instance)));
  instance.jump_to("2026-03-04T18:00:00Z");
  EXPECT_THAT(rejection(nudge(instance)), HasSubstr("3 times"));
}

TEST(Rule11Nudge, TheWorkflowSetsIntervalAndCapOrForbidsIt) {
  Instance often(approval(kManager, "nudge: {every: 30 minutes, at_most: 1}\n"));
  often.start("li.na");
  ASSERT_TRUE(accepted(nudge(often)));
  often.jump_to("2026-03-02T09:31:00Z");
  EXPECT_EQ(rejection_code(nudge(often)), ErrorCode::conflict);
  Instance never(approval(kManager, "nudge: never\n"));
  never.start("li.na");
  EXPECT_EQ(rejection_code(nudge(never)), ErrorCode::forbidden);
}

TEST(Rule11Nudge, ReachesOnlyThoseWhoAreAskedNow) {
  Instance instance(approval(R"(      by:
        - person("wang.fang")
        - person("sun.li")
      need: all
      order: one_by_one
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(nudge(instance)));
  EXPECT_THAT(instance.last_sends(), ElementsAre("nudge wang.fang"));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  ASSERT_TRUE(accepted(nudge(instance))) << "sun.li was not nudged yet";
  EXPECT_THAT(instance.last_sends(), ElementsAre("nudge sun.li"));
}

TEST(Rule11Nudge, NobodyButTheRequesterOrNobodyAtAll) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "returned", "more")));
  EXPECT_THAT(rejection(nudge(instance)), HasSubstr("nobody but you"));
  ASSERT_TRUE(accepted(instance.decide_as("li.na", "resubmitted")));
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  EXPECT_THAT(rejection(nudge(instance)), HasSubstr("it has ended"));
}

TEST(Rule11Copy, ReadersSeeAndAreAskedNothing) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  const std::map<std::uint32_t, Item> before = instance.state().items;
  ASSERT_TRUE(accepted(copy(instance, person("zhang.wei"), {"qian.min", "sun.li", "qian.min"})));
  EXPECT_THAT(instance.last_sends(), ElementsAre("copy qian.min", "copy sun.li"));
  EXPECT_EQ(instance.state().items, before) << "a copy is no work item";
  EXPECT_THAT(instance.state().copies, ElementsAre(PersonId("qian.min"), PersonId("sun.li")));
  Decide command{.item = instance.item("zhang.wei")};
  command.by = person("qian.min");
  command.outcome = "approved";
  EXPECT_EQ(rejection_code(instance.run(command)), ErrorCode::forbidden);
  EXPECT_TRUE(accepted(say(instance, "qian.min", "seen")));
}

TEST(Rule11Copy, ByTheRequesterWhoeverIsOrWasAskedAndAnAdministrator) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(copy(instance, person("li.na"), {"qian.min"})));
  EXPECT_EQ(rejection_code(copy(instance, person("qian.min"), {"sun.li"})), ErrorCode::forbidden)
      << "a copy is not passed on";
  EXPECT_EQ(rejection_code(copy(instance, person("wang.fang"), {"sun.li"})), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(copy(instance, Actor{}, {"sun.li"})), ErrorCode::forbidden);
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  EXPECT_TRUE(accepted(copy(instance, person("zhang.wei"), {"sun.li"}))) << "after the end, too";
  EXPECT_TRUE(accepted(copy(instance, admin(), {"wang.fang"})));
}

TEST(Rule11Copy, GoesToActivePeopleOnceEach) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(copy(instance, person("li.na"), {"he.left"})), ErrorCode::invalid_input);
  EXPECT_EQ(rejection_code(copy(instance, person("li.na"), {"nobody"})), ErrorCode::invalid_input);
  EXPECT_EQ(rejection_code(copy(instance, person("li.na"), {})), ErrorCode::invalid_input);
  ASSERT_TRUE(accepted(copy(instance, person("li.na"), {"qian.min"})));
  EXPECT_EQ(rejection_code(copy(instance, person("li.na"), {"qian.min", "li.na"})), ErrorCode::conflict);
}

TEST(Rule11Mention, TellsWhoMaySeeTheInstanceAndNobodyElse) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(say(instance, "zhang.wei", "@li.na which train? @sun.li @he.left @nobody")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("mention li.na"));
  ASSERT_TRUE(accepted(copy(instance, person("li.na"), {"sun.li"})));
  ASSERT_TRUE(accepted(say(instance, "zhang.wei", "please read, @sun.li.")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("mention sun.li")) << "the full stop is no part of the name";
}

TEST(Rule11Mention, ByIdOrMailOnceAndNeverInsideAMailAddress) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(say(instance, "li.na", "@zhang.wei and again @zhang.wei@example.com!")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("mention zhang.wei"));
  ASSERT_TRUE(accepted(say(instance, "li.na", "write to box@zhang.wei, or to @zhang.weiss or @li.na")));
  EXPECT_THAT(instance.last_sends(), IsEmpty());
  ASSERT_TRUE(accepted(say(instance, "li.na", "请看@zhang.wei请看")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("mention zhang.wei"));
}

TEST(Rule11Mention, ReachesMembersOfAGroupThatIsAskedAndThoseWhoDecided) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
  - id: finance
    approve:
      by: group("finance")
      need: 1
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  ASSERT_TRUE(accepted(say(instance, "li.na", "@qian.min @zhang.wei @sun.li")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("mention qian.min", "mention zhang.wei"));
}

// They could read it until a colleague answered, and from then on it was not there for them.
TEST(Rule11Mention, ReachesMembersOfAGroupAlsoOnceAColleagueHasAnswered) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: finance
    approve: {by: group("finance"), need: 1}
  - id: seal
    approve: {by: person("sun.li")}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  ASSERT_TRUE(accepted(say(instance, "qian.min", "@wang.fang have a look, @zhang.wei too")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("mention wang.fang"));
}

}  // namespace
}  // namespace countersign::testing::acts
