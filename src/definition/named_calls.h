#pragma once
// Calls whose literals name something outside of the expression: a person, a group, a budget, a table, a
// guest's address. What they name is looked up before the expression is compiled, and tables are loaded.
// Internal to the loader.

#include "definition/expression_issues.h"
#include "definition/expression_reader.h"

namespace countersign {

// False: something was reported that makes compiling useless.
bool check_calls(Loading& loading, const Piece& piece, const Spot& spot);

}  // namespace countersign
