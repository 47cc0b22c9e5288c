#pragma once
// Whether an instance that was moved to another version of its workflow could go on there: people, and what
// its steps read. Internal to the core.

#include <string>
#include <vector>

#include "core/decide.h"

namespace countersign {

// What the steps that may still come read plainly (in a condition, a time, an amount) and the instance cannot
// have any more: the step that would say it lies behind. Each a clause. `moved` runs `to`.
std::vector<std::string> unreadable_after_move(const Definition& to, const State& moved);

// Work items that nobody of those who are asked may complete there. `context` is that of the other version.
std::vector<std::string> work_out_of_hands(const Context& context, const State& moved);

}  // namespace countersign
