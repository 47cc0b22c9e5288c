#pragma once
// The calendars in force. Plain alias, so that readers of files need not know decide.h.

#include <map>
#include <memory>
#include <string>

#include "core/calendar.h"

namespace countersign {

// By name; "" is the default one.
using Calendars = std::map<std::string, std::shared_ptr<const Calendar>>;

}  // namespace countersign
