#pragma once
// Templates with little logic (Mustache) for the messages the daemon sends. Pure, thread-safe.

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace countersign {

// How a {{value}} is escaped for the text around it. {{{value}}} and {{&value}} are never escaped.
enum class Escape { none, html, markdown };

// {{name}}, {{a.b}}, {{#section}}...{{/section}} over lists and objects, {{^inverted}}...{{/inverted}}, {{!
// comment}}. A value is placed as it is: braces in it are never expanded. A name that is missing, null,
// false, "" or [] is empty, and its section is left out; 0 is a value. Numbers keep their text. Partials and
// changed delimiters are refused. invalid_input names line and column of the template.
Result<std::string> render(std::string_view template_text, const json::value& data, Escape escape);

// The errors render() would give whatever the data is.
Result<void> check_template(std::string_view template_text);

}  // namespace countersign
