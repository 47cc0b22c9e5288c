#pragma once
// The same steps for every item of a list. Internal to the core.
//
// The list is looked at once, when the step opens, and recorded; what becomes of it afterwards changes
// nothing. Each item runs in a frame of its own below the step's activation.

#include "core/transition.h"

namespace countersign {

void open_for_each(Transition& transition, ActivationId activation, const Step& step, const ForEach& each);

// The steps of one item have run to their end: the step has its outcome, or the next items begin.
void item_finished(Transition& transition, ActivationId activation, const ForEach& each, std::uint32_t item);

}  // namespace countersign
