// What lies how long before or after: add_time and subtract_time of core/calendar.h.

#include <algorithm>

#include <date/tz.h>
#include <fmt/format.h>

#include "core/calendar.h"

namespace countersign {
namespace {

using date::days;
using std::chrono::minutes;
using WallTime = date::local_time<Duration>;

constexpr days kHorizon{36'525};

std::unexpected<Error> too_far(const Calendar& calendar, const TimeSpan& span) {
  return fail(ErrorCode::invalid_input,
              fmt::format("cannot count {} in the calendar '{}': that is more than 100 years", to_words(span),
                          calendar.name()));
}

// The working moment of that day which lies nearest at or before the wall time, or its opening.
Instant moment_on(const Calendar& calendar, Day day, Duration time_of_day) {
  const auto& hours = calendar.hours_on(day);
  Duration moment = hours.front().opens;
  for (const auto& span : hours) {
    if (span.opens <= time_of_day) moment = std::min<Duration>(time_of_day, span.closes);
  }
  return calendar.instant_of(WallTime(day) + moment);
}

Result<Instant> step_business_days(const Calendar& calendar, Instant start, const TimeSpan& span,
                                   int direction) {
  if (span.count == 0) return start;
  const WallTime wall_time = calendar.wall_time_of(start);
  Day day = date::floor<days>(wall_time);
  Duration time_of_day = wall_time - WallTime(day);
  // Work that was done until 24:00 was done on that day, not on the next.
  if (direction < 0 && time_of_day == Duration(0)) {
    day -= days(1);
    time_of_day = days(1);
  }
  const Day first = day;
  for (std::int64_t left = span.count; left > 0;) {
    day += days(direction);
    if (day - first > kHorizon || first - day > kHorizon) return too_far(calendar, span);
    if (calendar.is_working_day(day)) --left;
  }
  const Instant moment = moment_on(calendar, day, time_of_day);
  // Only clocks that are set back over midnight could bring the order of days and instants apart.
  return direction > 0 ? std::max(moment, start) : std::min(moment, start);
}

Result<Instant> add_business_minutes(const Calendar& calendar, Instant start, const TimeSpan& span) {
  Duration left = minutes(span.count);
  if (left == Duration(0)) return start;
  const Day first = calendar.day_of(start) - days(1);
  for (Day day = first; day - first <= kHorizon; day += days(1)) {
    for (const auto& hours : calendar.hours_on(day)) {
      const Instant opens = std::max(calendar.instant_of(day, hours.opens), start);
      const Instant closes = calendar.instant_of(day, hours.closes);
      if (opens >= closes) continue;
      if (left <= closes - opens) return opens + left;
      left -= closes - opens;
    }
  }
  return too_far(calendar, span);
}

Result<Instant> subtract_business_minutes(const Calendar& calendar, Instant end, const TimeSpan& span) {
  Duration left = minutes(span.count);
  if (left == Duration(0)) return end;
  const Day first = calendar.day_of(end) + days(1);
  for (Day day = first; first - day <= kHorizon; day -= days(1)) {
    const auto& all = calendar.hours_on(day);
    for (auto hours = all.rbegin(); hours != all.rend(); ++hours) {
      const Instant opens = calendar.instant_of(day, hours->opens);
      const Instant closes = std::min(calendar.instant_of(day, hours->closes), end);
      if (opens >= closes) continue;
      if (left <= closes - opens) return closes - left;
      left -= closes - opens;
    }
  }
  return too_far(calendar, span);
}

Instant step_days(const Calendar& calendar, Instant from, std::int64_t count) {
  return calendar.instant_of(calendar.wall_time_of(from) + days(count));
}

Instant step_months(const Calendar& calendar, Instant from, std::int64_t count) {
  const WallTime wall_time = calendar.wall_time_of(from);
  const Day day = date::floor<days>(wall_time);
  const date::year_month_day ymd(day);
  const date::year_month month = ymd.year() / ymd.month() + date::months(count);
  const date::day last = (month / date::last).day();
  const date::year_month_day target = month / std::min(ymd.day(), last);
  return calendar.instant_of(WallTime(Day(target)) + (wall_time - WallTime(day)));
}

// Nothing to count leads nowhere else: by way of the wall time, the second coming of an hour would become its
// first.
Result<Instant> step(const Calendar& calendar, Instant from, const TimeSpan& span, int direction) {
  switch (span.unit) {
    case TimeSpan::Unit::seconds:
      return from + direction * std::chrono::seconds(span.count);
    case TimeSpan::Unit::days:
      return span.is_zero() ? from : step_days(calendar, from, direction * span.count);
    case TimeSpan::Unit::months:
      return span.is_zero() ? from : step_months(calendar, from, direction * span.count);
    case TimeSpan::Unit::business_minutes:
      return direction > 0 ? add_business_minutes(calendar, calendar.next_working_time(from), span)
                           : subtract_business_minutes(calendar, calendar.previous_working_time(from), span);
    case TimeSpan::Unit::business_days:
      return step_business_days(
          calendar, direction > 0 ? calendar.next_working_time(from) : calendar.previous_working_time(from),
          span, direction);
  }
  return from;
}

}  // namespace

Result<Instant> add_time(const Calendar& calendar, Instant from, const TimeSpan& span) {
  return step(calendar, from, span, 1);
}

Result<Instant> subtract_time(const Calendar& calendar, Instant until, const TimeSpan& span) {
  return step(calendar, until, span, -1);
}

}  // namespace countersign
