// Rule 6: nobody to ask.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;

TEST(Rule06NobodyToAsk, SeveralEmptyStepsInARowEachApplyTheirOwnRule) {
  Instance instance(load(R"(workflow: empty
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: passed
    approve:
      by: group("left")
      need: 1
      if_nobody: skip
  - id: up
    approve:
      by: group("left")
      need: all
      if_nobody: manager_up
  - id: named
    approve:
      by: group("left")
      need: 1
      if_nobody: {to: person("sun.li")}
  - id: admin
    approve:
      by: group("left")
      need: 1
  - id: refused
    approve:
      by: group("left")
      need: 1
      if_nobody: reject
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_EQ(instance.outcome_of("passed"), "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@up"));
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@named"));
  instance.decide_as("sun.li", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("admins@admin"));
  instance.decide_as("adm", "approved");
  EXPECT_EQ(instance.status(), "rejected");
}

// There is a group 'admins' with a member: the requester, who may not be asked.
TEST(Rule06NobodyToAsk, SaysSoWhereWhoeverLooksAfterItMayNotBeAskedEither) {
  Instance instance(load_steps("  - id: manager\n    approve: {by: requester.manager}\n  - end: approved\n"));
  instance.start("adm");
  ASSERT_EQ(instance.state().activations.size(), 1U);
  EXPECT_EQ(
      instance.state().activations.begin()->second.incident,
      "nobody can be asked for manager, nor any of those who look after the workflow (its owner, or the "
      "group 'admins')");
}

TEST(Rule06NobodyToAsk, TheAdministratorsAreAskedByDefault) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("chen.jie");
  EXPECT_THAT(instance.asked(), ElementsAre("admins@manager"));
}

std::string two_of(const std::string& by, const std::string& rules) {
  return "workflow: t\nstart:\n  - form:\nstatuses: [approved, rejected]\nsteps:\n"
         "  - id: check\n    approve:\n      by: " +
         by + "\n      need: 2\n" + rules + "  - end: approved\n";
}

std::string incident_in(const Instance& instance) {
  for (const auto& [id, activation] : instance.state().activations) {
    if (!activation.incident.empty()) return activation.incident;
  }
  return {};
}

// As where somebody leaves while it is open (rule_06_leavers_test.cpp).
TEST(Rule06NobodyToAsk, WhereTooFewCanBeAskedTheRuleFillsUp) {
  const std::string one = R"('[person("sun.li"), person("he.left")]')";
  Instance admin(load(two_of(one, "")));
  ASSERT_TRUE(accepted(admin.start("li.na")));
  EXPECT_THAT(admin.asked(), ElementsAre("admins@check", "sun.li@check"));
  ASSERT_TRUE(accepted(admin.decide_as("adm", "approved")));
  EXPECT_EQ(admin.status(), "running");
  ASSERT_TRUE(accepted(admin.decide_as("sun.li", "approved")));
  EXPECT_EQ(admin.status(), "approved");

  Instance to(load(two_of(one, "      if_nobody: {to: group(\"finance\")}\n")));
  ASSERT_TRUE(accepted(to.start("li.na")));
  EXPECT_THAT(to.asked(), ElementsAre("finance@check", "sun.li@check"));

  Instance up(load(two_of(one, "      if_nobody: manager_up\n")));
  ASSERT_TRUE(accepted(up.start("li.na")));
  EXPECT_THAT(up.asked(), ElementsAre("sun.li@check", "zhang.wei@check"));

  Instance skip(load(two_of(one, "      if_nobody: skip\n")));
  ASSERT_TRUE(accepted(skip.start("li.na")));
  EXPECT_THAT(skip.asked(), ElementsAre("sun.li@check"));
  ASSERT_TRUE(accepted(skip.decide_as("sun.li", "approved")));
  EXPECT_EQ(skip.status(), "approved");

  Instance reject(load(two_of(one, "      if_nobody: reject\n")));
  ASSERT_TRUE(accepted(reject.start("li.na")));
  EXPECT_EQ(reject.status(), "rejected");

  Instance fail(load(two_of(one, "      if_nobody: fail\n")));
  ASSERT_TRUE(accepted(fail.start("li.na")));
  EXPECT_EQ(incident_in(fail), "check needs 2 approvals and only 1 can be asked");
}

TEST(Rule06NobodyToAsk, WhoFillsUpCountsOnce) {
  // The only administrator is asked already.
  Instance instance(load(two_of(R"('[person("adm"), person("he.left")]')", "")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.asked(), ::testing::IsEmpty());
  EXPECT_THAT(incident_in(instance),
              ::testing::HasSubstr("only 1 can be asked, those of if_nobody included"));

  // One group gives as many votes as it has people.
  Instance both(load(two_of(R"(person("he.left"))", "      if_nobody: {to: group(\"finance\")}\n")));
  ASSERT_TRUE(accepted(both.start("wang.fang")));
  EXPECT_THAT(both.asked(), ElementsAre("qian.min@check", "zhao.lei@check"));
}

TEST(Rule06NobodyToAsk, OneOfSeveralGroupsIsFilledUpByItself) {
  const auto seats = [](const std::string& rule) {
    return load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: check
    approve:
      seats:
        money: {by: '[person("wang.fang"), person("he.left")]', need: 2}
        law: {by: group("legal"), need: 1}
)" + rule + "  - end: approved\n");
  };
  Instance admin(seats(""));
  ASSERT_TRUE(accepted(admin.start("li.na")));
  EXPECT_THAT(admin.asked(), ElementsAre("adm@check", "sun.li@check", "wang.fang@check"));

  Instance skip(seats("      if_nobody: skip\n"));
  ASSERT_TRUE(accepted(skip.start("li.na")));
  EXPECT_THAT(skip.asked(), ElementsAre("sun.li@check", "wang.fang@check"));
  ASSERT_TRUE(accepted(skip.decide_as("wang.fang", "approved")));
  EXPECT_EQ(skip.status(), "running");
  ASSERT_TRUE(accepted(skip.decide_as("sun.li", "approved")));
  EXPECT_EQ(skip.status(), "approved");

  Instance reject(seats("      if_nobody: reject\n"));
  ASSERT_TRUE(accepted(reject.start("li.na")));
  EXPECT_EQ(reject.status(), "rejected");
}

}  // namespace
}  // namespace countersign::testing
