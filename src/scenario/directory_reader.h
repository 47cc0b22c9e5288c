#pragma once
// `directory:` of a scenario: who leaves, comes, is away, or gets another manager or group. Internal to the
// loader.

#include "scenario/reading.h"

namespace countersign::scenario {

ChangeDirectory read_directory_change(Reading& reading, const YamlNode& node);
KeyTable directory_keys();

}  // namespace countersign::scenario
