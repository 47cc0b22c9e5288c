#pragma once
// Durations of settings: in words, by the clock.

#include <string_view>

#include "base/time.h"
#include "definition/map_reader.h"

namespace countersign {

// The duration at `key`, from one second to `max`; `otherwise` where it is absent or refused. Days are 24
// hours; business time and months are refused.
Duration read_clock_duration(const MapReader& map, std::string_view key, Duration otherwise, Duration max);

}  // namespace countersign
