#pragma once
// The description of the API (OpenAPI 3.1), made of the table of routes. Pure.

#include <span>
#include <string_view>

#include "base/json.h"
#include "web/route.h"

namespace countersign::web {

json::object openapi(std::span<const Route> routes, std::string_view public_url);

// The schemas of bodies and answers by name, each a JSON object.
std::string_view schemas_of_work();
std::string_view schemas_of_administration();

// The names that rows may use for `body` and `answer`.
bool is_schema_name(std::string_view name);

}  // namespace countersign::web
