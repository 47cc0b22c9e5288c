#pragma once
// An approval by several groups with a count each (`seats`). Internal to the core.

#include "core/roster.h"

namespace countersign {

// Who sits for which group. Somebody whom several groups name sits for one of them only: for one that could
// not reach its count without them, else for the first in the order of the file. `self` and `if_nobody` are
// applied to each group by itself.
Seating seat_groups(Transition& transition, const Step& step, const Approve& approve, FrameId frame);

}  // namespace countersign
