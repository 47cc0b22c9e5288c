// `set`: gives fields of the form and variables new values.
#include <algorithm>

#include <fmt/format.h>

#include "definition/expression_scope.h"
#include "definition/field_loader.h"
#include "definition/field_value_reader.h"
#include "definition/grammar.h"
#include "definition/step_loader.h"

namespace countersign {
namespace {

void set_field(const StepReading& reading, const YamlNode::Entry& entry, const std::string& name,
               Assign& assign) {
  Loading& loading = reading.loading;
  const Field* field = loading.definition.find_field(name);
  if (field == nullptr) {
    report_unknown_name(
        loading.diagnostics, Code::unknown_field, entry.key_at,
        fmt::format("unknown field '{}' of form", name), entry.key,
        known_names(loading.definition.form, [](const Field& each) { return "form." + each.name; }));
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

// Null, and what is not known before it runs, go with everything.
bool is_open(const cel::Type& type) {
  return type.is(cel::Type::Tag::dyn) || type.is(cel::Type::Tag::null_) ||
         std::ranges::any_of(type.arguments(), is_open);
}

// One that has several types could be read only by what happened to come before.
void check_one_type(Loading& loading, const YamlNode::Entry& entry, const std::vector<Assigned>& before,
                    const cel::Type& assigned) {
  const cel::Type type = held_type(assigned);
  if (loading.catalogue.in_force || is_open(type)) return;
  const auto other = std::ranges::find_if(before, [&](const Assigned& each) {
    const cel::Type theirs = held_type(each.type);
    return !is_open(theirs) && theirs != type;
  });
  if (other == before.end()) return;
  loading.diagnostics.error(
      Code::expression, entry.value.at,
      fmt::format("'{}' is {} here and {} in line {}: a variable has one type; write both as one, or give "
                  "this one another name",
                  entry.key, type.to_text(), held_type(other->type).to_text(), other->at.line));
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
      std::vector<Assigned>& assigned = reading.loading.assigned[name];
      const cel::Type type = value.program ? value.program.type() : cel::Type();
      check_one_type(reading.loading, entry, assigned, type);
      assigned.push_back({type, entry.value.at});
      assign.targets.push_back({false, name, std::move(value)});
    } else {
      const bool field = reading.loading.definition.find_field(entry.key) != nullptr;
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
