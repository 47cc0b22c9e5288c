#pragma once
// The files of an installation as one Snapshot: workflows with their messages, connectors, people. A file
// with an error never replaces what runs: its last good version stays. Reads files; thread-safe.

#include <memory>
#include <string>

#include "definition/catalogue.h"
#include "definition/configuration.h"
#include "definition/diagnostic.h"
#include "runtime/library.h"
#include "store/rows.h"
#include "store/store.h"

namespace countersign {

struct Workspace {
  std::shared_ptr<const Snapshot> snapshot;  // what is in force from now on; null where people or calendars
                                             // are unusable and nothing ran before
  Diagnostics diagnostics;                   // of all files
};

// `running`: what is in force so far, nullptr at the start. An Error where a folder or file cannot be read at
// all.
Result<Workspace> load_workspace(const Configuration& configuration, const Snapshot* running);

// What a workflow file is checked against: everything that `snapshot` holds.
Catalogue catalogue_of(const Snapshot& snapshot);

// What a stored version names that the directory does not have: people and groups. invalid_input where the
// version does not load at all.
Result<std::vector<Diagnostic>> missing_names(const DefinitionRow& row, const Snapshot& snapshot);

// A stored version of a workflow, loaded again for the instances that still run it.
Result<std::shared_ptr<const Definition>> load_stored(const DefinitionRow& row, const Snapshot& snapshot);

// From now on library.version() finds whatever version the store keeps, also those that only ended instances
// ran. Both outlive the last such call.
void load_versions_from(const Reader& reader, Library& library);

}  // namespace countersign
