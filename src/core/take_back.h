#pragma once
// What stands in the way of taking something back that was decided. Internal to the core.

#include <functional>
#include <string>

#include "core/transition.h"

namespace countersign {

// Whether a visit of a step (for those items of the for_each steps around it) is among those that are looked
// at.
using IsLookedAt = std::function<bool(StepIndex, const ItemPath&, ActivationId)>;

// What went out of the instance and cannot be called back: a call, another workflow, budget that was spent or
// moved. In words behind "cannot ...: "; "" where there is nothing.
std::string what_has_left(const Transition& transition, const IsLookedAt& is_looked_at);

}  // namespace countersign
