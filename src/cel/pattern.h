#pragma once
// Regular expressions: RE2 syntax, not anchored. Compiled patterns are immutable and thread-safe.

#include <memory>
#include <string_view>

#include "base/error.h"
#include "cel/evaluation.h"

namespace re2 {
class RE2;
}

namespace countersign::cel {

// At most 4096 bytes.
Result<std::shared_ptr<const re2::RE2>> compile_pattern(std::string_view source);
// Requires a text. Costs by the text's length and the pattern's size.
bool match(Evaluation& evaluation, const re2::RE2& pattern, const Value& text, Value& result);

}  // namespace countersign::cel
