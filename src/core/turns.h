#pragma once
// Whose turn it is in a step that asks several people one after the other: by the roster's order, or because
// somebody was added before or after another. Internal to the core.

#include "core/transition.h"

namespace countersign {

// After a vote, a removal or a change of the roster that has not decided the step: whoever is not needed any
// more is let go, and everybody whose turn has come is called up.
void go_on_in_turn(Transition& transition, ActivationId activation, const Actor& by);

// Whether it is the turn of whoever sits there.
bool has_its_turn(const Roster& roster, const Seat& seat);
// Those who are asked although it is not their turn any more, since somebody before them is asked again.
void wait_again(Transition& transition, ActivationId activation);

// Closes the items whose answer would be no vote that is still missing: of a group that has its count, of
// whoever was added to an answer that is given or not needed, and escalations of those who have all decided.
void let_go(Transition& transition, ActivationId activation, const Actor& by);

}  // namespace countersign
