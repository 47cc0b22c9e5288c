#include "cli/assignments.h"

#include <set>

#include <fmt/format.h>

namespace countersign::cli {

Outcome<Assignment> parse_assignment(const std::string& text, std::string_view option) {
  const std::size_t equals = text.find('=');
  const bool is_json = equals != std::string::npos && equals > 0 && text[equals - 1] == ':';
  const std::size_t name_end = is_json ? equals - 1 : equals;
  if (equals == std::string::npos || name_end == 0) {
    return failed(
        ExitCode::wrong_use,
        fmt::format("{} wants NAME=VALUE, or NAME:=JSON for lists and tables, not '{}'", option, text));
  }
  return Assignment{text.substr(0, name_end), text.substr(equals + 1), is_json};
}

Outcome<void> assign(json::object& target, const std::vector<std::string>& assignments,
                     std::string_view option) {
  std::set<std::string> set;
  for (const std::string& text : assignments) {
    const auto assignment = parse_assignment(text, option);
    if (!assignment) return std::unexpected(assignment.error());
    json::value value(assignment->value);
    if (assignment->is_json) {
      auto parsed = parse_json(assignment->value);
      if (!parsed) {
        return failed(ExitCode::wrong_use, fmt::format("{} {}: behind := stands no JSON: {}", option, text,
                                                       parsed.error().message));
      }
      value = std::move(*parsed);
    }
    if (set.insert(assignment->name).second) {
      target[assignment->name] = std::move(value);
      continue;
    }
    json::value& known = target[assignment->name];
    if (!known.is_array()) known = json::array{known};
    known.as_array().push_back(std::move(value));
  }
  return {};
}

}  // namespace countersign::cli
