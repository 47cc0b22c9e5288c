// Rule 9: transfer (it is theirs now) and delegate (they give an opinion).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/acts_fixture.h"

namespace countersign::testing::acts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kManager = "      by: requester.manager\n";
constexpr const char* kBoth = R"(      by:
        - person("wang.fang")
        - person("sun.li")
      need: all
)";

TEST(Rule09Transfer, ItIsTheOthersNowAndTheRecordNamesAllThree) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  const std::uint32_t before = instance.item("zhang.wei");
  ASSERT_TRUE(accepted(transfer(instance, "zhang.wei", "sun.li")));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request sun.li"));
  const std::uint32_t after = instance.item("sun.li");
  EXPECT_NE(after, before);
  EXPECT_EQ(instance.state().items.at(after).transferred_by, PersonId("zhang.wei"));
  bool is_closed = false;
  for (const Event& event : instance.events()) {
    const auto* changed = std::get_if<ItemChanged>(&event.body);
    if (changed == nullptr || changed->item != before) continue;
    is_closed = true;
    EXPECT_EQ(changed->status, ItemStatus::reassigned);
    EXPECT_EQ(changed->by.person, PersonId("zhang.wei"));
    EXPECT_EQ(changed->comment, "please");
  }
  EXPECT_TRUE(is_closed);
  EXPECT_EQ(
      rejection_code(instance.run(Decide{before, {}, person("zhang.wei"), "approved", {}, {}, {}, {}, {}})),
      ErrorCode::conflict)
      << "it is closed for whoever gave it away";
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule09Transfer, IsRefusedToWhoeverMustNotOrCannotBeAsked) {
  Instance instance(approval(kBoth));
  instance.start("li.na");
  const struct {
    const char* to;
    ErrorCode code;
    const char* why;
  } cases[] = {{"wang.fang", ErrorCode::invalid_input, "nobody transfers to themselves"},
               {"sun.li", ErrorCode::conflict, "on this step already"},
               {"li.na", ErrorCode::forbidden, "nobody approves a request of their own"},
               {"he.left", ErrorCode::invalid_input, "not an active person"},
               {"nobody", ErrorCode::invalid_input, "not an active person"},
               {"guest:a@example.com:Anna", ErrorCode::forbidden, "guests"}};
  for (const auto& [to, code, why] : cases) {
    const Outcome outcome = transfer(instance, "wang.fang", to);
    EXPECT_EQ(rejection_code(outcome), code) << to;
    EXPECT_THAT(rejection(outcome), HasSubstr(why)) << to;
  }
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check", "wang.fang@check"));
}

TEST(Rule09Transfer, IsRefusedToSomebodyWhoHasDecidedInTheStep) {
  Instance instance(approval(kBoth));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(rejection_code(transfer(instance, "wang.fang", "sun.li")), ErrorCode::conflict);
}

TEST(Rule09Transfer, IsRefusedToAnybodyElseAndWithAStaleVersion) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  const std::uint32_t item = instance.item("zhang.wei");
  EXPECT_EQ(rejection_code(instance.run(Transfer{item, {}, PersonId("sun.li"), person("qian.min"), ""})),
            ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(instance.run(Transfer{item, 9, PersonId("sun.li"), person("zhang.wei"), ""})),
            ErrorCode::conflict);
  EXPECT_EQ(rejection_code(instance.run(Transfer{99, {}, PersonId("sun.li"), person("zhang.wei"), ""})),
            ErrorCode::conflict);
}

TEST(Rule09Transfer, GoesOnAndBackAgain) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(transfer(instance, "zhang.wei", "sun.li")));
  ASSERT_TRUE(accepted(transfer(instance, "sun.li", "zhang.wei")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
}

TEST(Rule09Transfer, KeepsThePlaceInTheOrder) {
  Instance instance(approval(R"(      by:
        - person("wang.fang")
        - person("sun.li")
        - person("chen.jie")
      need: all
      order: one_by_one
)"));
  instance.start("li.na");
  ASSERT_TRUE(
      accepted(instance.run(Reassign{instance.item("sun.li"), PersonId("qian.min"), admin(), "leave"})));
  ASSERT_TRUE(accepted(transfer(instance, "wang.fang", "zhao.lei")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"))
      << "whoever stands second, whatever the number";
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check"));
}

TEST(Rule09Transfer, OfAGroupsItemMayGoToAMemberAndIsNobodyElsesThen) {
  Instance instance(approval("      by: group(\"finance\")\n      need: 1\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(transfer(instance, "wang.fang", "zhao.lei")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@check"));
  EXPECT_EQ(instance.item("qian.min"), 0U);
}

TEST(Rule09Transfer, OfARevisionIsRefused) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "returned", "more")));
  EXPECT_EQ(rejection_code(transfer(instance, "li.na", "sun.li")), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(delegate(instance, "li.na", "sun.li")), ErrorCode::forbidden);
}

TEST(Rule09Transfer, MovesTheRemindersAndSurvivesADeadline) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected, expired]
steps:
  - id: check
    approve:
      by: requester.manager
    deadline: 3 business days
    remind:
      - {after: 1 business day}
    on:
      timeout: {end: expired}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(transfer(instance, "zhang.wei", "sun.li")));
  instance.advance_to("2026-03-03T12:00:00Z");
  EXPECT_THAT(instance.last_sends(), ElementsAre("reminder sun.li"));
  instance.advance_to("2026-03-06T12:00:00Z");
  EXPECT_EQ(instance.status(), "expired");
}

