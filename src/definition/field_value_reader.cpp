#include "definition/field_value_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/form.h"
#include "core/form_rules.h"
#include "definition/expression_issues.h"
#include "definition/expression_scope.h"

namespace countersign {
namespace {

std::optional<std::string> option_literal(Loading& loading, const YamlNode& node, const Field& field,
                                          const Spot& spot, std::string_view what) {
  const auto option = std::ranges::find(field.options, node.text, &ChoiceOption::value);
  if (option != field.options.end()) return cel::quote(node.text);
  if (!loading.compiles() || !is_bare_word(node.text) || names_variable(loading, spot, node.text))
    return std::nullopt;
  const std::vector<std::string> known = known_names(field.options, &ChoiceOption::value);
  loading.diagnostics.error(Code::unknown_word, node.at,
                            fmt::format("{}: '{}' is no option of '{}', which has {}", what, node.text,
                                        field.name, join(known, ", ")),
                            nearest_of(node.text, known));
  return "\"\"";
}

// A constant that the field does not take is known now, and not only when somebody has handed in the form.
void check_constant(Loading& loading, const YamlNode& node, const Field& field, const cel::Program& program,
                    std::string_view what) {
  if (loading.catalogue.in_force) return;
  const auto value = constant_of(program);
  if (!value) return;
  static const std::shared_ptr<const Directory> kNobody = *Directory::build({}, {});
  const Result<cel::Value> fitting = fit_field(field, *value, *kNobody);
  if (fitting || fitting.error().code == ErrorCode::not_found) return;
  loading.diagnostics.error(Code::bad_value, node.at, fmt::format("{}: {}", what, fitting.error().message));
}

Expression compile_field_value(Loading& loading, const YamlNode& node, const Spot& spot, const Field& field,
                               std::string_view what, bool needed) {
  const Expected expected = expects_field(field, needed);
  const bool list = field.type == FieldType::choices;
  if (field.type == FieldType::choice && node.is_scalar()) {
    if (const auto literal = option_literal(loading, node, field, spot, what)) {
      return read_generated(loading, node, *literal, spot, expected, what);
    }
  }
  if (list && node.is_sequence()) {
    std::string joined = "[";
    for (const YamlNode& item : node.items) {
      const auto literal = item.is_scalar() ? option_literal(loading, item, field, spot, what) : std::nullopt;
      joined += (joined.size() > 1 ? ", " : "") + literal.value_or(item.text);
    }
    return read_generated(loading, node, joined + "]", spot, expected, what);
  }
  return read_expression(loading, node, spot, expected, what);
}

// The field of the form or of the event that the expression reads and nothing else.
const Field* source_of(const Loading& loading, const Spot& spot, std::string_view path) {
  const auto find = [](const std::vector<Field>& fields, std::string_view name) -> const Field* {
    const auto found = std::ranges::find(fields, name, &Field::name);
    return found == fields.end() ? nullptr : &*found;
  };
  if (path.starts_with("form.")) return find(loading.outline->form, path.substr(5));
  if (path.starts_with("event.") && spot.event != nullptr) return find(*spot.event, path.substr(6));
  return nullptr;
}

// A choice that is given as it is may be any of its options, and stops the instance with one that the field
// does not have. Only a warning: a condition may keep those out.
void warn_of_missing_options(Loading& loading, const YamlNode& node, const Spot& spot, const Field& field,
                             const cel::Program& program, std::string_view what) {
  if (!program || !node.is_scalar() || field.options.empty() || loading.catalogue.in_force) return;
  const std::string path(trimmed(node.text));
  const Field* source = source_of(loading, spot, path);
  if (source == nullptr) return;
  std::vector<std::string> missing;
  for (const ChoiceOption& option : source->options) {
    if (std::ranges::find(field.options, option.value, &ChoiceOption::value) == field.options.end())
      missing.push_back(cel::quote(option.value));
  }
  if (missing.empty()) return;
  loading.diagnostics.warning(Code::options_differ, node.at,
                              fmt::format("{}: {} may be {}, which '{}' does not take; add it to its "
                                          "options, or keep it out with a condition",
                                          what, path, join(missing, " or "), field.name));
}

// An empty text or list is a value for an expression, and none for a field that has to be filled in. Looked
// at is a field that is given as it is; what else comes to nothing shows when it runs.
void refuse_empty_source(Loading& loading, const YamlNode& node, const Spot& spot, const Field& field,
                         const cel::Program& program, std::string_view what) {
  if (!program || !node.is_scalar()) return;
  const std::string path(trimmed(node.text));
  const Field* source = source_of(loading, spot, path);
  if (source == nullptr || !empty_value(*source) || source->type == FieldType::boolean) return;
  const bool filled_in = (source->required && !source->when) || source->default_value || source->computed;
  const bool guarded = std::ranges::find(loading.guards, path) != loading.guards.end();
  if (filled_in || guarded) return;
  const bool text = source->type == FieldType::text || source->type == FieldType::long_text;
  loading.diagnostics.error(
      Code::may_be_missing, node.at,
      fmt::format(
          "{}: {} may be empty here, and '{}' has to be filled in; {}, or give it 'required: true'{}", what,
          path, field.name,
          text ? fmt::format("write {0} != \"\" ? {0} : \"...\", ask for it with `when: {0} != \"\"`", path)
               : fmt::format("ask for it with `when: size({}) > 0`", path),
          path.starts_with("form.") ? " or a 'default'" : " where it is declared"));
}

}  // namespace

Expression read_field_value(Loading& loading, const YamlNode& node, const Spot& spot, const Field& field,
                            std::string_view what, bool needed) {
  Expression value = compile_field_value(loading, node, spot, field, what, needed);
  if (needed) refuse_empty_source(loading, node, spot, field, value.program, what);
  warn_of_missing_options(loading, node, spot, field, value.program, what);
  check_constant(loading, node, field, value.program, what);
  return value;
}

}  // namespace countersign
