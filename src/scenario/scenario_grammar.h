#pragma once
// What may be written in scenario files, made of the very tables by which they are read: for editors.

#include <map>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "definition/grammar.h"

namespace countersign::scenario {

// The JSON Schema of NAME.test.yaml. What acts mean, which people and steps there are, only the reader knows.
json::object scenario_schema();

// The table with what may stand behind some of its keys; other keys stay as they are.
std::vector<Key> with_inside(KeyTable keys, const std::map<std::string_view, Inside>& inside);

const Grammar& scenario_file_grammar();
const Grammar& entry_grammar();
const Grammar& expectations_grammar();
const Grammar& directory_change_grammar();

}  // namespace countersign::scenario
