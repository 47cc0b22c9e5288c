#include "runtime/presented_input.h"

#include <fmt/format.h>

#include "runtime/phrases.h"

namespace countersign {

namespace {

std::string label_in_words(const Field& field, std::string_view locale) {
  std::string label = label_of(field, locale);
  return label.empty() || label == field.name ? humanised(field.name) : label;
}

std::string text_at(const cel::Map& map, std::string_view key) {
  const cel::Value* value = map.find(key);
  return value == nullptr ? std::string() : cel::to_display(*value);
}

PresentedFile presented_file(const cel::Value& value) {
  PresentedFile file;
  if (!value.is(cel::Kind::map)) return file;
  file.id = text_at(value.as_map(), "id");
  file.name = text_at(value.as_map(), "name");
  const cel::Value* size = value.as_map().find("size");
  if (size != nullptr && size->is(cel::Kind::int_)) {
    file.size = size_words(static_cast<std::uint64_t>(size->as_int()));
  }
  return file;
}

std::vector<PresentedFile> presented_files(const cel::Value& value) {
  std::vector<PresentedFile> files;
  if (value.is(cel::Kind::list)) {
    for (const cel::Value& each : value.as_list()) files.push_back(presented_file(each));
  } else if (value.is(cel::Kind::map)) {
    files.push_back(presented_file(value));
  }
  return files;
}

// In the spelling that read_fields accepts.
std::string input_text(const cel::Value& value) {
  const json::value plain = cel::to_plain_json(value);
  if (plain.is_null()) return {};
  if (plain.is_string()) return std::string(plain.as_string());
  return write_json(plain);
}

PresentedInput presented_input(const Field& field, const cel::Value* value, const TextContext& words) {
  PresentedInput input;
  input.name = field.name;
  input.label = label_in_words(field, words.locale);
  if (const Prose* help = field.help.in(words.locale)) {
    for (const Prose::Part& part : help->parts) input.help += part.text;
  }
  input.type = field.type;
  input.required = field.required;
  input.required_on = field.required_on;
  input.currency = field.currency;
  input.accept = field.accept;
  for (const ChoiceOption& option : field.options) {
    input.options.push_back({option.value, label_of(option, words.locale)});
  }
  for (const Field& column : field.columns) input.columns.push_back(presented_input(column, nullptr, words));
  if (value == nullptr || value->is(cel::Kind::null_)) return input;

  if (field.type == FieldType::file || field.type == FieldType::files) {
    input.files = presented_files(*value);
    for (const PresentedFile& file : input.files) input.values.push_back(file.id);
  } else if (field.type == FieldType::table) {
    if (!value->is(cel::Kind::list)) return input;
    for (const cel::Value& row : value->as_list()) {
      std::vector<std::string>& cells = input.rows.emplace_back();
      for (const Field& column : field.columns) {
        const cel::Value* cell = row.is(cel::Kind::map) ? row.as_map().find(column.name) : nullptr;
        cells.push_back(cell == nullptr ? "" : input_text(*cell));
      }
    }
  } else if (value->is(cel::Kind::list)) {
    for (const cel::Value& each : value->as_list()) input.values.push_back(input_text(each));
  } else {
    input.values.push_back(input_text(*value));
  }
  return input;
}

}  // namespace

std::string size_words(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{} KB", (bytes + 512) / 1024);
  if (bytes % (1024 * 1024) == 0) return fmt::format("{} MB", bytes / (1024 * 1024));
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / (1024 * 1024));
}

PresentedField presented_field(const Field& field, const cel::Value& value, const TextContext& words) {
  PresentedField shown;
  shown.name = field.name;
  shown.label = label_in_words(field, words.locale);
  if (field.type == FieldType::file || field.type == FieldType::files) {
    shown.files = presented_files(value);
  } else if (field.type == FieldType::table && value.is(cel::Kind::list)) {
    for (const Field& column : field.columns) shown.columns.push_back(label_in_words(column, words.locale));
    for (const cel::Value& row : value.as_list()) {
      std::vector<std::string>& cells = shown.rows.emplace_back();
      for (const Field& column : field.columns) {
        const cel::Value* cell = row.is(cel::Kind::map) ? row.as_map().find(column.name) : nullptr;
        cells.push_back(cell == nullptr ? "" : field_to_text(column, *cell, words));
      }
    }
  } else {
    shown.text = field_to_text(field, value, words);
    shown.is_long = field.type == FieldType::long_text || shown.text.size() > 120;
  }
  return shown;
}

std::vector<PresentedInput> presented_inputs(const std::vector<Field>& fields, const Fields& values,
                                             const TextContext& words) {
  std::vector<PresentedInput> inputs;
  for (const Field& field : fields) {
    const auto value = values.find(field.name);
    inputs.push_back(presented_input(field, value == values.end() ? nullptr : &value->second, words));
  }
  return inputs;
}

}  // namespace countersign
