#pragma once
// What may be done with a work item and its request beside deciding it, for the item's page. Pure.

#include "runtime/presentation.h"

namespace countersign {

// `row`: one of the presenting's items, and its step. Whoever has added somebody may take them off also while
// they wait; whoever has decided may take it back, where the core would do it; the requester has what
// requesters do.
PresentedActs presented_acts(const Presenting& presenting, const WorkItemRow& row, const Step& step);

}  // namespace countersign
