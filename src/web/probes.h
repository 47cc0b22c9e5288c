#pragma once
// What monitors ask: alive, ready, figures.

#include <functional>
#include <vector>

#include "web/answering.h"
#include "web/server.h"

namespace countersign::web {

// /healthz, /readyz, /metrics. `server_figures` may be called from any thread.
std::vector<Route> probe_routes(const Surroundings& around, std::function<ServerFigures()> server_figures);

}  // namespace countersign::web
