#pragma once
// A chain of approvers up to a limit (managers_up_to) in a step that is open: where the form has changed so
// that the chain ends with somebody else, those behind the old end are asked too. Nobody who is asked already
// is let go, and whoever handed their seat on has done so. Internal to the core.

#include "core/transition.h"

namespace countersign {

// After a change of the form; nothing where the step is not being decided any more. Where nobody can end the
// chain now, `if_nobody` of the step says what happens: others are asked too, those who are asked decide
// (skip), it is rejected, or what was to be changed is refused (an incident), since the step would stand
// still.
void lengthen_chains(Transition& transition, ActivationId activation);

}  // namespace countersign
