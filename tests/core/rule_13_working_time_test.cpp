// Rule 13: reminders and escalation count in the working time of whoever is asked, wherever they work.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/person_calendar.h"
#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kReminded = R"(workflow: t
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
    remind:
      - {after: 2 business hours, every: 1 business day, at_most: 50}
    escalate:
      after: 1 business day
      to: person("chen.jie")
  - end: approved
)";

// Monday to Friday 09:00-18:00 there.
CalendarSettings hours_in(const std::string& zone) {
  CalendarSettings settings;
  settings.name = zone;
  settings.zone = zone;
  for (std::size_t day = 0; day < 5; ++day) settings.hours[day] = {*parse_working_hours("09:00-18:00")};
  return settings;
}

// li.na asks zhang.wei, who works by that calendar; the workflow's is the sample's, in UTC.
Instance asked_of(const CalendarSettings& settings, const char* workflow = kReminded) {
  Instance instance(load(workflow));
  auto calendar = Calendar::make(settings);
  EXPECT_TRUE(calendar) << (calendar ? "" : calendar.error().message);
  instance.calendars["there"] = std::make_shared<const Calendar>(*calendar);
  std::vector<Person> people(instance.directory->people().begin(), instance.directory->people().end());
  for (Person& person : people) {
    if (person.id.value == "zhang.wei") person.calendar = "there";
  }
  std::vector<Group> groups(instance.directory->groups().begin(), instance.directory->groups().end());
  instance.directory = *Directory::build(std::move(people), std::move(groups));
  return instance;
}

std::string due_of(const Instance& instance, TimerKind kind) {
  for (const auto& [key, timer] : instance.state().timers) {
    if (key.kind == kind) return format_rfc3339(timer.due);
  }
  return "none";
}

TEST(Rule13ChasingInAnotherZone, CountsTheAssigneesHours) {
  Instance instance = asked_of(hours_in("Asia/Shanghai"));
  instance.start("li.na");  // Monday 17:00 in Shanghai
  EXPECT_EQ(due_of(instance, TimerKind::remind), "2026-03-03T02:00:00Z") << "one hour today, one tomorrow";
  EXPECT_EQ(due_of(instance, TimerKind::escalate), "2026-03-03T09:00:00Z");
}

// The sample's calendar is the workflow's; the person has moved.
Instance asked_in_zone(const std::string& zone, const char* workflow = kReminded) {
  Instance instance(load(workflow));
  std::vector<Person> people(instance.directory->people().begin(), instance.directory->people().end());
  for (Person& person : people) {
    if (person.id.value == "zhang.wei") person.zone = zone;
  }
  std::vector<Group> groups(instance.directory->groups().begin(), instance.directory->groups().end());
  instance.directory = *Directory::build(std::move(people), std::move(groups));
  return instance;
}

TEST(Rule13ChasingInAnotherZone, CountsByThePersonsOwnClockWhereOnlyTheirZoneIsKnown) {
  Instance instance = asked_in_zone("Asia/Shanghai");  // until 18:00 there
  instance.jump_to("2026-03-02T08:00:00Z");
  instance.start("li.na");  // Monday 16:00 in Shanghai
  EXPECT_EQ(due_of(instance, TimerKind::remind), "2026-03-03T01:00:00Z")
      << "after two hours work is over: the next morning there";
  Instance at_home = asked_in_zone("");
  at_home.jump_to("2026-03-02T08:00:00Z");
  at_home.start("li.na");
  EXPECT_EQ(due_of(at_home, TimerKind::remind), "2026-03-02T11:00:00Z");
}

TEST(Rule13ChasingInAnotherZone, TakesTheHoursOfTheCalendarAndTheClocksOfTheZone) {
  Instance instance = asked_of(hours_in("Asia/Shanghai"));
  Person person{
      .id = PersonId("zhang.wei"), .name = "zhang.wei", .calendar = "there", .zone = "Europe/Berlin"};
  const auto calendar = calendar_of(instance.calendars, &person, "");
  ASSERT_NE(calendar, nullptr);
  EXPECT_EQ(calendar->zone(), "Europe/Berlin");
  EXPECT_EQ(format_rfc3339(calendar->next_working_time(*parse_rfc3339("2026-03-02T00:00:00Z"))),
            "2026-03-02T08:00:00Z")
      << "09:00 in Berlin";
  person.zone = "Asia/Shanghai";
  EXPECT_EQ(calendar_of(instance.calendars, &person, ""), instance.calendars.at("there"));
  EXPECT_EQ(calendar_of(instance.calendars, nullptr, "there"), instance.calendars.at("there"));
  EXPECT_EQ(calendar_of(instance.calendars, nullptr, "gone"), instance.calendars.at(""));
}

TEST(Rule13ChasingOverAHolidayWithAMakeUpWorkday, RestsOnTheHolidayAndWorksOnTheSaturday) {
  CalendarSettings settings = hours_in("Asia/Shanghai");
  for (const char* day : {"2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"})
    settings.holidays.insert(*parse_day(day));
  settings.workdays.push_back({*parse_day("2026-03-07")});
  Instance instance = asked_of(settings);
  instance.start("li.na");
  EXPECT_EQ(due_of(instance, TimerKind::remind), "2026-03-07T02:00:00Z") << "the make-up Saturday";
  EXPECT_EQ(due_of(instance, TimerKind::escalate), "2026-03-07T09:00:00Z");
}

TEST(Rule13ChasingOverAChangeOfTheClock, KeepsTheWallTime) {
  // New York goes from UTC-5 to UTC-4 on 8 March 2026.
  Instance instance = asked_of(hours_in("America/New_York"));
  instance.jump_to("2026-03-06T21:00:00Z");  // Friday 16:00 there
  instance.start("li.na");
  EXPECT_EQ(due_of(instance, TimerKind::remind), "2026-03-09T13:00:00Z") << "Monday 09:00, an hour earlier";
  EXPECT_EQ(due_of(instance, TimerKind::escalate), "2026-03-09T20:00:00Z") << "Monday 16:00";
}

