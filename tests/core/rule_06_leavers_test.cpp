// Rule 6, nobody to ask, where people have left: their open work moves by the step's own rules.

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

// Deleting somebody's line, or the last line of a group in a table of people, stopped whatever named them.
TEST(Rule06Leavers, whoever_the_workflow_names_and_the_file_does_not_any_more_is_nobody) {
  const std::string rules = leaving(R"(  - id: first
    approve: {by: person("zhao.lei")}
  - id: second
    when: requester in group("legal") || requester in group("finance")
    approve: {by: person("zhao.lei")}
  - id: alone
    approve: {by: person("sun.li"), if_nobody: {to: person("qian.min")}}
  - id: both
    approve: {by: '[person("sun.li"), person("wang.fang")]', need: all}
  - id: desk
    approve: {by: group("legal"), need: 1, if_nobody: manager_up}
)");
  Instance instance(load(rules));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  std::vector<Person> people(instance.directory->people().begin(), instance.directory->people().end());
  std::vector<Group> groups(instance.directory->groups().begin(), instance.directory->groups().end());
  std::erase_if(people, [](const Person& person) { return person.id.value == "sun.li"; });
  std::erase_if(groups, [](const Group& group) { return group.id == "legal"; });
  for (Group& group : groups) std::erase(group.members, PersonId("sun.li"));
  instance.directory = *Directory::build(std::move(people), std::move(groups));
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@alone"));
  ASSERT_TRUE(accepted(instance.decide_as("qian.min", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@both"));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "approved")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@desk"));
  EXPECT_EQ(incident_of(instance), "");
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

// Not only inactive: whoever is taken off the file is nobody whom a form could name.
std::shared_ptr<const Directory> without(const Directory& before, const std::string& who) {
  std::vector<Person> people(before.people().begin(), before.people().end());
  std::erase_if(people, [&](const Person& person) { return person.id.value == who; });
  std::vector<Group> groups(before.groups().begin(), before.groups().end());
  for (Group& group : groups) std::erase(group.members, PersonId(who));
  return *Directory::build(std::move(people), std::move(groups));
}

const std::string kBeside = leaving(R"(  - id: both
    parallel:
      branches:
        a:
          - id: one
            approve: {by: person(form.note)}
        b:
          - id: two
            approve:
              by: person("zhang.wei")
              if_nobody: {to: person("qian.min")}
)") + "on_event:\n  crm.answered:\n    - task: {for: person(form.note)}\n";

constexpr const char* kNamed = R"({"note": "sun.li"})";

ActivationId open_at(const Instance& instance, const std::string& step) {
  for (const auto& [id, activation] : instance.state().activations) {
    if (instance.definition().step(activation.step).name == step) return id;
  }
  return ActivationId();
}
std::string incident_at(const Instance& instance, const std::string& step) {
  return instance.state().activations.at(open_at(instance, step)).incident;
}

// One expression that failed kept the work of everybody else where it was, and the incident stood elsewhere.
TEST(Rule06Leavers, an_expression_that_fails_is_an_incident_of_its_own_step_and_others_move_on) {
  Instance instance(load(kBeside));
  ASSERT_TRUE(accepted(instance.start("li.na", kNamed)));
  instance.directory = without(*after_leaving(*instance.directory, {"zhang.wei"}), "sun.li");
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(incident_at(instance, "one"), HasSubstr("sun.li"));
  EXPECT_EQ(incident_at(instance, "both"), "");
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@two", "sun.li@one"));
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_events(), IsEmpty()) << "it is said once";
}

TEST(Rule06Leavers, a_retry_that_mends_nothing_says_so_and_leaves_the_incident) {
  Instance instance(load(kBeside));
  ASSERT_TRUE(accepted(instance.start("li.na", kNamed)));
  const auto with_everybody = instance.directory;
  instance.directory = without(*instance.directory, "sun.li");
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  const Retry retry{open_at(instance, "one"), person_acting("adm"), "again"};
  EXPECT_THAT(rejection(instance.run(retry)), HasSubstr("retry has mended nothing"));
  EXPECT_THAT(incident_at(instance, "one"), HasSubstr("sun.li"));
  instance.directory = after_leaving(*with_everybody, {"sun.li"});
  ASSERT_TRUE(accepted(instance.run(retry)));
  EXPECT_EQ(incident_at(instance, "one"), "");
  EXPECT_THAT(instance.asked(), ElementsAre("admins@one", "zhang.wei@two"));
}

TEST(Rule06Leavers, a_retry_of_the_block_around_a_step_moves_its_work_on) {
  Instance instance(load(kBeside));
  ASSERT_TRUE(accepted(instance.start("li.na", kNamed)));
  instance.directory = without(*after_leaving(*instance.directory, {"zhang.wei"}), "sun.li");
  instance.run(DeliverEvent{"crm", "answered", "d1", cel::Value::map({})});
  ASSERT_THAT(incident_at(instance, "both"), HasSubstr("sun.li"));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@one", "zhang.wei@two"));
  ASSERT_TRUE(accepted(instance.run(Retry{open_at(instance, "both"), person_acting("adm"), "again"})));
  EXPECT_THAT(instance.asked(), ElementsAre("qian.min@two", "sun.li@one"));
  EXPECT_EQ(incident_at(instance, "both"), "");
  EXPECT_THAT(incident_at(instance, "one"), HasSubstr("sun.li")) << "where it belongs";
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

}  // namespace
}  // namespace countersign::testing::leavers
