#pragma once
// An activation that cannot go on by itself: it stands still, nothing passes, and its caretakers are told.
// Internal to the core.

#include <string>

#include "core/transition.h"

namespace countersign {

// Whether what stands still had begun: asked people, called, set its timers. `held`: retry begins it.
enum class Begun { yes, held };

// Nothing where the activation already stands still for the same reason.
void raise_incident(Transition& transition, ActivationId activation, const std::string& message,
                    Begun begun = Begun::yes);

}  // namespace countersign
