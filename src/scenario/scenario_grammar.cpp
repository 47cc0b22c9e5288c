#include "scenario/scenario_grammar.h"

#include "definition/json_schema.h"

namespace countersign::scenario {

std::vector<Key> with_inside(KeyTable keys, const std::map<std::string_view, Inside>& inside) {
  std::vector<Key> all(keys.begin(), keys.end());
  for (Key& key : all) {
    const auto found = inside.find(key.name);
    if (found != inside.end()) key.inside = found->second;
  }
  return all;
}

json::object scenario_schema() {
  return json_schema_of(scenario_file_grammar(), "Scenarios of a workflow of Countersign");
}

}  // namespace countersign::scenario
