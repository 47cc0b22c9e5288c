// Rule 9, stand-ins: dated, scoped, for open items too, never in a chain, and nobody counts twice.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stand_in.h"
#include "tests/core/absence_fixture.h"
#include "tests/core/acts_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kTravel = R"(workflow: travel
start:
  - form:
form:
  amount: {type: money, currency: CNY}
statuses: [approved, rejected]
)";

std::string travel(const std::string& steps) {
  return kTravel + std::string("steps:\n") + steps + "  - end: approved\n";
}

const std::string kByManager = travel(R"(  - id: manager
    approve:
      by: requester.manager
    remind:
      - {after: 1 business day, every: 1 business day, at_most: 3}
)");

const std::string kAllOfThree = travel(R"(  - id: board
    approve:
      by: [person("sun.li"), person("wang.fang"), person("chen.jie")]
      need: all
)");

TEST(Rule09StandIn, decides_in_place_of_the_absent_person_and_is_recorded_so) {
  Instance instance(load(kByManager));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei", "request sun.li"));
  ASSERT_TRUE(accepted(decide_for(instance, "zhang.wei", "sun.li", "approved")));
  EXPECT_EQ(instance.status(), "approved");
  const StepResult& result = instance.state().results.at(instance.definition().find_step("manager")->index);
  EXPECT_EQ(result.by.person, PersonId("sun.li"));
  EXPECT_EQ(result.by.on_behalf_of, PersonId("zhang.wei"));
}

// A transfer by a stand-in looked like one by whoever was asked.
TEST(Rule09StandIn, transfers_in_place_of_the_absent_person_and_is_recorded_so) {
  Instance instance(load(kByManager));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(instance.run(
      Transfer{instance.item("zhang.wei"), {}, PersonId("chen.jie"), person_acting("sun.li"), "please"})));
  const auto closed = std::ranges::find_if(instance.events(), [](const Event& event) {
    const auto* changed = std::get_if<ItemChanged>(&event.body);
    return changed != nullptr && changed->act == ItemAct::reassign;
  });
  ASSERT_NE(closed, instance.events().end());
  EXPECT_EQ(std::get<ItemChanged>(closed->body).by.on_behalf_of, PersonId("zhang.wei"));
}

// Who did it and in whose place, of every act that one may see in the log.
std::vector<std::string> doers(const Instance& instance, ItemAct act) {
  std::vector<std::string> found;
  for (const Event& event : instance.events()) {
    const auto* changed = std::get_if<ItemChanged>(&event.body);
    if (changed != nullptr && changed->act == act)
      found.push_back(changed->by.person.value + " for " + changed->by.on_behalf_of.value);
  }
  return found;
}

TEST(Rule09StandIn, asks_others_in_place_of_the_absent_person_and_is_recorded_so) {
  Instance instance(load(kByManager));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  const std::uint32_t item = instance.item("zhang.wei");
  ASSERT_TRUE(accepted(
      instance.run(Delegate{item, {}, PersonId("chen.jie"), person_acting("sun.li"), "what do you think?"})));
  ASSERT_TRUE(accepted(instance.run(AddApprover{
      item, {}, {PersonId("wang.fang")}, AddedAs::after, person_acting("sun.li"), "knows more"})));
  EXPECT_THAT(doers(instance, ItemAct::involve), ElementsAre("sun.li for zhang.wei", "sun.li for zhang.wei"));
  EXPECT_EQ(instance.state().items.at(instance.item("wang.fang")).added_by, PersonId("zhang.wei"));
  EXPECT_EQ(instance.state().items.at(instance.item("chen.jie")).added_by, PersonId("zhang.wei"));
}

