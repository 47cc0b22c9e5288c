#pragma once
// Whose clock counts for a person: the hours of their calendar, by the clocks of their own zone where they
// have one. The one answer for reminders, quiet hours, digests, days off and every time that is shown to
// somebody. Pure, thread-safe.

#include <memory>
#include <string>

#include "core/calendars.h"
#include "core/directory.h"

namespace countersign {

// `person` may be nullptr. Where they have no calendar: that of the name `otherwise`, "" for the default one.
// nullptr only where `calendars` has no default.
std::shared_ptr<const Calendar> calendar_of(const Calendars& calendars, const Person* person,
                                            const std::string& otherwise);

}  // namespace countersign
