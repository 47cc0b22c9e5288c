#pragma once
// Copies of the files that loaded without an error, in DATA/last-good. A file that somebody breaks while the
// daemon runs keeps its last good version; with the copies it does so over a restart too. Reads and writes
// files; for one thread.

#include <optional>

#include "definition/configuration.h"
#include "definition/diagnostic.h"

namespace countersign {

// Copies every file of workflows (with messages and tables), connectors and people of which `diagnostics` has
// no error, and drops copies of files that are gone. storage where that cannot be done.
Result<void> keep_last_good(const Configuration& configuration, const Diagnostics& diagnostics);

// The configuration with the copies in the place of the files; nullopt where nothing was ever kept.
std::optional<Configuration> last_good_of(const Configuration& configuration);

}  // namespace countersign
