#pragma once
// References between steps and the shape of the flow: what the whole file must be right in. Internal to the
// loader.

#include "definition/loading.h"

namespace countersign {

// Looks up `go`, `return_to` and items_of, now that all steps are known; `go` must stay in reach.
void resolve_steps(Loading& loading);

// Unreachable steps, ways that run off the end, circles that never wait, return targets that come later.
void check_flow(Loading& loading, const Flow& flow);

}  // namespace countersign
