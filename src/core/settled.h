#pragma once
// Tells people whose open work items a command has closed without them that nothing is left for them to do.
// Internal to the core.

#include "core/transition.h"

namespace countersign {

// Once at the end of `command`; `before`: the state before it. One message for each person at most, none to
// whoever did it, nor to those who get another message by the same command.
void tell_settled(Transition& transition, const State& before, const Command& command);

}  // namespace countersign
