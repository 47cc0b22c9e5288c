#include "definition/expression_scope.h"

#include <algorithm>
#include <set>

namespace countersign {
namespace {

// Whether nobody in person may have decided so: then there is no `by`, and nothing was filled in.
bool decided_by_policy(const Step& step, const std::string& outcome) {
  if (outcome == "timeout") return true;
  if (const auto* task = std::get_if<Task>(&step.kind)) return task->if_nobody == NobodyRule::skip;
  const auto* approve = std::get_if<Approve>(&step.kind);
  if (approve == nullptr) return false;
  if (outcome == "rejected") return approve->if_nobody == NobodyRule::reject;
  return outcome == "approved" && (approve->self == SelfRule::skip || approve->if_nobody == NobodyRule::skip);
}

// Whether a result with that outcome has the field.
bool sets(const Step& step, const Field& field, const std::string& outcome) {
  const bool asks = std::holds_alternative<Approve>(step.kind) || std::holds_alternative<Task>(step.kind);
  if (field.name == "outcome" || field.name == "at" || field.name == "comment") return true;
  if (field.name == "by") return asks && !decided_by_policy(step, outcome);
  if (std::holds_alternative<Call>(step.kind)) return outcome == "succeeded" && field.required;
  if (std::holds_alternative<Wait>(step.kind)) return outcome == "received" && field.required;
  if (!asks || decided_by_policy(step, outcome) || field.when) return false;
  if (field.required || std::ranges::find(field.required_on, outcome) != field.required_on.end()) return true;
  // Empty texts are "", empty lists [], and a boolean is false: they are there with every decision.
  switch (field.type) {
    case FieldType::text:
    case FieldType::long_text:
    case FieldType::boolean:
    case FieldType::choices:
    case FieldType::people:
    case FieldType::files:
    case FieldType::table:
    case FieldType::items_of:
      return true;
    default:
      return field.default_value.has_value();
  }
}

Flow::Possible possible_at(const Loading& loading, const Spot& spot, StepIndex step) {
  if (spot.steps == nullptr) return loading.flow->result(spot.step, step);
  Flow::Possible all{false, {}};
  for (const StepIndex at : *spot.steps) {
    Flow::Possible one = loading.flow->result(at, step);
    all.absent = all.absent || one.absent;
    all.outcomes.insert(all.outcomes.end(), one.outcomes.begin(), one.outcomes.end());
  }
  return all;
}

template <class Wanted>
cel::Environment make_environment(const Loading& loading, const Spot& spot, Wanted wanted) {
  std::vector<cel::Variable> steps;
  if (spot.place == Place::step || spot.place == Place::step_event) {
    for (const Step& step : loading.outline->steps) {
      if (step.id.empty() || !wanted(step.id) || outcomes_of(*loading.outline, step).empty()) continue;
      steps.push_back({step.id, result_type_at(loading, spot, step)});
    }
  }
  cel::Environment environment;
  environment.variables = variables_of(spot.place, record_of("form", loading.outline->form),
                                       spot.event ? record_of("the event", *spot.event) : cel::Type(), steps);
  environment.functions = workflow_functions();
  return environment;
}

}  // namespace

cel::Type result_type_at(const Loading& loading, const Spot& spot, const Step& step) {
  const Flow::Possible possible = possible_at(loading, spot, step.index);
  static const std::vector<Field> kNoReply;
  const auto reply = loading.outline_replies->find(step.index);
  std::map<std::string, cel::RecordField> fields;
  for (const Field& field :
       result_fields(step, reply == loading.outline_replies->end() ? kNoReply : reply->second)) {
    const bool certain =
        !possible.absent && std::ranges::all_of(possible.outcomes, [&](const std::string& outcome) {
          return sets(step, field, outcome);
        });
    fields.insert_or_assign(field.name, cel::RecordField{type_of(field), !certain});
  }
  return cel::Type::record("the result of " + step.name, std::move(fields));
}

cel::Environment environment_of(const Loading& loading, const Spot& spot, std::string_view text) {
  return make_environment(loading, spot,
                          [&](const std::string& id) { return text.find(id) != std::string_view::npos; });
}

cel::Environment full_environment_of(const Loading& loading, const Spot& spot) {
  return make_environment(loading, spot, [](const std::string&) { return true; });
}

bool names_variable(const Loading& loading, const Spot& spot, std::string_view name) {
  const std::string_view first = name.substr(0, name.find('.'));
  const cel::Environment environment = environment_of(loading, spot, first);
  return first == "true" || first == "false" ||
         std::ranges::any_of(environment.variables, [&](const cel::Variable& v) { return v.name == first; });
}

std::optional<std::size_t> closing_brace(std::string_view text, std::size_t from) {
  int depth = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      std::size_t end = i + 1;
      while (end < text.size() && text[end] != c) end += text[end] == '\\' ? 2 : 1;
      if (end >= text.size()) return std::nullopt;
      i = end;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && depth-- == 0) {
      return i;
    }
  }
  return std::nullopt;
}

bool is_locale(std::string_view text) {
  std::size_t part = 0;
  for (const std::string& each : split(text, '-')) {
    const bool letters = std::ranges::all_of(each, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    if (!letters || each.empty() || each.size() > 8) return false;
    if (part == 0 && (each.size() > 3 || each.size() < 2 || lower_ascii(each) != each)) return false;
    ++part;
  }
  return part > 0;
}

}  // namespace countersign
