#pragma once
// A directory written as people.yaml. Pure.

#include <string>

#include "core/directory.h"

namespace countersign::cli {

// Text that load_people reads as the same people and groups, in the same order. Absences are left out: no
// directory that came from CSV has any.
std::string people_yaml(const Directory& directory);

}  // namespace countersign::cli
