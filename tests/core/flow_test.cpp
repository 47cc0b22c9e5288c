// How steps follow each other: branches, waits, calls, events, and what stops them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Parallel, GoesOnWhenAllBranchesAreDone) {
  Instance instance(load_steps(R"(  - id: review
    parallel:
      branches:
        legal:
          - approve:
              by: group("legal")
              need: 1
        finance:
          - approve:
              by: group("finance")
              need: 1
  - end: approved
)"));
  instance.start("li.na");
  instance.decide_as("sun.li", "approved");
  EXPECT_EQ(instance.status(), "running");
  instance.decide_as("zhao.lei", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Choose, TakesTheFirstOptionThatHolds) {
  const auto definition = load_steps(R"(  - choose:
      - when: form.?amount.orValue(0) > 5000
        steps:
          - id: finance
            approve:
              by: group("finance")
              need: 1
      - else:
          - id: manager
            approve:
              by: requester.manager
  - end: approved
)");
  Instance large(definition);
  large.start("li.na", R"({"amount": 5000.01})");
  EXPECT_THAT(large.asked(), ElementsAre("finance@finance"));
  Instance small(definition);
  small.start("li.na", R"({"amount": 5000})");
  EXPECT_THAT(small.asked(), ElementsAre("zhang.wei@manager"));
}

TEST(Wait, ElapsesOrReceivesWhicheverIsFirst) {
  const auto definition = load_steps(R"(  - id: answer
    wait:
      for: 2 days
      event: crm.answered
    on:
      received: {end: approved}
  - end: expired
)");
  Instance late(definition);
  late.start("li.na");
  late.advance_to("2026-03-04T09:00:00Z");
  EXPECT_EQ(late.status(), "expired");
  Instance answered(definition);
  answered.start("li.na");
  cel::Map data;
  data.set("deal", cel::Value::string("7"));
  answered.run(DeliverEvent{"crm", "answered", "d1", cel::Value::map(data)});
  EXPECT_EQ(answered.status(), "approved");
}

constexpr const char* kLooksBack = R"(  - id: check
    approve:
      by: requester.manager
  - id: answer
    wait:
      event: crm.answered
      since: start
      where: event.deal == form.note
      for: 2 days
    on:
      received: {end: approved}
  - end: expired
)";

DeliverEvent answered(const std::string& deal) {
  cel::Map data;
  data.set("deal", cel::Value::string(deal));
  return DeliverEvent{"crm", "answered", "d" + deal, cel::Value::map(data)};
}

TEST(Wait, SinceStartSeesWhatCameBeforeIt) {
  Instance instance(load_steps(kLooksBack));
  instance.start("li.na", R"({"note": "D-7"})");
  instance.run(answered("D-7"));
  EXPECT_EQ(instance.status(), "running");
  instance.run(answered("D-8"));  // one that does not fit hides none that does
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_EQ(instance.outcome_of("answer"), "received");
}

TEST(Wait, SinceStartStillWaitsForWhatHasNotCome) {
  Instance instance(load_steps(kLooksBack));
  instance.start("li.na", R"({"note": "D-7"})");
  instance.run(answered("D-8"));
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.status(), "running");
  instance.run(answered("D-9"));
  EXPECT_EQ(instance.status(), "running");
  instance.run(answered("D-7"));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Wait, WithoutSinceAnEarlierEventIsNoAnswer) {
  std::string text(kLooksBack);
  text.erase(text.find("      since: start\n"), 19);
  Instance instance(load_steps(text));
  instance.start("li.na", R"({"note": "D-7"})");
  instance.run(answered("D-7"));
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.status(), "running");
  instance.advance_to("2026-03-05T09:00:00Z");
  EXPECT_EQ(instance.status(), "expired");
}

