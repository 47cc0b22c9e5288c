#pragma once
// The words of the pages, in English and Chinese. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace countersign::web {

// Every phrase by its key, for the templates.
const json::object& page_phrases(std::string_view locale);
// One of them. A key that does not exist is a broken invariant.
std::string_view page_phrase(std::string_view key, std::string_view locale);
// A phrase with {0}, {1} ... replaced by the arguments.
std::string filled_in(std::string_view phrase, const std::vector<std::string>& arguments);

}  // namespace countersign::web
