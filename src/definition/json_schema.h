#pragma once
// JSON Schemas (draft 7, which editors' YAML servers know best) of the files that people write, made of the
// loader's own tables of keys (grammar.h). A schema tells what may stand where; what names mean, which steps
// follow and whether expressions are right only the loader knows. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "definition/grammar.h"

namespace countersign {

// "workflow", "connector", "people", "configuration".
const std::vector<std::string>& schema_names();

// nullopt for another name.
std::optional<json::object> json_schema(std::string_view name);

// The schema of a file that another module reads, by its own grammar.
json::object json_schema_of(const Grammar& whole, std::string_view title);

// With line breaks and two blanks for each level, as it is committed under docs/schema.
std::string indented_json(const json::value& value);

}  // namespace countersign
