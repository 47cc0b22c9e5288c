#pragma once
// Whether an instance that was moved to another version of its workflow could go on there: what its steps
// read. Internal to the core.

#include <string>
#include <vector>

#include "core/decide.h"

namespace countersign {

// What the steps that may still come read plainly (in a condition, a time, an amount) and the instance cannot
// have any more: the step that would say it lies behind. Each a clause. `moved` runs `to`.
std::vector<std::string> unreadable_after_move(const Definition& to, const State& moved);

}  // namespace countersign
