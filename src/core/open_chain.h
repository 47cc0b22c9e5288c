#pragma once
// A chain of approvers up to a limit (managers_up_to) in a step that is open. The step was opened with
// whoever was on the chain then (Roster::on_chains). Once the chain ends with somebody else, those who
// approve have approved, or would, something that takes more than theirs: the step begins anew, with its
// people found, its rules applied and everybody asked as at the first opening. Internal to the core.

#include "core/transition.h"

namespace countersign {

// After a change of what a chain may hang on. Whether the step began anew: then the activation is closed, and
// what was decided in it counts no more. A chain that became shorter lets nobody go. Where the step would
// stand still then, the change is refused (an incident); one that stands still already is left alone.
bool begin_anew_where_outgrown(Transition& transition, ActivationId activation);

// The same where whoever the item is before cannot answer it any more: also where a chain ends with them
// still, or with whom they sit for. Nothing else is as good as their approval.
bool begin_anew_without(Transition& transition, const Item& item);

// Whether the chain of a step that is over would end with somebody else now, or cannot be asked for. `frame`:
// from which it is looked at, of the step's list or of one around it.
bool is_outgrown(const Context& context, const State& state, StepIndex step, FrameId frame,
                 const Roster& roster);

}  // namespace countersign
