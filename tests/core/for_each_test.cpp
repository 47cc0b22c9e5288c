// The same steps for every item of a list.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kEachHead = R"(workflow: t
start:
  - form:
form:
  people: {type: people}
  words: {type: choices, options: [a, b, c, d]}
  teams:
    type: table
    columns: {lead: {type: person}, title: {type: text}}
  note: {type: text}
statuses: [approved, rejected, expired]
steps:
)";

std::shared_ptr<const Definition> repeated(const std::string& steps) {
  return load(kEachHead + steps);
}

constexpr const char* kEachAccepts = R"(  - id: handover
    for_each:
      in: form.people
      as: owner
      steps:
        - id: accept
          title: Accept for ${owner.name}
          approve:
            by: owner
            return_to: [requester]
          on:
            rejected: []
  - set:
      vars.outcomes: accept.map(a, a.?outcome.orValue("none"))
      vars.count: size(handover.items)
  - end: approved
)";

std::string var(const Instance& instance, const std::string& name) {
  const auto found = instance.state().vars.find(name);
  return found == instance.state().vars.end() ? "" : cel::to_display(found->second);
}

TEST(ForEach, AsksForEveryItemAtOnceAndGoesOnWhenAllAreDone) {
  Instance instance(repeated(kEachAccepts));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"people": ["sun.li", "wang.fang"]})")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@accept", "wang.fang@accept"));
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(instance.status(), "running");
  instance.decide_as("sun.li", "rejected", "no");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(ForEach, OutsideItsStepsAreListsOfOptionalsInTheOrderOfTheItems) {
  Instance instance(repeated(kEachAccepts));
  instance.start("li.na", R"({"people": ["sun.li", "wang.fang", "zhao.lei"]})");
  instance.decide_as("zhao.lei", "approved");
  instance.decide_as("wang.fang", "rejected", "no");
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(var(instance, "outcomes"), "approved, rejected, approved");
  EXPECT_EQ(var(instance, "count"), "3");
}

TEST(ForEach, AnEmptyListCompletesAtOnce) {
  Instance instance(repeated(kEachAccepts));
  instance.start("li.na");
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_EQ(instance.outcome_of("handover"), "all");
  EXPECT_EQ(var(instance, "count"), "0");
}

