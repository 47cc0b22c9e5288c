#pragma once
// An activation that cannot go on by itself: it stands still, nothing passes, and its caretakers are told.
// Internal to the core.

#include <string>

#include "core/transition.h"

namespace countersign {

// Nothing where the activation already stands still for the same reason.
void raise_incident(Transition& transition, ActivationId activation, const std::string& message);

}  // namespace countersign
