#pragma once
// What commands about one instance share: finding it, writing to it, saying what came of it.

#include <string>

#include "cli/api_client.h"
#include "cli/connection.h"
#include "cli/console.h"

namespace countersign::cli {

// The id of the instance with this reference; an id ("i_...") is itself. not_so where there is none.
Outcome<std::string> instance_id(ApiClient& client, const std::string& id_or_reference);
// "/api/v1/instances/ID" and what follows.
std::string instance_path(const std::string& id, std::string_view below = "");
// "/api/v1/work-items/ID" and what follows.
std::string work_item_path(const std::string& id, std::string_view below = "");

// POST to a route below the instance; prints the answer, in words "EXP-2026-14: WORDS; it is running".
Outcome<ExitCode> act_on_instance(Console& console, const Connection& connection,
                                  const std::string& id_or_reference, std::string_view route,
                                  const json::object& body, std::string_view words);

}  // namespace countersign::cli
