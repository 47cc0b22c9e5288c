#pragma once
// Something that a field accepts, where only the way matters and not the value. Pure.

#include <string>
#include <vector>

#include "base/json.h"
#include "core/definition.h"

namespace countersign::scenario {

// As a person would send it. `today`: "2026-03-02". A pattern or a unique field may still refuse it.
json::value sample_value(const Field& field, const PersonId& person, const std::string& today);

// The file that sample_value() names for the field: "sample.pdf".
std::string sample_file(const Field& field);
// Of every field that any step or the form has.
std::vector<std::string> sample_files(const Definition& definition);

}  // namespace countersign::scenario
