#pragma once
// The pages as Mustache templates (delivery/template.h, values escaped for HTML). `t` holds the phrases.

#include <string_view>

namespace countersign::web {

// What stands around every page: lang, title, base, style, body (HTML).
std::string_view frame_template();
// A work item: what action_page_json() gives.
std::string_view action_template();
std::string_view readers_template();  // of those who got a copy or were mentioned
// What may be done beside deciding: the part `more` of the two pages of a link.
std::string_view acts_template();
// One thing said in the middle of the page: mark, heading, text, and what was decided.
std::string_view absence_template();
std::string_view result_template();
std::string_view mailbox_template();

}  // namespace countersign::web
