#pragma once
// Business time: which time is worked, and what is so much of it later. Immutable and thread-safe; copies
// share nothing but the zone data of the process.
//
// Where local clocks change, a local time that does not exist stands for the first that does, and one that
// comes twice stands for its first coming. So every local time is one instant, and later local times are
// never earlier instants.
//
// Zone data come from the operating system and list changes of the clock up to 2037; behind them the last
// offset stays.

#include <array>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/calendar_settings.h"
#include "core/time_words.h"

namespace date {
class time_zone;
}

namespace countersign {

class Calendar {
 public:
  // A calendar without working hours, with overlapping or inverted hours, with an unknown zone, or with more
  // than a year on end without a working day is invalid_input; the message names all that is wrong.
  static Result<Calendar> make(CalendarSettings settings);

  // The same days and hours by the clocks of another zone; invalid_input where there is none of that name.
  Result<Calendar> in_zone(const std::string& zone) const;

  const std::string& name() const { return name_; }
  const std::string& zone() const { return zone_name_; }

  bool is_working_day(Day day) const { return !hours_on(day).empty(); }
  // Openings are worked, closings are not.
  bool is_working_time(Instant at) const;
  // `at` itself where it is working time, else the next opening.
  Instant next_working_time(Instant at) const;
  // `at` itself where work has just been done (openings excluded, closings included), else the last closing.
  Instant previous_working_time(Instant at) const;
  // Working time in [from, until); negative where `until` is earlier. Costs a step for each day between.
  Duration working_time_between(Instant from, Instant until) const;
  // Working days in [from, until); negative where `until` is earlier.
  std::int64_t business_days_between(Day from, Day until) const;

  // The local day and wall time of an instant, and back by the rule at the top of this file.
  Day day_of(Instant at) const;
  date::local_time<Duration> wall_time_of(Instant at) const;
  Instant instant_of(Day day, std::chrono::minutes since_midnight) const;
  Instant instant_of(date::local_time<Duration> wall_time) const;

  // The hours of that day, sorted; empty where it is no working day.
  const std::vector<WorkingHours>& hours_on(Day day) const;

 private:
  Calendar() = default;

  std::string name_;
  std::string zone_name_;
  const date::time_zone* zone_ = nullptr;  // lives as long as the process
  std::array<std::vector<WorkingHours>, 7> hours_;
  std::vector<Day> holidays_;                  // sorted, without the make-up workdays
  std::vector<std::pair<Day, int>> workdays_;  // sorted; the day of the week whose hours it has
};

// The instant that lies `span` after `from`:
// - seconds: by the clock, whatever the calendar.
// - days, months: the same wall time on that later day; a month's day that does not exist is the month's
// last.
// - business minutes: the first instant by which that much working time has passed, so 4 business hours from
// 14:00
//   with closing at 18:00 are 18:00 and not the next morning.
// - business days: the same wall time that many working days later. Where that day is not worked at that wall
// time,
//   the last working moment before it on that day (a closing), or its opening.
// Business spans from outside working time count from the next opening; so a span of 0 leads there. A span of
// 0 of the other kinds leads to `from`. Never earlier than `from`. invalid_input where the answer would lie
// more than 100 years ahead, which takes a calendar with hardly any hours.
Result<Instant> add_time(const Calendar& calendar, Instant from, const TimeSpan& span);

// The instant that lies `span` before `until`, for reminders before a due date: the same rules backwards.
// Business spans from outside working time count from the last closing; business minutes give the last
// instant from which on that much working time is left. Never later than `until`.
Result<Instant> subtract_time(const Calendar& calendar, Instant until, const TimeSpan& span);

}  // namespace countersign
