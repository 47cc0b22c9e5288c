#include "core/calendar.h"

#include <random>

#include <gtest/gtest.h>

#include "core/holidays.h"

namespace countersign {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Instant at(std::string_view text) {
  auto parsed = parse_rfc3339(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Instant());
}
Day day(std::string_view text) {
  return parse_day(text).value();
}

// Monday to Friday, 09:00-12:00 and 13:30-18:00 in Shanghai; the Chinese New Year of 2026 with its make-up
// workday.
CalendarSettings office_settings() {
  CalendarSettings settings;
  settings.name = "office";
  settings.zone = "Asia/Shanghai";
  const std::vector<int> weekdays = parse_weekdays("mon-fri").value();
  for (const int weekday : weekdays) {
    settings.hours[static_cast<std::size_t>(weekday)] = {parse_working_hours("09:00-12:00").value(),
                                                         parse_working_hours("13:30-18:00").value()};
  }
  const auto holidays = parse_holidays(
      "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:春节\r\nDTSTART;VALUE=DATE:20260215\r\nDTEND;VALUE=DATE:"
      "20260224\r\n"
      "END:VEVENT\r\nEND:VCALENDAR\r\n");
  settings.holidays.insert(holidays->begin(), holidays->end());
  settings.workdays = {{day("2026-02-14"), -1}};
  return settings;
}
Calendar made(CalendarSettings settings) {
  auto calendar = Calendar::make(std::move(settings));
  if (!calendar) throw std::runtime_error(calendar.error().message);
  return *calendar;
}
Calendar office() {
  return made(office_settings());
}
Calendar berlin() {
  return made(CalendarSettings::standard("Europe/Berlin"));
}

// Every hour of every day is worked, so that changes of the clock fall into working time.
Calendar around_the_clock(std::string zone) {
  CalendarSettings settings;
  settings.zone = std::move(zone);
  for (auto& spans : settings.hours) spans = {{minutes(0), hours(24)}};
  return made(settings);
}

std::string add(const Calendar& calendar, std::string_view from, std::string_view words) {
  auto later = add_time(calendar, at(from), parse_time_span(words).value());
  return later ? format_rfc3339(*later) : later.error().message;
}
std::string subtract(const Calendar& calendar, std::string_view until, std::string_view words) {
  auto earlier = subtract_time(calendar, at(until), parse_time_span(words).value());
  return earlier ? format_rfc3339(*earlier) : earlier.error().message;
}
std::string refusal(CalendarSettings settings) {
  auto calendar = Calendar::make(std::move(settings));
  EXPECT_FALSE(calendar);
  return calendar ? std::string() : calendar.error().message;
}

// Shanghai is 8 hours ahead of UTC all year: 09:00 is 01:00Z and 18:00 is 10:00Z.

TEST(Calendar, KnowsWorkingTime) {
  const Calendar calendar = office();
  EXPECT_TRUE(calendar.is_working_time(at("2026-03-02T01:00:00Z"))) << "openings are worked";
  EXPECT_FALSE(calendar.is_working_time(at("2026-03-02T00:59:59.999Z")));
  EXPECT_FALSE(calendar.is_working_time(at("2026-03-02T04:00:00Z"))) << "closings are not";
  EXPECT_FALSE(calendar.is_working_time(at("2026-03-02T05:00:00Z"))) << "lunch";
  EXPECT_TRUE(calendar.is_working_time(at("2026-03-02T05:30:00Z")));
  EXPECT_FALSE(calendar.is_working_time(at("2026-03-01T02:00:00Z"))) << "Sunday";
}

TEST(Calendar, ObservesHolidaysAndMakeUpWorkdays) {
  const Calendar calendar = office();
  EXPECT_TRUE(calendar.is_working_day(day("2026-02-14"))) << "a Saturday that is worked";
  EXPECT_EQ(calendar.hours_on(day("2026-02-14")).size(), 2U) << "with Friday's hours";
  EXPECT_FALSE(calendar.is_working_day(day("2026-02-17"))) << "a Tuesday that is not";
  EXPECT_FALSE(calendar.is_working_day(day("2026-02-23")));
  EXPECT_TRUE(calendar.is_working_day(day("2026-02-24")));
  EXPECT_FALSE(calendar.is_working_day(day("2026-02-28"))) << "an ordinary Saturday";
  EXPECT_EQ(calendar.business_days_between(day("2026-02-09"), day("2026-03-01")), 6 + 4);
  EXPECT_EQ(calendar.business_days_between(day("2026-03-01"), day("2026-02-09")), -10);
}

TEST(Calendar, TakesAMakeUpWorkdaysHoursFromTheDayNamed) {
  CalendarSettings settings = office_settings();
  settings.hours[4] = {parse_working_hours("09:00-12:00").value()};
  settings.workdays = {{day("2026-02-14"), kMonday}};
  EXPECT_EQ(made(settings).hours_on(day("2026-02-14")).size(), 2U);
  settings.workdays = {{day("2026-02-14"), -1}};
  EXPECT_EQ(made(settings).hours_on(day("2026-02-14")).size(), 1U);
  settings.workdays = {{day("2026-02-17"), -1}};
  EXPECT_EQ(made(settings).hours_on(day("2026-02-17")).size(), 2U)
      << "wins over a holiday, with its own Tuesday";
}

TEST(Calendar, FindsTheNextAndThePreviousWorkingTime) {
  const Calendar calendar = office();
  const auto next = [&](std::string_view t) { return format_rfc3339(calendar.next_working_time(at(t))); };
  const auto previous = [&](std::string_view t) {
    return format_rfc3339(calendar.previous_working_time(at(t)));
  };
  EXPECT_EQ(next("2026-03-02T02:00:00Z"), "2026-03-02T02:00:00Z");
  EXPECT_EQ(next("2026-03-02T04:00:00Z"), "2026-03-02T05:30:00Z");
  EXPECT_EQ(next("2026-02-14T10:00:00Z"), "2026-02-24T01:00:00Z") << "over the whole New Year";
  EXPECT_EQ(previous("2026-03-02T02:00:00Z"), "2026-03-02T02:00:00Z");
  EXPECT_EQ(previous("2026-03-02T04:00:00Z"), "2026-03-02T04:00:00Z");
  EXPECT_EQ(previous("2026-03-02T01:00:00Z"), "2026-02-27T10:00:00Z");
  EXPECT_EQ(previous("2026-02-24T00:00:00Z"), "2026-02-14T10:00:00Z");
}

TEST(BusinessDays, LandAtTheSameWallTime) {
  const Calendar calendar = office();
  EXPECT_EQ(add(calendar, "2026-03-02T02:15:30.5Z", "2 business days"), "2026-03-04T02:15:30.500Z");
  EXPECT_EQ(add(calendar, "2026-03-05T09:00:00Z", "2 business days"), "2026-03-09T09:00:00Z")
      << "over a weekend";
  EXPECT_EQ(add(calendar, "2026-02-13T02:00:00Z", "1 business day"), "2026-02-14T02:00:00Z")
      << "make-up workday";
  EXPECT_EQ(add(calendar, "2026-02-13T02:00:00Z", "2 business days"), "2026-02-24T02:00:00Z");
}

TEST(BusinessDays, CountFromTheNextOpeningOutsideWorkingTime) {
  const Calendar calendar = office();
  EXPECT_EQ(add(calendar, "2026-03-07T03:00:00Z", "1 business day"), "2026-03-10T01:00:00Z")
      << "from a Saturday";
  EXPECT_EQ(add(calendar, "2026-03-02T04:30:00Z", "1 business day"), "2026-03-03T05:30:00Z") << "from lunch";
  EXPECT_EQ(add(calendar, "2026-03-02T10:00:00Z", "1 business day"), "2026-03-04T01:00:00Z")
      << "from a closing";
  EXPECT_EQ(add(calendar, "2026-03-07T03:00:00Z", "0 business days"), "2026-03-09T01:00:00Z");
  EXPECT_EQ(add(calendar, "2026-03-02T02:00:00Z", "0 business days"), "2026-03-02T02:00:00Z");
}

TEST(BusinessDays, LandInTheHoursOfAShorterDay) {
  CalendarSettings settings = office_settings();
  settings.hours[4] = {parse_working_hours("10:00-12:00").value(),
                       parse_working_hours("14:00-16:00").value()};
  const Calendar calendar = made(settings);
  EXPECT_EQ(add(calendar, "2026-03-05T09:30:00Z", "1 business day"), "2026-03-06T08:00:00Z") << "its closing";
  EXPECT_EQ(add(calendar, "2026-03-05T01:30:00Z", "1 business day"), "2026-03-06T02:00:00Z") << "its opening";
  EXPECT_EQ(add(calendar, "2026-03-05T05:45:00Z", "1 business day"), "2026-03-06T04:00:00Z")
      << "before its lunch";
}

TEST(BusinessHours, PassOnlyInWorkingTime) {
  const Calendar calendar = office();
  EXPECT_EQ(add(calendar, "2026-03-02T01:00:00Z", "4 business hours"), "2026-03-02T06:30:00Z")
      << "over lunch";
  EXPECT_EQ(add(calendar, "2026-03-02T06:00:00Z", "4 business hours"), "2026-03-02T10:00:00Z")
      << "until closing";
  EXPECT_EQ(add(calendar, "2026-03-06T09:00:00Z", "90 business minutes"), "2026-03-09T01:30:00Z");
  EXPECT_EQ(add(calendar, "2026-03-07T09:00:00Z", "1 business hour"), "2026-03-09T02:00:00Z");
  EXPECT_EQ(add(calendar, "2026-02-14T09:30:00Z", "1 business hour"), "2026-02-24T01:30:00Z");
  EXPECT_EQ(add(calendar, "2026-03-07T09:00:00Z", "0 business hours"), "2026-03-09T01:00:00Z");
}

TEST(BusinessTime, IsSubtractedForReminders) {
  const Calendar calendar = office();
  EXPECT_EQ(subtract(calendar, "2026-03-02T10:00:00Z", "1 business hour"), "2026-03-02T09:00:00Z");
  EXPECT_EQ(subtract(calendar, "2026-03-02T01:00:00Z", "1 business hour"), "2026-02-27T09:00:00Z");
  EXPECT_EQ(subtract(calendar, "2026-03-02T06:30:00Z", "4 business hours"), "2026-03-02T01:00:00Z");
  EXPECT_EQ(subtract(calendar, "2026-03-02T10:00:00Z", "1 business day"), "2026-02-27T10:00:00Z");
  EXPECT_EQ(subtract(calendar, "2026-02-24T02:00:00Z", "2 business days"), "2026-02-13T02:00:00Z");
  EXPECT_EQ(subtract(calendar, "2026-03-08T02:00:00Z", "0 business days"), "2026-03-06T10:00:00Z");
  EXPECT_EQ(subtract(calendar, "2026-03-31T02:00:00Z", "1 month"), "2026-02-28T02:00:00Z");
  EXPECT_EQ(subtract(around_the_clock("UTC"), "2026-03-04T00:00:00Z", "1 business day"),
            "2026-03-03T00:00:00Z");
}

TEST(CalendarTime, KeepsTheWallTime) {
  const Calendar calendar = berlin();
  EXPECT_EQ(add(calendar, "2026-03-28T11:00:00Z", "1 day"), "2026-03-29T10:00:00Z") << "a day of 23 hours";
  EXPECT_EQ(add(calendar, "2026-03-28T11:00:00Z", "24 hours"), "2026-03-29T11:00:00Z");
  EXPECT_EQ(add(calendar, "2026-10-24T10:00:00Z", "1 day"), "2026-10-25T11:00:00Z") << "a day of 25 hours";
  EXPECT_EQ(add(calendar, "2026-03-28T11:00:00Z", "1 week"), "2026-04-04T10:00:00Z");
  EXPECT_EQ(add(calendar, "2026-01-31T11:00:00Z", "1 month"), "2026-02-28T11:00:00Z");
  EXPECT_EQ(add(calendar, "2027-12-31T11:00:00Z", "2 months"), "2028-02-29T11:00:00Z");
  EXPECT_EQ(add(calendar, "2026-01-31T11:00:00Z", "1 year"), "2027-01-31T11:00:00Z");
}

TEST(ChangeOfTheClock, AGapMovesForwardToTheFirstTimeThatExists) {
  const Calendar calendar = berlin();
  // On 2026-03-29, 02:00 to 03:00 do not exist: 03:00 is 01:00Z.
  EXPECT_EQ(add(calendar, "2026-03-28T01:30:00Z", "1 day"), "2026-03-29T01:00:00Z");
  EXPECT_EQ(format_rfc3339(calendar.instant_of(day("2026-03-29"), minutes(150))), "2026-03-29T01:00:00Z");
  EXPECT_EQ(format_rfc3339(calendar.instant_of(day("2026-03-29"), minutes(180))), "2026-03-29T01:00:00Z");
  const Calendar all_day = around_the_clock("Europe/Berlin");
  EXPECT_EQ(all_day.working_time_between(at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z")), hours(23));
  EXPECT_EQ(add(all_day, "2026-03-29T00:30:00Z", "1 business hour"), "2026-03-29T01:30:00Z");
}

TEST(ChangeOfTheClock, AnHourThatComesTwiceMeansItsFirstComing) {
  const Calendar calendar = berlin();
  // On 2026-10-25, 02:00 to 03:00 come twice: from 00:00Z and from 01:00Z.
  EXPECT_EQ(add(calendar, "2026-10-24T00:30:00Z", "1 day"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(add(calendar, "2026-10-25T01:30:00Z", "1 day"), "2026-10-26T01:30:00Z")
      << "from the second coming";
  EXPECT_EQ(add(calendar, "2026-10-25T01:30:00Z", "0 days"), "2026-10-25T01:30:00Z");
  const Calendar all_day = around_the_clock("Europe/Berlin");
  EXPECT_EQ(all_day.working_time_between(at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z")), hours(25));
}

TEST(ChangeOfTheClock, HoursInsideAGapAreNoTime) {
  CalendarSettings settings;
  settings.zone = "Europe/Berlin";
  settings.hours[6] = {{hours(2), hours(3)}};
  const Calendar calendar = made(settings);
  EXPECT_FALSE(calendar.is_working_time(at("2026-03-29T01:00:00Z")));
  EXPECT_EQ(format_rfc3339(calendar.next_working_time(at("2026-03-29T00:00:00Z"))), "2026-04-05T00:00:00Z");
  EXPECT_EQ(calendar.working_time_between(at("2026-10-24T20:00:00Z"), at("2026-10-25T20:00:00Z")), hours(2))
      << "both comings";
}

TEST(ChangeOfTheClock, DailyTimesFireOncePerDayInOrder) {
  // Lord Howe Island shifts by half an hour, Santiago and Beirut at midnight.
  for (const auto* zone : {"Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut"}) {
    const Calendar calendar = around_the_clock(zone);
    for (const auto time : {minutes(0), minutes(30), minutes(120), minutes(150), minutes(1439)}) {
      Instant last;
      for (Day each = day("2020-01-01"); each < day("2027-01-01"); each += date::days(1)) {
        const Instant fires = calendar.instant_of(each, time);
        ASSERT_LT(last, fires) << zone << " " << format_day(each);
        last = fires;
      }
    }
  }
}

TEST(Calendar, RefusesWhatCannotBeWorkedWith) {
  CalendarSettings settings = office_settings();
  settings.zone = "Asia/Shangai";
  EXPECT_EQ(refusal(settings),
            "cannot use the calendar 'office': there is no time zone 'Asia/Shangai' (did you mean "
            "'Asia/Shanghai'?)");

  settings = office_settings();
  settings.hours[0].push_back({hours(11), hours(14)});
  EXPECT_NE(refusal(settings).find("Monday's hours 11:00-14:00 begin before 09:00-12:00 end"),
            std::string::npos);

  settings = office_settings();
  settings.hours[1] = {{hours(18), hours(9)}};
  EXPECT_NE(refusal(settings).find("Tuesday's hours 18:00-09:00 do not open before they close"),
            std::string::npos);

  CalendarSettings idle;
  EXPECT_NE(refusal(idle).find("no working hours at all"), std::string::npos);

  settings = office_settings();
  for (int i = 0; i < 400; ++i) settings.holidays.insert(day("2027-01-01") + date::days(i));
  EXPECT_NE(refusal(settings).find("no day is worked for more than a year from 2027-01-01"),
            std::string::npos)
      << refusal(settings);

  settings = office_settings();
  settings.workdays.push_back({day("2026-02-14"), kMonday});
  settings.workdays.push_back({day("2026-03-14"), kSunday});
  EXPECT_NE(refusal(settings).find("2026-02-14 is listed twice"), std::string::npos);
  EXPECT_NE(refusal(settings).find("2026-03-14 takes the hours of a day that has none"), std::string::npos);
}

TEST(Calendar, GivesUpBeyondAHundredYears) {
  CalendarSettings settings;
  settings.hours[0] = {{hours(9), hours(9) + minutes(1)}};
  const Calendar calendar = made(settings);
  EXPECT_NE(add(calendar, "2026-03-02T09:00:00Z", "1000 business hours").find("more than 100 years"),
            std::string::npos);
  EXPECT_NE(subtract(calendar, "2026-03-02T09:00:00Z", "1000 business hours").find("more than 100 years"),
            std::string::npos);
}

TEST(CalendarSettings, AreReadFromWords) {
  EXPECT_EQ(parse_weekdays("mon-fri").value(), (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(parse_weekdays("sat-mon").value(), (std::vector<int>{0, 5, 6}));
  EXPECT_EQ(parse_weekdays("Wed, monday").value(), (std::vector<int>{0, 2}));
  EXPECT_EQ(parse_weekdays("tues").error().message,
            "'tues' are no days of the week: 'tues' is none (did you mean 'tue'?)");
  EXPECT_FALSE(parse_weekdays(""));
  EXPECT_EQ(parse_working_hours("13:30-24:00").value(), (WorkingHours{minutes(810), hours(24)}));
  for (const auto* text :
       {"9-12", "09:00", "12:00-09:00", "09:00-09:00", "09:00-24:01", "09:60-10:00", "aa:00-10:00"}) {
    EXPECT_FALSE(parse_working_hours(text)) << text;
  }
  EXPECT_EQ(format_day(parse_day("2028-02-29").value()), "2028-02-29");
  for (const auto* text : {"2026-02-29", "26-02-01", "2026-2-1", "1899-12-31", "2026/02/01", "2026-02-1x"}) {
    EXPECT_FALSE(parse_day(text)) << text;
  }
}

// The last instant of working time that has passed is where add_time leads, in any zone and from anywhere.
TEST(BusinessTime, AddedIsTheWorkingTimeBetween) {
  constexpr std::uint64_t kSeed = 1414;
  std::mt19937_64 random(kSeed);
  const auto pick = [&](std::int64_t below) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below));
  };
  for (const auto& calendar :
       {office(), berlin(), around_the_clock("Europe/Berlin"), around_the_clock("Australia/Lord_Howe")}) {
    const Instant base = at("2026-01-01T00:00:00Z");
    for (int i = 0; i < 1500; ++i) {
      const Instant from = base + Duration(pick(365LL * 86'400'000));
      const TimeSpan span{TimeSpan::Unit::business_minutes, pick(6000)};
      const auto until = add_time(calendar, from, span);
      ASSERT_TRUE(until);
      ASSERT_EQ(calendar.working_time_between(from, *until), minutes(span.count))
          << "seed " << kSeed << " " << calendar.zone() << " " << format_rfc3339(from) << " + "
          << to_words(span);
      if (span.count > 0) {
        ASSERT_EQ(calendar.working_time_between(from, *until - Duration(1)),
                  minutes(span.count) - Duration(1))
            << "it is the first such instant";
      }
      const auto back = subtract_time(calendar, *until, span);
      ASSERT_TRUE(back);
      ASSERT_EQ(calendar.working_time_between(*back, *until), minutes(span.count))
          << "seed " << kSeed << " " << calendar.zone() << " " << format_rfc3339(*until) << " - "
          << to_words(span);
      ASSERT_LE(*back, *until);
      ASSERT_GE(*until, from);
    }
  }
}

TEST(BusinessTime, AddedDaysAreTheBusinessDaysBetween) {
  constexpr std::uint64_t kSeed = 2828;
  std::mt19937_64 random(kSeed);
  const Calendar calendar = office();
  for (int i = 0; i < 2000; ++i) {
    const Instant from =
        at("2026-01-01T00:00:00Z") + Duration(static_cast<std::int64_t>(random() % 31'536'000'000ULL));
    const TimeSpan span{TimeSpan::Unit::business_days, static_cast<std::int64_t>(random() % 40)};
    const Instant start = calendar.next_working_time(from);
    const auto until = add_time(calendar, from, span);
    ASSERT_TRUE(until);
    ASSERT_EQ(calendar.business_days_between(calendar.day_of(start), calendar.day_of(*until)), span.count)
        << "seed " << kSeed << " " << format_rfc3339(from);
    const auto back = subtract_time(calendar, *until, span);
    ASSERT_TRUE(back);
    ASSERT_LE(*back, *until);
  }
}

}  // namespace
}  // namespace countersign
