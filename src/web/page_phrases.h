#pragma once
// The words of the pages, in English and Chinese. Pure.

#include <string_view>

#include "base/json.h"

namespace countersign::web {

// Every phrase by its key, for the templates.
const json::object& page_phrases(std::string_view locale);
// One of them. A key that does not exist is a broken invariant.
std::string_view page_phrase(std::string_view key, std::string_view locale);

}  // namespace countersign::web
