#include "core/schedule.h"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Every = Schedule::Every;

Instant at(std::string_view text) {
  auto parsed = parse_rfc3339(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Instant());
}
Day day(std::string_view text) {
  return parse_day(text).value();
}
Calendar in(std::string zone, std::vector<std::string_view> holidays = {},
            std::vector<std::string_view> workdays = {}) {
  CalendarSettings settings = CalendarSettings::standard(std::move(zone));
  for (const auto text : holidays) settings.holidays.insert(day(text));
  for (const auto text : workdays) settings.workdays.push_back({day(text), -1});
  return Calendar::make(std::move(settings)).value();
}
Schedule words(Every every, std::string_view on = {}, std::string_view time = {}) {
  Schedule schedule;
  schedule.every = every;
  if (!on.empty()) {
    const auto read = parse_period_day(every, on);
    EXPECT_TRUE(read) << read.error().message;
    if (read) schedule.on = *read;
  }
  if (!time.empty()) schedule.at = parse_time_of_day(time).value();
  return schedule;
}
Schedule cron(std::string_view text) {
  Schedule schedule;
  schedule.every = Every::firing;
  const auto read = parse_cron(text);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  if (read) schedule.cron = *read;
  return schedule;
}
// "2026-04-01T01:00:00Z 2026-Q2 2026-04-01..2026-06-30"
std::string shown(const std::optional<Due>& due) {
  if (!due) return "never";
  return fmt::format("{} {} {}..{}", format_rfc3339(due->at), due->period.name, format_day(due->period.first),
                     format_day(due->period.last));
}
std::string next(const Schedule& schedule, const Calendar& calendar, std::string_view after) {
  return shown(next_due(schedule, calendar, at(after)));
}
std::string latest(const Schedule& schedule, const Calendar& calendar, std::string_view until) {
  return shown(latest_due(schedule, calendar, at(until)));
}
// The times of `count` firings, one after another.
std::vector<std::string> times(const Schedule& schedule, const Calendar& calendar, std::string_view after,
                               int count) {
  std::vector<std::string> found;
  Instant from = at(after);
  for (int i = 0; i < count; ++i) {
    const auto due = next_due(schedule, calendar, from);
    if (!due) break;
    found.push_back(format_rfc3339(due->at));
    from = due->at;
  }
  return found;
}

using Texts = std::vector<std::string>;

TEST(Schedule, EveryPeriodHasItsFirstAndLastDayAndItsName) {
  const Calendar utc = in("UTC");
  EXPECT_EQ(next(words(Every::day, "", "09:00"), utc, "2026-03-02T09:00:00Z"),
            "2026-03-03T09:00:00Z 2026-03-03 2026-03-03..2026-03-03");
  EXPECT_EQ(next(words(Every::week, "", "09:00"), utc, "2026-03-03T00:00:00Z"),
            "2026-03-09T09:00:00Z 2026-W11 2026-03-09..2026-03-15");
  EXPECT_EQ(next(words(Every::month, "", "09:00"), utc, "2026-03-03T00:00:00Z"),
            "2026-04-01T09:00:00Z 2026-04 2026-04-01..2026-04-30");
  EXPECT_EQ(next(words(Every::quarter, "", "09:00"), utc, "2026-03-03T00:00:00Z"),
            "2026-04-01T09:00:00Z 2026-Q2 2026-04-01..2026-06-30");
  EXPECT_EQ(next(words(Every::year, "", "09:00"), utc, "2026-03-03T00:00:00Z"),
            "2027-01-01T09:00:00Z 2027 2027-01-01..2027-12-31");
}

TEST(Schedule, AWeekBelongsToTheYearOfItsThursday) {
  const Calendar utc = in("UTC");
  const Schedule monday = words(Every::week, "monday", "09:00");
  EXPECT_EQ(next(monday, utc, "2024-12-28T00:00:00Z"),
            "2024-12-30T09:00:00Z 2025-W01 2024-12-30..2025-01-05");
  EXPECT_EQ(next(monday, utc, "2026-12-27T00:00:00Z"),
            "2026-12-28T09:00:00Z 2026-W53 2026-12-28..2027-01-03");
  EXPECT_EQ(next(monday, utc, "2027-01-01T00:00:00Z"),
            "2027-01-04T09:00:00Z 2027-W01 2027-01-04..2027-01-10");
}

