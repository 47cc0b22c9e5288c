#pragma once
// Durations in the words of workflow files: "2 business days", "1 hour 30 minutes". Plain values, pure
// functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace countersign {

// What a duration in words means. Which instant it leads to is a calendar's matter: see add_time in
// core/calendar.h. Equal meanings are equal values: "1 week" and "7 days", "90 minutes" and "1 hour 30
// minutes". "1 day" and "24 hours" are not: a day has 23 or 25 hours where clocks change.
struct TimeSpan {
  enum class Unit {
    seconds,           // by the clock; minutes and hours too
    days,              // to the same wall time; weeks are 7 days
    months,            // to the same day of the month and wall time; years are 12 months
    business_minutes,  // of working time; business hours are 60
    business_days,     // to the same wall time of a later working day
  };
  Unit unit = Unit::seconds;
  std::int64_t count = 0;  // not negative

  bool is_zero() const { return count == 0; }
  bool is_business() const { return unit == Unit::business_minutes || unit == Unit::business_days; }
  bool operator==(const TimeSpan&) const = default;
};

// No span is longer than ten years (2,600 business days); a longer one in a workflow file is a mistake.
inline constexpr std::int64_t kSpanDaysMax = 3'660;
inline constexpr std::int64_t kSpanBusinessDaysMax = 2'600;

// Reads "NUMBER UNIT" or several of one kind, "1 hour 30 minutes", "2 weeks 3 days"; the number is whole, the
// unit second, minute, hour, day, week, month, year, business minute, business hour or business day, singular
// or plural. Everything else is invalid_input with a message that says which word is wrong and what may be
// meant.
Result<TimeSpan> parse_time_span(std::string_view text);

// The shortest words that mean it: "90 minutes" gives "1 hour 30 minutes", "7 days" gives "1 week", "12
// months" gives "1 year". parse_time_span reads it back to an equal value.
std::string to_words(const TimeSpan& span);

}  // namespace countersign
