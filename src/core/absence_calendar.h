#pragma once
// Absences from iCalendar text, as a person exports them from their calendar or a feed has them. Pure,
// thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include <date/date.h>

#include "base/error.h"
#include "base/time.h"

namespace countersign {

inline constexpr std::size_t kAbsenceCalendarBytesMax = 8 << 20;
inline constexpr std::size_t kAbsenceEventsMax = 200;      // that are not over, each occurrence counted
inline constexpr std::size_t kAbsenceOccurrencesMax = 60;  // of one event that repeats
inline constexpr date::days kAbsenceHorizon{366};          // how far those are looked ahead

// One event or one occurrence of it: days ("2026-11-23" to the last one), or instants of RFC 3339 in UTC.
struct CalendarAbsence {
  std::string uid;  // the same each time the calendar is read, and no other's in it
  std::string from;
  std::string until;
  std::string title;
  bool operator==(const CalendarAbsence&) const = default;
};

struct CalendarAbsences {
  std::string name;  // as the calendar calls itself (X-WR-CALNAME), "" for none
  std::vector<CalendarAbsence> absences;
  std::vector<std::string> notes;  // what is left out though it means an absence: a sentence each
};

// The events that mean an absence and are not over (of days in every zone; of moments with two days to spare
// for clocks that differ), in the order of the file: those marked "out of office"
// (X-MICROSOFT-CDO-BUSYSTATUS:OOF) where any is, else all. Cancelled events, and those during which the
// person is free (TRANSP:TRANSPARENT), are passed over. Of one that repeats each occurrence is one, with the
// changes that the file has of some (RECURRENCE-ID), as far ahead as the horizon and the limits go. Times
// need a zone (calendar_zones.h). invalid_input for what is no iCalendar text, and for the first event that
// cannot be read, with its line and title: whoever follows a calendar would end what is missing. too_large
// beyond the limits above.
Result<CalendarAbsences> parse_absences(std::string_view ics, Instant now);

}  // namespace countersign
