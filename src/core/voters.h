#pragma once
// Approvals that came to be nobody's by the step's own votes. Internal to the core.

#include "core/transition.h"

namespace countersign {

// Moves open items that nobody is left for because whoever could answer has voted in the step, or sits there
// in person: as those of people who have left, after every command. Asks no expression; what else makes an
// item nobody's is looked at when that changes.
void move_on_from_voters(Transition& transition);

}  // namespace countersign
