// Rule 12: an administrator skips a step, and jumps to one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

Actor administrator(const std::string& id = "adm") {
  return Actor{.kind = Actor::Kind::admin, .person = PersonId(id), .channel = "cli"};
}

std::shared_ptr<const Definition> steered(const std::string& steps) {
  return load(
      "workflow: steered\nstart:\n  - form:\nform:\n  note: {type: text}\n"
      "statuses: [approved, rejected]\nstages: [\"1\", \"2\", \"3\"]\nsteps:\n" +
      steps + "  - end: approved\n");
}

constexpr const char* kFour = R"(  - id: one
    approve:
      by: person("wang.fang")
  - id: two
    approve:
      by: person("sun.li")
      return_to: [one]
    remind:
      - {after: 1 hour, every: 1 hour}
  - id: three
    approve:
      by: person("zhang.wei")
  - id: four
    approve:
      by: person("chen.jie")
)";

template <class T>
std::vector<T> recorded(const Instance& instance) {
  std::vector<T> events;
  for (const Event& event : instance.events()) {
    if (const auto* one = std::get_if<T>(&event.body)) events.push_back(*one);
  }
  return events;
}

TEST(Rule12Skip, PassesOverAnOpenStepAndRecordsIt) {
  Instance instance(steered(kFour));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  ASSERT_TRUE(accepted(instance.run(Skip{"two", {}, administrator(), "she is away"})));
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@three"));
  EXPECT_TRUE(instance.state().timers.empty());
  EXPECT_EQ(instance.outcome_of("two"), "") << "nobody approved it";
  const auto skipped = recorded<StepSkipped>(instance);
  ASSERT_EQ(skipped.size(), 1U);
  EXPECT_EQ(skipped.front().step, "two");
  EXPECT_EQ(skipped.front().reason, "she is away");
  EXPECT_EQ(skipped.front().by, administrator());
  ASSERT_EQ(instance.state().passed_over.size(), 1U);
  EXPECT_EQ(instance.state().passed_over.front().step, "two");
  EXPECT_EQ(instance.state().passed_over.front().reason, "she is away");
}

TEST(Rule12Skip, NeedsAnAdministratorAReasonAndAnOpenStep) {
  Instance instance(steered(kFour));
  instance.start("li.na");
  EXPECT_EQ(rejection_code(instance.run(Skip{"one", {}, administrator(), " "})), ErrorCode::invalid_input);
  const Actor person{.kind = Actor::Kind::person, .person = PersonId("adm")};
  EXPECT_EQ(rejection_code(instance.run(Skip{"one", {}, person, "r"})), ErrorCode::forbidden);
  EXPECT_THAT(rejection(instance.run(Skip{"three", {}, administrator(), "r"})),
              HasSubstr("not open (open: one)"));
  instance.run(Withdraw{Actor{.kind = Actor::Kind::person, .person = PersonId("li.na")}, "w"});
  EXPECT_THAT(rejection(instance.run(Skip{"revise", {}, administrator(), "r"})),
              HasSubstr("with its requester"));
}

TEST(Rule12Skip, OneOfSeveralItemsIsNamed) {
  Instance instance(steered(R"(  - for_each:
      in: group("finance")
      as: member
      steps:
        - id: take
          approve:
            by: member
)"));
  instance.start("li.na");
  EXPECT_THAT(rejection(instance.run(Skip{"take", {}, administrator(), "r"})), HasSubstr("open 3 times"));
  const ActivationId one = instance.state().items.at(instance.item("zhao.lei")).activation;
  ASSERT_TRUE(accepted(instance.run(Skip{"take", one, administrator(), "r"})));
  EXPECT_THAT(instance.asked(), UnorderedElementsAre("qian.min@take", "wang.fang@take"));
}

TEST(Rule12Jump, ForwardListsWhatIsSkipped) {
  Instance instance(steered(kFour));
  instance.start("li.na");
  ASSERT_TRUE(accepted(instance.run(Jump{"four", administrator(), "agreed by phone"})));
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@four"));
  const auto jumps = recorded<Jumped>(instance);
  ASSERT_EQ(jumps.size(), 1U);
  EXPECT_EQ(jumps.front().from, "one");
  EXPECT_THAT(jumps.front().skipped, ElementsAre("one", "two", "three"));
  std::vector<std::string> passed;
  for (const PassedOver& each : instance.state().passed_over) passed.push_back(each.step);
  EXPECT_THAT(passed, ElementsAre("one", "two", "three"));
}

TEST(Rule12Jump, BackwardIsASendBack) {
  Instance instance(steered(kFour));
  instance.start("li.na");
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("sun.li", "approved");
  ASSERT_TRUE(accepted(instance.run(Jump{"one", administrator(), "it changed"})));
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@one"));
  EXPECT_EQ(instance.outcome_of("two"), "(void)");
  EXPECT_EQ(instance.state().round, 2U);
}

TEST(Rule12Jump, OutOfTheRequestersHandsNamesEverythingBeforeTheTarget) {
  Instance instance(steered(kFour));
  instance.start("li.na");
  instance.run(Withdraw{Actor{.kind = Actor::Kind::person, .person = PersonId("li.na")}, "w"});
  ASSERT_EQ(instance.status(), "revising");
  ASSERT_TRUE(accepted(instance.run(Jump{"two", administrator(), "go on"})));
  EXPECT_EQ(instance.status(), "running");
  EXPECT_THAT(recorded<Jumped>(instance).back().skipped, ElementsAre("one"));
}

constexpr const char* kGated = R"(  - id: levels
    gates:
      - stage: "1"
        steps:
          - id: draft
            approve:
              by: person("wang.fang")
      - stage: "2"
        only: group("legal")
        steps:
          - id: sign
            approve:
              by: group("legal")
              need: 1
          - id: countersign
            approve:
              by: group("legal")
              need: 1
      - stage: "3"
        steps:
          - id: last
            approve:
              by: person("chen.jie")
          - id: very_last
            approve:
              by: person("chen.jie")
  - id: behind
    approve:
      by: person("adm")
)";

