#include "core/absence_calendar.h"

#include <algorithm>

#include <date/tz.h>
#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "core/calendar_file.h"

namespace countersign {
namespace {

constexpr std::string_view kAttempted = "the absences";

std::unexpected<Error> not_readable(icalcomponent* event, std::string_view why) {
  return fail(ErrorCode::invalid_input,
              fmt::format("cannot read {}: the event '{}' {}", kAttempted, summary_of(event), why));
}

bool is_out_of_office(icalcomponent* event) {
  for (auto* property = icalcomponent_get_first_property(event, ICAL_X_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_X_PROPERTY)) {
    const char* name = icalproperty_get_x_name(property);
    const char* value = icalproperty_get_x(property);
    if (name == nullptr || value == nullptr) continue;
    if (lower_ascii(name) == "x-microsoft-cdo-busystatus" && lower_ascii(trimmed(value)) == "oof")
      return true;
  }
  return false;
}

bool is_passed_over(icalcomponent* event) {
  if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return true;
  auto* property = icalcomponent_get_first_property(event, ICAL_TRANSP_PROPERTY);
  return property != nullptr && icalproperty_get_transp(property) == ICAL_TRANSP_TRANSPARENT;
}

// The zone's name as the text spells it; "" where there is none.
std::string zone_of(icalproperty* property) {
  auto* parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
  const char* name = parameter == nullptr ? nullptr : icalparameter_get_tzid(parameter);
  return name == nullptr ? std::string() : std::string(name);
}

Result<Instant> moment_of(icalcomponent* event, const icaltimetype& time, const std::string& zone) {
  const date::year_month_day day(date::year(time.year), date::month(static_cast<unsigned>(time.month)),
                                 date::day(static_cast<unsigned>(time.day)));
  if (!day.ok()) return not_readable(event, "has a date that does not exist");
  const auto wall = date::local_days(day) + std::chrono::hours(time.hour) +
                    std::chrono::minutes(time.minute) + std::chrono::seconds(time.second);
  if (icaltime_is_utc(time) != 0)
    return Instant(std::chrono::duration_cast<Duration>(wall.time_since_epoch()));
  try {
    if (!zone.empty()) {
      const auto at = date::locate_zone(zone)->to_sys(wall, date::choose::earliest);
      return Instant(std::chrono::duration_cast<Duration>(at.time_since_epoch()));
    }
  } catch (const std::exception&) {
    return not_readable(event, fmt::format("has times in the zone '{}', which this machine does not know",
                                           zone.substr(0, 60)));
  }
  return not_readable(event, "has a time without a zone: use whole days, or times in UTC");
}

Result<CalendarAbsence> read_absence_event(icalcomponent* event) {
  if (auto checked = check_dates_were_read(event, kAttempted); !checked)
    return std::unexpected(checked.error());
  for (const auto kind : {ICAL_RRULE_PROPERTY, ICAL_RDATE_PROPERTY}) {
    if (icalcomponent_get_first_property(event, kind) != nullptr)
      return not_readable(event, "repeats: write each absence as an event of its own");
  }
  auto* begins = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
  if (begins == nullptr) return not_readable(event, "has no DTSTART");
  auto* ends = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
  const icaltimetype start = icalproperty_get_dtstart(begins);
  const icaltimetype end = icalcomponent_get_dtend(event);
  if (is_day(start)) {
    // DTEND is exclusive; without it the event is one day, and some programs write the day itself.
    const bool has_end =
        ends != nullptr || icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY) != nullptr;
    if (has_end && !is_day(end)) return not_readable(event, "begins with a day and ends with a time");
    const Day first = day_of(start);
    const Day last = has_end ? std::max(first, day_of(end) - date::days(1)) : first;
    if (has_end && day_of(end) < first) return not_readable(event, "ends before it begins");
    return CalendarAbsence{format_day(first), format_day(last), summary_of(event)};
  }
  if (icaltime_is_null_time(start) != 0 || icaltime_is_null_time(end) != 0)
    return not_readable(event, "has no beginning or no end");
  const std::string zone = zone_of(begins);
  const std::string zone_of_end = ends == nullptr ? std::string() : zone_of(ends);
  const auto from = moment_of(event, start, zone);
  if (!from) return std::unexpected(from.error());
  const auto until = moment_of(event, end, zone_of_end.empty() ? zone : zone_of_end);
  if (!until) return std::unexpected(until.error());
  if (*until <= *from) return not_readable(event, "ends before it begins");
  return CalendarAbsence{format_rfc3339(*from), format_rfc3339(*until), summary_of(event)};
}

}  // namespace

Result<std::vector<CalendarAbsence>> parse_absences(std::string_view ics) {
  const auto file = CalendarFile::parse(ics, kAbsenceCalendarBytesMax, kAttempted);
  if (!file) return std::unexpected(file.error());
  const bool any_marked = std::ranges::any_of(file->events(), is_out_of_office);
  std::vector<CalendarAbsence> absences;
  for (icalcomponent* event : file->events()) {
    if (is_passed_over(event) || (any_marked && !is_out_of_office(event))) continue;
    auto absence = read_absence_event(event);
    if (!absence) return std::unexpected(absence.error());
    if (absences.size() == kAbsenceEventsMax) {
      return fail(ErrorCode::too_large,
                  fmt::format("cannot read {}: there are more than {}", kAttempted, kAbsenceEventsMax));
    }
    absences.push_back(std::move(*absence));
  }
  return absences;
}

}  // namespace countersign
