// Rule 6, nobody to ask, where people have left: their open work moves by the step's own rules.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/quorum.h"
#include "tests/core/absence_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string leaving(const std::string& steps) {
  return R"(workflow: leaving
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
)" + steps +
         "  - end: approved\n";
}

std::string approval(const std::string& rules) {
  return leaving("  - id: check\n    approve:\n" + rules);
}

std::vector<std::string> leave(Instance& instance, const std::vector<std::string>& who) {
  instance.directory = after_leaving(*instance.directory, who);
  EXPECT_TRUE(accepted(instance.run(DirectoryChanged{})));
  const std::vector<std::string> asked = instance.asked();
  EXPECT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_events(), IsEmpty()) << "the second time nothing is left to do";
  return asked;
}

std::string incident_of(const Instance& instance) {
  for (const auto& [id, activation] : instance.state().activations) {
    if (!activation.incident.empty()) return activation.incident;
  }
  return {};
}

TEST(Rule06Leavers, whom_the_same_expression_names_now_takes_over) {
  Instance instance(load(approval("      by: requester.manager\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.directory = after_leaving(*instance.directory, {"zhang.wei"}, [](Person& person) {
    if (person.id.value == "li.na") person.manager = PersonId("sun.li");
  });
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request sun.li"));
  EXPECT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06Leavers, the_last_one_s_work_goes_where_if_nobody_says) {
  Instance admin(load(approval("      by: requester.manager\n")));
  ASSERT_TRUE(accepted(admin.start("li.na")));
  EXPECT_THAT(leave(admin, {"zhang.wei"}), ElementsAre("admins@check"));

  Instance up(load(approval("      by: requester.manager\n      if_nobody: manager_up\n")));
  ASSERT_TRUE(accepted(up.start("li.na")));
  EXPECT_THAT(leave(up, {"zhang.wei"}), ElementsAre("chen.jie@check"));

  Instance to(load(approval("      by: requester.manager\n      if_nobody: {to: person(\"sun.li\")}\n")));
  ASSERT_TRUE(accepted(to.start("li.na")));
  EXPECT_THAT(leave(to, {"zhang.wei"}), ElementsAre("sun.li@check"));

  Instance reject(load(approval("      by: requester.manager\n      if_nobody: reject\n")));
  ASSERT_TRUE(accepted(reject.start("li.na")));
  leave(reject, {"zhang.wei"});
  EXPECT_EQ(reject.status(), "rejected");

  Instance skip(load(approval("      by: requester.manager\n      if_nobody: skip\n")));
  ASSERT_TRUE(accepted(skip.start("li.na")));
  leave(skip, {"zhang.wei"});
  EXPECT_EQ(skip.status(), "approved");
  const StepResult& result = skip.state().results.at(skip.definition().find_step("check")->index);
  EXPECT_EQ(result.by.kind, Actor::Kind::policy) << "never shown as an approval by a person";
  EXPECT_THAT(result.comment, HasSubstr("zhang.wei has left"));
}

// A requester whose line was deleted from the file stopped everybody who came after.
TEST(Rule06Leavers, a_requester_who_is_not_in_the_file_any_more_has_no_manager) {
  Instance instance(load(leaving(R"(  - id: first
    approve: {by: person("sun.li")}
  - id: second
    approve: {by: requester.manager}
)")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  std::vector<Person> people(instance.directory->people().begin(), instance.directory->people().end());
  std::vector<Group> groups(instance.directory->groups().begin(), instance.directory->groups().end());
  std::erase_if(people, [](const Person& person) { return person.id.value == "li.na"; });
  for (Group& group : groups) std::erase(group.members, PersonId("li.na"));
  instance.directory = *Directory::build(std::move(people), std::move(groups));
  EXPECT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("admins@second"));
}

TEST(Rule06Leavers, fail_stands_still_until_somebody_mends_the_directory_and_retries) {
  Instance instance(load(approval("      by: requester.manager\n      if_nobody: fail\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  leave(instance, {"zhang.wei"});
  EXPECT_THAT(incident_of(instance), HasSubstr("zhang.wei has left"));
  instance.directory = after_leaving(*instance.directory, {}, [](Person& person) {
    if (person.id.value == "li.na") person.manager = PersonId("sun.li");
  });
  const ActivationId standing = instance.state().activations.begin()->first;
  ASSERT_TRUE(accepted(instance.run(Retry{standing, person_acting("adm"), "a new manager"})));
  EXPECT_EQ(incident_of(instance), "");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
}

TEST(Rule06Leavers, several_who_leave_nobody_behind_are_one_incident) {
  Instance instance(load(approval(
      "      by: [person(\"sun.li\"), person(\"wang.fang\")]\n      need: all\n      if_nobody: fail\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  leave(instance, {"sun.li", "wang.fang"});  // looks twice: the second time nothing is new
  EXPECT_THAT(incident_of(instance), HasSubstr("sun.li has left"));
  EXPECT_THAT(incident_of(instance), HasSubstr("wang.fang has left"));
}

// Their turn came while nobody sat there, and whoever got the item then waited for ever.
TEST(Rule06Leavers, whoever_is_given_the_seat_of_a_leaver_whose_turn_it_is_is_asked) {
  Instance instance(load(approval(
      "      by: [person(\"sun.li\"), person(\"wang.fang\")]\n      need: 2\n      order: one_by_one\n"
      "      if_nobody: fail\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  const std::uint32_t theirs = instance.item("wang.fang");
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("sun.li@check"));
  EXPECT_THAT(incident_of(instance), HasSubstr("wang.fang has left"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), IsEmpty());
  const Actor admin{.kind = Actor::Kind::admin, .person = PersonId("adm")};
  ASSERT_TRUE(accepted(instance.run(Reassign{theirs, PersonId("qian.min"), admin, "wang.fang has left"})));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06Leavers, whoever_is_back_when_it_is_their_turn_is_asked_by_a_retry) {
  Instance instance(load(approval(
      "      by: [person(\"sun.li\"), person(\"wang.fang\")]\n      need: 2\n      order: one_by_one\n"
      "      if_nobody: fail\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  leave(instance, {"wang.fang"});
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), IsEmpty());
  instance.directory = after_leaving(*instance.directory, {}, [](Person& person) {
    if (person.id.value == "wang.fang") person.active = true;
  });
  const ActivationId standing = instance.state().activations.begin()->first;
  ASSERT_TRUE(accepted(instance.run(Retry{standing, person_acting("adm"), "she is back"})));
  EXPECT_EQ(incident_of(instance), "");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@check"));
}

TEST(Rule06Leavers, the_others_go_on_and_at_least_one_more_of_them_is_waited_for) {
  Instance instance(load(approval(
      "      by: [person(\"sun.li\"), person(\"wang.fang\"), person(\"chen.jie\")]\n      need: all\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(leave(instance, {"chen.jie"}), ElementsAre("wang.fang@check"));
  EXPECT_EQ(instance.status(), "running");
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06Leavers, a_departure_never_approves_by_itself) {
  // 50% of three is two; of the two that are left it would be the one that has approved already.
  Instance instance(load(approval(
      "      by: [person(\"sun.li\"), person(\"wang.fang\"), person(\"chen.jie\")]\n      need: 50%\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(leave(instance, {"chen.jie"}), ElementsAre("wang.fang@check"));
  EXPECT_EQ(instance.status(), "running");
  // The last one who was to answer leaves too: the votes so far do not decide, the rule for nobody does.
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("admins@check"));
  EXPECT_EQ(instance.status(), "running");
  ASSERT_TRUE(accepted(instance.decide_as("adm", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06Leavers, a_count_that_the_others_cannot_reach_is_filled_up_by_if_nobody) {
  Instance instance(load(approval("      by: [person(\"sun.li\"), person(\"wang.fang\")]\n      need: 2\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(leave(instance, {"sun.li"}), ElementsAre("admins@check", "wang.fang@check"));
}

TEST(Rule06Leavers, one_by_one_calls_up_the_next_and_keeps_the_order) {
  Instance instance(load(approval(
      "      by: [person(\"sun.li\"), person(\"wang.fang\"), person(\"chen.jie\")]\n      need: all\n"
      "      order: one_by_one\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("sun.li@check")) << "who waits can leave too";
  EXPECT_THAT(leave(instance, {"sun.li"}), ElementsAre("chen.jie@check"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

// Two who took over were asked at the same time.
TEST(Rule06Leavers, one_by_one_is_kept_where_if_nobody_names_two) {
  Instance instance(load(approval(
      "      by: [person(\"sun.li\"), person(\"wang.fang\")]\n      need: 2\n      order: one_by_one\n"
      "      if_nobody: {to: [person(\"chen.jie\"), person(\"qian.min\")]}\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(leave(instance, {"sun.li"}), ElementsAre("chen.jie@check"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@check"));
}

TEST(Rule06Leavers, a_group_that_lost_its_last_member_is_nobody) {
  Instance instance(load(approval("      by: group(\"legal\")\n      need: 1\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.asked(), ElementsAre("legal@check"));
  EXPECT_THAT(leave(instance, {"sun.li"}), ElementsAre("admins@check"));
}

TEST(Rule06Leavers, an_escalation_goes_on_in_place_of_the_new_one) {
  Instance instance(load(leaving(R"(  - id: check
    approve:
      by: person("wang.fang")
      if_nobody: {to: person("zhao.lei")}
    escalate:
      after: 1 business day
      to: person("chen.jie")
)")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.advance_to("2026-03-03T09:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@check", "wang.fang@check"));
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("chen.jie@check", "zhao.lei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06Leavers, the_requester_never_takes_over_an_approval) {
  Instance instance(load(approval("      by: person(\"sun.li\")\n      if_nobody: {to: requester}\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  leave(instance, {"sun.li"});
  EXPECT_THAT(incident_of(instance), HasSubstr("nobody approves a request of their own"));
}

TEST(Rule06Leavers, a_task_moves_with_its_checklist) {
  Instance instance(load(leaving(R"(  - id: hand_over
    task:
      for: person("sun.li")
      checklist:
        - {id: keys, text: Keys}
        - {id: books, text: Books, for: person("wang.fang")}
)")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  leave(instance, {"wang.fang"});
  ASSERT_NE(instance.item("adm"), 0U) << "nobody else would do the books";
  EXPECT_THAT(instance.state().items.at(instance.item("adm")).entries, Contains("books"));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "done")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "done")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06Leavers, a_request_goes_on_without_its_requester_and_their_manager_gets_the_form) {
  Instance instance(load(approval("      by: person(\"sun.li\")\n      return_to: [requester]\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(leave(instance, {"li.na"}), ElementsAre("sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "returned", "which one?")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("returned zhang.wei"));
  // The manager leaves while the form is with them.
  instance.directory = after_leaving(*instance.directory, {"zhang.wei"});
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_sends(), ElementsAre("returned chen.jie"));
  EXPECT_EQ(rejection_code(instance.run(Cancel{person_acting("zhang.wei"), ""})), ErrorCode::forbidden);
  ASSERT_TRUE(accepted(instance.decide_as("chen.jie", "resubmitted")));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@check"));
}

TEST(Rule06Leavers, whoever_has_the_form_of_a_leaver_may_end_the_request) {
  Instance instance(load(approval("      by: person(\"sun.li\")\n      return_to: [requester]\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "returned", "which one?")));
  leave(instance, {"li.na"});
  ASSERT_TRUE(accepted(instance.run(Cancel{person_acting("zhang.wei"), "nobody needs it"})));
  EXPECT_EQ(instance.status(), "cancelled");
}

// Whoever takes over answered at once, and the consent that the leaver had asked for was forgotten.
TEST(Rule06Leavers, whoever_takes_over_waits_for_those_whom_the_leaver_added_before) {
  Instance instance(load(approval("      by: requester.manager\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  const Actor manager{.kind = Actor::Kind::person, .person = PersonId("zhang.wei"), .channel = "api"};
  ASSERT_TRUE(accepted(instance.run(AddApprover{
      instance.item("zhang.wei"), {}, {PersonId("sun.li")}, AddedAs::before, manager, "she knows more"})));
  EXPECT_THAT(leave(instance, {"zhang.wei"}), ElementsAre("sun.li@check"));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("admins@check"));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

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

TEST(Rule06Leavers, skip_passes_over_the_leaver_and_what_the_others_said_decides) {
  Instance instance(load(approval_of(kTwo, "      need: 1\n      if_nobody: skip\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "never")));
  EXPECT_EQ(instance.status(), "running");
  instance.directory = after_leaving(*instance.directory, {"wang.fang"});
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Rule06Leavers, skip_ends_no_step_while_somebody_else_is_asked) {
  Instance instance(load(approval_of(kTwo, "      need: 2\n      if_nobody: skip\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(leave(instance, {"sun.li"}), ElementsAre("wang.fang@check"));
  EXPECT_EQ(instance.status(), "running");
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule06Leavers, skip_with_the_last_one_lets_the_approvals_of_the_others_stand) {
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
TEST(Rule06Leavers, skip_passes_over_one_of_several_groups_and_the_other_is_asked_on) {
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

TEST(Rule06Leavers, whom_one_more_is_waited_for_is_not_forgotten_with_the_next_who_leaves) {
  // 34% of three is two; of the two, and of the one that are left it would be the approval that there is.
  Instance instance(load(approval_of(kThree, "      need: 34%\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_THAT(leave(instance, {"zhao.lei"}), ElementsAre("wang.fang@check"));
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("admins@check"));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "rejected", "no way")));
  EXPECT_EQ(instance.status(), "rejected") << "a rejection approves nothing";
}

TEST(Rule06Leavers, whom_one_more_is_waited_for_is_not_forgotten_with_an_addition) {
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
TEST(Rule06Leavers, whom_one_more_is_waited_for_is_seen_in_rosters_that_do_not_say_it) {
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

TEST(Rule06Leavers, who_was_added_after_an_approval_does_not_make_it_hold_by_leaving) {
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

TEST(Rule06Leavers, one_of_two_who_were_asked_for_somebody_late_leaves_and_the_seat_stays) {
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
TEST(Rule06Leavers, whoever_took_back_an_answer_is_asked_when_the_one_asked_in_their_place_leaves) {
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

TEST(Rule06Leavers, where_all_who_were_asked_for_somebody_late_leave_they_are_asked_themselves_again) {
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

TEST(Rule06Leavers, the_next_whose_limit_is_enough_takes_over_in_a_chain) {
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
TEST(Rule06Leavers, a_chain_in_which_no_limit_is_enough_names_nobody) {
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

TEST(Rule06Leavers, the_others_of_a_chain_do_not_go_on_without_its_end) {
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
  EXPECT_THAT(leave(instance, {"chen.jie"}), ElementsAre("admins@check", "zhang.wei@check"));
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  EXPECT_EQ(instance.status(), "running");
}

TEST(Rule06Leavers, nobody_is_asked_through_a_group_whose_members_have_all_decided) {
  Instance instance(load(approval_of(R"([person("adm"), person("wang.fang")])", "      need: all\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("adm", "approved")));
  EXPECT_THAT(leave(instance, {"wang.fang"}), ElementsAre("wang.fang@check"));
  EXPECT_THAT(incident_of(instance), HasSubstr("is on check already"));
}

TEST(Rule06Leavers, an_approval_that_falls_when_its_person_has_left_is_asked_of_somebody_else) {
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

TEST(Rule06Leavers, an_approval_that_falls_when_its_person_has_left_may_end_the_step) {
  Instance instance(load(approval_of(
      kTwo, "      need: all\n      edit: [note]\n      guards: [note]\n      if_nobody: reject\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved", "", "{}", R"({"note": "one"})")));
  leave(instance, {"wang.fang"});
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved", "", "{}", R"({"note": "other"})")));
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Rule06Leavers, an_opinion_goes_with_the_item_that_it_was_for) {
  Instance instance(load(approval_of(kTwo, "      need: all\n")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.run(Delegate{
      instance.item("sun.li"), {}, PersonId("qian.min"), person_acting("sun.li"), "what do you think?"})));
  ASSERT_THAT(instance.asked(), Contains("qian.min@check"));
  EXPECT_THAT(leave(instance, {"sun.li"}), ElementsAre("wang.fang@check"));
}

TEST(Rule06Leavers, two_who_take_over_are_asked_one_after_the_other_where_the_step_asks_so) {
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

TEST(Rule06Leavers, a_task_that_skip_passes_over_is_done_by_the_others) {
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
}  // namespace countersign::testing
