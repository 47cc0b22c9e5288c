#include "core/calendar.h"

#include <algorithm>
#include <stdexcept>

#include <date/tz.h>
#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

using date::days;
using std::chrono::minutes;

// More days than this on end without work are a mistake; it also bounds every search for the next opening.
constexpr days kIdleDaysMax{366};

std::size_t weekday_of(Day day) {
  return date::weekday(day).iso_encoding() - 1;
}

const date::time_zone* find_zone(const std::string& name, std::string& problem) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {  // the library's way to say that there is none
  }
  std::vector<std::string> names;
  try {
    for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
  } catch (const std::exception& error) {
    problem = fmt::format("the time zones of this machine cannot be read ({})", error.what());
    return nullptr;
  }
  const auto meant = nearest(name, names);
  problem = fmt::format("there is no time zone '{}'{}", name.substr(0, 60),
                        meant ? fmt::format(" (did you mean '{}'?)", *meant)
                              : std::string(" (expected an IANA name such as Asia/Shanghai)"));
  return nullptr;
}

std::string wall_time_text(minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

// Sorts the hours and says what is wrong with them.
void check_hours(std::array<std::vector<WorkingHours>, 7>& hours, std::vector<std::string>& problems) {
  static constexpr std::array<std::string_view, 7> kNames = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                             "Friday", "Saturday", "Sunday"};
  bool any = false;
  for (std::size_t day = 0; day < hours.size(); ++day) {
    std::ranges::sort(hours[day]);
    const WorkingHours* previous = nullptr;
    for (const auto& span : hours[day]) {
      any = true;
      const auto text = wall_time_text(span.opens) + "-" + wall_time_text(span.closes);
      if (span.opens < minutes(0) || span.closes > minutes(24 * 60) || span.closes <= span.opens) {
        problems.push_back(fmt::format("{}'s hours {} do not open before they close", kNames[day], text));
      } else if (previous != nullptr && span.opens < previous->closes) {
        problems.push_back(fmt::format("{}'s hours {} begin before {}-{} end", kNames[day], text,
                                       wall_time_text(previous->opens), wall_time_text(previous->closes)));
      }
      previous = &span;
    }
  }
  if (!any) problems.emplace_back("it has no working hours at all");
}

// The day of the week whose hours a make-up workday has, or -1.
int hours_source(const MakeUpWorkday& workday, const std::array<std::vector<WorkingHours>, 7>& hours) {
  if (workday.hours_of >= kMonday && workday.hours_of <= kSunday) {
    return hours[static_cast<std::size_t>(workday.hours_of)].empty() ? -1 : workday.hours_of;
  }
  for (std::size_t back = 0; back < 7; ++back) {
    const std::size_t day = (weekday_of(workday.day) + 7 - back) % 7;
    if (!hours[day].empty()) return static_cast<int>(day);
  }
  return -1;
}

bool is_in_range(Day day) {
  return day >= Day(date::year(1900) / 1 / 1) && day <= Day(date::year(2200) / 12 / 31);
}

}  // namespace

Result<Calendar> Calendar::in_zone(const std::string& zone) const {
  std::string problem;
  Calendar there = *this;
  there.zone_ = find_zone(zone, problem);
  if (there.zone_ == nullptr) return fail(ErrorCode::invalid_input, std::move(problem));
  there.zone_name_ = zone;
  return there;
}

Result<Calendar> Calendar::make(CalendarSettings settings) {
  std::vector<std::string> problems;
  Calendar calendar;
  calendar.name_ = settings.name;
  calendar.zone_name_ = settings.zone;
  std::string zone_problem;
  calendar.zone_ = find_zone(settings.zone, zone_problem);
  if (calendar.zone_ == nullptr) problems.push_back(zone_problem);
  check_hours(settings.hours, problems);

  for (const auto& workday : settings.workdays) {
    const int source = hours_source(workday, settings.hours);
    if (!is_in_range(workday.day)) {
      problems.push_back(
          fmt::format("the workday {} is not in the years 1900 to 2200", format_day(workday.day)));
    } else if (source < 0) {
      problems.push_back(
          fmt::format("the workday {} takes the hours of a day that has none", format_day(workday.day)));
    } else {
      calendar.workdays_.emplace_back(workday.day, source);
    }
  }
  std::ranges::sort(calendar.workdays_);
  const auto repeated = std::ranges::adjacent_find(calendar.workdays_, {}, &std::pair<Day, int>::first);
  if (repeated != calendar.workdays_.end()) {
    problems.push_back(fmt::format("the workday {} is listed twice", format_day(repeated->first)));
  }
  for (const Day day : settings.holidays) {
    if (!is_in_range(day)) {
      problems.push_back(fmt::format("the holiday {} is not in the years 1900 to 2200", format_day(day)));
    } else if (!std::ranges::binary_search(calendar.workdays_, day, {}, &std::pair<Day, int>::first)) {
      calendar.holidays_.push_back(day);
    }
  }
  calendar.hours_ = std::move(settings.hours);

  if (problems.empty() && !calendar.holidays_.empty()) {
    Day last_worked = calendar.holidays_.front() - days(7);
    for (Day day = last_worked; day <= calendar.holidays_.back() + days(7); day += days(1)) {
      if (calendar.is_working_day(day)) last_worked = day;
      if (day - last_worked <= kIdleDaysMax) continue;
      problems.push_back(
          fmt::format("no day is worked for more than a year from {}", format_day(last_worked + days(1))));
      break;
    }
  }
  if (!problems.empty()) {
    return fail(ErrorCode::invalid_input,
                fmt::format("cannot use the calendar '{}': {}", calendar.name_, join(problems, "; ")));
  }
  return calendar;
}

