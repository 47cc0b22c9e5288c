#pragma once
// Calls that are macros: has, all, exists, exists_one, map, filter, optMap, optFlatMap. Pure function.

#include <expected>

#include "cel/syntax.h"

namespace countersign::cel {

// The call itself where its name and number of arguments make it no macro.
std::expected<SyntaxPtr, Issue> unfold_macro(SyntaxPtr call);

}  // namespace countersign::cel