TEST(Schedule, DaysOfAMonth) {
  const Calendar utc = in("UTC");
  EXPECT_EQ(next(words(Every::month, "15", "09:00"), utc, "2026-03-15T09:00:00Z"),
            "2026-04-15T09:00:00Z 2026-04 2026-04-01..2026-04-30");
  // A day that the month has not is its last.
  EXPECT_EQ(times(words(Every::month, "31", "09:00"), utc, "2027-12-31T12:00:00Z", 4),
            (Texts{"2028-01-31T09:00:00Z", "2028-02-29T09:00:00Z", "2028-03-31T09:00:00Z",
                   "2028-04-30T09:00:00Z"}));
  EXPECT_EQ(times(words(Every::month, "last day", "23:59"), utc, "2026-01-31T23:59:00Z", 2),
            (Texts{"2026-02-28T23:59:00Z", "2026-03-31T23:59:00Z"}));
  EXPECT_EQ(times(words(Every::month, "first monday", "09:00"), utc, "2026-05-31T00:00:00Z", 2),
            (Texts{"2026-06-01T09:00:00Z", "2026-07-06T09:00:00Z"}));
  EXPECT_EQ(times(words(Every::month, "second tuesday", "09:00"), utc, "2026-03-01T00:00:00Z", 1),
            (Texts{"2026-03-10T09:00:00Z"}));
  EXPECT_EQ(times(words(Every::month, "last friday", "09:00"), utc, "2026-03-01T00:00:00Z", 2),
            (Texts{"2026-03-27T09:00:00Z", "2026-04-24T09:00:00Z"}));
  EXPECT_EQ(times(words(Every::month, "last sunday", "09:00"), utc, "2026-05-01T00:00:00Z", 1),
            (Texts{"2026-05-31T09:00:00Z"}));
}

TEST(Schedule, DaysOfAQuarterAndAYear) {
  const Calendar utc = in("UTC");
  EXPECT_EQ(times(words(Every::quarter, "15", "09:00"), utc, "2026-01-15T09:00:00Z", 4),
            (Texts{"2026-04-15T09:00:00Z", "2026-07-15T09:00:00Z", "2026-10-15T09:00:00Z",
                   "2027-01-15T09:00:00Z"}));
  EXPECT_EQ(next(words(Every::quarter, "last day", "09:00"), utc, "2026-02-01T00:00:00Z"),
            "2026-03-31T09:00:00Z 2026-Q1 2026-01-01..2026-03-31");
  EXPECT_EQ(next(words(Every::year, "12-15", "09:00"), utc, "2026-12-15T08:59:59Z"),
            "2026-12-15T09:00:00Z 2026 2026-01-01..2026-12-31");
  EXPECT_EQ(times(words(Every::year, "02-29", "09:00"), utc, "2026-03-01T00:00:00Z", 2),
            (Texts{"2027-02-28T09:00:00Z", "2028-02-29T09:00:00Z"}));
  EXPECT_EQ(times(words(Every::year, "last business day", "09:00"), utc, "2026-01-01T00:00:00Z", 2),
            (Texts{"2026-12-31T09:00:00Z", "2027-12-31T09:00:00Z"}));
}

