#pragma once
// A value that a file gives to a field: its default, what computes it, what a step sets or hands on. Checked
// against the field as far as it is known before anything runs. Internal to the loader.

#include "definition/expression_reader.h"

namespace countersign {

// A value for a field; a bare word stands for the option of a choice. `needed`: the field cannot be left
// empty.
Expression read_field_value(Loading& loading, const YamlNode& node, const Spot& spot, const Field& field,
                            std::string_view what, bool needed = false);

}  // namespace countersign
