#pragma once
// The workflow's rules of `unique`: values that together may be handed in only once.

#include "definition/loading.h"
#include "definition/map_reader.h"

namespace countersign {

// Reads the list behind `unique` into the definition, whose form and statuses are known by then.
void read_unique_rules(Loading& loading, const YamlNode& list);

const Grammar& unique_rules_grammar();

}  // namespace countersign