TEST(Call, GoesOnWithTheReplyAndHandlesFailure) {
  const auto definition = load_steps(R"(  - id: book
    call: crm.book
    with:
      deal: form.note
    on:
      failed: {end: rejected}
  - choose:
      - when: book.?booked.orValue("") == "yes"
        steps:
          - end: approved
      - else:
          - end: expired
)");
  Instance instance(definition);
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"note": "D-1"})")));
  ASSERT_EQ(instance.last_effects().size(), 1U);
  const auto& call = std::get<CallConnector>(instance.last_effects().front());
  EXPECT_EQ(call.connector + "." + call.action, "crm.book");
  EXPECT_EQ(call.input.at("deal").as_string(), "D-1");
  ASSERT_TRUE(
      accepted(instance.run(EffectDone{call.effect, true, {{"booked", cel::Value::string("yes")}}, ""})));
  EXPECT_EQ(instance.status(), "approved");
  EXPECT_EQ(rejection_code(instance.run(EffectDone{call.effect, true, {}, ""})), ErrorCode::conflict);

  Instance failing(definition);
  failing.start("li.na");
  failing.run(EffectDone{std::get<CallConnector>(failing.last_effects().front()).effect, false, {}, "404"});
  EXPECT_EQ(failing.status(), "rejected");
}

TEST(Run, WaitsForTheChildAndFollowsItsStatus) {
  Instance instance(load_steps(R"(  - id: sub
    run: child
    with:
      deal: form.note
    on:
      approved: []
      rejected: {end: rejected}
  - end: approved
)"));
  instance.start("li.na", R"({"note": "D-9"})");
  const auto& start = std::get<StartChild>(instance.last_effects().front());
  EXPECT_TRUE(start.effect);
  EXPECT_EQ(start.form.at("deal").as_string(), "D-9");
  instance.run(ChildEnded{start.activation, InstanceId("i_1-3"), "rejected", ""});
  EXPECT_EQ(instance.status(), "rejected");
}

TEST(Event, ATopLevelHandlerJumpsOutOfWhateverIsOpen) {
  Instance instance(load(R"(workflow: t
start:
  - form:
form:
  note: {type: text}
statuses: [won, lost]
on_event:
  crm.answered: {go: close}
steps:
  - id: work
    task:
      for: person("sun.li")
  - end: won
  - id: close
    task:
      for: person("zhao.lei")
  - end: lost
)"));
  instance.start("li.na");
  instance.run(DeliverEvent{"crm", "answered", "d1", cel::Value::map({})});
  EXPECT_THAT(instance.asked(), ElementsAre("zhao.lei@close"));
}

TEST(Incident, AFailingExpressionLetsNothingPass) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
  - when: form.?amount.value() > 100
    notify:
      to: requester
      subject: hello
      text: hello
  - end: approved
)"));
  instance.start("li.na");  // no amount
  const Outcome outcome = instance.decide_as("zhang.wei", "approved");
  EXPECT_FALSE(accepted(outcome));
  EXPECT_THAT(rejection(outcome), HasSubstr("Nothing of it was done"));
  EXPECT_EQ(instance.status(), "running");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@manager"));
  EXPECT_THAT(instance.last_events(), ElementsAre("incident_raised"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("incident admins"));
  // The same again raises nothing new.
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(instance.last_events(), IsEmpty());
}

TEST(Key, ARepeatedStartAnswersWithTheOpenInstance) {
  const auto definition = load(R"(workflow: t
start:
  - form:
form:
  deal: {type: text, required: true}
key: form.deal
statuses: [approved]
steps:
  - id: work
    task:
      for: person("sun.li")
  - end: approved
)");
  Shared shared;
  Instance first(definition, &shared, "i_1");
  ASSERT_TRUE(accepted(first.start("li.na", R"({"deal": "D-1"})")));
  Instance second(definition, &shared, "i_2");
  const Outcome outcome = second.start("li.na", R"({"deal": "D-1"})");
  ASSERT_TRUE(std::holds_alternative<Existing>(outcome));
  EXPECT_EQ(std::get<Existing>(outcome).instance.value, "i_1");
  first.decide_as("sun.li", "done");
  EXPECT_EQ(first.status(), "approved");
  Instance third(definition, &shared, "i_3");
  EXPECT_TRUE(accepted(third.start("li.na", R"({"deal": "D-1"})")));
}

}  // namespace
}  // namespace countersign::testing
