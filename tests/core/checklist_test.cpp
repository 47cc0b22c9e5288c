// A handoff: a checklist with owners, and a return that names what is missing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr const char* kHandoff = R"(workflow: t
start:
  - form:
form:
  price: {type: number}
  count: {type: integer}
  total: {type: number, computed: form.price * decimal(form.count)}
  remark: {type: text, when: form.count > 1}
statuses: [approved, rejected]
steps:
  - id: handoff
    task:
      for: requester
      checklist:
        - {id: contract, text: The contract, for: person("sun.li"), note: true}
        - {id: contacts, text: Contacts}
        - {id: access, text: Access, for: person("wang.fang")}
  - id: receive
    task:
      for: person("zhao.lei")
      outcomes: [accepted, returned]
      return_to: [handoff]
      ask:
        missing: {type: items_of, step: handoff, required_on: [returned]}
    on:
      accepted: []
  - set:
      form.count: '3'
      vars.note: handoff.?contract.orValue("")
  - end: approved
)";

Decide answer(const Instance& instance, const std::string& person, const std::string& outcome) {
  Decide command;
  command.item = instance.item(person);
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId(person), .channel = "api"};
  command.outcome = outcome;
  command.comment = "because";
  return command;
}

void hand_over(Instance& instance) {
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "done", "", R"({"contract": "signed"})")));
  ASSERT_TRUE(accepted(instance.decide_as("li.na", "done")));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "done")));
}

TEST(Checklist, EveryOwnerDoesTheirOwnPart) {
  Instance instance(load(kHandoff));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"price": 2, "count": 2})")));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("li.na@handoff", "sun.li@handoff", "wang.fang@handoff"));
  hand_over(instance);
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@receive"));
}

TEST(Checklist, AReturnThatNamesEntriesOpensOnlyThose) {
  Instance instance(load(kHandoff));
  instance.start("li.na", R"({"price": 2, "count": 2})");
  hand_over(instance);
  Decide back = answer(instance, "zhao.lei", "returned");
  back.answers["missing"] = cel::Value::list({cel::Value::string("access")});
  ASSERT_TRUE(accepted(instance.run(back)));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@handoff"));
  ASSERT_TRUE(accepted(instance.decide_as("wang.fang", "done")));
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "accepted")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Checklist, AReturnSaysWhatIsMissingWhereItMust) {
  Instance instance(load(kHandoff));
  instance.start("li.na", R"({"price": 2, "count": 2})");
  hand_over(instance);
  EXPECT_THAT(rejection(instance.run(answer(instance, "zhao.lei", "returned"))), HasSubstr("missing"));
}

TEST(ComputedField, FollowsWhatAStepSets) {
  Instance instance(load(kHandoff));
  instance.start("li.na", R"({"price": 2, "count": 1, "remark": "x"})");
  EXPECT_EQ(cel::to_display(instance.state().form.at("total")), "2");
  hand_over(instance);
  ASSERT_TRUE(accepted(instance.decide_as("zhao.lei", "accepted")));
  EXPECT_EQ(cel::to_display(instance.state().form.at("total")), "6");
}

}  // namespace
}  // namespace countersign::testing
