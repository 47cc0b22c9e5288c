#pragma once
// A workflow's form as JSON Schema (2020-12), for clients that build their own form. Pure, thread-safe.

#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/definition.h"

namespace countersign::web {

// Titles in `locale`. Rules that need an expression (`when`, `refuse_when`, `default`) are not in it.
json::object form_schema(const std::vector<Field>& fields, std::string_view locale);

}  // namespace countersign::web
