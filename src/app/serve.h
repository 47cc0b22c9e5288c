#pragma once
// `countersign serve`: from options to a running daemon, until a signal ends it.

#include "cli/program.h"

namespace countersign {

// SIGTERM and SIGINT stop it, SIGHUP reloads. Exit codes as in cli/program.h.
int serve(const cli::ServeOptions& options);

}  // namespace countersign
