#pragma once
// Absences from iCalendar text, as a person exports them from their calendar. Pure, thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace countersign {

inline constexpr std::size_t kAbsenceCalendarBytesMax = 1 << 20;
inline constexpr std::size_t kAbsenceEventsMax = 200;

// One event: days ("2026-11-23" to the last one), or instants of RFC 3339 in UTC.
struct CalendarAbsence {
  std::string from;
  std::string until;
  std::string title;
  bool operator==(const CalendarAbsence&) const = default;
};

// The events that mean an absence, in the order of the file: those marked "out of office"
// (X-MICROSOFT-CDO-BUSYSTATUS:OOF) where any is, else all. Cancelled events, and those during which the
// person is free (TRANSP:TRANSPARENT), are passed over. Times need a zone: UTC, or a TZID that the operating
// system knows. invalid_input for what is no iCalendar text, an event that repeats, ends before it begins or
// has a time without a zone; too_large beyond the limits above.
Result<std::vector<CalendarAbsence>> parse_absences(std::string_view ics);

}  // namespace countersign
