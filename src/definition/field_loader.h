#pragma once
// Fields of forms, asks, tables, events and connectors' actions: `name: {type: ..., ...}`. Internal to the
// module.

#include <vector>

#include "definition/expression_reader.h"

namespace countersign {

// The keys of a field, for the reference and editors' schemas.
KeyTable field_keys();

struct FieldRules {
  bool ask = false;      // `required_on` may stand
  bool column = false;   // no tables inside
  bool visible = false;  // of a form or an ask: `visible_to` and `visible_from` may stand
  bool prose = true;     // labels may hold expressions, `when`, `default` and `computed` may stand
  Spot spot{.place = Place::form};
  const std::vector<std::string>* outcomes = nullptr;  // of an ask: what `required_on` may name
};

// Reads a map from names to fields. `what` names the map: "'form'". Problems are reported; what can be read
// is.
std::vector<Field> read_fields(Loading& loading, const YamlNode& node, const FieldRules& rules,
                               std::string_view what);

// Whether `name` may be the name of a field, a step or a variable: letters, digits and '_', not beginning
// with a digit. Reports what is wrong.
bool check_name(std::string_view name, SourceSpan at, std::string_view what, Diagnostics& diagnostics);

}  // namespace countersign
