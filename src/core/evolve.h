#pragma once
// Folds one event into the state. Total and pure: live processing and replay call the same function, and it
// needs neither the definition nor a clock. An event that does not fit the state is a broken invariant.

#include "core/event.h"
#include "core/state.h"

namespace countersign {

void evolve(State& state, const Event& event);

}  // namespace countersign
