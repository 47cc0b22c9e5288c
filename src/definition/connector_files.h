#pragma once
// Connector files of directories: DIRECTORY/*.yaml. Reads files.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "core/connector.h"
#include "definition/diagnostic.h"

namespace countersign {

struct LoadedConnectors {
  std::map<std::string, std::shared_ptr<const Connector>> connectors;  // those without errors, by name
  Diagnostics diagnostics;                                             // of all files
};

// `paths` are directories or single files. Two files of one name are an error of the later one. invalid_input
// or not_found where a path cannot be read; what is wrong inside a file is a diagnostic.
Result<LoadedConnectors> load_connector_files(const std::vector<std::string>& paths);

}  // namespace countersign
