#include "core/calendar_zones.h"

#include <date/tz.h>
#include <fmt/format.h>

#include "core/windows_zones.h"

namespace countersign {
namespace {

// libical takes a zone without any rule for UTC.
bool has_rules(icalcomponent* zone) {
  for (const auto kind : {ICAL_XSTANDARD_COMPONENT, ICAL_XDAYLIGHT_COMPONENT}) {
    for (auto* rule = icalcomponent_get_first_component(zone, kind); rule != nullptr;
         rule = icalcomponent_get_next_component(zone, kind)) {
      if (icalcomponent_get_first_property(rule, ICAL_DTSTART_PROPERTY) != nullptr &&
          icalcomponent_get_first_property(rule, ICAL_TZOFFSETTO_PROPERTY) != nullptr &&
          icalcomponent_get_first_property(rule, ICAL_TZOFFSETFROM_PROPERTY) != nullptr)
        return true;
    }
  }
  return false;
}

// nullptr where the event's calendar does not describe the zone itself.
icaltimezone* own_zone(icalcomponent* event, const std::string& name) {
  icalcomponent* calendar = icalcomponent_get_parent(event);
  icaltimezone* zone = calendar == nullptr ? nullptr : icalcomponent_get_timezone(calendar, name.c_str());
  return zone != nullptr && has_rules(icaltimezone_get_component(zone)) ? zone : nullptr;
}

}  // namespace

std::string zone_named_at(icalproperty* property) {
  auto* parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
  const char* name = parameter == nullptr ? nullptr : icalparameter_get_tzid(parameter);
  return name == nullptr ? std::string() : std::string(name);
}

Result<Instant> moment_in_calendar(icalcomponent* event, const icaltimetype& time, const std::string& zone) {
  const date::year_month_day day(date::year(time.year), date::month(static_cast<unsigned>(time.month)),
                                 date::day(static_cast<unsigned>(time.day)));
  if (!day.ok()) return fail(ErrorCode::invalid_input, "has a date that does not exist");
  const auto wall = date::local_days(day) + std::chrono::hours(time.hour) +
                    std::chrono::minutes(time.minute) + std::chrono::seconds(time.second);
  const auto read_as_utc = Instant(std::chrono::duration_cast<Duration>(wall.time_since_epoch()));
  if (icaltime_is_utc(time) != 0) return read_as_utc;
  if (zone.empty()) {
    return fail(ErrorCode::invalid_input,
                "has a time without a zone: use whole days, or times in UTC or in a zone");
  }
  if (icaltimezone* own = own_zone(event, zone); own != nullptr) {
    icaltimetype shown = time;
    shown.zone = nullptr;
    shown.is_date = 0;
    return read_as_utc - std::chrono::seconds(icaltimezone_get_utc_offset(own, &shown, nullptr));
  }
  const std::string_view of_windows = iana_zone_of_windows(zone);
  try {
    const auto at = date::locate_zone(of_windows.empty() ? std::string_view(zone) : of_windows)
                        ->to_sys(wall, date::choose::earliest);
    return Instant(std::chrono::duration_cast<Duration>(at.time_since_epoch()));
  } catch (const std::exception&) {
    return fail(ErrorCode::invalid_input,
                fmt::format("has times in the zone '{}', which is neither described in the file nor known to "
                            "this machine",
                            zone.substr(0, 60)));
  }
}

}  // namespace countersign
