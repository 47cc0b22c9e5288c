#pragma once
// Titles where there is nothing to evaluate them with. Pure, thread-safe.

#include <string>
#include <string_view>

#include "core/definition.h"

namespace countersign::web {

// What stands between the expressions, in that language.
std::string plain_title(const LocalText& text, std::string_view locale);
// Of a workflow; its id where the title says nothing.
std::string workflow_title(const Definition& definition, std::string_view locale);

}  // namespace countersign::web
