#include "core/form_encoded.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

#include "base/text.h"

namespace countersign {
namespace {

// LINES[ROW][COLUMN]
struct CellName {
  std::string field;
  std::uint32_t row = 0;
  std::string column;
};

std::optional<CellName> parse_cell(std::string_view name) {
  const std::size_t open = name.find('[');
  if (open == std::string_view::npos || open == 0 || !name.ends_with(']')) return std::nullopt;
  const std::size_t between = name.find("][", open);
  if (between == std::string_view::npos) return std::nullopt;
  const auto row = name.substr(open + 1, between - open - 1);
  const auto column = name.substr(between + 2, name.size() - between - 3);
  constexpr std::size_t kRowDigitsMax = 6;
  if (row.empty() || row.size() > kRowDigitsMax || column.empty() ||
      !std::ranges::all_of(row, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  return CellName{std::string(name.substr(0, open)), static_cast<std::uint32_t>(std::stoul(std::string(row))),
                  std::string(column)};
}

bool repeats(FieldType type) {
  return type == FieldType::choices || type == FieldType::people || type == FieldType::files ||
         type == FieldType::items_of;
}

// Browsers send line ends as CR LF.
std::string with_plain_line_ends(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      plain += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

json::value scalar(const Field* field, std::string_view text) {
  if (field != nullptr && field->type == FieldType::boolean) {
    if (text == "on" || text == "yes" || text == "1") return true;
    if (text == "off" || text == "no" || text == "0") return false;
  }
  if (field != nullptr && field->type == FieldType::long_text)
    return json::string(with_plain_line_ends(text));
  return json::string(text);
}

void add(json::object& object, const Field* field, std::string_view name, std::string_view text) {
  if (field != nullptr && repeats(field->type)) {
    auto& list = object.emplace(name, json::array()).first->value().as_array();
    if (!trimmed(text).empty()) list.push_back(json::string(text));
    return;
  }
  object[name] = scalar(field, text);
}

bool has_text(const json::object& row) {
  return std::ranges::any_of(row, [](const json::key_value_pair& cell) {
    const auto* text = cell.value().if_string();
    if (text != nullptr) return !trimmed({text->data(), text->size()}).empty();
    const auto* list = cell.value().if_array();
    if (list != nullptr) return !list->empty();
    return cell.value().is_bool() && cell.value().get_bool();
  });
}

}  // namespace

json::value from_form_encoded(const std::vector<Field>& fields, const FormPairs& pairs) {
  json::object form;
  std::map<std::string, std::map<std::uint32_t, json::object>> tables;
  for (const auto& [name, text] : pairs) {
    const auto cell = parse_cell(name);
    const auto* table = cell ? field_named(fields, cell->field) : nullptr;
    if (table != nullptr && table->type == FieldType::table) {
      auto& row = tables[cell->field][cell->row];
      add(row, field_named(table->columns, cell->column), cell->column, text);
    } else {
      add(form, field_named(fields, name), name, text);
    }
  }
  for (auto& [name, rows] : tables) {
    json::array list;
    for (auto& [number, row] : rows) {
      if (has_text(row)) list.push_back(std::move(row));
    }
    form[name] = std::move(list);
  }
  return form;
}

}  // namespace countersign
