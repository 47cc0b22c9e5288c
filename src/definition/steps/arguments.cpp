#include "definition/steps/arguments.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/form_rules.h"
#include "definition/field_value_reader.h"

namespace countersign {

namespace {

// Whether nothing but a value given here fills the field in.
bool needs_value(const Loading& loading, const std::vector<Field>& fields, const Field& field) {
  if (!field.required || field.default_value || field.computed || field.when) return false;
  // Of the own form, what a step lets people fill in is asked for there.
  const bool own = &fields == &loading.definition.form && loading.compiles();
  return !own || !is_filled_in_later(*loading.outline, field);
}

}  // namespace

std::vector<Argument> read_arguments(Loading& loading, const YamlNode* node, const std::vector<Field>& fields,
                                     const std::string& owner, const Spot& spot, SourceSpan where,
                                     bool starts) {
  std::vector<Argument> arguments;
  std::vector<std::string> misspelt;
  if (node != nullptr && node->is_map()) {
    for (const YamlNode::Entry& entry : node->entries) {
      const auto field = std::ranges::find(fields, entry.key, &Field::name);
      if (field == fields.end()) {
        const std::vector<std::string> known = known_names(fields, &Field::name);
        misspelt.push_back(nearest_of(entry.key, known));
        report_unknown_name(loading.diagnostics, Code::unknown_field, entry.key_at,
                            fmt::format("unknown field '{}' of {}", entry.key, owner), entry.key, known);
        continue;
      }
      if (field->computed) {
        loading.diagnostics.error(Code::keys_conflict, entry.key_at,
                                  fmt::format("'{}' of {} is computed and takes no value", entry.key, owner));
        continue;
      }
      const bool needed = starts && !loading.catalogue.in_force && needs_value(loading, fields, *field);
      arguments.push_back({entry.key, read_field_value(loading, entry.value, spot, *field,
                                                       fmt::format("'{}'", entry.key), needed)});
    }
  }
  for (const Field& field : fields) {
    const bool given = (node != nullptr && node->find(field.name) != nullptr) ||
                       std::ranges::find(misspelt, field.name) != misspelt.end();
    if (given || !needs_value(loading, fields, field)) continue;
    loading.diagnostics.error(
        Code::missing_input, where,
        fmt::format("the required field '{0}' of {1} gets no value: write `{0}: EXPRESSION`", field.name,
                    owner));
  }
  return arguments;
}

}  // namespace countersign
