#pragma once
// Somebody who has approved before (`same_person`): their seat counts as approved without their being asked
// again. Internal to the core.
//
// It counts once they approved in a step that stands, since the last send back, of the same items of the
// for_each steps around it; nothing that they saw there may say something else now, and the step may show,
// ask or want confirmed nothing that they have not answered there. skip_if_consecutive: and nobody else has
// approved in a step that was done since. A step with `always_ask` or `confirm` asks always, and one that is
// entered again never rests on its own former visit, nor any on what was approved before a step was rejected.

#include <string>

#include "core/transition.h"

namespace countersign::same_person {

// Fills the seats of the activation's roster that need nobody, each with the decision that it relies on.
void pass_seats(Transition& transition, ActivationId activation, const Approve& approve);

// Asks again, of all open steps, whose seat was filled so by an approval that does not stand any more: it was
// taken back, sent back, or is void; and where what they saw says something else since.
void ask_again(Transition& transition);

// "li.na approved in manager already": of a roster that has reached its count by such seats.
std::string reason_of(const Transition& transition, const Roster& roster);

}  // namespace countersign::same_person