TEST(Rule12Jump, GatesBindAdministratorsToo) {
  Instance instance(steered(kGated));
  instance.start("li.na");
  EXPECT_THAT(rejection(instance.run(Jump{"behind", administrator(), "r"})),
              HasSubstr("levels would be passed over"));
  EXPECT_EQ(rejection_code(instance.run(Skip{"levels", {}, administrator(), "r"})), ErrorCode::forbidden);
  EXPECT_EQ(rejection_code(instance.run(Skip{"sign", {}, administrator(), "r"})), ErrorCode::forbidden);
  EXPECT_THAT(rejection(instance.run(Jump{"very_last", administrator(), "r"})),
              HasSubstr("before 3 are not open"));
  // Somebody whom `only` names is an administrator like others.
  EXPECT_TRUE(accepted(instance.run(Skip{"sign", {}, administrator("sun.li"), "r"})));
  instance.decide_as("wang.fang", "approved");
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(instance.state().stage, "2");
  EXPECT_TRUE(accepted(instance.run(Jump{"very_last", administrator(), "r"}))) << "its turn has come";
  EXPECT_TRUE(accepted(instance.run(Jump{"behind", administrator(), "r"})))
      << "the bound level is open already";
  EXPECT_THAT(instance.asked(), ElementsAre("adm@behind"));
}

TEST(Rule12Jump, NotIntoABlockThatIsNotOpen) {
  Instance instance(steered(std::string(kFour) + kGated));
  instance.start("li.na");
  EXPECT_THAT(rejection(instance.run(Jump{"sign", administrator(), "r"})),
              HasSubstr("block in which it stands"));
  EXPECT_THAT(rejection(instance.run(Jump{"one", administrator(), "r"})), HasSubstr("it is open"));
  EXPECT_THAT(rejection(instance.run(Jump{"nowhere", administrator(), "r"})), HasSubstr("no such step"));
}

// A cancellation for "  " was accepted.
TEST(Rule12Reason, BlanksAreNone) {
  Instance instance(steered(kFour));
  instance.start("li.na");
  const std::uint32_t item = instance.item("wang.fang");
  const std::vector<Command> acts{Cancel{administrator(), " \t"}, Skip{"one", {}, administrator(), "  "},
                                  Jump{"two", administrator(), " "},
                                  Reassign{item, PersonId("sun.li"), administrator(), "  "}};
  for (const Command& act : acts) {
    const Outcome refused = instance.run(act);
    EXPECT_EQ(rejection_code(refused), ErrorCode::invalid_input);
    EXPECT_THAT(rejection(refused), HasSubstr("gives a reason"));
  }
}

// Whatever goes wrong inside ends with the command and not with the process.
TEST(Rule12Retry, AnErrorInsideIsAnAnswer) {
  const auto definition = steered(kFour);
  Instance instance(definition);
  instance.start("li.na");
  State broken = instance.state();
  broken.items.clear();  // and the open step still names its item
  const Facts none;
  const Context context{*definition, *instance.directory, instance.calendars, none, instance.now()};
  const Outcome refused = decide(context, broken, Comment{administrator("li.na"), "hello"});
  ASSERT_EQ(rejection_code(refused), ErrorCode::internal);
  EXPECT_THAT(rejection(refused), HasSubstr("an error in Countersign itself"));
}

TEST(Rule12Cancel, WantsAnAdministratorAndAReason) {
  Instance instance(steered(R"(  - id: manager
    approve:
      by: requester.manager
)"));
  instance.start("li.na");
  const Actor person{.kind = Actor::Kind::person, .person = PersonId("li.na")};
  EXPECT_EQ(rejection_code(instance.run(Cancel{person, "x"})), ErrorCode::forbidden);
  const Actor admin{.kind = Actor::Kind::admin, .person = PersonId("adm")};
  EXPECT_EQ(rejection_code(instance.run(Cancel{admin, ""})), ErrorCode::invalid_input);
  ASSERT_TRUE(accepted(instance.run(Cancel{admin, "duplicate"})));
  EXPECT_EQ(instance.status(), "cancelled");
}

TEST(Rule12Reassign, GivesTheSeatToSomebodyElse) {
  Instance instance(steered(R"(  - id: manager
    approve:
      by: requester.manager
)"));
  instance.start("li.na");
  const Actor admin{.kind = Actor::Kind::admin, .person = PersonId("adm")};
  ASSERT_TRUE(
      accepted(instance.run(Reassign{instance.item("zhang.wei"), PersonId("sun.li"), admin, "on leave"})));
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@manager"));
  EXPECT_EQ(instance.state().items.at(instance.item("sun.li")).transferred_by, PersonId("adm"))
      << "the mail says from whom it comes";
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing
