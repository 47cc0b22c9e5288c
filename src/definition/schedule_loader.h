#pragma once
// The trigger `schedule`: when a workflow starts by itself, and for whom. Internal to the loader.

#include "definition/loading.h"

namespace countersign {

KeyTable schedule_trigger_keys();
// What stands behind `schedule`.
KeyTable schedule_keys();

void read_schedule_trigger(Loading& loading, const YamlNode& node);

}  // namespace countersign