TEST(ForEach, LooksAtItsListOnceWhenItOpens) {
  Instance instance(repeated(R"(  - id: handover
    for_each:
      in: form.people
      as: owner
      order: one_by_one
      steps:
        - set:
            form.people: '[]'
        - approve:
            by: owner
  - end: approved
)"));
  instance.start("li.na", R"({"people": ["sun.li", "wang.fang"]})");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@handover/each/1"));
  instance.decide_as("sun.li", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@handover/each/1"));
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(ForEach, KeepsToTheLimitAtOnce) {
  Instance instance(repeated(R"(  - id: handover
    for_each:
      in: form.people
      as: owner
      at_once: 2
      steps:
        - id: accept
          approve:
            by: owner
  - end: approved
)"));
  instance.start("li.na", R"({"people": ["sun.li", "wang.fang", "zhao.lei", "qian.min"]})");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@accept", "wang.fang@accept"));
  instance.decide_as("wang.fang", "approved");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@accept", "zhao.lei@accept"));
}

TEST(ForEach, WithANeedTheItemThatDecidesIsNamedAndTheOthersAreCancelled) {
  Instance instance(repeated(R"(  - id: volunteer
    for_each:
      in: group("finance")
      need: 1
      steps:
        - approve:
            by: item
    on:
      enough:
        - set:
            vars.who: volunteer.?item
            vars.index: volunteer.?index
        - end: approved
      all: {end: expired}
)"));
  instance.start("li.na");
  EXPECT_EQ(instance.asked().size(), 3U);
  instance.decide_as("zhao.lei", "approved");
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_EQ(var(instance, "index"), "1");
  EXPECT_EQ(var(instance, "who"), "zhao.lei");
  EXPECT_TRUE(instance.state().items.empty());
}

TEST(ForEach, GoToAStepOutsideCancelsTheOtherItems) {
  Instance instance(repeated(R"(  - id: check
    task:
      for: person("adm")
  - id: handover
    for_each:
      in: form.people
      as: owner
      steps:
        - id: accept
          approve:
            by: owner
          on:
            rejected: {go: check}
  - end: approved
)"));
  instance.start("li.na", R"({"people": ["sun.li", "wang.fang"]})");
  instance.decide_as("adm", "done");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("wang.fang", "rejected", "not mine");
  EXPECT_THAT(instance.asked(), ElementsAre("adm@check"));
  instance.decide_as("adm", "done");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@accept", "wang.fang@accept"));
}

TEST(ForEach, InsideAnItemItsOwnResultsArePlainAndNobodyElses) {
  Instance instance(repeated(R"(  - for_each:
      in: form.people
      as: owner
      steps:
        - id: accept
          task:
            for: owner
            ask:
              remark: {type: text}
        - id: confirm
          title: ${owner.name} says ${accept.remark}
          task:
            for: requester
            title: ${accept.remark}
        - set:
            vars.last: accept.remark + " " + accept.by.name
  - end: approved
)"));
  instance.start("li.na", R"({"people": ["sun.li", "wang.fang"]})");
  instance.decide_as("sun.li", "done", "", R"({"remark": "first"})");
  instance.decide_as("wang.fang", "done", "", R"({"remark": "second"})");
  instance.decide_as("li.na", "done");
  EXPECT_EQ(var(instance, "last"), "first sun.li");
  instance.decide_as("li.na", "done");
  EXPECT_EQ(var(instance, "last"), "second wang.fang");
}

TEST(ForEach, SendBackInsideAnItemLeavesTheOtherItemsAsTheyAre) {
  Instance instance(repeated(R"(  - for_each:
      in: form.people
      as: owner
      steps:
        - id: prepare
          task:
            for: owner
        - id: check
          approve:
            by: requester.manager
            return_to: [prepare]
  - set:
      vars.prepared: prepare.map(p, p.?outcome.orValue("void"))
  - end: approved
)"));
  instance.start("li.na", R"({"people": ["sun.li", "wang.fang"]})");
  instance.decide_as("sun.li", "done");
  instance.decide_as("wang.fang", "done");
  instance.decide_as("zhang.wei", "returned", "again");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@prepare", "zhang.wei@check"));
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.status(), "running");
  instance.decide_as("sun.li", "done");
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_EQ(var(instance, "prepared"), "done, done");
}

TEST(ForEach, SendBackToTheRequesterClosesAllItemsAndBeginsAnew) {
  Instance instance(repeated(kEachAccepts));
  instance.start("li.na", R"({"people": ["sun.li", "wang.fang"]})");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("wang.fang", "returned", "wrong list");
  EXPECT_EQ(instance.status(), "revising");
  instance.decide_as("li.na", "resubmitted", "", "{}", R"({"people": ["zhao.lei"]})");
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@accept"));
  instance.decide_as("zhao.lei", "approved");
  EXPECT_EQ(var(instance, "outcomes"), "approved");
}

TEST(ForEach, InsideAnotherOneKeepsItemsApart) {
  Instance instance(repeated(R"(  - id: outer
    for_each:
      in: form.teams
      as: team
      steps:
        - id: inner
          for_each:
            in: '["x", "y"]'
            as: part
            steps:
              - id: accept
                title: ${team.title} ${part}
                task:
                  for: team.lead
                  ask:
                    word: {type: text}
        - set:
            vars.inner: accept.map(a, a.?word.orValue("-"))
  - set:
      vars.all: accept.map(row, row.size())
      vars.words: accept.map(row, row.map(a, a.?word.orValue("-")).join("+"))
  - end: approved
)"));
  ASSERT_TRUE(accepted(instance.start(
      "li.na", R"({"teams": [{"lead": "sun.li", "title": "S"}, {"lead": "wang.fang", "title": "W"}]})")));
  EXPECT_EQ(instance.state().items.size(), 4U);
  instance.decide_as("wang.fang", "done", "", R"({"word": "w1"})");
  instance.decide_as("wang.fang", "done", "", R"({"word": "w2"})");
  EXPECT_EQ(var(instance, "inner"), "w1, w2");
  instance.decide_as("sun.li", "done", "", R"({"word": "s1"})");
  instance.decide_as("sun.li", "done", "", R"({"word": "s2"})");
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_EQ(var(instance, "all"), "2, 2");
  EXPECT_EQ(var(instance, "words"), "s1+s2, w1+w2");
}

TEST(ForEach, RefusesAListThatIsTooLong) {
  Instance instance(repeated("  - for_each:\n      in: '\"" + std::string(201, 'x') + R"(".split("")'
      steps:
        - task:
            for: requester
  - end: approved
)"));
  EXPECT_THAT(rejection(instance.start("li.na")), HasSubstr("201 items, more than 200"));
}

}  // namespace
}  // namespace countersign::testing
