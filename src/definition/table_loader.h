#pragma once
// tables/NAME.csv beside a workflow: rows that expressions read with table("NAME"). The header names and
// types the columns, `NAME:TYPE`:
//
//   region:text,above:money(CNY),rate:number,note:text?
//
// Types: text, integer, number (or decimal), money(CUR), boolean, date, choice(a|b). A `?` behind the type
// lets cells be empty: the column is absent there then (a text is "" always). Pure.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/definition.h"
#include "definition/diagnostic.h"

namespace countersign {

// NAME of tables/NAME.csv -> its text.
using TableTexts = std::map<std::string, std::string, std::less<>>;

inline constexpr std::size_t kTableBytesMax = 1 << 20;
inline constexpr std::size_t kTableRowsMax = 10'000;
inline constexpr std::size_t kTableColumnsMax = 100;

// nullopt where something is wrong, with a report for each cell.
std::optional<DataTable> load_table(std::string_view file, std::string_view text, Diagnostics& diagnostics);

// The type of table("NAME"): a list of records.
cel::Type type_of(const std::string& name, const DataTable& table);

}  // namespace countersign
