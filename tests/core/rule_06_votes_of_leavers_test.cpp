// Rule 6, where people have left: what is still needed, and what the votes that there are amount to. A
// departure decides nothing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/quorum.h"
#include "tests/core/leavers_fixture.h"

namespace countersign::testing::leavers {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Two seats' worth of the same people; how they are asked is what the tests differ in.
std::string approval_of(const std::string& people, const std::string& rules) {
  return approval("      by: '" + people + "'\n" + rules);
}

constexpr const char* kTwo = R"([person("sun.li"), person("wang.fang")])";
constexpr const char* kThree = R"([person("sun.li"), person("wang.fang"), person("zhao.lei")])";

void add(Instance& instance, const std::string& by, const std::string& who, AddedAs where) {
  ASSERT_TRUE(accepted(
      instance.run(AddApprover{instance.item(by), {}, {PersonId(who)}, where, person_acting(by), "please"})));
}

TEST(Rule06VotesOfLeavers, skip_passes_over_the_leaver_and_what_the_others_said_decides) {
  Instance instance(load(approval_of(kTwo, "      need: 1\n      if_nobody: skip\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "never")));
  EXPECT_EQ(instance.status(), "running");
  instance.directory = after_leaving(*instance.directory, {"wang.fang"});
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Rule06VotesOfLeavers, skip_ends_no_step_while_somebody_else_is_asked) {
  Instance instance(load(approval_of(kTwo, "      need: 2\n      if_nobody: skip\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(leave(instance, {"sun.li"}), ElementsAre("wang.fang@check"));
  EXPECT_EQ(instance.status(), "running");
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06VotesOfLeavers, skip_with_the_last_one_lets_the_approvals_of_the_others_stand) {
  Instance instance(load(approval_of(kThree, "      need: 34%\n      if_nobody: skip\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(leave(instance, {"zhao.lei"}), ElementsAre("wang.fang@check")) << "one more is waited for";
  instance.directory = after_leaving(*instance.directory, {"wang.fang"});
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_EQ(instance.status(), "approved");
  const StepResult& result = instance.state().results.at(instance.definition().find_step("check")->index);
  EXPECT_EQ(result.by.kind, Actor::Kind::policy);
}

// The same absence at the opening leaves the other group asked.
TEST(Rule06VotesOfLeavers, skip_passes_over_one_of_several_groups_and_the_other_is_asked_on) {
  const std::string seats = approval(
      "      seats:\n"
      "        legal: {by: group(\"legal\"), need: 1}\n"
      "        money: {by: '[person(\"wang.fang\"), person(\"zhao.lei\")]', need: 50%}\n"
      "      if_nobody: skip\n");
  Instance instance(load(seats));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(leave(instance, {"sun.li"}), ElementsAre("wang.fang@check", "zhao.lei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");

  Instance rejecting(load(seats));
  ASSERT_TRUE(accepted(rejecting.start("li.na")));
  ASSERT_TRUE(accepted(rejecting.decide_as("wang.fang", "rejected", "no")));
  EXPECT_THAT(leave(rejecting, {"sun.li"}), ElementsAre("zhao.lei@check"));
  ASSERT_TRUE(accepted(rejecting.decide_as("zhao.lei", "rejected", "no")));
  EXPECT_EQ(rejecting.status(), "rejected");

  Instance last(load(seats));
  ASSERT_TRUE(accepted(last.start("li.na")));
  ASSERT_TRUE(accepted(last.decide_as("sun.li", "approved")));
  EXPECT_THAT(leave(last, {"wang.fang"}), ElementsAre("zhao.lei@check"));
  leave(last, {"zhao.lei"});
  EXPECT_EQ(last.status(), "approved") << "nobody of the group has said a word, and the rule passes it over";
}

TEST(Rule06VotesOfLeavers, whom_one_more_is_waited_for_is_not_forgotten_with_the_next_who_leaves) {
  // 34% of three is two; of the two, and of the one that are left it would be the approval that there is.
  Instance instance(load(approval_of(kThree, "      need: 34%\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(leave(instance, {"zhao.lei"}), ElementsAre("wang.fang@check"));
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("admins@check"));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "rejected", "no way")));
  EXPECT_EQ(instance.status(), "rejected") << "a rejection approves nothing";
}

TEST(Rule06VotesOfLeavers, whom_one_more_is_waited_for_is_not_forgotten_with_an_addition) {
  Instance instance(load(approval_of(kThree, "      need: 34%\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  leave(instance, {"zhao.lei"});
  add(instance, "wang.fang", "qian.min", AddedAs::before);
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
  EXPECT_EQ(instance.status(), "running") << "whoever waited has not decided";
}

// A roster of a version that kept it only as a number.
TEST(Rule06VotesOfLeavers, whom_one_more_is_waited_for_is_seen_in_rosters_that_do_not_say_it) {
  Instance instance(load(approval_of(kThree, "      need: 34%\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  leave(instance, {"zhao.lei"});
  const Activation& activation = instance.state().activations.begin()->second;
  Roster old = activation.roster;
  EXPECT_EQ(old.at_least.at(""), 2U);
  old.at_least.clear();
  reseat(instance.definition().step(activation.step), old, [](std::vector<Seat>&) {});
  EXPECT_EQ(old.needed, 2U);
  EXPECT_EQ(old.at_least.at(""), 2U);
}

TEST(Rule06VotesOfLeavers, who_was_added_after_an_approval_does_not_make_it_hold_by_leaving) {
  Instance instance(load(approval_of(kTwo, "      need: 1\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  add(instance, "sun.li", "qian.min", AddedAs::after);
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check", "wang.fang@check"));
  EXPECT_THAT(leave(instance, {"qian.min"}), ElementsAre("admins@check", "wang.fang@check"));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

std::string late_in_turn(const std::string& to) {
  return leaving("  - id: check\n    approve:\n      by: '" + std::string(kTwo) +
                 "'\n      need: all\n      order: one_by_one\n"
                 "    escalate: {after: 1 business day, to: '" +
                 to + "', mode: replace}\n");
}

TEST(Rule06VotesOfLeavers, one_of_two_who_were_asked_for_somebody_late_leaves_and_the_seat_stays) {
  Instance instance(load(late_in_turn(R"([person("chen.jie"), person("zhao.lei")])")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.advance_to("2026-03-03T09:00:00Z");
  ASSERT_THAT(instance.asked(), ElementsAre("chen.jie@check", "zhao.lei@check"));
  EXPECT_THAT(leave(instance, {"chen.jie"}), ElementsAre("zhao.lei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_EQ(instance.status(), "running");
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// One was late still, and the other had nobody but the escalation.
TEST(Rule06VotesOfLeavers, whoever_took_back_an_answer_is_asked_when_the_one_asked_in_their_place_leaves) {
  Instance instance(load(leaving("  - id: check\n    approve:\n      by: '" + std::string(kTwo) +
                                 "'\n      need: all\n"
                                 "    escalate: {after: 1 business day, to: person(\"chen.jie\")}\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.advance_to("2026-03-03T09:00:00Z");
  const std::uint32_t theirs = instance.item("sun.li");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  ASSERT_TRUE(accepted(instance.run(TakeBack{theirs, person_acting("sun.li"), "the wrong one"})));
  ASSERT_THAT(instance.asked(), ElementsAre("chen.jie@check", "wang.fang@check"));
  EXPECT_THAT(leave(instance, {"chen.jie"}), ElementsAre("sun.li@check", "wang.fang@check"));
}

TEST(Rule06VotesOfLeavers, where_all_who_were_asked_for_somebody_late_leave_they_are_asked_themselves_again) {
  Instance instance(load(late_in_turn(R"([person("chen.jie"), person("zhao.lei")])")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.advance_to("2026-03-03T09:00:00Z");
  EXPECT_THAT(leave(instance, {"chen.jie", "zhao.lei"}), ElementsAre("sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));

  Instance both(load(late_in_turn(R"(person("chen.jie"))")));
  ASSERT_TRUE(accepted(both.start("li.na")));
  both.advance_to("2026-03-03T09:00:00Z");
  ASSERT_THAT(both.asked(), ElementsAre("chen.jie@check"));
  EXPECT_THAT(leave(both, {"chen.jie", "sun.li"}), ElementsAre("wang.fang@check"))
      << "the late one has left as well";
}

TEST(Rule06VotesOfLeavers, the_next_whose_limit_is_enough_takes_over_in_a_chain) {
  Instance instance(
      load(leaving("  - id: check\n    approve:\n"
                   "      by: managers_up_to(requester, 50000)\n      need: all\n")));
  const auto limits = [](Person& person) {
    if (person.id.value == "zhang.wei") person.approval_limit = Decimal::from_int(1000);
    if (person.id.value == "wang.fang") person.manager = PersonId("chen.jie");
    if (person.id.value == "zhang.wei") person.manager = PersonId("wang.fang");
    if (person.id.value == "wang.fang") person.approval_limit = Decimal::from_int(1'000'000);
    if (person.id.value == "chen.jie") person.approval_limit = Decimal::from_int(90'000'000);
  };
  instance.directory = after_leaving(*instance.directory, {}, limits);
  const auto before = instance.directory;
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_THAT(instance.asked(), ElementsAre("wang.fang@check", "zhang.wei@check"));
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("chen.jie@check", "zhang.wei@check"));

  Instance late(
      load(leaving("  - id: check\n    approve:\n"
                   "      by: managers_up_to(requester, 50000)\n      need: all\n")));
  late.directory = after_leaving(*before, {"wang.fang"});
  ASSERT_TRUE(accepted(late.start("li.na")));
  EXPECT_THAT(late.asked(), ElementsAre("chen.jie@check", "zhang.wei@check"));
}

// The request was refused, or stood still, over an expression that "cannot be evaluated".
TEST(Rule06VotesOfLeavers, a_chain_in_which_no_limit_is_enough_names_nobody) {
  const auto chain = [](const std::string& by, const std::string& nobody) {
    return load(leaving("  - id: check\n    approve:\n      by: " + by +
                        "\n      need: all\n      if_nobody: " + nobody + "\n"));
  };
  Instance asked(chain("managers_up_to(requester, 50000)", "{to: person(\"sun.li\")}"));
  ASSERT_TRUE(accepted(asked.start("li.na")));
  EXPECT_THAT(asked.asked(), ElementsAre("sun.li@check"));
  EXPECT_THAT(asked.state().activations.begin()->second.roster.seats.front().reason,
              HasSubstr("no manager of li.na may approve 50000"));

  Instance head(chain("managers_up_to(requester, 50000)", "admin"));
  ASSERT_TRUE(accepted(head.start("chen.jie")));
  EXPECT_THAT(head.asked(), ElementsAre("admins@check"));
  EXPECT_THAT(head.state().activations.begin()->second.roster.seats.front().reason,
              HasSubstr("there is no manager"));

  Instance beside(chain("'[person(\"wang.fang\"), managers_up_to(requester, 50000)[0]]'", "reject"));
  ASSERT_TRUE(accepted(beside.start("li.na")));
  EXPECT_EQ(beside.status(), "rejected") << "a part of them would pass for enough";
  Instance list(chain("[person(\"wang.fang\"), 'managers_up_to(requester, 50000)']", "reject"));
  ASSERT_TRUE(accepted(list.start("li.na")));
  EXPECT_EQ(list.status(), "rejected");

  Instance fails(chain("managers_up_to(requester, 50000)", "fail"));
  ASSERT_TRUE(accepted(fails.start("li.na")));
  EXPECT_THAT(incident_of(fails), HasSubstr("approval_limit is lower for zhang.wei, chen.jie"));
}

TEST(Rule06VotesOfLeavers, the_others_of_a_chain_do_not_go_on_without_its_end) {
  Instance instance(
      load(leaving("  - id: check\n    approve:\n"
                   "      by: managers_up_to(requester, 50000)\n      need: all\n")));
  const auto limits = [](Person& person) {
    if (person.id.value == "zhang.wei") person.approval_limit = Decimal::from_int(1000);
    if (person.id.value == "chen.jie") person.approval_limit = Decimal::from_int(90'000);
  };
  instance.directory = after_leaving(*instance.directory, {}, limits);
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_THAT(instance.asked(), ElementsAre("chen.jie@check", "zhang.wei@check"));
  EXPECT_THAT(leave(instance, {"chen.jie"}), ElementsAre("admins@check")) << "as at the first opening";
  ASSERT_TRUE(accepted(instance.decide_as("adm", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06VotesOfLeavers, nobody_is_asked_through_a_group_whose_members_have_all_decided) {
  Instance instance(load(approval_of(R"([person("adm"), person("wang.fang")])", "      need: all\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "approved")));
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("wang.fang@check"));
  EXPECT_THAT(incident_of(instance), HasSubstr("is on check already"));
}

TEST(Rule06VotesOfLeavers, an_approval_that_falls_when_its_person_has_left_is_asked_of_somebody_else) {
  Instance instance(load(approval_of(kTwo, "      need: all\n      edit: [note]\n      guards: [note]\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved", "", "{}", R"({"note": "one"})")));
  leave(instance, {"wang.fang"});
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved", "", "{}", R"({"note": "other"})")));
  EXPECT_THAT(instance.asked(), ElementsAre("admins@check"));
  EXPECT_THAT(instance.last_sends(), Contains("request admins"));
  EXPECT_THAT(instance.last_sends(), Not(Contains("request wang.fang")));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06VotesOfLeavers, an_approval_that_falls_when_its_person_has_left_may_end_the_step) {
  Instance instance(load(approval_of(
      kTwo, "      need: all\n      edit: [note]\n      guards: [note]\n      if_nobody: reject\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved", "", "{}", R"({"note": "one"})")));
  leave(instance, {"wang.fang"});
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved", "", "{}", R"({"note": "other"})")));
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Rule06VotesOfLeavers, an_opinion_goes_with_the_item_that_it_was_for) {
  Instance instance(load(approval_of(kTwo, "      need: all\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.run(Delegate{
      instance.item("sun.li"), {}, PersonId("qian.min"), person_acting("sun.li"), "what do you think?"})));
  ASSERT_THAT(instance.asked(), Contains("qian.min@check"));
  EXPECT_THAT(leave(instance, {"sun.li"}), ElementsAre("wang.fang@check"));
}

TEST(Rule06VotesOfLeavers, two_who_take_over_are_asked_one_after_the_other_where_the_step_asks_so) {
  Instance instance(
      load(approval_of(kTwo,
                       "      need: all\n      order: one_by_one\n"
                       "      if_nobody: {to: '[person(\"zhao.lei\"), person(\"qian.min\")]'}\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("zhao.lei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06VotesOfLeavers, a_task_that_skip_passes_over_is_done_by_the_others) {
  Instance instance(load(leaving(R"(  - id: hand_over
    task:
      for: person("sun.li")
      if_nobody: skip
      checklist:
        - {id: keys, text: Keys}
        - {id: books, text: Books, for: person("wang.fang")}
)")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("sun.li@hand_over"));
  EXPECT_EQ(instance.status(), "running");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "done")));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing::leavers
