#include "core/form.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"
#include "core/form_value.h"

namespace countersign {
namespace {

std::vector<std::string> names_of(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const auto& field : fields) names.push_back(field.name);
  return names;
}

void refuse_unknown_names(const std::vector<Field>& fields, const json::object& input,
                          std::string_view pointer, std::vector<FormProblem>& problems) {
  for (const auto& member : input) {
    const std::string_view name = member.key();
    if (field_named(fields, name) != nullptr) continue;
    problems.push_back({pointer_below(pointer, name), fmt::format("there is no field '{}'{}", excerpt(name),
                                                                  did_you_mean(name, names_of(fields)))});
  }
}

// A blank text was left empty on a page; as an answer to a request for a value it is none.
bool is_given(const json::value& input) {
  if (number_text(input).empty() && input.is_object()) return true;
  return !input.is_null();
}

bool is_list(FieldType type) {
  switch (type) {
    case FieldType::choices:
    case FieldType::people:
    case FieldType::files:
    case FieldType::table:
    case FieldType::items_of:
      return true;
    default:
      return false;
  }
}

std::string_view counted_as(FieldType type) {
  switch (type) {
    case FieldType::files:
      return "files";
    case FieldType::people:
      return "persons";
    case FieldType::table:
      return "rows";
    default:
      return "entries";
  }
}

void check_rows(const Field& table, const cel::Value& rows, const std::string& pointer,
                std::vector<FormProblem>& problems) {
  for (std::size_t i = 0; i < rows.as_list().size(); ++i) {
    const auto& row = rows.as_list()[i];
    for (const auto& column : table.columns) {
      if (!column.required || !is_empty(row.as_map().find(column.name))) continue;
      const auto at = pointer_below(pointer_below(pointer, std::to_string(i)), column.name);
      problems.push_back({at, fmt::format("'{}' is required in each row", column.name), FormFault::required});
    }
  }
}

}  // namespace

std::string pointer_below(std::string_view pointer, std::string_view name) {
  std::string below(pointer);
  below += '/';
  for (const char c : name) {
    if (c == '~') {
      below += "~0";
    } else if (c == '/') {
      below += "~1";
    } else {
      below += c;
    }
  }
  return below;
}

std::optional<cel::Value> empty_value(const Field& field) {
  if (field.type == FieldType::text || field.type == FieldType::long_text) return cel::Value::string("");
  if (field.type == FieldType::boolean) return cel::Value::boolean(false);
  if (is_list(field.type)) return cel::Value::list({});
  return std::nullopt;
}

bool is_empty(const cel::Value* value) {
  if (value == nullptr || value->is(cel::Kind::null_)) return true;
  if (value->is(cel::Kind::string)) return trimmed(value->as_string()).empty();
  if (value->is(cel::Kind::list)) return value->as_list().empty();
  return false;
}

FormReading read_fields(const std::vector<Field>& fields, const json::value& input,
                        const FormContext& context, Extent extent) {
  FormReading reading;
  const auto* object = input.if_object();
  if (object == nullptr || !number_text(input).empty()) {
    reading.problems.push_back(
        {context.pointer, fmt::format("fields and their values are expected, not {}", described(input))});
    return reading;
  }
  ValueReader reader(context, reading.problems);
  for (const auto& field : fields) {
    const auto* sent = object->if_contains(field.name);
    const auto pointer = pointer_below(context.pointer, field.name);
    if (sent != nullptr && field.computed) {
      reading.problems.push_back({pointer, fmt::format("'{}' is computed: leave it out", field.name)});
      continue;
    }
    if (sent != nullptr && is_given(*sent)) reading.named.insert(field.name);
    const std::size_t problems_before = reading.problems.size();
    auto value = sent != nullptr ? reader.read(field, *sent, pointer) : std::nullopt;
    if (reading.problems.size() > problems_before) continue;
    if (!value && (sent != nullptr || extent == Extent::whole)) {
      value = empty_value(field);
      if (!value && extent == Extent::named) value = cel::Value();
    }
    if (value) reading.values.insert_or_assign(field.name, std::move(*value));
  }
  refuse_unknown_names(fields, *object, context.pointer, reading.problems);
  return reading;
}

std::vector<FormProblem> check_required(const std::vector<Field>& fields, const Fields& values,
                                        const std::function<bool(const Field&)>& is_shown,
                                        std::string_view outcome, std::string_view pointer) {
  std::vector<FormProblem> problems;
  for (const auto& field : fields) {
    if (is_shown && !is_shown(field)) continue;
    const auto at = pointer_below(pointer, field.name);
    const auto found = values.find(field.name);
    const auto* value = found != values.end() ? &found->second : nullptr;
    const bool on_outcome =
        !outcome.empty() && (std::ranges::find(field.required_on, outcome) != field.required_on.end());
    if (is_list(field.type) && field.at_least > 0) {
      const std::size_t count = is_empty(value) ? 0 : value->as_list().size();
      if (count < field.at_least) {
        problems.push_back({at,
                            fmt::format("'{}' needs at least {} {}, not {}", field.name, field.at_least,
                                        counted_as(field.type), count),
                            FormFault::too_few,
                            {std::to_string(field.at_least), std::to_string(count)}});
        continue;
      }
    } else if ((field.required || on_outcome) && is_empty(value)) {
      problems.push_back({at,
                          field.required ? fmt::format("'{}' is required", field.name)
                                         : fmt::format("'{}' is required with {}", field.name, outcome),
                          FormFault::required});
      continue;
    }
    if (field.type == FieldType::table && !is_empty(value)) check_rows(field, *value, at, problems);
  }
  return problems;
}

}  // namespace countersign
