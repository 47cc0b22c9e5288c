#pragma once
// The moments that times of iCalendar text name. Thread-safe for different texts.

#include <string>
#include <vector>

#include <libical/ical.h>

#include "base/error.h"
#include "base/time.h"

namespace countersign {

// The zone's name as the text spells it; "" where there is none.
std::string zone_named_at(icalproperty* property);

// The moment at which clocks in that zone show that time; of one that they show twice the first. The zone is
// UTC where the time says so, else the VTIMEZONE of that name in the event's own calendar, else the one that
// Windows calls so (windows_zones.h), else of the operating system's (IANA) names. invalid_input says what is
// missing, so that it goes on with "the event ...".
Result<Instant> moment_in_calendar(icalcomponent* event, const icaltimetype& time, const std::string& zone);

}  // namespace countersign
