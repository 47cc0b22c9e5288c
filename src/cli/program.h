#pragma once
// The command line: one subcommand a file (commands.h). Exit codes: 0 done, 1 the thing asked about is not
// so, 2 wrong use, 3 the daemon cannot be reached, 4 refused, 5 conflict.

#include <functional>
#include <string>

namespace countersign::cli {

struct ServeOptions {
  std::string config;  // "": countersign.yaml where it exists, else defaults
  std::string data;    // "": the configuration's
  std::string listen;  // HOST:PORT; "": the configuration's
  bool dev = false;
};

// What the command line cannot do by itself because everything meets there: running the daemon. Gives the
// exit code.
using Serve = std::function<int(const ServeOptions&)>;

int run_program(int argc, const char* const* argv, const Serve& serve);

}  // namespace countersign::cli
