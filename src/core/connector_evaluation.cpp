#include "core/connector_evaluation.h"

#include <fmt/format.h>

#include "core/form.h"

namespace countersign {
namespace {

// The input that read_fields takes for a value of `field`'s type.
json::value as_input(const Field& field, const cel::Value& value) {
  const bool is_text = field.type == FieldType::text || field.type == FieldType::long_text;
  switch (value.kind()) {
    case cel::Kind::optional: {
      const auto* held = value.as_optional();
      return held != nullptr ? as_input(field, *held) : json::value(nullptr);
    }
    case cel::Kind::int_:
      return is_text ? json::value(std::to_string(value.as_int())) : json::value(value.as_int());
    case cel::Kind::uint_:
    case cel::Kind::double_:
      return json::string(cel::to_display(value));
    case cel::Kind::money:
      return json::object{{"amount", value.as_money().amount.to_text()},
                          {"currency", value.as_money().currency}};
    case cel::Kind::list: {
      json::array items;
      Field element = field;
      if (field.type == FieldType::table) element.type = FieldType::table;
      for (const auto& item : value.as_list()) items.push_back(as_input(element, item));
      return items;
    }
    case cel::Kind::map: {
      json::object members;
      for (const auto& [key, inner] : value.as_map()) {
        const auto name = cel::to_display(key);
        const Field* column = nullptr;
        for (const auto& candidate : field.columns) {
          if (candidate.name == name) column = &candidate;
        }
        members[name] = as_input(column != nullptr ? *column : Field{}, inner);
      }
      return members;
    }
    default:
      return cel::to_plain_json(value);
  }
}

}  // namespace

bool is_absent(const cel::Value& value) {
  if (value.is(cel::Kind::optional)) return value.as_optional() == nullptr || is_absent(*value.as_optional());
  return value.is(cel::Kind::null_);
}

cel::Value headers_value(const std::map<std::string, std::string>& headers) {
  cel::Map map;
  for (const auto& [name, value] : headers) map.set(name, cel::Value::string(value));
  return cel::Value::map(std::move(map));
}

Result<cel::Value> ConnectorEvaluation::evaluate(const Expression& expression) const {
  return expression.program.evaluate(*this, *this, cost_);
}

Result<bool> ConnectorEvaluation::holds(const Expression& expression) const {
  const auto value = evaluate(expression);
  if (!value) return std::unexpected(value.error());
  return value->is(cel::Kind::bool_) && value->as_bool();
}

Result<std::optional<std::string>> ConnectorEvaluation::prose(const Prose& prose, Landing landing) const {
  std::string text;
  for (const auto& part : prose.parts) {
    if (!part.expression) {
      text += part.text;
      continue;
    }
    const auto value = evaluate(*part.expression);
    if (!value) return std::unexpected(value.error());
    if (is_absent(*value) && prose.parts.size() == 1) return std::optional<std::string>();
    const auto shown = cel::to_display(*value);
    text += landing != nullptr ? landing(shown) : shown;
  }
  return std::optional(std::move(text));
}

Result<Fields> ConnectorEvaluation::read(const std::vector<MappedField>& mapped,
                                         std::string_view what) const {
  Fields values;
  for (const auto& [field, expression] : mapped) {
    auto value = evaluate(expression);
    if (!value) {
      return std::unexpected(
          std::move(value.error()).within(fmt::format("{}: cannot read '{}'", what, field.name)));
    }
    if (!is_absent(*value)) values.insert_or_assign(field.name, std::move(*value));
  }
  return read_values(fields_of(mapped), values, directory_, what);
}

std::optional<cel::Value> ConnectorEvaluation::find(std::string_view name) const {
  const auto found = variables_.find(name);
  return found != variables_.end() ? std::optional(found->second) : std::nullopt;
}

Result<std::optional<cel::Value>> ConnectorEvaluation::person_field(const PersonId& id,
                                                                    std::string_view field) const {
  const auto person = directory_.person(id.value);
  if (!person) return std::unexpected(person.error());
  const auto text = [](const std::string& value) { return std::optional(cel::Value::string(value)); };
  if (field == "id") return text((*person)->id.value);
  if (field == "name") return text((*person)->name);
  if (field == "mail") return text((*person)->mail);
  if (field == "locale") return text((*person)->locale);
  if (field == "department") return text((*person)->department);
  if (field == "manager") {
    if (!(*person)->manager) return std::optional<cel::Value>();
    return std::optional(cel::Value::person(*(*person)->manager));
  }
  const auto attribute = (*person)->attributes.find(std::string(field));
  if (attribute == (*person)->attributes.end()) return std::optional<cel::Value>();
  return text(attribute->second);
}

Result<cel::Value> ConnectorEvaluation::call(std::string_view function, std::span<const cel::Value>) const {
  return fail(ErrorCode::internal, fmt::format("connectors' expressions have no function '{}'", function));
}

Result<std::vector<PersonId>> ConnectorEvaluation::members(std::string_view group) const {
  const auto known = directory_.members(group);
  if (!known) return std::unexpected(known.error());
  return std::vector<PersonId>(known->begin(), known->end());
}

Result<Fields> read_values(const std::vector<Field>& fields, const Fields& values, const Directory& directory,
                           std::string_view what) {
  json::object input;
  for (const auto& [name, value] : values) {
    const Field* field = nullptr;
    for (const auto& candidate : fields) {
      if (candidate.name == name) field = &candidate;
    }
    input[name] = as_input(field != nullptr ? *field : Field{}, value);
  }
  FormContext context{directory, nullptr, nullptr, nullptr, ""};
  auto reading = read_fields(fields, input, context);
  auto problems = std::move(reading.problems);
  if (problems.empty()) problems = check_required(fields, reading.values, nullptr, {}, "");
  if (problems.empty()) return std::move(reading.values);
  std::string message(what);
  for (const auto& problem : problems) {
    message += fmt::format("{} '{}': {}", &problem == &problems.front() ? ":" : ";",
                           problem.pointer.substr(1), problem.detail);
  }
  return fail(ErrorCode::invalid_input, std::move(message));
}

}  // namespace countersign
