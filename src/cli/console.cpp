#include "cli/console.h"

#include <iterator>

#include <fmt/format.h>

#include "cli/text_width.h"
#include "definition/workflow_files.h"

namespace countersign::cli {

void print_failure(Console& console, const Failure& failure) {
  console.err << "countersign: " << printable(failure.message) << '\n';
  for (const Detail& detail : failure.details) {
    const std::string place = detail.pointer.empty() ? "" : detail.pointer + ": ";
    console.err << "  " << printable(place + detail.text) << '\n';
  }
}

void print_json(Console& console, const json::value& value) {
  console.out << write_json(value) << '\n';
}

Outcome<std::string> read_input(Console& console, const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(console.in), std::istreambuf_iterator<char>());
  }
  auto text = read_file(path);
  if (!text) return failed(ExitCode::wrong_use, text.error().message);
  return std::move(*text);
}

Outcome<json::object> read_json_object(Console& console, const std::string& path) {
  const auto text = read_input(console, path);
  if (!text) return std::unexpected(text.error());
  const std::string name = path == "-" ? "standard input" : path;
  auto value = parse_json(*text);
  if (!value)
    return failed(ExitCode::wrong_use, fmt::format("{} holds no JSON: {}", name, value.error().message));
  if (!value->is_object()) {
    return failed(ExitCode::wrong_use,
                  fmt::format("{} must hold a JSON object, {{\"name\": value, ...}}", name));
  }
  return std::move(value->as_object());
}

}  // namespace countersign::cli
