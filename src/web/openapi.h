#pragma once
// The description of the API (OpenAPI 3.1), made of the table of routes. Pure.

#include <span>
#include <string_view>

#include "base/json.h"
#include "web/route.h"

namespace countersign::web {

json::object openapi(std::span<const Route> routes, std::string_view public_url);

// The schemas by name, as one JSON object.
std::string_view openapi_schemas();

// The names that rows may use for `body` and `answer`.
bool is_schema_name(std::string_view name);

}  // namespace countersign::web
