#pragma once
// --set NAME=VALUE and its kind. Values are text, which the daemon reads by the field's type, so that money
// stays exact; NAME:=JSON gives JSON for lists and tables. A repeated NAME=VALUE makes a list.

#include <string>
#include <vector>

#include "base/json.h"
#include "cli/exit_code.h"

namespace countersign::cli {

// Puts each into `target`, over what stands there. wrong_use names `option` and the text that is no
// assignment.
Outcome<void> assign(json::object& target, const std::vector<std::string>& assignments,
                     std::string_view option);

// "NAME=VALUE" taken apart; nullopt where there is no name.
struct Assignment {
  std::string name;
  std::string value;
  bool is_json = false;
};
Outcome<Assignment> parse_assignment(const std::string& text, std::string_view option);

}  // namespace countersign::cli
