#pragma once
// The tables of routes, one function a subject; site.cpp joins them. Names are in docs/design and the
// description of the API (/openapi.json), which is made of the same rows.

#include <functional>
#include <vector>

#include "web/answering.h"
#include "web/route.h"

namespace countersign::web {

struct FeedSignal;

std::vector<Route> instance_routes(const Surroundings& around);
std::vector<Route> work_item_routes(const Surroundings& around);
std::vector<Route> item_act_routes(const Surroundings& around);
std::vector<Route> workflow_routes(const Surroundings& around);
std::vector<Route> event_routes(const Surroundings& around);
std::vector<Route> file_routes(const Surroundings& around, std::size_t file_bytes_max);
std::vector<Route> feed_routes(const Surroundings& around, FeedSignal& signal);
std::vector<Route> admin_routes(const Surroundings& around);
std::vector<Route> ledger_routes(const Surroundings& around);
std::vector<Route> report_routes(const Surroundings& around);
std::vector<Route> absence_routes(const Surroundings& around);
std::vector<Route> hook_routes(const Surroundings& around, std::size_t body_bytes_max);
// Only with --dev; else empty.
std::vector<Route> dev_routes(const Surroundings& around);

// Rows shared by several tables: a JSON body and a list's parameters.
inline std::vector<std::string> json_only() {
  return {"application/json"};
}

}  // namespace countersign::web