TEST(Rule09Transfer, OfATaskToItsRequesterIsAllowed) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved]
steps:
  - id: pack
    task:
      for: person("sun.li")
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(transfer(instance, "sun.li", "li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("li.na", "done")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule09Delegate, TheOthersOpinionCountsNowhereAndTheItemStaysMine) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  const std::uint32_t mine = instance.item("zhang.wei");
  const std::uint32_t version = instance.state().items.at(mine).version;
  ASSERT_TRUE(accepted(delegate(instance, "zhang.wei", "sun.li")));
  EXPECT_GT(instance.state().items.at(mine).version, version);
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check", "zhang.wei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "too dear")));
  EXPECT_EQ(instance.status(), "running") << "an opinion rejects nothing";
  EXPECT_FALSE(instance.state().first_decision);
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@check"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("advice zhang.wei"));
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule09Delegate, DecidingFirstMakesTheOpinionNeedless) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(delegate(instance, "zhang.wei", "sun.li")));
  const std::uint32_t opinion = instance.item("sun.li");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  for (const Event& event : instance.events()) {
    const auto* changed = std::get_if<ItemChanged>(&event.body);
    if (changed != nullptr && changed->item == opinion) {
      EXPECT_EQ(changed->status, ItemStatus::superseded);
    }
  }
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule09Delegate, GoesOneDeep) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(delegate(instance, "zhang.wei", "sun.li")));
  EXPECT_EQ(rejection_code(delegate(instance, "sun.li", "chen.jie")), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(transfer(instance, "sun.li", "chen.jie")), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(add(instance, "sun.li", AddedAs::before, {"chen.jie"})), ErrorCode::forbidden);
}

TEST(Rule09Delegate, AnOpinionOnMyOwnRequestIsRefused) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(delegate(instance, "zhang.wei", "li.na")), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(delegate(instance, "zhang.wei", "zhang.wei")), ErrorCode::invalid_input);
}

TEST(Rule09Delegate, AnOpinionIsNoReturnAndChangesNothing) {
  Instance instance(approval(std::string(kManager) + "      edit: [note]\n"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(delegate(instance, "zhang.wei", "sun.li")));
  EXPECT_EQ(rejection_code(instance.decide_as("sun.li", "returned", "no")), ErrorCode::invalid_input);
  EXPECT_EQ(rejection_code(instance.decide_as("sun.li", "approved", "", "{}", R"({"note": "x"})")),
            ErrorCode::invalid_input);
  EXPECT_THAT(rejection(instance.decide_as("sun.li", "maybe")), HasSubstr("approved, rejected"));
}

TEST(Rule09Delegate, ATransferAndAnEscalationEndTheOpinion) {
  Instance instance(approval(kManager));
  instance.start("li.na");
  ASSERT_TRUE(accepted(delegate(instance, "zhang.wei", "sun.li")));
  ASSERT_TRUE(accepted(transfer(instance, "zhang.wei", "chen.jie")));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check"));
}

TEST(Rule09Delegate, AnOpinionDoesNotHoldUpATask) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved]
steps:
  - id: pack
    task:
      for: person("sun.li")
      checklist:
        - {id: a, text: A}
        - {id: b, text: B, for: person("zhao.lei")}
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(delegate(instance, "sun.li", "qian.min")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "done")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "done")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule09May, AListNamesWhatIsAllowedAndAnEmptyOneForbidsAll) {
  Instance some(approval(std::string(kManager) + "      may: [transfer]\n"));
  some.start("li.na");
  EXPECT_THAT(rejection(delegate(some, "zhang.wei", "sun.li")), HasSubstr("may"));
  EXPECT_EQ(rejection_code(add(some, "zhang.wei", AddedAs::after, {"sun.li"})), ErrorCode::forbidden);
  EXPECT_TRUE(accepted(transfer(some, "zhang.wei", "sun.li")));

  Instance none(approval(std::string(kManager) + "      may: []\n"));
  none.start("li.na");
  EXPECT_EQ(rejection_code(transfer(none, "zhang.wei", "sun.li")), ErrorCode::forbidden);
  EXPECT_TRUE(accepted(none.run(Reassign{none.item("zhang.wei"), PersonId("sun.li"), admin(), "leave"})))
      << "an administrator's act is none of the approver's";
}

TEST(Rule09Gates, OnlyBindsWhoeverIsAskedInstead) {
  Instance instance(load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected]
stages: [one]
steps:
  - gates:
      - stage: one
        only: group("finance")
        steps:
          - id: check
            approve:
              by: person("wang.fang")
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(transfer(instance, "wang.fang", "sun.li")), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(delegate(instance, "wang.fang", "sun.li")), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(add(instance, "wang.fang", AddedAs::before, {"sun.li"})), ErrorCode::forbidden);
  EXPECT_TRUE(accepted(transfer(instance, "wang.fang", "zhao.lei")));
}

}  // namespace
}  // namespace countersign::testing::acts
