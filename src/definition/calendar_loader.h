#pragma once
// The `calendars` of the configuration. Internal to its loader.

#include <string>

#include "core/calendars.h"
#include "definition/configuration_loader.h"
#include "definition/map_reader.h"

namespace countersign {

// The calendars by name; those with errors are reported and left out. `folder` is where relative files are.
Calendars read_calendars(const YamlNode& node, const std::string& folder, const FileReader& read,
                         Diagnostics& diagnostics);

// "a/b" below the folder "x": "x/a/b"; an absolute path stays.
std::string path_below(const std::string& folder, const std::string& path);

}  // namespace countersign
