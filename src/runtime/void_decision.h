#pragma once
// What was decided once and does not count any more. Pure.

#include "core/definition.h"
#include "core/state.h"
#include "store/rows.h"

namespace countersign {

// Of an earlier round whose result a send back has not left standing, taken back, or asked for again since
// what it was about has changed. `step`: the row's, nullptr where the version has none of that name.
bool is_void(const WorkItemRow& row, const Step* step, const State& state);

}  // namespace countersign
