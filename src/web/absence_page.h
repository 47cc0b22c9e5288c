#pragma once
// GET and POST /a/{token}/absence: the absences of the person whom a link names, to see, set and end. Without
// script, and with the link's CSRF token. Guests have none.

#include <vector>

#include "web/answering.h"

namespace countersign::web {

// `around` outlives the routes.
std::vector<Route> absence_page_routes(const Surroundings& around);

}  // namespace countersign::web
