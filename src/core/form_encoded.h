#pragma once
// What an HTML form posts, as the JSON that read_fields reads. Pure, thread-safe.

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "core/definition.h"

namespace countersign {

using FormPairs = std::vector<std::pair<std::string, std::string>>;

// `pairs` are the decoded names and values of application/x-www-form-urlencoded, in their order. A field
// stands under its name; lists repeat the name; a cell of a table is LINES[ROW][COLUMN] with a decimal ROW.
// Rows come out in the order of their numbers, rows without any text are left out: pointers of read_fields
// count the rows that remain, so a page that shows problems shows this JSON again. Of two values for a field
// that takes one the last counts (a hidden "false" before a check box). Names that belong to no field are
// kept, for read_fields to refuse: the caller takes its own (a token, the outcome) out first.
json::value from_form_encoded(const std::vector<Field>& fields, const FormPairs& pairs);

}  // namespace countersign
