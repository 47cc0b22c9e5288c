#pragma once
// The one gate: whether this person may act on this work item now. Every channel goes through it. Internal to
// the core.

#include <optional>

#include "core/transition.h"

namespace countersign {

// nullopt where they may. `expected_version`: the version that the caller has seen.
std::optional<Error> refusal_to_act(Transition& transition, const Item& item, const Actor& by,
                                    std::optional<std::uint32_t> expected_version);

// In whose place they would act: somebody away, for whom they stand in. Empty where the item is theirs.
PersonId acting_for(Transition& transition, const Item& item, const Actor& by);

}  // namespace countersign
