#pragma once
// GET and POST /a/{token}: the page of a link in a message. Opening it changes nothing however often; a POST
// with the page's CSRF token decides, as the person whom the link names, through the same engine as
// everything else.

#include <vector>

#include "web/answering.h"

namespace countersign::web {

// With the style sheet. `around` outlives the routes. `file_bytes_max`: of one file that a form sends.
std::vector<Route> page_routes(const Surroundings& around, std::size_t file_bytes_max);

}  // namespace countersign::web
