// `set`: gives fields of the form and variables new values.
#include <algorithm>

#include <fmt/format.h>

#include "definition/field_loader.h"
#include "definition/grammar.h"
#include "definition/step_loader.h"

namespace countersign {
namespace {

void set_field(const StepReading& reading, const YamlNode::Entry& entry, const std::string& name,
               Assign& assign) {
  Loading& loading = reading.loading;
  const Field* field = loading.definition.find_field(name);
  if (field == nullptr) {
    std::vector<std::string> known;
    for (const Field& each : loading.definition.form) known.push_back("form." + each.name);
    loading.diagnostics.error(Code::unknown_field, entry.key_at,
                              fmt::format("unknown field '{}' of form", name), nearest_of(entry.key, known));
    return;
  }
  if (field->computed) {
    loading.diagnostics.error(Code::keys_conflict, entry.key_at,
                              fmt::format("'{}' is computed and takes no value", entry.key));
    return;
  }
  assign.targets.push_back(
      {true, name,
       read_field_value(loading, entry.value, reading.spot, *field, fmt::format("'{}'", entry.key))});
}

StepKind read_set(const StepReading& reading) {
  Assign assign;
  if (reading.value.entries.empty()) {
    reading.diagnostics().error(Code::bad_value, reading.value.at, "'set' sets nothing");
  }
  for (const YamlNode::Entry& entry : reading.value.entries) {
    const std::size_t dot = entry.key.find('.');
    const std::string owner = entry.key.substr(0, dot);
    const std::string name = dot == std::string::npos ? "" : entry.key.substr(dot + 1);
    if (owner == "form" && !name.empty()) {
      set_field(reading, entry, name, assign);
    } else if (owner == "vars" && !name.empty()) {
      if (!check_name(name, entry.key_at, "the variable", reading.diagnostics())) continue;
      Expression value = read_expression(reading.loading, entry.value, reading.spot, expects_anything(),
                                         fmt::format("'{}'", entry.key));
      // One that does not compile is reported; those who read it are not to be blamed.
      reading.loading.assigned[name].push_back(value.program ? value.program.type() : cel::Type());
      assign.targets.push_back({false, name, std::move(value)});
    } else {
      std::vector<std::string> known;
      for (const Field& each : reading.loading.definition.form) known.push_back(each.name);
      const bool field = std::ranges::find(known, entry.key) != known.end();
      reading.diagnostics().error(Code::unknown_key, entry.key_at,
                                  fmt::format("'set' sets form.FIELD or vars.NAME, found '{}'", entry.key),
                                  field ? "form." + entry.key : "");
    }
  }
  return assign;
}

}  // namespace

const StepWord& set_word() {
  static const StepWord kWord{"set", Shape::map,         "fields of the form, variables", {}, {}, read_set,
                              false, expressions_by_name};
  return kWord;
}

}  // namespace countersign
