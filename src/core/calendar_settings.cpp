#include "core/calendar_settings.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {"monday", "tuesday",  "wednesday", "thursday",
                                                       "friday", "saturday", "sunday"};

std::optional<int> read_number(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

// "09:00" as minutes since midnight, up to 24:00.
std::optional<std::chrono::minutes> read_wall_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = read_number(text.substr(0, 2));
  const auto minute = read_number(text.substr(3, 2));
  if (!hour || !minute || *minute > 59 || *hour > 24 || (*hour == 24 && *minute != 0)) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

std::optional<int> read_weekday(std::string_view text) {
  for (std::size_t i = 0; i < kWeekdays.size(); ++i) {
    if (text == kWeekdays[i] || text == kWeekdays[i].substr(0, 3)) return static_cast<int>(i);
  }
  return std::nullopt;
}

std::string weekday_suggestion(std::string_view word) {
  std::vector<std::string> names;
  for (const auto name : kWeekdays) {
    names.emplace_back(name.substr(0, 3));
    names.emplace_back(name);
  }
  const auto meant = nearest(word, names);
  return meant ? fmt::format(" (did you mean '{}'?)", *meant)
               : " (expected mon, tue, wed, thu, fri, sat or sun)";
}

}  // namespace

Result<Day> parse_day(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorCode::invalid_input,
                fmt::format("'{}' is not a day: {} (expected 2026-02-14)", text.substr(0, 40), why));
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-')
    return bad("it is not written as year-month-day");
  const auto year = read_number(text.substr(0, 4));
  const auto month = read_number(text.substr(5, 2));
  const auto day = read_number(text.substr(8, 2));
  if (!year || !month || !day) return bad("it is not written as year-month-day");
  if (*year < 1900 || *year > 2200) return bad("the year is not 1900 to 2200");
  const date::year_month_day ymd(date::year(*year), date::month(static_cast<unsigned>(*month)),
                                 date::day(static_cast<unsigned>(*day)));
  if (!ymd.ok()) return bad("there is no such day");
  return Day(ymd);
}

std::string format_day(Day day) {
  const date::year_month_day ymd(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day()));
}

Result<WorkingHours> parse_working_hours(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorCode::invalid_input,
                fmt::format("'{}' are no working hours: {} (expected 09:00-12:00)", text.substr(0, 40), why));
  };
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return bad("the - between opening and closing is missing");
  const auto opens = read_wall_time(trimmed(text.substr(0, dash)));
  const auto closes = read_wall_time(trimmed(text.substr(dash + 1)));
  if (!opens) return bad("the opening is not a time of day");
  if (!closes) return bad("the closing is not a time of day");
  if (*closes <= *opens)
    return bad("they close before they open; hours past midnight are two spans, to 24:00 and from 00:00");
  return WorkingHours{*opens, *closes};
}

Result<std::vector<int>> parse_weekdays(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorCode::invalid_input,
                fmt::format("'{}' are no days of the week: {}", text.substr(0, 60), why));
  };
  std::array<bool, 7> named{};
  for (const auto& part : split(lower_ascii(text), ',')) {
    const std::vector<std::string> ends = split(part, '-');
    if (ends.size() > 2) return bad("a range has two ends, such as mon-fri");
    int days[2] = {0, 0};
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string_view word = trimmed(ends[std::min(i, ends.size() - 1)]);
      const auto day = read_weekday(word);
      if (!day) return bad(fmt::format("'{}' is none{}", word, weekday_suggestion(word)));
      days[i] = *day;
    }
    // "sat-mon" goes over the end of the week.
    for (int day = days[0];; day = (day + 1) % 7) {
      named[static_cast<std::size_t>(day)] = true;
      if (day == days[1]) break;
    }
  }
  std::vector<int> weekdays;
  for (int day = kMonday; day <= kSunday; ++day) {
    if (named[static_cast<std::size_t>(day)]) weekdays.push_back(day);
  }
  return weekdays;
}

CalendarSettings CalendarSettings::standard(std::string zone) {
  CalendarSettings settings;
  settings.zone = std::move(zone);
  for (std::size_t day = 0; day < 5; ++day) {
    settings.hours[day] = {{std::chrono::hours(9), std::chrono::hours(17)}};
  }
  return settings;
}

}  // namespace countersign
