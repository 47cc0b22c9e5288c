#pragma once
// due, deadline, remind and escalate. Internal to the loader.

#include "definition/step_loader.h"

namespace countersign {

KeyTable remind_keys();
KeyTable escalate_keys();

// Reads them into `step`; a kind that asks nobody may not have them.
void read_chase(Loading& loading, const MapReader& map, Step& step, const StepWord& word);

}  // namespace countersign