TEST(Schedule, BusinessDaysFollowHolidaysAndMakeUpWorkdays) {
  // The Chinese New Year of 2026: off from 15 to 23 February, worked on Saturday 14 and Saturday 28.
  std::vector<std::string_view> off{"2026-01-01", "2026-02-15", "2026-02-16", "2026-02-17", "2026-02-18",
                                    "2026-02-19", "2026-02-20", "2026-02-21", "2026-02-22", "2026-02-23"};
  const Calendar office = in("Asia/Shanghai", off, {"2026-02-14", "2026-02-28"});
  EXPECT_EQ(next(words(Every::quarter, "first business day", "09:00"), office, "2025-12-15T00:00:00Z"),
            "2026-01-02T01:00:00Z 2026-Q1 2026-01-01..2026-03-31");
  EXPECT_EQ(next(words(Every::month, "last business day", "09:00"), office, "2026-02-01T00:00:00Z"),
            "2026-02-28T01:00:00Z 2026-02 2026-02-01..2026-02-28");
  EXPECT_EQ(next(words(Every::week, "last business day", "09:00"), office, "2026-02-08T16:00:00Z"),
            "2026-02-14T01:00:00Z 2026-W07 2026-02-09..2026-02-15");
  // A week without a business day is passed over.
  EXPECT_EQ(next(words(Every::week, "first business day", "09:00"), office, "2026-02-15T00:00:00Z"),
            "2026-02-24T01:00:00Z 2026-W09 2026-02-23..2026-03-01");
  EXPECT_EQ(times(words(Every::day, "business days", "09:00"), office, "2026-02-13T02:00:00Z", 3),
            (Texts{"2026-02-14T01:00:00Z", "2026-02-24T01:00:00Z", "2026-02-25T01:00:00Z"}));
  EXPECT_EQ(next(words(Every::month, "fifth business day", "09:00"), office, "2026-02-01T00:00:00Z"),
            "2026-02-06T01:00:00Z 2026-02 2026-02-01..2026-02-28");
}

TEST(Schedule, APeriodWithFewerBusinessDaysHasItsLastOne) {
  const Calendar office = in("UTC", {"2026-03-04", "2026-03-05", "2026-03-06"});
  EXPECT_EQ(next(words(Every::week, "fourth business day", "09:00"), office, "2026-03-02T00:00:00Z"),
            "2026-03-03T09:00:00Z 2026-W10 2026-03-02..2026-03-08");
}

TEST(Schedule, SomeDaysOfTheWeek) {
  EXPECT_EQ(times(words(Every::day, "tue,thu", "10:00"), in("UTC"), "2026-03-02T00:00:00Z", 3),
            (Texts{"2026-03-03T10:00:00Z", "2026-03-05T10:00:00Z", "2026-03-10T10:00:00Z"}));
}

TEST(Schedule, WithoutATimeItIsDueWhenTheDaysWorkBegins) {
  const Calendar office = in("Asia/Shanghai");
  EXPECT_EQ(times(words(Every::day), office, "2026-03-05T12:00:00Z", 3),
            (Texts{"2026-03-06T01:00:00Z", "2026-03-06T16:00:00Z", "2026-03-07T16:00:00Z"}));
}

TEST(Schedule, TimesAreWallTimesOfTheZone) {
  EXPECT_EQ(times(words(Every::month, "1", "09:00"), in("America/New_York"), "2026-02-15T00:00:00Z", 2),
            (Texts{"2026-03-01T14:00:00Z", "2026-04-01T13:00:00Z"}));
  // In Shanghai it is tomorrow already.
  EXPECT_EQ(next(words(Every::month, "1", "00:30"), in("Asia/Shanghai"), "2026-02-28T16:29:59Z"),
            "2026-02-28T16:30:00Z 2026-03 2026-03-01..2026-03-31");
}

