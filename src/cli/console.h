#pragma once
// What a command reads from and prints to. Tests give streams of their own. Used by one thread.

#include <functional>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

#include "base/json.h"
#include "cli/exit_code.h"

namespace countersign::cli {

struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  std::function<std::string(const std::string& name)> environment;  // "" where a variable is not set
};

// "countersign: message" and below it the details, one a line.
void print_failure(Console& console, const Failure& failure);
// The value on a line of its own.
void print_json(Console& console, const json::value& value);

// A file's bytes, or standard input for "-".
Outcome<std::string> read_input(Console& console, const std::string& path);
// The JSON object in a file, or in standard input for "-".
Outcome<json::object> read_json_object(Console& console, const std::string& path);

}  // namespace countersign::cli
