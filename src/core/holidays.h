#pragma once
// Holidays from iCalendar text (RFC 5545), as offices and governments publish them. Pure functions,
// thread-safe.

#include <string_view>
#include <vector>

#include "base/error.h"
#include "core/calendar_settings.h"

namespace countersign {

inline constexpr std::size_t kHolidayBytesMax = 1 << 20;
inline constexpr std::size_t kHolidayDatesMax = 10'000;

// The days that the all-day events cover, sorted, each once; years 2000 to 2100. DTEND is exclusive; without
// DTEND and DURATION an event is one day. Yearly RRULEs are followed, EXDATE and RDATE too; another frequency
// is refused, as no holiday has one. Events with a time of day and cancelled ones are no holidays and passed
// over. invalid_input for what is no iCalendar text, too_large beyond the limits above.
Result<std::vector<Day>> parse_holidays(std::string_view ics);

}  // namespace countersign