const std::vector<WorkingHours>& Calendar::hours_on(Day day) const {
  static const std::vector<WorkingHours> kNone;
  const auto made_up = std::ranges::lower_bound(workdays_, day, {}, &std::pair<Day, int>::first);
  if (made_up != workdays_.end() && made_up->first == day)
    return hours_[static_cast<std::size_t>(made_up->second)];
  if (std::ranges::binary_search(holidays_, day)) return kNone;
  return hours_[weekday_of(day)];
}

Instant Calendar::instant_of(date::local_time<Duration> wall_time) const {
  const date::local_info info = zone_->get_info(wall_time);
  if (info.result == date::local_info::nonexistent) {
    return std::chrono::time_point_cast<Duration>(info.first.end);
  }
  return Instant(wall_time.time_since_epoch() - info.first.offset);
}

Instant Calendar::instant_of(Day day, minutes since_midnight) const {
  return instant_of(date::local_time<Duration>(day) + since_midnight);
}

date::local_time<Duration> Calendar::wall_time_of(Instant at) const {
  return date::local_time<Duration>(at.time_since_epoch() + zone_->get_info(at).offset);
}

Day Calendar::day_of(Instant at) const {
  return date::floor<days>(wall_time_of(at));
}

// Clocks that are set back over midnight may show yesterday's date in time that belongs to today's hours, so
// each of the following looks at the neighbours of the local day too.

bool Calendar::is_working_time(Instant at) const {
  return next_working_time(at) == at;
}

Instant Calendar::next_working_time(Instant at) const {
  const Day today = day_of(at);
  for (Day day = today - days(1);; day += days(1)) {
    for (const auto& span : hours_on(day)) {
      const Instant opens = instant_of(day, span.opens);
      const Instant closes = instant_of(day, span.closes);
      // Hours that fall into a gap of the clock are no time at all.
      if (closes > at && opens < closes) return std::max(opens, at);
    }
    COUNTERSIGN_INVARIANT(day - today <= 2 * kIdleDaysMax, "a calendar has a working day in every year");
  }
}

Instant Calendar::previous_working_time(Instant at) const {
  const Day today = day_of(at);
  for (Day day = today + days(1);; day -= days(1)) {
    const auto& hours = hours_on(day);
    for (auto span = hours.rbegin(); span != hours.rend(); ++span) {
      const Instant opens = instant_of(day, span->opens);
      const Instant closes = instant_of(day, span->closes);
      if (opens < at && opens < closes) return std::min(closes, at);
    }
    COUNTERSIGN_INVARIANT(today - day <= 2 * kIdleDaysMax, "a calendar has a working day in every year");
  }
}

Duration Calendar::working_time_between(Instant from, Instant until) const {
  if (until < from) return -working_time_between(until, from);
  Duration sum{0};
  const Day last = day_of(until) + days(1);
  for (Day day = day_of(from) - days(1); day <= last; day += days(1)) {
    for (const auto& span : hours_on(day)) {
      const Instant opens = std::max(instant_of(day, span.opens), from);
      const Instant closes = std::min(instant_of(day, span.closes), until);
      if (opens < closes) sum += closes - opens;
    }
  }
  return sum;
}

std::int64_t Calendar::business_days_between(Day from, Day until) const {
  if (until < from) return -business_days_between(until, from);
  std::int64_t count = 0;
  for (Day day = from; day < until; day += days(1)) count += is_working_day(day) ? 1 : 0;
  return count;
}

}  // namespace countersign