// Whom a stand-in had added only the stand-in could take off again, even long after.
TEST(Rule09StandIn, whom_they_added_is_taken_off_by_whose_place_it_was_and_by_them_while_they_stand_in) {
  Instance instance(load(kByManager));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  const auto add = [&](const std::string& who) {
    return instance.run(AddApprover{
        instance.item("zhang.wei"), {}, {PersonId(who)}, AddedAs::beside, person_acting("sun.li"), ""});
  };
  const auto take_off = [&](const std::string& by, const std::string& who) {
    return instance.run(RemoveApprover{instance.item(who), {}, person_acting(by), ""});
  };
  ASSERT_TRUE(accepted(add("wang.fang")));
  ASSERT_TRUE(accepted(add("chen.jie")));
  ASSERT_TRUE(accepted(take_off("sun.li", "wang.fang")));
  EXPECT_THAT(doers(instance, ItemAct::remove), ElementsAre("sun.li for zhang.wei"));
  instance.absences = Absences();
  EXPECT_EQ(rejection_code(take_off("sun.li", "chen.jie")), ErrorCode::forbidden);
  ASSERT_TRUE(accepted(take_off("zhang.wei", "chen.jie")));
  EXPECT_THAT(doers(instance, ItemAct::remove), ElementsAre("sun.li for zhang.wei", "zhang.wei for "));
}

TEST(Rule09StandIn, the_absent_person_may_still_decide_by_themselves) {
  Instance instance(load(kByManager));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  ASSERT_TRUE(accepted(decide_for(instance, "zhang.wei", "zhang.wei", "approved")));
  const StepResult& result = instance.state().results.at(instance.definition().find_step("manager")->index);
  EXPECT_EQ(result.by.on_behalf_of, PersonId());
}

TEST(Rule09StandIn, nobody_claims_to_act_for_another_by_saying_so) {
  Instance instance(load(kByManager));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  Decide command;
  command.item = instance.item("zhang.wei");
  command.outcome = "approved";
  command.by = person_acting("sun.li");
  command.by.on_behalf_of = PersonId("zhang.wei");
  EXPECT_EQ(rejection_code(instance.run(command)), ErrorCode::forbidden);
  command.by = person_acting("zhang.wei");
  command.by.on_behalf_of = PersonId("chen.jie");
  ASSERT_TRUE(accepted(instance.run(command)));
  const StepResult& result = instance.state().results.at(instance.definition().find_step("manager")->index);
  EXPECT_EQ(result.by.on_behalf_of, PersonId()) << "the caller's claim is not recorded";
}

