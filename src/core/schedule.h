#pragma once
// Schedules: when a workflow starts by itself, in the words of workflow files ("every quarter on the first
// business day at 09:00") or as a cron expression. Plain values, pure functions, thread-safe.
//
// Every time is a wall time of the calendar's zone. By the calendar's own rule (calendar.h) a wall time that
// clocks leave out stands for the first one after it, and one that comes twice for its first coming: so each
// comes exactly once. A schedule is due at most once in each of its periods.

#include <bitset>
#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "core/calendar.h"
#include "core/cron.h"

namespace countersign {

// Which day of a period.
struct PeriodDay {
  enum class Kind {
    day,           // the number-th; in a quarter or year of its first month, at most that month's last
    business_day,  // the number-th day that is worked
    weekday,       // the number-th of `weekday`
    date,          // of a year: `month` and `number`, at most the month's last
    weekdays,      // of `every: day`: only on these
  } kind = Kind::day;
  int number = 1;  // -1: the last
  int weekday = kMonday;
  unsigned month = 1;
  std::bitset<7> weekdays;  // by day of the week, from Monday
  bool operator==(const PeriodDay&) const = default;
};

struct Schedule {
  enum class Every { day, week, month, quarter, year, firing } every = Every::day;
  PeriodDay on;
  // Since midnight; nullopt: when the calendar opens on that day, midnight where it does not.
  std::optional<std::chrono::minutes> at;
  std::optional<Cron> cron;  // of Every::firing
  std::string text;          // "every quarter on first business day at 09:00", "cron 0 9 * * 1-5"
};

// "day", "quarter" ...; of a cron expression "cron".
std::string_view to_string(Schedule::Every every);

// What `on` says, for that `every`: "15", "first day", "last business day", "second monday", "friday" (of a
// week), "04-01" (of a year), "business days" or "mon-fri" (of a day). invalid_input says what may stand
// there.
Result<PeriodDay> parse_period_day(Schedule::Every every, std::string_view text);
// "09:00", from 00:00 to 23:59.
Result<std::chrono::minutes> parse_time_of_day(std::string_view text);

// What a schedule runs once for: a day, a week from Monday to Sunday, a month, a quarter, a year; for cron
// the day of the firing, named by its minute.
struct Period {
  Day first;
  Day last;
  std::string name;  // "2026-03-02", "2026-W10", "2026-03", "2026-Q1", "2026"; of cron "2026-03-02T09:00"
  bool operator==(const Period&) const = default;
};
struct Due {
  Instant at;
  Period period;
  bool operator==(const Due&) const = default;
};

// The first time later than `after`; nullopt where none comes within eight years. A period without such a day
// (a week off has no business day) is passed over.
std::optional<Due> next_due(const Schedule& schedule, const Calendar& calendar, Instant after);
// The last time not later than `until`; nullopt where there was none in the eight years before.
std::optional<Due> latest_due(const Schedule& schedule, const Calendar& calendar, Instant until);
// The period in which `due` lies.
Period period_of(const Schedule& schedule, const Calendar& calendar, Instant due);

}  // namespace countersign