TEST(Schedule, ATimeThatClocksLeaveOutComesAsTheGapEnds) {
  const Schedule night = words(Every::day, "", "02:30");
  EXPECT_EQ(times(night, in("Europe/Berlin"), "2026-03-28T00:00:00Z", 3),
            (Texts{"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}));
  EXPECT_EQ(times(night, in("America/New_York"), "2026-03-07T12:00:00Z", 2),
            (Texts{"2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"}));
}

TEST(Schedule, ATimeThatComesTwiceIsDueOnce) {
  const Schedule night = words(Every::day, "", "02:30");
  EXPECT_EQ(times(night, in("Europe/Berlin"), "2026-10-24T12:00:00Z", 2),
            (Texts{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}));
  EXPECT_EQ(times(words(Every::day, "", "01:30"), in("America/New_York"), "2026-10-31T12:00:00Z", 2),
            (Texts{"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"}));
}

TEST(Schedule, AMidnightThatClocksLeaveOutStaysOnItsDay) {
  // Santiago goes forward at midnight: 2026-09-06 begins at 01:00.
  EXPECT_EQ(next(words(Every::day, "", "00:00"), in("America/Santiago"), "2026-09-05T12:00:00Z"),
            "2026-09-06T04:00:00Z 2026-09-06 2026-09-06..2026-09-06");
}

TEST(Cron, FieldsListsRangesStepsAndNames) {
  const Calendar utc = in("UTC");
  EXPECT_EQ(times(cron("0 9 * * 1-5"), utc, "2026-03-06T09:00:00Z", 2),
            (Texts{"2026-03-09T09:00:00Z", "2026-03-10T09:00:00Z"}));
  EXPECT_EQ(times(cron("*/20 8-10/2 * * *"), utc, "2026-03-06T08:20:00Z", 3),
            (Texts{"2026-03-06T08:40:00Z", "2026-03-06T10:00:00Z", "2026-03-06T10:20:00Z"}));
  EXPECT_EQ(times(cron("30 7 1,15 JAN,jul *"), utc, "2026-01-15T07:30:00Z", 2),
            (Texts{"2026-07-01T07:30:00Z", "2026-07-15T07:30:00Z"}));
  EXPECT_EQ(times(cron("0 0 * * fri-sun"), utc, "2026-03-05T00:00:00Z", 4),
            (Texts{"2026-03-06T00:00:00Z", "2026-03-07T00:00:00Z", "2026-03-08T00:00:00Z",
                   "2026-03-13T00:00:00Z"}));
  EXPECT_EQ(cron("0 0 * * 0").cron, cron("0 0 * * 7").cron);
  EXPECT_EQ(times(cron("50/5 12 * * *"), utc, "2026-03-06T00:00:00Z", 3),
            (Texts{"2026-03-06T12:50:00Z", "2026-03-06T12:55:00Z", "2026-03-07T12:50:00Z"}));
  EXPECT_EQ(next(cron("  0\t9 * * * "), utc, "2026-03-06T00:00:00Z"),
            "2026-03-06T09:00:00Z 2026-03-06T09:00 2026-03-06..2026-03-06");
}

TEST(Cron, TheDayOfTheMonthOrOfTheWeekSufficesWhereBothAreRestricted) {
  const Calendar utc = in("UTC");
  EXPECT_EQ(times(cron("0 0 13 * fri"), utc, "2026-03-01T00:00:00Z", 4),
            (Texts{"2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z",
                   "2026-03-27T00:00:00Z"}));
  EXPECT_EQ(times(cron("0 0 14 * fri"), utc, "2026-03-12T00:00:00Z", 2),
            (Texts{"2026-03-13T00:00:00Z", "2026-03-14T00:00:00Z"}));
  EXPECT_EQ(times(cron("0 0 */2 * mon"), utc, "2026-03-01T00:00:00Z", 2),
            (Texts{"2026-03-09T00:00:00Z", "2026-03-23T00:00:00Z"}));
}

TEST(Cron, LeapDaysAreFoundUpToEightYearsAhead) {
  const Calendar utc = in("UTC");
  EXPECT_EQ(times(cron("0 0 29 2 *"), utc, "2026-01-01T00:00:00Z", 2),
            (Texts{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}));
  EXPECT_EQ(times(cron("0 0 29 2 *"), utc, "2096-03-01T00:00:00Z", 1), (Texts{"2104-02-29T00:00:00Z"}));
  EXPECT_EQ(latest(cron("0 0 29 2 *"), utc, "2026-01-01T00:00:00Z"),
            "2024-02-29T00:00:00Z 2024-02-29T00:00 2024-02-29..2024-02-29");
}

TEST(Cron, EachWallTimeFiresOnceWhereClocksChange) {
  const Calendar berlin = in("Europe/Berlin");
  // 02:00 to 03:00 does not exist: what falls into it fires once, as the gap ends.
  EXPECT_EQ(times(cron("*/30 * * * *"), berlin, "2026-03-29T00:00:00Z", 4),
            (Texts{"2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z",
                   "2026-03-29T02:00:00Z"}));
  EXPECT_EQ(next(cron("15,45 2 * * *"), berlin, "2026-03-29T00:00:00Z"),
            "2026-03-29T01:00:00Z 2026-03-29T03:00 2026-03-29..2026-03-29");
  EXPECT_EQ(times(cron("15,45 2 * * *"), berlin, "2026-03-29T01:00:00Z", 1), (Texts{"2026-03-30T00:15:00Z"}));
  // 02:00 to 03:00 comes twice: the second coming is passed over.
  EXPECT_EQ(times(cron("30 * * * *"), berlin, "2026-10-24T23:45:00Z", 3),
            (Texts{"2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z", "2026-10-25T03:30:00Z"}));
}

struct BadCron {
  std::string_view text;
  std::size_t begin, end;
  std::string_view message;
};

TEST(Cron, SaysWhichPartIsWrongAndWhy) {
  const BadCron cases[] = {
      {"0 9 * *", 0, 7,
       "a cron expression has five fields, minute hour day month weekday, and '0 9 * *' has 4"},
      {"0 0 9 * * 1", 0, 11,
       "a cron expression has five fields, minute hour day month weekday, and '0 0 9 * * 1' has 6 (there are "
       "no "
       "seconds)"},
      {"", 0, 0, "a cron expression has five fields, minute hour day month weekday, and '' has 0"},
      {"60 9 * * *", 0, 2, "'60' is no minute (0 to 59)"},
      {"0 9,24 * * *", 4, 6, "'24' is no hour (0 to 23)"},
      {"0 9 0 * *", 4, 5, "'0' is no day of the month (1 to 31)"},
      {"0 9 L * *", 4, 5, "'L' is no day of the month (1 to 31)"},
      {"0 9 ? * *", 4, 5, "'?' is no day of the month (1 to 31)"},
      {"0 9 * 13 *", 6, 8, "'13' is no month (1 to 12, or jan to dec)"},
      {"0 9 * mar *", 0, 0, ""},
      {"0 9 * * 8", 8, 9, "'8' is no day of the week (0 to 7, or sun to sat)"},
      {"0 9 * * mon#2", 8, 13, "'mon#2' is no day of the week (0 to 7, or sun to sat)"},
      {"0 17-9 * * *", 2, 6, "the range '17-9' runs backwards: write '17-23,0-9'"},
      {"*/0 9 * * *", 2, 3, "the step '0' is no number from 1 on"},
      {"*/x 9 * * *", 2, 3, "the step 'x' is no number from 1 on"},
      {"1/2/3 9 * * *", 0, 5, "'1/2/3' has two steps"},
      {"1-2-3 9 * * *", 0, 5, "'1-2-3' is no range"},
      {"1, 9 * * *", 0, 2, "'1,' is no minute (0 to 59)"},
      {"-5 9 * * *", 0, 0, "'' is no minute (0 to 59)"},
      {"0 9 30 2 *", 4, 8, "no year has such a day (day 30 of month 2)"},
      {"0 9 31 feb,apr,nov *", 4, 18, "no year has such a day (day 31 of month feb,apr,nov)"},
      {"@daily", 0, 6,
       "'@daily' is a word of other programs: write 'every: day' or the like, or five fields"},
  };
  for (const BadCron& bad : cases) {
    const auto read = parse_cron(bad.text);
    if (bad.message.empty()) {
      EXPECT_TRUE(read) << bad.text;
      continue;
    }
    ASSERT_FALSE(read) << bad.text;
    EXPECT_EQ(read.error().message, bad.message) << bad.text;
    EXPECT_EQ(read.error().begin, bad.begin) << bad.text;
    EXPECT_EQ(read.error().end, bad.end) << bad.text;
  }
}

TEST(PeriodDay, SaysWhatMayStand) {
  const auto problem = [](Every every, std::string_view text) {
    const auto read = parse_period_day(every, text);
    return read ? "accepted" : read.error().message;
  };
  EXPECT_EQ(
      problem(Every::month, "32"),
      "'32' is no day of a month (expected a day from 1 to 31, 'first business day', 'last day', 'first "
      "monday')");
  EXPECT_EQ(
      problem(Every::month, "monday"),
      "'monday' is no day of a month: which one? write 'first monday' (expected a day from 1 to 31, 'first "
      "business day', 'last day', 'first monday')");
  EXPECT_EQ(
      problem(Every::week, "15"),
      "'15' is no day of a week (expected a day of the week, 'first business day' or 'last business day')");
  EXPECT_EQ(
      problem(Every::week, "mon,thu"),
      "'mon,thu' is no day of a week: a week has one such day; several are 'every: day' with 'on: mon,thu' "
      "(expected a day of the week, 'first business day' or 'last business day')");
  EXPECT_NE(problem(Every::week, "second monday"), "accepted");
  EXPECT_NE(problem(Every::week, "third day"), "accepted");
  EXPECT_NE(problem(Every::month, "fifth monday"), "accepted");
  EXPECT_NE(problem(Every::month, "04-01"), "accepted");
  EXPECT_NE(problem(Every::year, "13-01"), "accepted");
  EXPECT_NE(problem(Every::year, "02-30"), "accepted");
  EXPECT_NE(problem(Every::day, "first business day"), "accepted");
  EXPECT_NE(problem(Every::month, "first buisness day"), "accepted");
  EXPECT_NE(problem(Every::month, ""), "accepted");
  for (const char* text : {"1", "31", "First Business Day", "last business day", "last  day",
                           "tenth business day", "last fri"}) {
    EXPECT_EQ(problem(Every::quarter, text), "accepted") << text;
  }
}

TEST(TimeOfDay, IsHoursAndMinutes) {
  EXPECT_EQ(parse_time_of_day("09:05").value(), minutes(545));
  EXPECT_EQ(parse_time_of_day("9:05").value(), minutes(545));
  for (const char* text : {"24:00", "9", "09:60", "9:5", "", "09:00:00", "-1:00", "a:00"}) {
    EXPECT_FALSE(parse_time_of_day(text)) << text;
  }
}

// Whatever the zone and the schedule: next_due and latest_due agree with each other, times only go forward,
// and each lies in its own period, of which no other lies in the same.
TEST(Schedule, NextAndLatestAreTwoWaysToSayTheSame) {
  std::mt19937_64 random(20260302);
  const std::vector<Schedule> schedules{words(Every::day),
                                        words(Every::day, "business days", "02:30"),
                                        words(Every::week, "last business day", "00:00"),
                                        words(Every::week, "sunday", "23:59"),
                                        words(Every::month, "31", "02:15"),
                                        words(Every::month, "first business day"),
                                        words(Every::quarter, "last friday", "09:00"),
                                        words(Every::year, "02-29", "03:00"),
                                        cron("*/7 1-3 * * *"),
                                        cron("0 0 1 */3 *"),
                                        cron("30 2 29 2 *"),
                                        cron("0 12 13 * fri")};
  const std::vector<Calendar> calendars{in("UTC"),
                                        in("Asia/Shanghai", {"2026-10-01", "2026-10-02"}, {"2026-09-26"}),
                                        in("Europe/Berlin"), in("America/New_York"), in("America/Santiago")};
  for (const Schedule& schedule : schedules) {
    for (const Calendar& calendar : calendars) {
      Instant from = at("2023-12-01T00:00:00Z") + minutes(random() % (60 * 24 * 365 * 4));
      std::optional<Due> before;
      for (int i = 0; i < 60; ++i) {
        const auto due = next_due(schedule, calendar, from);
        ASSERT_TRUE(due);
        ASSERT_GT(due->at, from);
        EXPECT_EQ(period_of(schedule, calendar, due->at), due->period);
        EXPECT_LE(due->period.first, calendar.day_of(due->at));
        EXPECT_GE(due->period.last, calendar.day_of(due->at));
        EXPECT_EQ(latest_due(schedule, calendar, due->at), due);
        if (before) {
          EXPECT_NE(before->period.name, due->period.name);
          EXPECT_EQ(latest_due(schedule, calendar, due->at - Duration(1)), before) << format_rfc3339(due->at);
        }
        before = due;
        from = due->at;
      }
    }
  }
}

}  // namespace
}  // namespace countersign
