#pragma once
// A currency's code as a file names it. Internal to the loader.

#include <string_view>

#include "definition/diagnostic.h"

namespace countersign {

// Warns of a code that ISO 4217 does not list: money of a mistyped currency meets no other. Codes that begin
// with X are free to use (points, for one). What is no code at all is reported by whoever reads it.
void warn_of_unknown_currency(std::string_view code, SourceSpan at, Diagnostics& diagnostics);

}  // namespace countersign
