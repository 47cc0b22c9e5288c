// Who is asked, what their answers do, and who chases them, on workflows as an admin writes them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Start, AsksTheFirstApproverAndNumbersTheInstance) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  ASSERT_TRUE(accepted(instance.start("li.na")));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@manager"));
  EXPECT_EQ(instance.status(), "running");
  EXPECT_EQ(instance.state().reference, "T-2026-1");
  EXPECT_THAT(instance.last_sends(), ElementsAre("request zhang.wei"));
}

TEST(Approve, PassesToTheNextStepAndTheEndTellsTheRequester) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.decide_as("zhang.wei", "approved")));
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_TRUE(instance.state().ended);
  EXPECT_EQ(instance.outcome_of("manager"), "approved");
  EXPECT_THAT(instance.last_sends(), ElementsAre("outcome li.na"));
}

TEST(Approve, IsRefusedToAnybodyElse) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
  - end: approved
)"));
  instance.start("li.na");
  Decide command{.item = instance.item("zhang.wei")};
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId("sun.li")};
  command.outcome = "approved";
  const Outcome outcome = instance.run(command);
  EXPECT_EQ(rejection_code(outcome), ErrorCode::forbidden);
  EXPECT_THAT(rejection(outcome), HasSubstr("it is before zhang.wei, not sun.li"));
  EXPECT_EQ(instance.status(), "running");
}

TEST(Task, WantsItsChecklistAndItsAnswers) {
  Instance instance(load_steps(R"(  - id: handover
    task:
      for: person("sun.li")
      checklist:
        - {id: contract, text: Contract handed over}
        - {id: contacts, text: Contacts named}
      ask:
        date: {type: date, required: true}
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(instance.decide_as("sun.li", "done")), ErrorCode::invalid_input);
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "done", "", R"({"date": "2026-04-01"})")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Task, OwnersOfEntriesEachGetTheirShare) {
  Instance instance(load_steps(R"(  - id: handover
    task:
      for: person("sun.li")
      checklist:
        - {id: contract, text: Contract, for: person("wang.fang")}
        - {id: contacts, text: Contacts, for: person("zhao.lei")}
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@handover", "zhao.lei@handover"));
  Decide command{.item = instance.item("wang.fang")};
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId("wang.fang")};
  command.outcome = "done";
  command.checklist = {"contract"};
  ASSERT_TRUE(accepted(instance.run(command)));
  EXPECT_EQ(instance.status(), "running");
  command.item = instance.item("zhao.lei");
  command.by.person = PersonId("zhao.lei");
  command.checklist = {"contacts"};
  ASSERT_TRUE(accepted(instance.run(command)));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing
