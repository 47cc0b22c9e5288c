#include "core/schedule.h"

#include <algorithm>

#include <date/tz.h>
#include <fmt/format.h>

namespace countersign {
namespace {

using date::days;
using std::chrono::minutes;
using Every = Schedule::Every;

// 29 February may be eight years away.
constexpr days kHorizon{8 * 366};

Period month_span(Day day, unsigned months_in_it) {
  const date::year_month_day ymd(day);
  const unsigned first_month = (static_cast<unsigned>(ymd.month()) - 1) / months_in_it * months_in_it + 1;
  const date::year_month first = ymd.year() / date::month(first_month);
  const date::year_month last = first + date::months(months_in_it - 1);
  return {Day(first / 1), Day(last / date::last), {}};
}

// A week belongs to the year in which its Thursday lies (ISO 8601).
std::string week_name(Day monday) {
  const date::year year = date::year_month_day(monday + days(3)).year();
  const Day january_fourth = Day(year / 1 / 4);
  const Day first_monday = january_fourth - (date::weekday(january_fourth) - date::Monday);
  return fmt::format("{:04}-W{:02}", static_cast<int>(year), (monday - first_monday).count() / 7 + 1);
}

Period period_at(Every every, Day day) {
  const date::year_month_day ymd(day);
  const int year = static_cast<int>(ymd.year());
  Period period{day, day, {}};
  switch (every) {
    case Every::day:
    case Every::firing:
      period.name = format_day(day);
      break;
    case Every::week:
      period.first = day - (date::weekday(day) - date::Monday);
      period.last = period.first + days(6);
      period.name = week_name(period.first);
      break;
    case Every::month:
      period = month_span(day, 1);
      period.name = fmt::format("{:04}-{:02}", year, static_cast<unsigned>(ymd.month()));
      break;
    case Every::quarter:
      period = month_span(day, 3);
      period.name = fmt::format("{:04}-Q{}", year, (static_cast<unsigned>(ymd.month()) - 1) / 3 + 1);
      break;
    case Every::year:
      period = month_span(day, 12);
      period.name = fmt::format("{:04}", year);
      break;
  }
  return period;
}

Day clamped(date::year_month month, int number) {
  const Day last = Day(month / date::last);
  return std::min(Day(month / 1) + days(number - 1), last);
}

std::optional<Day> nth_business_day(const Period& period, int number, const Calendar& calendar) {
  std::optional<Day> found;
  if (number < 0) {
    for (Day day = period.last; day >= period.first; day -= days(1)) {
      if (calendar.is_working_day(day)) return day;
    }
    return std::nullopt;
  }
  // A period with fewer of them has its last one in the number's place.
  for (Day day = period.first; day <= period.last && number > 0; day += days(1)) {
    if (!calendar.is_working_day(day)) continue;
    found = day;
    --number;
  }
  return found;
}

Day nth_weekday(const Period& period, int weekday, int number) {
  const date::weekday wanted(static_cast<unsigned>(weekday + 1) % 7);
  if (number < 0) return period.last - (date::weekday(period.last) - wanted);
  return period.first + (wanted - date::weekday(period.first)) + days(7 * (number - 1));
}

std::optional<Day> day_in(const PeriodDay& on, const Period& period, const Calendar& calendar) {
  const date::year_month_day first(period.first);
  switch (on.kind) {
    case PeriodDay::Kind::day:
      if (on.number == 1) return period.first;
      if (on.number < 0) return period.last;
      return std::min(clamped(first.year() / first.month(), on.number), period.last);
    case PeriodDay::Kind::business_day:
      return nth_business_day(period, on.number, calendar);
    case PeriodDay::Kind::weekday:
      return nth_weekday(period, on.weekday, on.number);
    case PeriodDay::Kind::date:
      return clamped(first.year() / date::month(on.month), on.number);
    case PeriodDay::Kind::weekdays:
      if (!on.weekdays[date::weekday(period.first).iso_encoding() - 1]) return std::nullopt;
      return period.first;
  }
  return std::nullopt;
}

std::optional<Due> due_in(const Schedule& schedule, const Calendar& calendar, Period period) {
  const std::optional<Day> day = day_in(schedule.on, period, calendar);
  if (!day) return std::nullopt;
  const auto& hours = calendar.hours_on(*day);
  const minutes at = schedule.at.value_or(hours.empty() ? minutes(0) : hours.front().opens);
  return Due{calendar.instant_of(*day, at), std::move(period)};
}

std::string minute_name(const Calendar& calendar, Instant at) {
  return date::format("%FT%H:%M", date::floor<minutes>(calendar.wall_time_of(at)));
}

Period firing_period(const Calendar& calendar, Instant at) {
  const Day day = calendar.day_of(at);
  return {day, day, minute_name(calendar, at)};
}

// The firing on `day` that is the first one later than `after`, or the last one not later than `until`.
std::optional<Instant> first_firing(const Cron& cron, const Calendar& calendar, Day day, Instant after) {
  if (!fires_on(cron, day)) return std::nullopt;
  for (std::size_t hour = 0; hour < 24; ++hour) {
    for (std::size_t minute = 0; cron.hours[hour] && minute < 60; ++minute) {
      if (!cron.minutes[minute]) continue;
      const Instant at = calendar.instant_of(day, minutes(hour * 60 + minute));
      if (at > after) return at;
    }
  }
  return std::nullopt;
}
std::optional<Instant> last_firing(const Cron& cron, const Calendar& calendar, Day day, Instant until) {
  if (!fires_on(cron, day)) return std::nullopt;
  for (std::size_t hour = 24; hour-- > 0;) {
    for (std::size_t minute = 60; cron.hours[hour] && minute-- > 0;) {
      if (!cron.minutes[minute]) continue;
      const Instant at = calendar.instant_of(day, minutes(hour * 60 + minute));
      if (at <= until) return at;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Every every) {
  switch (every) {
    case Every::day:
      return "day";
    case Every::week:
      return "week";
    case Every::month:
      return "month";
    case Every::quarter:
      return "quarter";
    case Every::year:
      return "year";
    case Every::firing:
      return "cron";
  }
  return "";
}

// The days beside `after` and `until` are looked at too: where clocks are set back over midnight, yesterday's
// wall times are still to come.

std::optional<Due> next_due(const Schedule& schedule, const Calendar& calendar, Instant after) {
  const Day today = calendar.day_of(after);
  if (schedule.cron) {
    for (Day day = today - days(1); day <= today + kHorizon; day += days(1)) {
      const auto at = first_firing(*schedule.cron, calendar, day, after);
      if (at) return Due{*at, firing_period(calendar, *at)};
    }
    return std::nullopt;
  }
  for (Period period = period_at(schedule.every, today - days(1)); period.first <= today + kHorizon;
       period = period_at(schedule.every, period.last + days(1))) {
    const auto due = due_in(schedule, calendar, period);
    if (due && due->at > after) return due;
  }
  return std::nullopt;
}

std::optional<Due> latest_due(const Schedule& schedule, const Calendar& calendar, Instant until) {
  const Day today = calendar.day_of(until);
  if (schedule.cron) {
    for (Day day = today + days(1); day >= today - kHorizon; day -= days(1)) {
      const auto at = last_firing(*schedule.cron, calendar, day, until);
      if (at) return Due{*at, firing_period(calendar, *at)};
    }
    return std::nullopt;
  }
  for (Period period = period_at(schedule.every, today + days(1)); period.last >= today - kHorizon;
       period = period_at(schedule.every, period.first - days(1))) {
    const auto due = due_in(schedule, calendar, period);
    if (due && due->at <= until) return due;
  }
  return std::nullopt;
}

Period period_of(const Schedule& schedule, const Calendar& calendar, Instant due) {
  if (schedule.cron) return firing_period(calendar, due);
  return period_at(schedule.every, calendar.day_of(due));
}

}  // namespace countersign