TEST(Rule09StandIn, holds_from_the_first_moment_until_the_last_only) {
  Instance instance(load(kByManager));
  instance.absences =
      Absences({away(1, "zhang.wei", "sun.li", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei"));
  EXPECT_EQ(rejection_code(decide_for(instance, "zhang.wei", "sun.li", "approved")), ErrorCode::forbidden);
  instance.jump_to("2026-03-04T00:00:00Z");
  EXPECT_EQ(rejection_code(decide_for(instance, "zhang.wei", "sun.li", "approved")), ErrorCode::forbidden);
  instance.jump_to("2026-03-03T00:00:00Z");
  EXPECT_TRUE(accepted(decide_for(instance, "zhang.wei", "sun.li", "approved")));
}

TEST(Rule09StandIn, is_told_of_items_that_are_open_when_the_absence_begins_and_only_once) {
  Instance instance(load(kByManager));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_events(), ElementsAre("stand_in_asked"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request sun.li"));
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_events(), IsEmpty());
  EXPECT_THAT(instance.last_sends(), IsEmpty());
}

TEST(Rule09StandIn, is_told_when_the_person_is_back_and_asked_anew_by_the_next_absence) {
  Instance instance(load(kByManager));
  instance.absences =
      Absences({away(1, "zhang.wei", "sun.li", "2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.jump_to("2026-03-04T00:00:00Z");
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_events(), ElementsAre("stand_in_relieved"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("relieved sun.li"));
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_events(), IsEmpty()) << "once";
  instance.absences =
      Absences({away(2, "zhang.wei", "sun.li", "2026-03-04T00:00:00Z", "2026-03-06T00:00:00Z")});
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request sun.li"));
}

TEST(Rule09StandIn, is_relieved_without_a_word_where_the_workflow_tells_nobody) {
  Instance instance(load(kByManager + std::string("tell_settled: never\n")));
  instance.absences =
      Absences({away(1, "zhang.wei", "sun.li", "2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.jump_to("2026-03-04T00:00:00Z");
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_events(), ElementsAre("stand_in_relieved"));
  EXPECT_THAT(instance.last_sends(), IsEmpty());
}

TEST(Rule09StandIn, gets_the_reminders_while_the_person_is_away_and_they_get_them_afterwards) {
  Instance instance(load(kByManager));
  instance.absences =
      Absences({away(1, "zhang.wei", "sun.li", "2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.advance_to("2026-03-03T09:00:00Z");
  EXPECT_THAT(instance.last_sends(), ElementsAre("reminder sun.li"));
  instance.advance_to("2026-03-04T09:00:00Z");
  EXPECT_THAT(instance.last_sends(), ElementsAre("reminder zhang.wei", "relieved sun.li"));
}

TEST(Rule09StandIn, does_not_cascade) {
  Instance instance(load(kByManager));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li"), away(2, "sun.li", "wang.fang")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei", "request sun.li"));
  EXPECT_EQ(rejection_code(decide_for(instance, "zhang.wei", "wang.fang", "approved")), ErrorCode::forbidden);
  EXPECT_TRUE(accepted(decide_for(instance, "zhang.wei", "sun.li", "approved")));
}

TEST(Rule09StandIn, is_never_the_requester_of_an_approval) {
  Instance instance(load(kByManager));
  instance.absences = Absences({away(1, "zhang.wei", "li.na")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei"));
  EXPECT_EQ(rejection_code(decide_for(instance, "zhang.wei", "li.na", "approved")), ErrorCode::forbidden);
}

TEST(Rule09StandIn, is_nobody_who_is_on_the_step_already_and_the_explanation_says_so) {
  Instance instance(load(kAllOfThree));
  instance.absences = Absences({away(1, "sun.li", "wang.fang")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_EQ(rejection_code(decide_for(instance, "sun.li", "wang.fang", "approved")), ErrorCode::forbidden);
  ASSERT_TRUE(accepted(decide_for(instance, "wang.fang", "wang.fang", "approved")));
  EXPECT_EQ(rejection_code(decide_for(instance, "sun.li", "wang.fang", "approved")), ErrorCode::forbidden)
      << "nor after they have decided";
  std::vector<std::string> why_not;
  const StandInView view{instance.definition(), *instance.directory, instance.absences, instance.state(),
                         instance.now()};
  EXPECT_THAT(stand_ins_of(view, instance.state().items.at(instance.item("sun.li")), &why_not), IsEmpty());
  ASSERT_THAT(why_not,
              ElementsAre(HasSubstr("sun.li is away, and nobody stands in: wang.fang is on this step")));
}

TEST(Rule09StandIn, of_two_people_on_one_step_counts_once) {
  Instance instance(load(kAllOfThree));
  instance.absences = Absences({away(1, "sun.li", "zhao.lei"), away(2, "chen.jie", "zhao.lei")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  const Outcome first = decide_for(instance, "sun.li", "zhao.lei", "approved");
  ASSERT_TRUE(accepted(first)) << rejection(first);
  EXPECT_EQ(rejection_code(decide_for(instance, "chen.jie", "zhao.lei", "approved")), ErrorCode::forbidden);
  EXPECT_EQ(instance.status(), "running");
}

TEST(Rule09StandIn, acts_within_the_workflows_and_amounts_of_the_scope_only) {
  RecordedAbsence scoped = away(1, "zhang.wei", "sun.li");
  scoped.absence.up_to = *parse_amount_limit("1000 CNY");
  Instance small(load(kByManager));
  small.absences = Absences({scoped});
  ASSERT_TRUE(accepted(small.start("li.na", R"({"amount": "1000"})")));
  EXPECT_THAT(small.last_sends(), ElementsAre("request zhang.wei", "request sun.li"));
  Instance large(load(kByManager));
  large.absences = Absences({scoped});
  ASSERT_TRUE(accepted(large.start("li.na", R"({"amount": "1000.01"})")));
  EXPECT_THAT(large.last_sends(), ElementsAre("request zhang.wei"));
  EXPECT_EQ(rejection_code(decide_for(large, "zhang.wei", "sun.li", "approved")), ErrorCode::forbidden);
  scoped.absence.up_to = *parse_amount_limit("5000 EUR");
  large.absences = Absences({scoped});
  EXPECT_EQ(rejection_code(decide_for(large, "zhang.wei", "sun.li", "approved")), ErrorCode::forbidden)
      << "amounts of another currency are not covered";
  scoped.absence.up_to.reset();
  scoped.absence.workflows = {WorkflowId("contract-review")};
  large.absences = Absences({scoped});
  EXPECT_EQ(rejection_code(decide_for(large, "zhang.wei", "sun.li", "approved")), ErrorCode::forbidden);
  scoped.absence.workflows = {WorkflowId("contract-review"), WorkflowId("travel")};
  large.absences = Absences({scoped});
  EXPECT_TRUE(accepted(decide_for(large, "zhang.wei", "sun.li", "approved")));
}

const std::string kTwoWhoMayEdit = travel(R"(  - id: check
    approve:
      by: [person("zhang.wei"), person("wang.fang")]
      need: all
      edit: [amount]
)");

// Nobody was told where it was not an absence that made them stand in.
TEST(Rule09StandIn, is_told_when_the_form_comes_into_the_scope_and_when_it_falls_out_of_it) {
  RecordedAbsence scoped = away(1, "zhang.wei", "sun.li");
  scoped.absence.up_to = *parse_amount_limit("1000 CNY");
  Instance falls(load(kTwoWhoMayEdit));
  falls.absences = Absences({scoped});
  ASSERT_TRUE(accepted(falls.start("li.na", R"({"amount": "5000"})")));
  ASSERT_TRUE(accepted(falls.decide_as("wang.fang", "approved", "", "{}", R"({"amount": "500"})")));
  EXPECT_THAT(falls.last_sends(), ElementsAre("request sun.li"));
  Instance rises(load(kTwoWhoMayEdit));
  rises.absences = Absences({scoped});
  ASSERT_TRUE(accepted(rises.start("li.na", R"({"amount": "500"})")));
  ASSERT_TRUE(accepted(rises.decide_as("wang.fang", "approved", "", "{}", R"({"amount": "5000"})")));
  EXPECT_THAT(rises.last_sends(), ElementsAre("relieved sun.li"));
  ASSERT_TRUE(accepted(rises.run(DirectoryChanged{})));
  EXPECT_THAT(rises.last_events(), IsEmpty()) << "once";
}

TEST(Rule09StandIn, is_told_when_nothing_of_their_own_is_left_to_do_on_the_step) {
  Instance instance(load(kTwoWhoMayEdit));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"amount": "500"})")));
  ASSERT_TRUE(accepted(acts::transfer(instance, "wang.fang", "sun.li")));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_sends(), IsEmpty()) << "they are on the step, and nobody counts twice";
  ASSERT_TRUE(accepted(acts::transfer(instance, "sun.li", "chen.jie")));
  EXPECT_THAT(instance.last_sends(), ::testing::Contains("request sun.li"));
}

TEST(Rule09StandIn, is_told_though_their_opinion_was_asked_for) {
  Instance instance(load(kTwoWhoMayEdit));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"amount": "500"})")));
  ASSERT_TRUE(accepted(acts::delegate(instance, "wang.fang", "sun.li")));
  instance.absences = Absences({away(1, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request sun.li"));
  EXPECT_TRUE(accepted(decide_for(instance, "zhang.wei", "sun.li", "approved")));
}

TEST(Rule09StandIn, of_several_absences_at_once_each_covers_what_is_in_its_scope) {
  RecordedAbsence contracts = away(1, "zhang.wei", "wang.fang");
  contracts.absence.workflows = {WorkflowId("contract-review")};
  Instance instance(load(kByManager));
  instance.absences = Absences({contracts, away(2, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei", "request sun.li"));
}

TEST(Rule09StandIn, a_group_covers_for_its_members_until_all_of_them_are_away) {
  Instance instance(load(travel(R"(  - id: finance
    approve:
      by: group("finance")
      need: 1
)")));
  instance.absences = Absences({away(1, "wang.fang", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_EQ(rejection_code(decide_for(instance, "wang.fang", "sun.li", "approved")), ErrorCode::forbidden);
  instance.absences =
      Absences({away(1, "wang.fang", "sun.li"), away(2, "zhao.lei", ""), away(3, "qian.min", "")});
  ASSERT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request sun.li"));
  EXPECT_TRUE(accepted(decide_for(instance, "wang.fang", "sun.li", "approved")));
}

TEST(Rule09StandIn, stands_in_for_whoever_has_claimed_the_work_of_a_group) {
  Instance instance(load(travel(R"(  - id: books
    approve:
      by: group("finance")
      need: 1
)")));
  instance.absences = Absences({away(1, "zhao.lei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  const std::uint32_t item = instance.item("zhao.lei");
  EXPECT_EQ(rejection_code(decide_for(instance, "zhao.lei", "sun.li", "approved")), ErrorCode::forbidden)
      << "the others of the group are there";
  ASSERT_TRUE(accepted(instance.run(ClaimItem{item, {}, person_acting("zhao.lei")})));
  ASSERT_TRUE(accepted(decide_for(instance, "zhao.lei", "sun.li", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule09StandIn, who_has_left_stands_in_for_nobody) {
  Instance instance(load(kByManager));
  instance.absences = Absences({away(1, "zhang.wei", "he.left")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei"));
  EXPECT_EQ(rejection_code(decide_for(instance, "zhang.wei", "he.left", "approved")), ErrorCode::forbidden);
}

TEST(Rule09StandIn, of_the_requester_may_hand_a_returned_form_in_again) {
  Instance instance(load(travel(R"(  - id: manager
    approve:
      by: requester.manager
      return_to: [requester]
)")));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  instance.absences = Absences({away(1, "li.na", "sun.li")});
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "returned", "which trip?")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("returned li.na", "request sun.li"));
  EXPECT_TRUE(accepted(decide_for(instance, "li.na", "sun.li", "resubmitted")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@manager"));
}

TEST(Rule09StandIn, stands_in_the_file_of_people_too) {
  Instance instance(load(kByManager));
  instance.directory = after_leaving(*instance.directory, {}, [](Person& person) {
    if (person.id.value == "zhang.wei") person.away = {away(1, "zhang.wei", "sun.li").absence};
  });
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_TRUE(accepted(decide_for(instance, "zhang.wei", "sun.li", "approved")));
}

TEST(Rule09StandIn, somebody_is_away_until_the_last_absence_that_covers_the_request_ends) {
  Instance instance(load(kByManager));
  RecordedAbsence elsewhere = away(3, "zhang.wei", "sun.li", "2026-03-01T00:00:00Z", "2026-03-30T00:00:00Z");
  elsewhere.absence.workflows = {WorkflowId("another")};
  instance.absences =
      Absences({away(1, "zhang.wei", "sun.li"),
                away(2, "zhang.wei", "", "2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z"), elsewhere,
                away(4, "sun.li", "", "2026-04-01T00:00:00Z", "2026-04-20T00:00:00Z")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  const StandInView view{instance.definition(), *instance.directory, instance.absences, instance.state(),
                         instance.now()};
  EXPECT_EQ(away_until(view, PersonId("zhang.wei")), parse_rfc3339("2026-03-20T00:00:00Z").value());
  EXPECT_EQ(away_until(view, PersonId("sun.li")), std::nullopt) << "not yet";
}

TEST(Rule09AbsenceScope, amounts_have_a_currency) {
  EXPECT_EQ(parse_amount_limit(" 10000.50 cny ")->to_text(), "10000.50 CNY");
  for (const char* bad : {"", "10000", "CNY", "-1 CNY", "ten CNY", "10 YUAN"}) {
    EXPECT_FALSE(parse_amount_limit(bad)) << bad;
  }
}

// Nobody stood in, although another absence at the same time names somebody who may.
TEST(Rule09StandIn, OfTwoAbsencesTheOneWhoseStandInMayActCounts) {
  Instance instance(acts::approval("      by: requester.manager\n"));
  instance.absences = Absences({away(1, "zhang.wei", "li.na", "2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z"),
                                away(2, "zhang.wei", "sun.li")});
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_TRUE(accepted(decide_for(instance, "zhang.wei", "sun.li", "approved")));
}

TEST(Rule09StandIn, OfAbsencesThatEndTogetherTheFirstCounts) {
  std::vector<RecordedAbsence> absences{away(1, "zhang.wei", "sun.li")};
  for (int id = 2; id <= 40; ++id) absences.push_back(away(id, "zhang.wei", "wang.fang"));
  Instance instance(acts::approval("      by: requester.manager\n"));
  instance.absences = Absences(absences);
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei", "request sun.li"));
}

TEST(Rule09StandIn, AStandInIsAskedToHurryAndMayComment) {
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
