#pragma once
// Expression text to syntax tree: the whole grammar of langdef.md but message literals, with the optional
// syntax (a.?b, a[?b], {?k: v}, [?v]) and the macros. Pure function.

#include <expected>
#include <string_view>

#include "cel/program.h"
#include "cel/syntax.h"

namespace countersign::cel {

// Parsing ends at the first issue.
std::expected<SyntaxPtr, Issue> parse(std::string_view source, std::size_t bytes_max, int depth_max);

}  // namespace countersign::cel
