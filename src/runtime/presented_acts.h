#pragma once
// What may be done with a work item beside deciding it, for its page. Pure.

#include "runtime/presentation.h"

namespace countersign {

// Nothing where the item is closed. Whoever has added somebody may take them off also while they wait.
PresentedActs presented_acts(const State& state, const Step& step, std::uint32_t number,
                             const PersonId& reader, const Directory& directory);

}  // namespace countersign
