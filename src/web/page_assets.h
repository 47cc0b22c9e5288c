#pragma once
// What pages load: one style sheet, served under a name that holds the hash of its content. Immutable,
// thread-safe.

#include <string>
#include <string_view>

namespace countersign::web {

std::string_view style_sheet();
// "style-1a2b3c4d5e6f.css"
const std::string& style_sheet_name();

}  // namespace countersign::web
