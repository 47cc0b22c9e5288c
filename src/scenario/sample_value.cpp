#include "scenario/sample_value.h"

#include <algorithm>
#include <set>

#include "core/ask.h"

namespace countersign::scenario {
namespace {

std::string sample_text(const Field& field) {
  std::size_t length = 1;
  if (field.min) {
    const auto at_least = std::stoul(field.min->to_text());
    length = std::max<std::size_t>(length, std::min<std::size_t>(at_least, 100'000));
  }
  return std::string(length, 'x');
}

void add_files(const std::vector<Field>& fields, std::set<std::string>& names) {
  for (const Field& field : fields) {
    if (field.type == FieldType::file || field.type == FieldType::files) names.insert(sample_file(field));
    add_files(field.columns, names);
  }
}

}  // namespace

std::string sample_file(const Field& field) {
  return "sample." + (field.accept.empty() ? std::string("pdf") : field.accept.front());
}

std::vector<std::string> sample_files(const Definition& definition) {
  std::set<std::string> names;
  add_files(definition.form, names);
  for (const Step& step : definition.steps) {
    std::vector<std::string> entries;
    if (const auto* task = std::get_if<Task>(&step.kind)) {
      for (const ChecklistItem& item : task->checklist) entries.push_back(item.id);
    }
    add_files(asked_fields(step, entries), names);
  }
  return {names.begin(), names.end()};
}

json::value sample_value(const Field& field, const PersonId& person, const std::string& today) {
  const auto repeated = [&](const json::value& value) {
    json::array values;
    for (std::size_t i = 0; i < std::max<std::size_t>(field.at_least, 1); ++i) values.push_back(value);
    return values;
  };
  switch (field.type) {
    case FieldType::text:
    case FieldType::long_text:
      return json::value(sample_text(field));
    case FieldType::integer:
    case FieldType::number:
    case FieldType::money:
      return json::value(field.min ? field.min->to_text() : "1");
    case FieldType::boolean:
      return true;
    case FieldType::choice:
      return json::value(field.options.empty() ? "" : field.options.front().value);
    case FieldType::choices: {
      json::array values;
      for (std::size_t i = 0; i < field.options.size() && i < std::max<std::size_t>(field.at_least, 1); ++i)
        values.emplace_back(field.options[i].value);
      return values;
    }
    case FieldType::date:
      return json::value(field.date_min ? std::max(*field.date_min, today) : today);
    case FieldType::datetime:
      return json::value(today + "T12:00:00Z");
    case FieldType::person:
      return json::value(person.value);
    case FieldType::people:
      return json::array{json::value(person.value)};
    case FieldType::mail:
      return json::value("somebody@example.com");
    case FieldType::url:
      return json::value("https://example.com/");
    case FieldType::file:
      return json::value(sample_file(field));
    case FieldType::files:
      return repeated(json::value(sample_file(field)));
    case FieldType::table: {
      json::object row;
      for (const Field& column : field.columns) row[column.name] = sample_value(column, person, today);
      return repeated(row);
    }
    case FieldType::items_of:
      return json::array();
  }
  return nullptr;
}

}  // namespace countersign::scenario
