#pragma once
// The two halves of `countersign explain`, printed for people.

#include "scenario/route.h"

#include "base/json.h"
#include "cli/console.h"

namespace countersign::cli {

// Which way a request would take. `calendar`: in whose zone times are shown.
void print_route(Console& console, const scenario::RouteQuestion& question, const scenario::Route& route);
json::value route_json(const scenario::Route& route);

// Why an instance stands where it stands; `instance` as the API gives it.
void print_standing(Console& console, const json::value& instance);

}  // namespace countersign::cli
