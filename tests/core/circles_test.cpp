// A way that goes round by itself stands still after a while; one that waits, or on which people decide, does
// not.

#include "core/circles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string incident_of(const Instance& instance) {
  for (const auto& [id, activation] : instance.state().activations) {
    if (!activation.incident.empty()) return activation.incident;
  }
  return {};
}

ActivationId only_open(const Instance& instance) {
  return instance.state().activations.empty() ? ActivationId() : instance.state().activations.begin()->first;
}

std::size_t opened(const Instance& instance, std::string_view step) {
  std::size_t count = 0;
  for (const Event& event : instance.events()) {
    const auto* activation = std::get_if<ActivationOpened>(&event.body);
    if (activation != nullptr && activation->name == step) ++count;
  }
  return count;
}

const Actor kAdmin{.kind = Actor::Kind::admin, .person = PersonId("adm"), .channel = "cli"};

// Asks again until a moment that only the run knows: the loader cannot tell that it may have passed.
constexpr const char* kAskAgain =
    R"(  - set: {vars.until: 'form.?note.orValue("") == "past" ? now : now + duration("24h")'}
  - id: manager
    approve:
      by: requester.manager
    deadline: vars.until
    on:
      timeout:
        - go: manager
  - end: approved
)";

TEST(Circles, ADeadlineThatHasPassedStandsStillAfterAHundredRounds) {
  Instance instance(load_steps(kAskAgain));
  instance.start("li.na", R"({"note": "past"})");
  instance.advance_to("2026-03-02T17:00:00Z");
  EXPECT_EQ(opened(instance, "manager"), kReturnsMax + 1);
  EXPECT_THAT(incident_of(instance),
              HasSubstr("it came back to manager 100 times within less than a second, and nobody decided"));
  EXPECT_THAT(instance.asked(), IsEmpty());
  EXPECT_THAT(instance.state().timers, IsEmpty()) << "nothing goes on by itself";
  EXPECT_THAT(instance.last_sends(), ElementsAre("incident admins"));
}

TEST(Circles, RetryBeginsTheStepAndCountsAfresh) {
  Instance instance(load_steps(kAskAgain));
  instance.start("li.na", R"({"note": "past"})");
  instance.advance_to("2026-03-02T10:00:00Z");
  ASSERT_THAT(incident_of(instance), HasSubstr("came back to manager"));
  instance.run(Retry{only_open(instance), kAdmin, "once more"});
  EXPECT_THAT(incident_of(instance), IsEmpty());
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@manager"));
  EXPECT_EQ(instance.state().timers.size(), 1u) << "its deadline runs";
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Circles, SkipLeadsOutOfIt) {
  Instance instance(load_steps(kAskAgain));
  instance.start("li.na", R"({"note": "past"})");
  instance.advance_to("2026-03-02T10:00:00Z");
  instance.run(Skip{.step = "manager", .activation = {}, .by = kAdmin, .reason = "agreed by phone"});
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Circles, AReminderOnceADayGoesRoundForYears) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    deadline: 1 day
    on:
      timeout:
        - go: manager
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2028-03-02T10:00:00Z");
  EXPECT_GT(opened(instance, "manager"), 500u);
  EXPECT_THAT(incident_of(instance), IsEmpty());
}

TEST(Circles, LookingOnceAMinuteIsHonestAndEveryTenSecondsIsNot) {
  const auto look = [](const std::string& every) {
    return load_steps("  - id: look\n    wait: " + every + R"(
  - when: form.?note.orValue("") == "done"
    end: approved
  - go: look
)");
  };
  Instance minute(look("1 minute"));
  minute.start("li.na");
  minute.advance_to("2026-03-03T18:00:00Z");
  EXPECT_GT(opened(minute, "look"), 1000u);
  EXPECT_THAT(incident_of(minute), IsEmpty());

  Instance seconds(look("10 seconds"));
  seconds.start("li.na");
  seconds.advance_to("2026-03-02T12:00:00Z");
  EXPECT_EQ(opened(seconds, "look"), kReturnsMax + 1);
  EXPECT_THAT(incident_of(seconds), HasSubstr("100 times within 16 minutes"));
}

