#pragma once
// What pages load: a style sheet and a script, each served under a name that holds the hash of its content.
// Immutable, thread-safe.

#include <string>
#include <string_view>

namespace countersign::web {

std::string_view style_sheet();
// "style-1a2b3c4d5e6f.css"
const std::string& style_sheet_name();

// Posts the page's token to the address that its element names, once somebody touches the page: scrolls,
// taps, clicks or types. Programs that open every link of a mail do none of that.
std::string_view view_script();
// "view-1a2b3c4d5e6f.js"
const std::string& view_script_name();

}  // namespace countersign::web
