#pragma once
// A chain of approvers up to a limit (managers_up_to) in a step that is open: where the form has changed so
// that the end of the chain is not enough any more, it is asked on. Nobody who is asked already is let go.
// Internal to the core.

#include "core/transition.h"

namespace countersign {

// After a change of the form. Where nobody can end the chain now, `if_nobody` of the step says who is asked;
// a step that then would have nobody stands still with an incident.
void lengthen_chains(Transition& transition, ActivationId activation);

}  // namespace countersign
