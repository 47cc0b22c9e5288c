#include "definition/table_loader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/money.h"
#include "base/text.h"
#include "core/address_syntax.h"
#include "core/form.h"
#include "definition/csv.h"
#include "definition/currency_words.h"
#include "definition/field_loader.h"

namespace countersign {
namespace {

struct TypeWord {
  std::string_view word;
  FieldType type;
};
constexpr std::array kTypes = {
    TypeWord{"text", FieldType::text},     TypeWord{"integer", FieldType::integer},
    TypeWord{"number", FieldType::number}, TypeWord{"decimal", FieldType::number},
    TypeWord{"money", FieldType::money},   TypeWord{"boolean", FieldType::boolean},
    TypeWord{"date", FieldType::date},     TypeWord{"choice", FieldType::choice},
};

class TableReader {
 public:
  TableReader(const CsvTable& csv, Diagnostics& diagnostics) : csv_(csv), diagnostics_(diagnostics) {}

  std::optional<DataTable> read() {
    const std::size_t errors = diagnostics_.reported_errors();
    for (const CsvCell& cell : csv_.header) read_column(cell);
    if (diagnostics_.reported_errors() != errors) return std::nullopt;
    cel::List rows;
    for (const CsvRow& row : csv_.rows) rows.push_back(read_row(row));
    if (diagnostics_.reported_errors() != errors) return std::nullopt;
    table_.rows = cel::Value::list(std::move(rows));
    return std::move(table_);
  }

 private:
  void refuse_header(const CsvCell& cell, std::string message, std::string suggestion = {}) {
    diagnostics_.error(Code::table_header, cell.at, std::move(message), std::move(suggestion));
  }

  void read_column(const CsvCell& cell) {
    const std::string_view text = trimmed(cell.text);
    const std::size_t colon = text.find(':');
    Field field;
    field.name = std::string(trimmed(text.substr(0, colon)));
    field.at = {cell.at.line, cell.at.column};
    if (colon == std::string_view::npos) {
      return refuse_header(cell, fmt::format("the column '{}' has no type", excerpt(field.name)),
                           field.name + ":text");
    }
    if (!check_name(field.name, cell.at, "the column", diagnostics_)) return;
    const auto same = std::ranges::find(table_.columns, field.name, &Field::name);
    if (same != table_.columns.end()) {
      return refuse_header(cell, fmt::format("the column '{}' stands here twice: rename one", field.name));
    }
    std::string_view type = trimmed(text.substr(colon + 1));
    field.required = !type.ends_with('?');
    if (!field.required) type = trimmed(type.substr(0, type.size() - 1));
    const std::size_t open = type.find('(');
    const std::string_view word = trimmed(type.substr(0, open));
    std::string_view inside;
    if (open != std::string_view::npos) {
      if (!type.ends_with(')')) return refuse_header(cell, "the bracket of the type is not closed");
      inside = type.substr(open + 1, type.size() - open - 2);
    }
    const auto known = std::ranges::find(kTypes, word, &TypeWord::word);
    if (known == kTypes.end()) {
      std::vector<std::string> words;
      for (const TypeWord& each : kTypes) words.emplace_back(each.word);
      return refuse_header(cell,
                           fmt::format("unknown type '{}' of the column '{}': there are {}", excerpt(word),
                                       field.name, join(words, ", ")),
                           nearest_of(word, words));
    }
    field.type = known->type;
    if (field.type == FieldType::money) {
      field.currency = std::string(trimmed(inside));
      if (!is_currency_code(field.currency)) {
        return refuse_header(cell, fmt::format("money needs its currency: {}:money(CNY)", field.name));
      }
      warn_of_unknown_currency(field.currency, cell.at, diagnostics_);
    } else if (field.type == FieldType::choice) {
      for (const std::string& option : split(inside, '|')) {
        if (!trimmed(option).empty()) field.options.push_back({std::string(trimmed(option)), {}});
      }
      if (field.options.empty()) {
        return refuse_header(cell, fmt::format("a choice needs its words: {}:choice(a|b)", field.name));
      }
    } else if (open != std::string_view::npos) {
      return refuse_header(cell, fmt::format("'{}' takes nothing in brackets", word));
    }
    table_.columns.push_back(std::move(field));
  }

  cel::Value read_row(const CsvRow& row) {
    json::object input;
    for (std::size_t i = 0; i < row.size(); ++i)
      input[table_.columns[i].name] = std::string(trimmed(row[i].text));
    const auto cell_named = [&](std::string_view name) -> const CsvCell& {
      const auto column = std::ranges::find(table_.columns, name, &Field::name);
      return column == table_.columns.end() ? row.front()
                                            : row[static_cast<std::size_t>(column - table_.columns.begin())];
    };
    const FormContext context{.directory = *nobody_, .pointer = ""};
    FormReading reading = read_fields(table_.columns, input, context);
    for (const FormProblem& problem : reading.problems) {
      const std::string name = problem.pointer.empty() ? "" : problem.pointer.substr(1);
      diagnostics_.error(Code::table_cell, cell_named(name).at,
                         fmt::format("the column '{}': {}", name, problem.detail));
    }
    for (const Field& column : table_.columns) {
      const CsvCell& cell = cell_named(column.name);
      if (!column.required || column.type == FieldType::text || !trimmed(cell.text).empty()) continue;
      diagnostics_.error(
          Code::table_cell, cell.at,
          fmt::format("the column '{0}' has no value here (a '?' behind its type lets cells be empty)",
                      column.name));
    }
    cel::Map map;
    for (const Field& column : table_.columns) {
      const auto value = reading.values.find(column.name);
      // An empty cell is no `false`: what is not written is not known.
      const bool blank = column.type != FieldType::text && trimmed(cell_named(column.name).text).empty();
      if (value != reading.values.end() && !blank) map.set(column.name, value->second);
    }
    return cel::Value::map(std::move(map));
  }

  const CsvTable& csv_;
  Diagnostics& diagnostics_;
  std::shared_ptr<const Directory> nobody_ = *Directory::build({}, {});
  DataTable table_;
};

}  // namespace

std::optional<DataTable> load_table(std::string_view file, std::string_view text, Diagnostics& diagnostics) {
  const CsvLimits limits{kTableBytesMax, kTableRowsMax, kTableColumnsMax};
  const std::size_t errors = diagnostics.reported_errors();
  const std::optional<CsvTable> csv = read_csv(file, text, diagnostics, limits);
  if (!csv) return std::nullopt;
  std::optional<DataTable> table = TableReader(*csv, diagnostics).read();
  return diagnostics.reported_errors() == errors ? std::move(table) : std::nullopt;
}

cel::Type type_of(const std::string& name, const DataTable& table) {
  std::map<std::string, cel::RecordField> fields;
  for (const Field& column : table.columns) {
    const bool maybe = !column.required && column.type != FieldType::text;
    cel::RecordField field = record_field(column);
    field.maybe = maybe;
    field.unfilled = false;
    fields.insert_or_assign(column.name, std::move(field));
  }
  return cel::Type::list(cel::Type::record("a row of " + name, std::move(fields)));
}

}  // namespace countersign
