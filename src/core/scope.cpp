#include "core/scope.h"

#include <algorithm>
#include <array>

namespace countersign {
namespace {

using Tag = cel::Type::Tag;

cel::Type scalar(Tag tag) {
  return cel::Type::scalar(tag);
}

std::vector<cel::Function> make_functions() {
  const cel::Type person = scalar(Tag::person);
  const cel::Type people = cel::Type::list(person);
  const cel::Type text = scalar(Tag::string);
  const cel::Type whole = scalar(Tag::int_);
  const cel::Type business = business_time_type();
  return {
      {"person", {{"person_string", {text}, person}}},
      {"guest", {{"guest_string_string", {text, text}, person}}},
      {"group", {{"group_string", {text}, scalar(Tag::group)}}},
      {"managers", {{"managers_person_int", {person, whole}, people}}, {}, {}, "manager"},
      {"managers_up_to",
       {{"managers_up_to_person_decimal", {person, scalar(Tag::decimal)}, people},
        {"managers_up_to_person_money", {person, cel::Type::money("")}, people}}},
      {"business_days", {{"business_days_int", {whole}, business}}},
      {"business_hours", {{"business_hours_int", {whole}, business}}},
      {"add_business",
       {{"add_business_timestamp", {scalar(Tag::timestamp), business}, scalar(Tag::timestamp)},
        {"add_business_date", {scalar(Tag::date), business}, scalar(Tag::date)}}},
  };
}

}  // namespace

cel::Type instance_type(std::vector<std::string> stages, std::vector<std::string> statuses) {
  const cel::Type text = scalar(Tag::string);
  return cel::Type::record("instance", {{"id", {text}},
                                        {"reference", {text}},
                                        {"workflow", {text}},
                                        {"stage", {text, false, false, std::move(stages)}},
                                        {"status", {text, false, false, std::move(statuses)}},
                                        {"round", {scalar(Tag::int_)}},
                                        {"url", {text}}});
}

cel::Type business_time_type() {
  return cel::Type::opaque("business_time", {});
}

cel::Type period_type() {
  return cel::Type::record(
      "period",
      {{"first", {scalar(Tag::date)}}, {"last", {scalar(Tag::date)}}, {"name", {scalar(Tag::string)}}});
}

std::vector<cel::Variable> variables_of(Place place, const cel::Type& form, const cel::Type& event,
                                        const std::vector<cel::Variable>& steps) {
  std::vector<cel::Variable> variables{{std::string(scope::kNow), scalar(Tag::timestamp)},
                                       {std::string(scope::kToday), scalar(Tag::date)}};
  if (place == Place::trigger || place == Place::step_event)
    variables.push_back({std::string(scope::kEvent), event});
  if (place == Place::schedule || place == Place::schedule_each) {
    variables.push_back({std::string(scope::kPeriod), period_type()});
    if (place == Place::schedule_each) variables.push_back({std::string(scope::kItem), scalar(Tag::person)});
    return variables;
  }
  if (place == Place::setting || place == Place::trigger) return variables;
  variables.push_back({std::string(scope::kForm), form});
  variables.push_back({std::string(scope::kRequester), scalar(Tag::person)});
  if (place == Place::reference) {
    variables.push_back({std::string(scope::kYear), scalar(Tag::string)});
    variables.push_back({std::string(scope::kNumber), scalar(Tag::int_)});
  }
  if (place == Place::step || place == Place::step_event) {
    variables.push_back({std::string(scope::kVars), cel::Type::map(scalar(Tag::string), cel::Type())});
    variables.push_back({std::string(scope::kInstance), instance_type()});
    variables.insert(variables.end(), steps.begin(), steps.end());
  }
  return variables;
}

const std::vector<cel::Function>& workflow_functions() {
  static const std::vector<cel::Function> kFunctions = make_functions();
  return kFunctions;
}

bool is_reserved_name(std::string_view name) {
  static constexpr std::array<std::string_view, 53> kReserved = {
      // Variables of some place, and those that come with `for_each` and schedules.
      "form",
      "requester",
      "vars",
      "instance",
      "now",
      "today",
      "event",
      "year",
      "number",
      "item",
      "period",
      "input",
      "response",
      // Words of CEL (langdef.md, "Syntax") and its types.
      "true",
      "false",
      "null",
      "in",
      "as",
      "break",
      "const",
      "continue",
      "else",
      "for",
      "function",
      "if",
      "import",
      "let",
      "loop",
      "package",
      "namespace",
      "return",
      "var",
      "void",
      "while",
      "bool",
      "int",
      "uint",
      "double",
      "string",
      "bytes",
      "list",
      "map",
      "type",
      "dyn",
      "duration",
      "timestamp",
      "decimal",
      "money",
      "date",
      "optional",
      "google",
      "math",
      "strings",
  };
  return std::ranges::find(kReserved, name) != kReserved.end();
}

}  // namespace countersign