TEST(Circles, PeopleGoRoundAsOftenAsTheyLike) {
  Instance instance(load_steps(R"(  - id: manager
    approve:
      by: requester.manager
    on:
      approved:
        - go: manager
)"));
  instance.start("li.na");
  for (int i = 0; i < 300; ++i) instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(opened(instance, "manager"), 301u);
  EXPECT_THAT(incident_of(instance), IsEmpty());
}

TEST(Circles, ManyItemsOneAfterAnotherAreNone) {
  std::string lines = "1";
  for (int line = 2; line <= 150; ++line) lines += ", " + std::to_string(line);
  Instance instance(
      load_steps("  - id: each\n    for_each:\n      in: '[" + lines + "]'\n" + R"(      as: line
      order: one_by_one
      steps:
        - id: pause
          wait: 1 second
  - end: approved
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-02T12:00:00Z");
  EXPECT_EQ(opened(instance, "pause"), 150u);
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Circles, OfCallsThatFailAtOnceStandStill) {
  Instance instance(load_steps(R"(  - id: book
    call: crm.book
    with:
      deal: form.note
    on:
      failed:
        - go: book
  - end: approved
)"));
  instance.start("li.na", R"({"note": "D-7"})");
  for (int i = 0; i < 200 && incident_of(instance).empty(); ++i) {
    const auto& activation = instance.state().activations.at(only_open(instance));
    ASSERT_TRUE(activation.effect);
    instance.run(EffectDone{*activation.effect, false, {}, "no such deal"});
  }
  EXPECT_EQ(opened(instance, "book"), kReturnsMax + 1);
  EXPECT_THAT(incident_of(instance), HasSubstr("came back to book 100 times"));
  EXPECT_THAT(instance.last_sends(), ElementsAre("incident admins")) << "the last one is not called";
}

DeliverEvent answered(int number) {
  cel::Map data;
  data.set("deal", cel::Value::string("7"));
  return DeliverEvent{"crm", "answered", "d" + std::to_string(number), cel::Value::map(data)};
}

// What an event from outside has caused each time is let go on ten times as long: chatty, but not for ever.
TEST(Circles, OfEventsFromOutsideMayBeTenTimesAsLong) {
  Instance instance(load_steps(R"(  - id: answer
    wait:
      event: crm.answered
    on:
      received:
        - go: answer
)"));
  instance.start("li.na");
  int events = 0;
  while (events < 2000 && incident_of(instance).empty()) instance.run(answered(++events));
  EXPECT_EQ(events, static_cast<int>(kHeardReturnsMax));
  EXPECT_THAT(incident_of(instance), HasSubstr("came back to answer 1000 times"));
}

TEST(Circles, AStartThatWouldGoRoundIsRefused) {
  Instance instance(load_steps(R"(  - set: {vars.until: now}
  - id: pause
    wait:
      until: vars.until
  - go: pause
)"));
  const Outcome outcome = instance.start("li.na");
  EXPECT_THAT(rejection(outcome), HasSubstr("it came back to pause 100 times"));
}

TEST(Circles, ALevelThatIsHeldDoesNotOpen) {
  Instance instance(load_steps(R"(  - id: pause
    wait: 1 second
  - id: levels
    gates:
      - stage: first
        steps:
          - notify: {to: requester, subject: round, text: again}
  - go: pause
)"));
  instance.start("li.na");
  instance.advance_to("2026-03-02T10:00:00Z");
  EXPECT_THAT(incident_of(instance), HasSubstr("came back to"));
  EXPECT_EQ(instance.status(), "running");
}

}  // namespace
}  // namespace countersign::testing
