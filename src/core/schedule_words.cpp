// `on` and `at` as workflow files write them (schedule.h).

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "core/schedule.h"

namespace countersign {
namespace {

using Every = Schedule::Every;

constexpr std::array<std::string_view, 10> kOrdinals{"first", "second",  "third",  "fourth", "fifth",
                                                     "sixth", "seventh", "eighth", "ninth",  "tenth"};
constexpr std::array<std::string_view, 7> kScheduleWeekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                            "friday", "saturday", "sunday"};

// What may stand in `on`, for messages.
std::string_view expected_of(Every every) {
  switch (every) {
    case Every::day:
      return "'business days', or days of the week such as 'mon-fri' or 'tue,thu'";
    case Every::week:
      return "a day of the week, 'first business day' or 'last business day'";
    case Every::year:
      return "a date such as '04-01', 'first business day', 'last day', 'first monday'";
    default:
      return "a day from 1 to 31, 'first business day', 'last day', 'first monday'";
  }
}

std::unexpected<Error> refuse(Every every, std::string_view text, std::string_view why = {}) {
  return fail(ErrorCode::invalid_input,
              fmt::format("'{}' is no day of a {}{}{} (expected {})", text, to_string(every),
                          why.empty() ? "" : ": ", why, expected_of(every)));
}

template <std::size_t N>
std::optional<int> index_of(const std::array<std::string_view, N>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<int>(found - words.begin());
}

std::optional<int> number_in(std::string_view text) {
  if (text.empty() || text.size() > 2) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::vector<std::string> schedule_words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string& word : split(lower_ascii(text), ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

Result<PeriodDay> days_of_every_day(std::string_view text, const std::vector<std::string>& words) {
  PeriodDay on;
  if (words.size() == 2 && words[0] == "business" && (words[1] == "days" || words[1] == "day")) {
    on.kind = PeriodDay::Kind::business_day;
    return on;
  }
  const auto weekdays = parse_weekdays(text);
  if (!weekdays) return refuse(Every::day, text);
  on.kind = PeriodDay::Kind::weekdays;
  for (const int day : *weekdays) on.weekdays.set(static_cast<std::size_t>(day));
  return on;
}

Result<PeriodDay> date_of_year(std::string_view text, std::string_view month_text,
                               std::string_view day_text) {
  static constexpr std::array<int, 13> kLongest{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto month = number_in(month_text);
  const auto day = number_in(day_text);
  if (!month || *month < 1 || *month > 12) return refuse(Every::year, text, "the month is not 01 to 12");
  if (!day || *day < 1 || *day > kLongest[static_cast<std::size_t>(*month)]) {
    return refuse(Every::year, text, "that month has no such day");
  }
  PeriodDay on;
  on.kind = PeriodDay::Kind::date;
  on.month = static_cast<unsigned>(*month);
  on.number = *day;
  return on;
}

}  // namespace

Result<PeriodDay> parse_period_day(Every every, std::string_view text) {
  const std::vector<std::string> words = schedule_words_of(text);
  if (words.empty()) return refuse(every, text);
  if (every == Every::day) return days_of_every_day(text, words);
  PeriodDay on;
  if (words.size() == 1) {
    if (const auto number = number_in(words[0])) {
      if (every == Every::week || *number < 1 || *number > 31) return refuse(every, text);
      on.number = *number;
      return on;
    }
    const std::size_t dash = words[0].find('-');
    if (every == Every::year && dash != std::string::npos) {
      return date_of_year(text, std::string_view(words[0]).substr(0, dash),
                          std::string_view(words[0]).substr(dash + 1));
    }
    const auto weekdays = parse_weekdays(words[0]);
    if (!weekdays) return refuse(every, text);
    if (every != Every::week) return refuse(every, text, "which one? write 'first " + words[0] + "'");
    if (weekdays->size() != 1) {
      return refuse(every, text,
                    "a week has one such day; several are 'every: day' with 'on: " + words[0] + "'");
    }
    on.kind = PeriodDay::Kind::weekday;
    on.weekday = weekdays->front();
    return on;
  }
  const auto ordinal = index_of(kOrdinals, words[0]);
  if (!ordinal && words[0] != "last") return refuse(every, text);
  on.number = ordinal ? *ordinal + 1 : -1;
  if (words.size() == 3 && words[1] == "business" && words[2] == "day") {
    on.kind = PeriodDay::Kind::business_day;
    return on;
  }
  if (words.size() != 2) return refuse(every, text);
  if (words[1] == "day") {
    if (every == Every::week && on.number > 1) return refuse(every, text, "name the day of the week");
    return on;
  }
  const auto weekdays = parse_weekdays(words[1]);
  if (!weekdays || weekdays->size() != 1) return refuse(every, text);
  if (every == Every::week) {
    return refuse(
        every, text,
        fmt::format("a week has one {}", kScheduleWeekdays[static_cast<std::size_t>(weekdays->front())]));
  }
  if (on.number > 4) return refuse(every, text, "not every month has a fifth");
  on.kind = PeriodDay::Kind::weekday;
  on.weekday = weekdays->front();
  return on;
}

Result<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.size() == colon + 3) {
    const auto hour = number_in(text.substr(0, colon));
    const auto minute = number_in(text.substr(colon + 1));
    if (hour && minute && *hour < 24 && *minute < 60) {
      return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
    }
  }
  return fail(ErrorCode::invalid_input,
              fmt::format("'{}' is no time of day (expected \"09:00\", from 00:00 to 23:59)", text));
}

}  // namespace countersign
