#pragma once
// What a file describes, told by its name and its first keys: for commands that are handed any file of an
// installation. Pure functions.

#include <string_view>

namespace countersign::cli {

enum class FileKind { workflow, connector, people, configuration, scenario, other };

// other: neither YAML nor CSV. YAML without a known key counts as a workflow, whose loader says what is
// missing.
FileKind kind_of_file(std::string_view path, std::string_view text);

}  // namespace countersign::cli
