#pragma once
// What a business calendar is made of, and how workflow and configuration files spell it. Plain values.

#include <array>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <date/date.h>

#include "base/error.h"

namespace countersign {

// A day of the calendar on the wall, without a zone.
using Day = date::local_days;

// Reads "2026-02-14"; years 1900 to 2200, which is also the range of holidays and make-up workdays.
Result<Day> parse_day(std::string_view text);
std::string format_day(Day day);

// Working hours within one day by the wall clock: 00:00 <= opens < closes <= 24:00, in whole minutes.
struct WorkingHours {
  std::chrono::minutes opens{};
  std::chrono::minutes closes{};
  auto operator<=>(const WorkingHours&) const = default;
};

// Reads "09:00-12:00"; "24:00" may end it.
Result<WorkingHours> parse_working_hours(std::string_view text);

// Days of the week are numbered from Monday, 0, to Sunday, 6.
inline constexpr int kMonday = 0;
inline constexpr int kSunday = 6;

// Reads "mon", "mon-fri", "mon,wed,fri" or "sat-sun"; full names too. The answer is sorted.
Result<std::vector<int>> parse_weekdays(std::string_view text);

// Make-up workday (调休): worked although it is a weekend or a holiday, with the hours of a day of the week.
struct MakeUpWorkday {
  Day day;
  int hours_of =
      -1;  // a day of the week; -1: the nearest one before it that has hours (Friday's, on a Saturday)
  auto operator<=>(const MakeUpWorkday&) const = default;
};

struct CalendarSettings {
  std::string name = "default";                    // for messages
  std::string zone = "UTC";                        // IANA: "Asia/Shanghai"
  std::array<std::vector<WorkingHours>, 7> hours;  // by day of the week; empty: no working day
  std::set<Day> holidays;                          // not worked, whatever day of the week
  std::vector<MakeUpWorkday> workdays;             // wins over a holiday on the same day

  // Monday to Friday, 09:00 to 17:00.
  static CalendarSettings standard(std::string zone = "UTC");
};

}  // namespace countersign
