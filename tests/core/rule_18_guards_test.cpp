// Rule 18: a field that guards an approval; and what has to be confirmed with one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::shared_ptr<const Definition> guarded(const std::string& steps) {
  return load(
      "workflow: guarded\nstart:\n  - form:\nform:\n  note: {type: text}\n  amount: {type: number}\n"
      "  contract: {type: file}\nstatuses: [approved, rejected]\non_event:\n  crm.answered:\n    - set:\n"
      "        form.amount: 99\nsteps:\n" +
      steps + "  - end: approved\n");
}

constexpr const char* kGuardedTwo = R"(  - id: legal
    approve:
      by: person("sun.li")
      guards: [contract, amount]
  - id: boss
    approve:
      by: person("chen.jie")
      guards: [contract]
  - id: finance
    approve:
      by: group("finance")
      need: all
      edit: [amount, note, contract]
)";

TEST(Rule18Guards, AChangeGoesBackToTheFirstStepThatGuardsIt) {
  Instance instance(guarded(kGuardedTwo));
  instance.start("li.na", R"({"note": "n", "amount": "5"})");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("wang.fang", "approved", "", "{}", R"({"amount": "6"})");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@legal"));
  EXPECT_EQ(instance.outcome_of("legal"), "(void)");
  EXPECT_EQ(instance.outcome_of("boss"), "(void)") << "it is asked again behind legal";
  EXPECT_EQ(instance.state().round, 2U) << "never silently";
  EXPECT_THAT(instance.last_sends(), ::testing::Contains("request sun.li"));
}

TEST(Rule18Guards, AnotherFieldOrTheSameValueChangesNothing) {
  Instance instance(guarded(kGuardedTwo));
  instance.start("li.na", R"({"note": "n", "amount": "5"})");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("chen.jie", "approved");
  instance.decide_as("wang.fang", "approved", "", "{}", R"({"note": "m", "amount": "5"})");
  EXPECT_EQ(instance.outcome_of("legal"), "approved");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("zhao.lei@finance", "qian.min@finance"));
}

cel::Value file(const std::string& id, const std::string& hash) {
  cel::Map map;
  map.set("id", cel::Value::string(id));
  map.set("name", cel::Value::string(id + ".pdf"));
  map.set("sha256", cel::Value::string(hash));
  return cel::Value::map(std::move(map));
}

Outcome hand_in(Instance& instance, const std::string& who, const cel::Value& contract) {
  Decide decide;
  decide.item = instance.item(who);
  decide.by = Actor{.kind = Actor::Kind::person, .person = PersonId(who), .channel = "api"};
  decide.outcome = "approved";
  decide.edits["contract"] = contract;
  return instance.run(decide);
}

TEST(Rule18Guards, OfADocumentItsContentCounts) {
  Instance instance(guarded(kGuardedTwo));
  instance.start("li.na", R"({"note": "n", "amount": "5"})");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("chen.jie", "approved");
  ASSERT_TRUE(accepted(hand_in(instance, "wang.fang", file("a", "11"))));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@legal"));
  instance.decide_as("sun.li", "approved");
  instance.decide_as("chen.jie", "approved");
  ASSERT_TRUE(accepted(hand_in(instance, "wang.fang", file("b", "11"))));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("zhao.lei@finance", "qian.min@finance"))
      << "the same document under another name";
  ASSERT_TRUE(accepted(hand_in(instance, "zhao.lei", file("b", "12"))));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@legal"));
}

TEST(Rule18Guards, AnEventsChangeIsOneToo) {
  Instance instance(guarded(kGuardedTwo));
  instance.start("li.na", R"({"note": "n", "amount": "5"})");
  instance.decide_as("sun.li", "approved");
  instance.run(DeliverEvent{"crm", "answered", "d", cel::Value::map({})});
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@legal"));
}

TEST(Rule18Guards, VotesInAStepThatIsStillDecidedAreAskedForAgain) {
  Instance instance(guarded(R"(  - id: both
    approve:
      by: group("finance")
      need: all
      guards: [amount]
      edit: [amount]
)"));
  instance.start("li.na", R"({"amount": "5"})");
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("zhao.lei", "approved", "", "{}", R"({"amount": "6"})");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("wang.fang@both", "qian.min@both"))
      << "wang.fang approved another amount; zhao.lei approved this one";
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("qian.min", "approved", "", "{}", R"({"amount": "7"})");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("wang.fang@both", "zhao.lei@both"))
      << "the last vote does not carry the others with it";
}

TEST(Rule18Guards, ABranchThatIsDoneOpensAloneAgain) {
  Instance instance(guarded(R"(  - parallel:
      branches:
        legal:
          - id: legal
            approve:
              by: person("sun.li")
              guards: [amount]
        finance:
          - id: finance
            approve:
              by: group("finance")
              need: all
              edit: [amount]
)"));
  instance.start("li.na", R"({"amount": "5"})");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("wang.fang", "approved", "", "{}", R"({"amount": "6"})");
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("sun.li@legal", "zhao.lei@finance", "qian.min@finance"));
  instance.decide_as("zhao.lei", "approved");
  instance.decide_as("qian.min", "approved");
  EXPECT_EQ(instance.status(), "running");
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Rule18Guards, OfABlockThatIsOverTheWholeIsAskedAgain) {
  Instance instance(guarded(R"(  - id: block
    choose:
      - when: form.?amount.orValue(0) > 1
        steps:
          - id: inside
            approve:
              by: person("sun.li")
              guards: [amount]
      - else: []
  - id: behind
    approve:
      by: person("chen.jie")
      edit: [amount]
)"));
  instance.start("li.na", R"({"amount": "5"})");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("chen.jie", "approved", "", "{}", R"({"amount": "1"})");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@behind"))
      << "the option is chosen anew, and with this amount legal is not asked at all";
}

TEST(Rule18Guards, ItEndsWithWhatTheLastStepChanges) {
  Instance instance(guarded(R"(  - id: legal
    approve:
      by: person("sun.li")
      guards: [amount]
  - set:
      form.amount: 7
)"));
  instance.start("li.na", R"({"amount": "5"})");
  instance.decide_as("sun.li", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@legal"))
      << "the workflow itself changed what was approved";
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(instance.status(), "approved") << "the second time it sets what stands there already";
}

TEST(Confirm, AnApprovalIsConfirmedAndTheTextIsKept) {
  Instance instance(guarded(R"(  - id: seal
    approve:
      by: person("sun.li")
      confirm: I have compared ${form.note} with the original
)"));
  instance.start("li.na", R"({"note": "contract 7"})");
  EXPECT_THAT(rejection(instance.decide_as("sun.li", "approved")), HasSubstr("has to be confirmed"));
  Decide decide;
  decide.item = instance.item("sun.li");
  decide.by = Actor{.kind = Actor::Kind::person, .person = PersonId("sun.li"), .channel = "api"};
  decide.outcome = "approved";
  decide.confirmed = true;
  ASSERT_TRUE(accepted(instance.run(decide)));
  EXPECT_EQ(instance.status(), "approved");
  std::string kept;
  for (const Event& event : instance.events()) {
    if (const auto* changed = std::get_if<ItemChanged>(&event.body)) kept += changed->confirmed;
  }
  EXPECT_EQ(kept, "I have compared contract 7 with the original");
}

TEST(Confirm, ARejectionNeedsNone) {
  Instance instance(guarded(R"(  - approve:
      by: person("sun.li")
      confirm: I have read it
)"));
  instance.start("li.na");
  EXPECT_TRUE(accepted(instance.decide_as("sun.li", "rejected", "no")));
}

}  // namespace
}  // namespace countersign::testing
