// Rule 7: a request of one's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/absence_fixture.h"
#include "tests/core/acts_fixture.h"

namespace countersign::testing::acts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Rule07OwnRequest, RefuseLeavesItToIfNobodyWhereTheyAreTheOnlyOne) {
  Instance instance(approval("      by: person(\"li.na\")\n      if_nobody: manager_up\n"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
}

TEST(Rule07OwnRequest, SkipPassesWhereTheyAreTheOnlyOneAndNotOtherwise) {
  Instance alone(approval("      by: person(\"li.na\")\n      self: skip\n"));
  alone.start("li.na");
  EXPECT_EQ(alone.status(), "approved");
  Instance beside(
      approval("      by: '[person(\"li.na\"), person(\"sun.li\")]'\n      need: 1\n      self: skip\n"));
  beside.start("li.na");
  EXPECT_THAT(beside.asked(), ElementsAre("sun.li@check"));
}

TEST(Rule07OwnRequest, ToManagerAsksTheirManagerInstead) {
  Instance instance(approval("      by: person(\"li.na\")\n      self: to_manager\n"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
}

// A group of the requester alone was taken for an empty one, and the administrators were asked.
TEST(Rule07OwnRequest, AGroupOfTheRequesterAloneIsTheRequester) {
  for (const char* need : {"1", "all"}) {
    const std::string by = std::string("      by: group(\"legal\")\n      need: ") + need + "\n      self: ";
    Instance skipped(approval(by + "skip\n"));
    skipped.start("sun.li");
    EXPECT_EQ(skipped.status(), "approved") << need;
    Instance to_manager(approval(by + "to_manager\n"));
    to_manager.start("sun.li");
    EXPECT_THAT(to_manager.asked(), ElementsAre("chen.jie@check")) << need;
    Instance refused(approval(by + "refuse\n"));
    refused.start("sun.li");
    EXPECT_THAT(refused.asked(), ElementsAre("admins@check")) << need;
  }
}

TEST(Rule07OwnRequest, InSeveralGroupsAsWell) {
  Instance instance(approval(R"(      seats:
        legal: {by: group("legal"), need: 1}
        other: {by: person("wang.fang"), need: 1}
      self: skip
)"));
  instance.start("sun.li");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
}

TEST(Rule07OwnRequest, TheRequesterIsTakenOffTheRoster) {
  Instance instance(approval(R"(      by: group("finance")
      need: all
)"));
  instance.start("wang.fang");
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check", "zhao.lei@check"));
}

TEST(Rule07OwnRequest, IsNotApprovedThroughAGroupEither) {
  Instance instance(approval(R"(      by: group("finance")
      need: 1
)"));
  instance.start("wang.fang");
  const Outcome outcome = instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(rejection_code(outcome), ErrorCode::forbidden);
  EXPECT_THAT(rejection(outcome), HasSubstr("nobody approves a request of their own"));
}

// `self: to_manager` opened a way round the rule through the group's candidate item.
TEST(Rule07OwnRequest, IsRefusedWhateverTheSelfRuleSays) {
  Instance instance(approval(R"(      by: group("finance")
      need: 1
      self: to_manager
)"));
  instance.start("wang.fang");
  EXPECT_EQ(rejection_code(instance.decide_as("wang.fang", "approved")), ErrorCode::forbidden);
}

constexpr const char* kOwn = R"(workflow: own
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: review
    approve:
      by: '[person("zhang.wei"), person("sun.li")]'
      need: all
      self: RULE
  - end: approved
)";

std::shared_ptr<const Definition> own_request(const std::string& rule) {
  std::string text = kOwn;
  text.replace(text.find("RULE"), 4, rule);
  return load(text);
}

TEST(Rule07OwnRequest, IsTakenOffTheRosterOrGoesToTheManager) {
  Instance refused(own_request("refuse"));
  refused.start("zhang.wei");
  EXPECT_THAT(refused.asked(), ElementsAre("sun.li@review"));
  Instance managed(own_request("to_manager"));
  managed.start("zhang.wei");
  EXPECT_THAT(managed.asked(), ElementsAre("chen.jie@review", "sun.li@review"));
}

TEST(Rule07OwnRequest, IsRefusedThroughSomebodyElseToo) {
  Instance instance(own_request("refuse"));
  instance.start("zhang.wei");
  Decide decide;
  decide.item = instance.item("sun.li");
  decide.by = Actor{.kind = Actor::Kind::person,
                    .person = PersonId("sun.li"),
                    .channel = "api",
                    .on_behalf_of = PersonId("zhang.wei")};
  decide.outcome = "approved";
  const Outcome refused = instance.run(decide);
  EXPECT_EQ(rejection_code(refused), ErrorCode::forbidden);
  EXPECT_THAT(rejection(refused), HasSubstr("through somebody else"));
  decide.by.on_behalf_of = PersonId();
  EXPECT_TRUE(accepted(instance.run(decide)));
}

// A stand-in changed the request, handed it in, and approved it.
TEST(Rule07OwnRequest, WhoHandsARequestInForTheRequesterDoesNotApproveIt) {
  Instance instance(load_steps(R"(  - id: first
    approve:
      by: person("zhao.lei")
      return_to: [requester]
  - id: second
    approve:
      by: [person("sun.li"), person("chen.jie")]
      need: 1
  - end: approved
)"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "returned", "more")));
  instance.absences = Absences({away(1, "li.na", "sun.li")});
  ASSERT_TRUE(accepted(decide_for(instance, "li.na", "sun.li", "resubmitted")));
  EXPECT_EQ(instance.state().submitted_by, PersonId("sun.li"));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@second"));
  EXPECT_THAT(rejection(transfer(instance, "chen.jie", "sun.li")),
              HasSubstr("whoever has handed a request in does not approve it"));
  instance.absences = Absences({away(2, "chen.jie", "sun.li")});
  EXPECT_EQ(rejection_code(decide_for(instance, "chen.jie", "sun.li", "approved")), ErrorCode::forbidden);
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "returned", "more")));
  instance.absences = {};
  ASSERT_TRUE(accepted(instance.decide_as("li.na", "resubmitted")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@second", "sun.li@second"))
      << "whoever has handed it in last counts";
}

// A group whose only member had handed the request in was asked, and nobody could answer.
TEST(Rule07OwnRequest, AGroupOfWhoHandedItInAloneIsNobody) {
  Instance instance(load_steps(R"(  - id: first
    approve:
      by: person("zhao.lei")
      return_to: [requester]
  - id: second
    approve:
      by: group("legal")
      need: 1
      if_nobody: manager_up
  - end: approved
)"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "returned", "more")));
  instance.absences = Absences({away(1, "li.na", "sun.li")});
  ASSERT_TRUE(accepted(decide_for(instance, "li.na", "sun.li", "resubmitted")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@second"));
}

}  // namespace
}  // namespace countersign::testing::acts
