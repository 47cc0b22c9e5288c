#pragma once
// One run of the command line, with everything that it prints.

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace countersign::cli::test {

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

using Environment = std::map<std::string, std::string>;

inline Ran run(
    std::vector<std::string> arguments, const Environment& environment = {}, const std::string& input = "",
    const Serve& serve = [](const ServeOptions&) { return 0; }) {
  std::istringstream in(input);
  std::ostringstream out, err;
  Console console{in, out, err, [&environment](const std::string& name) {
                    const auto found = environment.find(name);
                    return found == environment.end() ? std::string() : found->second;
                  }};
  Ran ran;
  ran.code = run_command_line(std::move(arguments), console, serve);
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

}  // namespace countersign::cli::test
