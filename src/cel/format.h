#pragma once
// string.format of the strings extension: %s %d %f %e %b %o %x %X %%, with a precision for %f and %e.

#include <string_view>

#include "cel/evaluation.h"

namespace countersign::cel {

bool format_text(Evaluation& evaluation, std::string_view pattern, const List& arguments, Value& result);

}  // namespace countersign::cel