TEST(Rule13ChasingAfterADowntime, WaitsForTheMorningAndDoesNotSpeakAtNight) {
  Instance instance = asked_of(hours_in("UTC"));
  instance.start("li.na");
  const TimerKey remind = instance.state().timers.begin()->first;
  instance.jump_to("2026-03-03T22:00:00Z");  // the daemon comes back at night
  for (const auto& [key, timer] : std::map(instance.state().timers)) {
    ASSERT_TRUE(accepted(instance.run(TimerDue{key})));
    EXPECT_THAT(instance.last_sends(), IsEmpty());
  }
  EXPECT_EQ(due_of(instance, TimerKind::remind), "2026-03-04T09:00:00Z");
  EXPECT_EQ(due_of(instance, TimerKind::escalate), "2026-03-04T09:00:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@manager"));
  instance.jump_to("2026-03-04T09:00:00Z");
  ASSERT_TRUE(accepted(instance.run(TimerDue{remind})));
  EXPECT_FALSE(instance.last_sends().empty());
}

// The second of an ordered approval was escalated past before their own day had begun.
TEST(Rule13EscalationOfWhoeverIsAskedLater, CountsInTheirCalendar) {
  Instance instance = asked_of(hours_in("America/New_York"), R"(workflow: t
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: both
    approve:
      by:
        - person("wang.fang")
        - person("zhang.wei")
      need: all
      order: one_by_one
    escalate:
      after: 2 business hours
      to: person("chen.jie")
  - end: approved
)");
  instance.start("li.na");
  EXPECT_EQ(due_of(instance, TimerKind::escalate), "2026-03-02T11:00:00Z") << "wang.fang works in UTC";
  instance.decide_as("wang.fang", "approved");
  instance.advance_to("2026-03-02T11:30:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@both"));
  EXPECT_EQ(due_of(instance, TimerKind::escalate), "2026-03-02T16:00:00Z") << "11:00 in New York";
  instance.advance_to("2026-03-02T16:30:00Z");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@both", "zhang.wei@both"));
}

TEST(Rule13ChasingAfterTheDecision, IsOverInTheSameCommand) {
  Instance instance = asked_of(hours_in("UTC"));
  instance.start("li.na");
  const auto timers = instance.state().timers;
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(instance.state().timers, IsEmpty());
  for (const auto& [key, timer] : timers) {
    EXPECT_EQ(rejection_code(instance.run(TimerDue{key})), ErrorCode::conflict);
  }
}

Calendar zone_calendar(const std::string& zone) {
  return *Calendar::make(hours_in(zone));
}

std::string quiet_end(const char* hours, const char* at, const std::string& zone = "UTC") {
  return format_rfc3339(end_of_quiet(zone_calendar(zone), *parse_quiet_hours(hours), *parse_rfc3339(at)));
}

TEST(Rule13QuietHours, EndInTheMorningWhetherTheyBeganBeforeOrAfterMidnight) {
  EXPECT_EQ(quiet_end("20:00-08:00", "2026-03-02T19:59:59Z"), "2026-03-02T19:59:59Z");
  EXPECT_EQ(quiet_end("20:00-08:00", "2026-03-02T20:00:00Z"), "2026-03-03T08:00:00Z");
  EXPECT_EQ(quiet_end("20:00-08:00", "2026-03-03T03:00:00Z"), "2026-03-03T08:00:00Z");
  EXPECT_EQ(quiet_end("20:00-08:00", "2026-03-03T08:00:00Z"), "2026-03-03T08:00:00Z");
  EXPECT_EQ(quiet_end("12:00-14:00", "2026-03-03T13:00:00Z"), "2026-03-03T14:00:00Z");
  EXPECT_EQ(quiet_end("22:00-24:00", "2026-03-03T23:00:00Z"), "2026-03-04T00:00:00Z");
  EXPECT_EQ(quiet_end("none", "2026-03-03T03:00:00Z"), "2026-03-03T03:00:00Z");
}

TEST(Rule13QuietHours, FollowTheClockOfThePersonThroughItsChanges) {
  EXPECT_EQ(quiet_end("20:00-08:00", "2026-03-02T13:00:00Z", "Asia/Shanghai"), "2026-03-03T00:00:00Z");
  // The night in which New York's clocks go forward is an hour shorter, back an hour longer.
  EXPECT_EQ(quiet_end("22:00-07:00", "2026-03-08T04:00:00Z", "America/New_York"), "2026-03-08T11:00:00Z");
  EXPECT_EQ(quiet_end("22:00-07:00", "2026-11-01T03:00:00Z", "America/New_York"), "2026-11-01T12:00:00Z");
  // 01:45 comes twice; the second time the quiet hours, which end at 01:30, are over.
  EXPECT_EQ(quiet_end("22:00-01:30", "2026-11-01T06:15:00Z", "America/New_York"), "2026-11-01T06:15:00Z");
}

TEST(Rule13QuietHours, AreReadStrictly) {
  for (const char* bad : {"", "20:00", "20-08", "25:00-08:00", "20:00-20:00", "00:00-24:00", "20:60-08:00"}) {
    EXPECT_FALSE(parse_quiet_hours(bad)) << bad;
  }
  EXPECT_EQ(to_text(*parse_quiet_hours("20:00 - 08:00")), "20:00-08:00");
  EXPECT_EQ(to_text(*parse_quiet_hours("none")), "none");
}

}  // namespace
}  // namespace countersign::testing
