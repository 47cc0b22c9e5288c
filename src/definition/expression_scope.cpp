#include "definition/expression_scope.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/budget.h"
#include "core/exchange.h"
#include "core/form.h"
#include "core/form_rules.h"
#include "definition/call_scan.h"

namespace countersign {
namespace {

// Whether same_person may approve in the place of whoever approved before: never where an approval fills
// something in.
bool may_be_passed(const Approve& approve) {
  if (approve.same_person == SamePersonRule::ask_again || approve.always_ask || !approve.confirm.empty())
    return false;
  return std::ranges::none_of(approve.ask, [](const Field& field) {
    return !field.when &&
           (field.required || std::ranges::find(field.required_on, "approved") != field.required_on.end());
  });
}

// Whether nobody in person may have decided so: then there is no `by`, and nothing was filled in.
bool decided_by_policy(const Step& step, const std::string& outcome) {
  if (outcome == "timeout") return true;
  if (const auto* task = std::get_if<Task>(&step.kind)) return task->if_nobody == NobodyRule::skip;
  const auto* approve = std::get_if<Approve>(&step.kind);
  if (approve == nullptr) return false;
  if (outcome == "rejected") return approve->if_nobody == NobodyRule::reject;
  return outcome == "approved" && (approve->self == SelfRule::skip ||
                                   approve->if_nobody == NobodyRule::skip || may_be_passed(*approve));
}

// Whether a result with that outcome has the field.
bool sets(const Step& step, const Field& field, const std::string& outcome) {
  const bool asks = std::holds_alternative<Approve>(step.kind) || std::holds_alternative<Task>(step.kind);
  if (field.name == "outcome" || field.name == "at" || field.name == "comment") return true;
  if (field.name == "by") return asks && !decided_by_policy(step, outcome);
  if (std::holds_alternative<Call>(step.kind)) return outcome == "succeeded" && field.required;
  if (std::holds_alternative<Budget>(step.kind)) return true;
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

// A field that whoever decides in the step always fills in.
Field field_of_its_own() {
  Field field;
  field.name = "?";
  field.required = true;
  return field;
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

// The places in the flow where the spot is: one, several for a message, none for a handler's `where`.
std::vector<StepIndex> places_of(const Spot& spot) {
  if (spot.place != Place::step && spot.place != Place::step_event) return {};
  if (spot.steps != nullptr) return *spot.steps;
  if (spot.step == kNoStep) return {};
  return {spot.step};
}

// The for_each steps around all of these places, the outermost first.
std::vector<StepIndex> around_all(const Loading& loading, const std::vector<StepIndex>& places) {
  std::vector<StepIndex> shared;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::vector<StepIndex> around =
        for_each_around(*loading.outline, loading.outline->step(places[i]).list);
    if (i == 0) shared = around;
    shared.resize(static_cast<std::size_t>(std::ranges::mismatch(shared, around).in1 - shared.begin()));
  }
  return shared;
}

// The items of the for_each steps around.
std::vector<cel::Variable> items_at(const Loading& loading, const Spot& spot) {
  std::vector<cel::Variable> items;
  for (const StepIndex step : around_all(loading, places_of(spot))) {
    const auto type = loading.item_types.find(step);
    items.push_back({std::get<ForEach>(loading.outline->step(step).kind).as,
                     type == loading.item_types.end() ? cel::Type() : type->second});
  }
  return items;
}

// budget() and table(): what they give depends on the ledgers and tables that there are.
void add_data_functions(const Loading& loading, std::string_view text,
                        std::vector<cel::Function>& functions) {
  const cel::Type name = cel::Type::scalar(cel::Type::Tag::string);
  cel::Function budget{"budget",
                       {{"budget_string", {name}, budget::ledger_type(currency_of_ledgers(loading, text))}}};
  if (loading.catalogue.ledgers) {
    for (const auto& [ledger, currency] : *loading.catalogue.ledgers)
      budget.by_literal.emplace(ledger, budget::ledger_type(currency));
  }
  functions.push_back(std::move(budget));
  cel::Function table{"table", {{"table_string", {name}, cel::Type::list(cel::Type())}}};
  for (const auto& [named, rows] : loading.definition.tables)
    table.by_literal.emplace(named, type_of(named, rows));
  functions.push_back(std::move(table));
  const auto rates = loading.definition.tables.find(exchange::kTable);
  if (rates == loading.definition.tables.end()) return;
  cel::Function convert{"convert",
                        {{"convert_money_string", {cel::Type::money(""), name}, cel::Type::money("")}}};
  for (const exchange::Pair& pair : exchange::pairs_of(rates->second)) {
    convert.by_literal.emplace(pair.from, cel::Type::money(pair.from));
    convert.by_literal.emplace(pair.to, cel::Type::money(pair.to));
  }
  convert.refuse = [known = &rates->second](const cel::Type& first, std::string_view literal) -> std::string {
    const bool is_known = first.is(cel::Type::Tag::money) && !first.name().empty();
    if (is_known) return exchange::pair_fault(*known, first.name(), literal);
    const auto pairs = exchange::pairs_of(*known);
    const bool reached = std::ranges::find(pairs, literal, &exchange::Pair::to) != pairs.end();
    return reached ? "" : fmt::format("no rate to {} stands in tables/{}.csv", literal, exchange::kTable);
  };
  functions.push_back(std::move(convert));
}

// What `vars` holds: a variable that is set to an optional may stay unset. Whether its `set` has run where it
// is read is not known here: reading an unset one is an error of the evaluation.
cel::Type variables_record(const std::map<std::string, std::vector<Assigned>>& assigned) {
  std::map<std::string, cel::RecordField> fields;
  for (const auto& [name, values] : assigned) {
    const cel::Type first = held_type(values.front().type);
    const bool same =
        std::ranges::all_of(values, [&](const Assigned& value) { return held_type(value.type) == first; });
    const bool maybe = std::ranges::any_of(
        values, [](const Assigned& value) { return value.type.is(cel::Type::Tag::optional); });
    fields.emplace(name, cel::RecordField{same ? first : cel::Type(), maybe});
  }
  return cel::Type::record("vars", std::move(fields));
}

// Whether a form that has come to the spot has the field, which people fill in only in later steps.
bool is_filled_in_at(const Loading& loading, const Spot& spot, const Field& field) {
  if (spot.place != Place::step && spot.place != Place::step_event) return false;
  return std::ranges::any_of(loading.outline->steps, [&](const Step& step) {
    if (step.id.empty() || !is_edited_by(step, field)) return false;
    const Flow::Possible possible = possible_at(loading, spot, step.index);
    return !possible.absent && std::ranges::none_of(possible.outcomes, [&](const std::string& outcome) {
      return outcome == "rejected" || outcome == "returned" || decided_by_policy(step, outcome);
    });
  });
}

// The form as it is known at the spot: a field may be empty unless it is required from the start, or is
// filled in by a step that has been passed, or has a value of itself.
cel::Type form_type(const Loading& loading, const Spot& spot) {
  std::map<std::string, cel::RecordField> fields;
  for (const Field& field : loading.outline->form) {
    cel::RecordField of = record_field(field);
    const bool always = field.default_value || field.computed;
    if (!empty_value(field)) {
      of.unfilled =
          of.unfilled || field.when || loading.may_be_empty.contains(field.name) ||
          (!always && is_filled_in_later(*loading.outline, field) && !is_filled_in_at(loading, spot, field));
    }
    fields.emplace(field.name, std::move(of));
  }
  return cel::Type::record("form", std::move(fields));
}

// `instance`, with the stages and statuses that it can have.
cel::Type instance_of(const Definition& outline) {
  std::vector<std::string> stages = outline.stages;
  if (!stages.empty()) stages.emplace_back();
  std::vector<std::string> statuses{"running", "revising"};
  statuses.insert(statuses.end(), outline.statuses.begin(), outline.statuses.end());
  for (const char* reserved : {"completed", "rejected", "withdrawn", "cancelled"}) {
    if (std::ranges::find(statuses, reserved) == statuses.end()) statuses.emplace_back(reserved);
  }
  return instance_type(std::move(stages), std::move(statuses));
}

template <class Wanted>
cel::Environment make_environment(const Loading& loading, const Spot& spot, std::string_view text,
                                  bool filled, Wanted wanted) {
  std::vector<cel::Variable> steps;
  if (spot.place == Place::step || spot.place == Place::step_event) {
    for (const Step& step : loading.outline->steps) {
      if (step.id.empty() || !wanted(step.id) || outcomes_of(*loading.outline, step).empty()) continue;
      steps.push_back({step.id, result_type_at(loading, spot, step)});
    }
  }
  for (cel::Variable& item : items_at(loading, spot)) steps.push_back(std::move(item));
  cel::Environment environment;
  environment.filled = filled && !loading.catalogue.in_force;
  environment.words = !loading.catalogue.in_force;
  environment.guards = loading.guards;
  environment.variables = variables_of(spot.place, form_type(loading, spot),
                                       spot.event ? record_of("the event", *spot.event) : cel::Type(), steps);
  environment.functions = workflow_functions();
  add_data_functions(loading, text, environment.functions);
  for (cel::Variable& variable : environment.variables) {
    if (variable.name == scope::kInstance) variable.type = instance_of(*loading.outline);
    if (variable.name == scope::kVars && loading.variable_types != nullptr)
      variable.type = variables_record(*loading.variable_types);
  }
  return environment;
}

}  // namespace

cel::Type held_type(const cel::Type& type) {
  const bool optional = type.is(cel::Type::Tag::optional) && !type.arguments().empty();
  return optional ? type.arguments().front() : type;
}

cel::Type result_type_at(const Loading& loading, const Spot& spot, const Step& step) {
  Flow::Possible possible = possible_at(loading, spot, step.index);
  static const std::vector<Field> kNoReply;
  const auto reply = loading.outline_replies->find(step.index);
  std::map<std::string, cel::RecordField> fields;
  // Seen from outside of a for_each, its steps are lists of optionals.
  const std::vector<StepIndex> around = for_each_around(*loading.outline, step.list);
  const std::vector<StepIndex> shared = around_all(loading, places_of(spot));
  std::size_t outside =
      around.size() - static_cast<std::size_t>(std::ranges::mismatch(around, shared).in1 - around.begin());
  const bool inside = outside > 0;
  if (inside) possible.outcomes = outcomes_of(*loading.outline, step);
  for (const Field& field :
       result_fields(step, reply == loading.outline_replies->end() ? kNoReply : reply->second)) {
    const bool certain = (inside || !possible.absent) &&
                         std::ranges::all_of(possible.outcomes, [&](const std::string& outcome) {
                           return sets(step, field, outcome);
                         });
    cel::RecordField of = record_field(field);
    of.maybe = !certain;
    // It has run, and whoever answered could leave this out.
    of.unfilled = !certain && (inside || !possible.absent) && !field.required &&
                  std::ranges::all_of(possible.outcomes, [&](const std::string& outcome) {
                    return sets(step, field_of_its_own(), outcome);
                  });
    if (field.name == "outcome") of.words = outcomes_of(*loading.outline, step);
    fields.insert_or_assign(field.name, std::move(of));
  }
  if (std::holds_alternative<ForEach>(step.kind)) {
    const auto known = loading.item_types.find(step.index);
    const cel::Type item = known == loading.item_types.end() ? cel::Type() : known->second;
    const bool maybe = !inside && possible.absent;
    const bool all = std::ranges::find(possible.outcomes, "all") != possible.outcomes.end();
    fields.insert_or_assign("items", cel::RecordField{cel::Type::list(item), maybe});
    fields.insert_or_assign("item", cel::RecordField{item, maybe || all});
    fields.insert_or_assign("index", cel::RecordField{cel::Type::scalar(cel::Type::Tag::int_), maybe || all});
  }
  cel::Type type = cel::Type::record("the result of " + step.name, std::move(fields));
  if (outside > 0) type = cel::Type::optional(std::move(type));
  for (; outside > 0; --outside) type = cel::Type::list(std::move(type));
  return type;
}

cel::Environment environment_of(const Loading& loading, const Spot& spot, std::string_view text,
                                bool filled) {
  return make_environment(loading, spot, text, filled,
                          [&](const std::string& id) { return text.find(id) != std::string_view::npos; });
}

cel::Environment full_environment_of(const Loading& loading, const Spot& spot, std::string_view text,
                                     bool filled) {
  return make_environment(loading, spot, text, filled, [](const std::string&) { return true; });
}

bool names_variable(const Loading& loading, const Spot& spot, std::string_view name) {
  const std::string_view first = name.substr(0, name.find('.'));
  const cel::Environment environment = environment_of(loading, spot, first);
  return first == "true" || first == "false" ||
         std::ranges::any_of(environment.variables, [&](const cel::Variable& v) { return v.name == first; });
}

std::string currency_of_ledgers(const Loading& loading, std::string_view text) {
  const auto& ledgers = loading.catalogue.ledgers;
  if (!ledgers) return "";
  std::set<std::string> currencies;
  bool all = false;
  for (const ScannedCall& call : scan_calls(text)) {
    if (call.name != "budget") continue;
    const auto known = call.literal ? ledgers->find(*call.literal) : ledgers->end();
    if (known != ledgers->end()) {
      currencies.insert(known->second);
    } else {
      all = true;
    }
  }
  for (const auto& [name, currency] : *ledgers) {
    if (all) currencies.insert(currency);
  }
  return currencies.size() == 1 ? *currencies.begin() : "";
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
