#pragma once
// When an event of iCalendar text happens: once, or as its rules say (RRULE, RDATE, EXDATE). Thread-safe for
// different texts.

#include <optional>
#include <string>
#include <vector>

#include <libical/ical.h>

#include "base/error.h"
#include "base/time.h"
#include "core/calendar_settings.h"

namespace countersign {

// The beginning of an event or of one of its occurrences: a day, or a moment that clocks in the event's zone
// show on that day.
struct CalendarStart {
  Day day;
  std::optional<Instant> at;
  // "2026-11-23", or RFC 3339 in UTC.
  std::string text() const;
  // Whether one that is named somewhere (EXDATE, RECURRENCE-ID) is this one; by its day where either has no
  // time.
  bool is(const CalendarStart& named) const;
  bool operator==(const CalendarStart&) const = default;
};

// Of a property with a time or a day. Errors as moment_in_calendar()'s.
Result<CalendarStart> start_of(icalcomponent* event, icalproperty* property, const icaltimetype& time);

bool does_repeat(icalcomponent* event);

struct Repeats {
  std::vector<CalendarStart> starts;  // ascending, each once
  bool is_cut = false;                // there are more
};
// Those that begin in [since, before), without what the event excepts and what `replaced` names; the first
// `at_most` of them. Errors as above: for rules that make no sense, or of which too much would have to be
// followed.
Result<Repeats> repeats_of(icalcomponent* event, Instant since, Instant before, std::size_t at_most,
                           const std::vector<CalendarStart>& replaced);

}  // namespace countersign
