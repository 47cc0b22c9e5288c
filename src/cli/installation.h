#pragma once
// The configuration that a command works with. Reads files; used by one thread.

#include <optional>
#include <string>

#include "cli/exit_code.h"
#include "definition/configuration.h"
#include "definition/diagnostic.h"

namespace countersign::cli {

// The one in `path`, "" for ./countersign.yaml where it exists, else the defaults. nullopt where the file has
// errors, which are in `diagnostics` then; wrong_use where it cannot be read.
Outcome<std::optional<Configuration>> read_configuration(const std::string& path, Diagnostics& diagnostics);
// As above, with a broken file as a failure that names its first error.
Outcome<Configuration> usable_configuration(const std::string& path);

// The countersign.yaml in the folder of `path` or the nearest above it, else the one in the process's folder;
// "" where there is none.
std::string nearest_configuration(const std::string& path);

// Where a client on the same machine reaches the daemon.
std::string local_url(const Configuration& configuration);

// DATA/countersign.db, as the daemon names it.
std::string database_path(const std::string& data);
// DATA/admin.key, where the daemon leaves the first administrator's key.
std::string admin_key_path(const std::string& data);

}  // namespace countersign::cli
