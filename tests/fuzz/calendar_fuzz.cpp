// Feeds foreign bytes to the readers of iCalendar files. Whatever comes, they end; holidays come sorted and
// each once, absences end after they begin.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/absence_calendar.h"
#include "core/holidays.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace countersign;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto days = parse_holidays(text)) {
    COUNTERSIGN_INVARIANT(days->size() <= kHolidayDatesMax, "holidays are limited");
    const bool rises = std::ranges::adjacent_find(*days, std::ranges::greater_equal()) == days->end();
    COUNTERSIGN_INVARIANT(rises, "holidays come sorted and each once");
  }
  if (const auto read = parse_absences(text, date::sys_days(date::year(2026) / 11 / 22))) {
    COUNTERSIGN_INVARIANT(read->absences.size() <= kAbsenceEventsMax, "absences are limited");
    for (const CalendarAbsence& absence : read->absences)
      COUNTERSIGN_INVARIANT(absence.from <= absence.until, "an absence does not end before it begins");
  }
  return 0;
}
