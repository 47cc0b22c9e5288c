#pragma once
// Asking for an opinion, and giving it. Internal to the core.

#include "core/transition.h"

namespace countersign {

// The answer to an item that asks for an opinion: it counts nowhere, and whoever asked is told.
void advise(Transition& transition, const Item& item, const Step& step, const Decide& command);

}  // namespace countersign
