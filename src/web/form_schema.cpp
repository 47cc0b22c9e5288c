#include "web/form_schema.h"

#include "core/field_text.h"

namespace countersign::web {

namespace {

json::object file_schema() {
  return {{"type", "string"}, {"description", "the id that POST /api/v1/files answered with"}};
}

json::array option_values(const Field& field) {
  json::array values;
  for (const ChoiceOption& option : field.options) values.emplace_back(option.value);
  return values;
}

void add_limits(json::object& schema, const Field& field, const char* least, const char* most) {
  // Written as text in the workflow and kept exact there; a schema's limits are for hints and may be rounded.
  if (field.min) schema[least] = field.min->to_double();
  if (field.max) schema[most] = field.max->to_double();
}

json::object field_schema(const Field& field, std::string_view locale) {
  json::object schema;
  switch (field.type) {
    case FieldType::text:
    case FieldType::long_text:
      schema = {{"type", "string"}};
      add_limits(schema, field, "minLength", "maxLength");
      if (!field.pattern.empty()) schema["pattern"] = "^(?:" + field.pattern + ")$";
      break;
    case FieldType::integer:
      schema = {{"type", "integer"}};
      add_limits(schema, field, "minimum", "maximum");
      break;
    case FieldType::number:
      schema = {{"type", json::array{"number", "string"}}};
      add_limits(schema, field, "minimum", "maximum");
      break;
    case FieldType::money:
      schema = {{"type", json::array{"number", "string"}}, {"description", "an amount in " + field.currency}};
      add_limits(schema, field, "minimum", "maximum");
      break;
    case FieldType::boolean:
      schema = {{"type", "boolean"}};
      break;
    case FieldType::choice:
      schema = {{"type", "string"}, {"enum", option_values(field)}};
      break;
    case FieldType::choices:
      schema = {{"type", "array"},
                {"items", json::object{{"type", "string"}, {"enum", option_values(field)}}}};
      break;
    case FieldType::date:
      schema = {{"type", "string"}, {"format", "date"}};
      break;
    case FieldType::datetime:
      schema = {{"type", "string"}, {"format", "date-time"}};
      break;
    case FieldType::person:
      schema = {{"type", "string"}, {"description", "a person's id or mail address"}};
      break;
    case FieldType::people:
      schema = {
          {"type", "array"},
          {"items", json::object{{"type", "string"}, {"description", "a person's id or mail address"}}}};
      break;
    case FieldType::mail:
      schema = {{"type", "string"}, {"format", "email"}};
      break;
    case FieldType::url:
      schema = {{"type", "string"}, {"format", "uri"}};
      break;
    case FieldType::file:
      schema = file_schema();
      break;
    case FieldType::files:
      schema = {{"type", "array"}, {"items", file_schema()}};
      break;
    case FieldType::table:
      schema = {{"type", "array"}, {"items", form_schema(field.columns, locale)}};
      break;
    case FieldType::items_of:
      schema = {{"type", "array"}, {"items", json::object{{"type", "string"}}}};
      break;
  }
  if (schema["type"] == "array") {
    if (field.at_least > 0) schema["minItems"] = field.at_least;
    schema["maxItems"] = field.at_most;
  }
  schema["title"] = label_of(field, locale);
  if (field.computed) schema["readOnly"] = true;
  return schema;
}

}  // namespace

json::object form_schema(const std::vector<Field>& fields, std::string_view locale) {
  json::object properties;
  json::array required;
  for (const Field& field : fields) {
    properties[field.name] = field_schema(field, locale);
    if (field.required && !field.when && !field.default_value) required.emplace_back(field.name);
  }
  json::object schema{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

}  // namespace countersign::web
