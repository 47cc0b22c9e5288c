#pragma once
// What people and other systems send for a form, read by the types of its fields. Expressions are not
// evaluated here: `default`, `computed` and `when` belong to the caller, who reads first (read_fields), then
// evaluates, then asks check_required. Pure functions, thread-safe.
//
// | type          | accepted JSON                                             | value | | text          | a
// string of one line, at most 2,000 characters            | string                              | | long_text
// | a string, at most 100,000 characters                      | string                              | |
// integer       | 12 or "12"                                                | int | | number        | 1.5 or
// "1.5", at most 34 digits                           | decimal                             | | money | 8200,
// 8200.5, "8200.00", "8200.00 CNY" or                 | money, with all of the currency's   | | | {"amount":
// "8200.00", "currency": "CNY"}                  | digits behind the point             | | boolean       |
// true, false, "true", "false"                              | bool                                | | choice
// | an option's value                                         | string                              | |
// choices       | a list of option values (or one)                          | list of strings | | date |
// "2026-03-02"                                              | date                                | |
// datetime      | RFC 3339 with an offset; "2026-03-02T10:14" in the zone   | timestamp | |               |
// of the context's calendar                                 |                                     | | person
// | a person's id or mail address                             | person                              | |
// people        | a list of those (or one)                                  | list of persons | | mail, url
// | an address (address_syntax.h)                             | string                              | | file
// | a file's id, or an object with "id"                       | map {id, name, size, type, sha256}  | | files
// | a list of those (or one)                                  | list of such maps                   | | table
// | a list of objects, a member for each column               | list of maps                        | |
// items_of      | a list of ids of the step's checklist (or one)            | list of strings | null, and ""
// for anything but a text, is empty. Numbers are read from their text, never through a double.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "core/calendar.h"
#include "core/definition.h"
#include "core/directory.h"
#include "core/form_problem.h"
#include "core/state.h"

namespace countersign {

struct FormContext {
  const Directory& directory;
  // The map {id, name, size, type, sha256} of a stored file, nullopt where there is none. Unset: no file is
  // known.
  std::function<std::optional<cel::Map>(std::string_view id)> find_file;
  // The ids of a step's checklist, for items_of; unset: ids are not checked here.
  std::function<std::vector<std::string>(std::string_view step)> checklist_of;
  const Calendar* calendar =
      nullptr;                    // whose zone a time without an offset is in; without it, none is accepted
  std::string pointer = "/form";  // where the input stands in what was sent
};

enum class Extent {
  whole,  // the input is all there is: what it leaves out is empty
  named,  // only what the input names: nothing else gets a value, and a null Value means "emptied"
};

struct FormReading {
  Fields values;                // of what could be read
  std::set<std::string> named;  // what the input gave a value (not null, not left out): needs no default
  std::vector<FormProblem> problems;  // all of them, in the order of the fields, unknown names last
  bool ok() const { return problems.empty(); }
};

// Checks everything that a field by itself says (type, min, max, pattern, accept, at_most), not what must be
// there. With Extent::whole, empty texts are "", empty lists [], booleans false, and other empty fields are
// absent. A computed field is refused: nobody sends it. Columns of a table are read as fields of their row.
FormReading read_fields(const std::vector<Field>& fields, const json::value& input,
                        const FormContext& context, Extent extent = Extent::whole);

// What an empty field of this type is worth: "", [], false; nullopt where it is absent.
std::optional<cel::Value> empty_value(const Field& field);
// Absent, null, a text of white space, or an empty list. false and 0 are values.
bool is_empty(const cel::Value* value);

// What is missing once defaults and computed fields are in: `required`, `required_on` with `outcome` (of an
// ask), `at_least`, and the required columns of each row. A field that `is_shown` denies is not asked for.
std::vector<FormProblem> check_required(const std::vector<Field>& fields, const Fields& values,
                                        const std::function<bool(const Field&)>& is_shown,
                                        std::string_view outcome = {}, std::string_view pointer = "/form");

// One step of a JSON pointer, escaped: "a/b" below "/form" is "/form/a~1b".
std::string pointer_below(std::string_view pointer, std::string_view name);

}  // namespace countersign
