#pragma once
// Values for the fields of something else: a call's input, a child's form, a form from an event. Internal.

#include "definition/expression_reader.h"

namespace countersign {

// Reads `node`, a map from names to expressions. Names that `fields` has not are reported ("unknown field 'x'
// of OWNER"), and required ones without a value. `starts`: an instance begins with them, which is refused
// where a required field comes to nothing; so nothing may go into one that may be empty.
std::vector<Argument> read_arguments(Loading& loading, const YamlNode* node, const std::vector<Field>& fields,
                                     const std::string& owner, const Spot& spot, SourceSpan where,
                                     bool starts);

}  // namespace countersign
