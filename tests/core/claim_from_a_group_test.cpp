// Claiming an item from a group, and giving it back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/absence_fixture.h"
#include "tests/core/acts_fixture.h"

namespace countersign::testing::acts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kGroup = "      by: group(\"finance\")\n      need: 1\n";

Outcome claim(Instance& instance, std::uint32_t item, const std::string& by) {
  return instance.run(ClaimItem{item, {}, person(by)});
}
Outcome release(Instance& instance, std::uint32_t item, const Actor& by, const std::string& reason = {}) {
  return instance.run(ReleaseItem{item, {}, by, reason});
}
Outcome approve(Instance& instance, std::uint32_t item, const std::string& by) {
  Decide command{.item = item};
  command.by = person(by);
  command.outcome = "approved";
  return instance.run(command);
}

TEST(Claim, ItBecomesMineAndOthersSeeWhoHasIt) {
  Instance instance(approval(kGroup));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhao.lei");
  const std::uint32_t version = instance.state().items.at(item).version;
  ASSERT_TRUE(accepted(claim(instance, item, "zhao.lei")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@check"));
  EXPECT_EQ(instance.state().items.at(item).group, "finance");
  EXPECT_GT(instance.state().items.at(item).version, version);
  for (const Outcome& outcome : {claim(instance, item, "wang.fang"), approve(instance, item, "wang.fang")}) {
    EXPECT_EQ(rejection_code(outcome), ErrorCode::conflict);
    EXPECT_THAT(rejection(outcome), HasSubstr("zhao.lei has claimed it"));
  }
  EXPECT_EQ(rejection_code(approve(instance, item, "sun.li")), ErrorCode::forbidden) << "no member at all";
  EXPECT_EQ(rejection_code(claim(instance, item, "zhao.lei")), ErrorCode::conflict) << "it is theirs already";
  ASSERT_TRUE(accepted(approve(instance, item, "zhao.lei")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Claim, TwoAtTheSameMomentOneWins) {
  Instance instance(approval(kGroup));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhao.lei");
  const std::uint32_t seen = instance.state().items.at(item).version;
  ASSERT_TRUE(accepted(instance.run(ClaimItem{item, seen, person("zhao.lei")})));
  EXPECT_EQ(rejection_code(instance.run(ClaimItem{item, seen, person("wang.fang")})), ErrorCode::conflict);
}

TEST(Release, PutsItBackAndTellsTheGroup) {
  Instance instance(approval(kGroup));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhao.lei");
  EXPECT_EQ(rejection_code(release(instance, item, person("zhao.lei"))), ErrorCode::conflict)
      << "nobody has it";
  ASSERT_TRUE(accepted(claim(instance, item, "zhao.lei")));
  EXPECT_EQ(rejection_code(release(instance, item, person("wang.fang"))), ErrorCode::conflict);
  ASSERT_TRUE(accepted(release(instance, item, person("zhao.lei"))));
  EXPECT_THAT(instance.asked(), ElementsAre("finance@check"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request finance"));
  EXPECT_TRUE(accepted(claim(instance, item, "wang.fang")));
}

TEST(Release, ByAnAdministratorWhereWhoeverHasItIsAway) {
  Instance instance(approval(kGroup));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhao.lei");
  ASSERT_TRUE(accepted(claim(instance, item, "zhao.lei")));
  EXPECT_EQ(rejection_code(release(instance, item, admin())), ErrorCode::invalid_input);
  EXPECT_TRUE(accepted(release(instance, item, admin(), "on leave")));
}

TEST(Claim, AnItemOfOnePersonIsNoGroups) {
  Instance instance(approval("      by: requester.manager\n"));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhang.wei");
  EXPECT_EQ(rejection_code(claim(instance, item, "zhang.wei")), ErrorCode::conflict);
  EXPECT_EQ(rejection_code(release(instance, item, person("zhang.wei"))), ErrorCode::conflict);
}

TEST(Claim, TheRequesterClaimsNoApprovalOfTheirOwn) {
  Instance instance(approval(kGroup));
  instance.start("zhao.lei");
  const std::uint32_t item = instance.item("wang.fang");
  EXPECT_EQ(rejection_code(claim(instance, item, "zhao.lei")), ErrorCode::forbidden);
}

TEST(Claim, AskingForAnOpinionClaimsAndReleasingEndsTheOpinion) {
  Instance instance(approval(kGroup));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhao.lei");
  ASSERT_TRUE(accepted(delegate(instance, "zhao.lei", "sun.li")));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check", "zhao.lei@check"));
  ASSERT_TRUE(accepted(release(instance, item, person("zhao.lei"))));
  EXPECT_THAT(instance.asked(), ElementsAre("finance@check"));
}

TEST(Claim, RemindersGoToWhoeverHasIt) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: check
    approve:
      by: group("finance")
      need: 1
    remind:
      - {after: 1 business day}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(claim(instance, instance.item("zhao.lei"), "zhao.lei")));
  instance.advance_to("2026-03-03T12:00:00Z");
  EXPECT_THAT(instance.last_sends(), ElementsAre("reminder zhao.lei"));
}

std::shared_ptr<const Directory> without_member(const Directory& directory, const std::string& group,
                                                const std::string& who) {
  std::vector<Person> people(directory.people().begin(), directory.people().end());
  std::vector<Group> groups(directory.groups().begin(), directory.groups().end());
  for (Group& each : groups) {
    if (each.id == group) std::erase(each.members, PersonId(who));
  }
  auto built = Directory::build(std::move(people), std::move(groups));
  EXPECT_TRUE(built.has_value());
  return *built;
}

// Whoever had claimed it answered for a group that they had left.
TEST(Claim, IsNothingOnceTheyHaveLeftTheGroup) {
  Instance instance(approval(kGroup));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhao.lei");
  ASSERT_TRUE(accepted(claim(instance, item, "zhao.lei")));
  instance.directory = without_member(*instance.directory, "finance", "zhao.lei");
  const Outcome refused = approve(instance, item, "zhao.lei");
  EXPECT_EQ(rejection_code(refused), ErrorCode::forbidden);
  EXPECT_THAT(rejection(refused), HasSubstr("zhao.lei is not in the group finance any more"));
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request finance"));
  EXPECT_THAT(instance.asked(), ElementsAre("finance@check")) << "it is the group's again";
  ASSERT_TRUE(accepted(claim(instance, item, "wang.fang")));
  ASSERT_TRUE(accepted(approve(instance, item, "wang.fang")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Claim, OfSomebodyWhoHasLeftTheGroupKeepsNobodyElseFromIt) {
  Instance instance(approval(kGroup));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhao.lei");
  ASSERT_TRUE(accepted(claim(instance, item, "zhao.lei")));
  instance.directory = without_member(*instance.directory, "finance", "zhao.lei");
  EXPECT_EQ(rejection_code(claim(instance, item, "sun.li")), ErrorCode::forbidden) << "no member either";
  ASSERT_TRUE(accepted(claim(instance, item, "wang.fang")));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
  ASSERT_TRUE(accepted(approve(instance, item, "wang.fang")));
}

TEST(Claim, ThatWaitsForSomebodyBeforeItGoesBackToTheGroupToo) {
  Instance instance(approval(kGroup));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhao.lei");
  ASSERT_TRUE(accepted(claim(instance, item, "zhao.lei")));
  ASSERT_TRUE(accepted(add(instance, "zhao.lei", AddedAs::before, {"sun.li"})));
  instance.directory = without_member(*instance.directory, "finance", "zhao.lei");
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("finance@check"));
}

// A group's item that a stand-in had claimed could be decided by nobody.
TEST(Claim, AGroupsItemIsNotClaimedByWhoStandsInForItsMembers) {
  Instance instance(approval("      by: group(\"legal\")\n      need: 1\n"));
  instance.absences = Absences({away(1, "sun.li", "chen.jie")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  const std::uint32_t number = instance.state().items.begin()->first;
  EXPECT_EQ(rejection_code(instance.run(ClaimItem{.item = number, .by = person("chen.jie")})),
            ErrorCode::forbidden);
  ASSERT_TRUE(accepted(instance.run(
      AddApprover{number, {}, {PersonId("qian.min")}, AddedAs::before, person("chen.jie"), "look"})));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  ASSERT_TRUE(
      accepted(instance.run(Decide{.item = number, .by = person("chen.jie"), .outcome = "approved"})));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing::acts
