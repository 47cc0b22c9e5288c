#include "tests/cel/evaluate.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace countersign::cel {
namespace {

using Tag = Type::Tag;

RecordField field(Tag tag, bool maybe = false) {
  return {Type::scalar(tag), maybe};
}

std::string text_of(const Issue& issue) {
  std::string text =
      std::to_string(issue.at.begin) + "-" + std::to_string(issue.at.end) + ": " + issue.message;
  if (!issue.suggestion.empty()) text += " (did you mean '" + issue.suggestion + "'?)";
  return text;
}

}  // namespace

std::optional<Value> Variables::find(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<Value>> Directory::person_field(const PersonId& person, std::string_view name) const {
  if (person.value != "li.na" && person.value != "zhang.wei")
    return fail(ErrorCode::not_found, "nobody is called " + person.value);
  const bool li = person.value == "li.na";
  if (name == "id") return Value::string(person.value);
  if (name == "name") return Value::string(li ? "Li Na" : "Zhang Wei");
  if (name == "manager" && li) return Value::person(PersonId("zhang.wei"));
  if (name == "approval_limit" && li) return decimal("5000");
  return std::nullopt;
}

Result<Value> Directory::call(std::string_view function, std::span<const Value> arguments) const {
  if (function == "group") return Value::group(arguments[0].as_string());
  if (function == "person") return Value::person(PersonId(std::string(arguments[0].as_string())));
  return fail(ErrorCode::invalid_input, "no such function");
}

Result<std::vector<PersonId>> Directory::members(std::string_view group) const {
  if (group == "sales") return std::vector{PersonId("li.na")};
  if (group == "all") return std::vector{PersonId("zhang.wei"), PersonId("li.na")};
  return fail(ErrorCode::not_found, "there is no group " + std::string(group));
}

Environment product_environment() {
  Environment environment;
  const Type line =
      Type::record("line", {{"item", field(Tag::string)}, {"cost", {Type::money("CNY"), false}}});
  environment.variables = {
      {"form", Type::record("form", {{"title", field(Tag::string)},
                                     {"amount", {Type::money("CNY"), false}},
                                     {"fee", {Type::money("EUR"), false}},
                                     {"rate", field(Tag::decimal)},
                                     {"count", field(Tag::int_)},
                                     {"factor", field(Tag::double_)},
                                     {"day", field(Tag::date)},
                                     {"lines", {Type::list(line), false}},
                                     {"empty", {Type::list(line), false}},
                                     {"note", field(Tag::string)}})},
      {"finance", Type::record("the result of finance", {{"cost_center", field(Tag::string, true)},
                                                         {"by", field(Tag::person, true)},
                                                         {"outcome", field(Tag::string)}})},
      {"event", Type()},
      {"any", Type::money("")},
      {"requester", Type::scalar(Tag::person)},
      {"today", Type::scalar(Tag::date)},
      {"now", Type::scalar(Tag::timestamp)},
  };
  environment.functions = {
      {"group", {{"group", {Type::scalar(Tag::string)}, Type::scalar(Tag::group), false}}},
      {"person", {{"person", {Type::scalar(Tag::string)}, Type::scalar(Tag::person), false}}},
      {"limit", {{"limit", {Type::money("CNY")}, Type::scalar(Tag::bool_), false}}},
  };
  return environment;
}

Variables product_variables() {
  const auto line = [](std::string_view item, std::string_view cost) {
    return map_of({{"item", Value::string(item)}, {"cost", money(cost, "CNY")}});
  };
  return {
      {"form", map_of({{"title", Value::string("Visit")},
                       {"amount", money("6000.50", "CNY")},
                       {"fee", money("3", "EUR")},
                       {"rate", decimal("0.15")},
                       {"count", Value::integer(3)},
                       {"factor", Value::number(0.5)},
                       {"day", Value::date(*parse_date("2026-01-31"))},
                       {"lines", Value::list({line("taxi", "20.25"), line("hotel", "800")})},
                       {"empty", Value::list({})}})},
      {"finance", map_of({{"outcome", Value::string("approved")}})},
      {"event",
       map_of({{"total", decimal("12.5")}, {"count", Value::integer(2)}, {"name", Value::string("deal")}})},
      {"any", money("10", "JPY")},
      {"requester", Value::person(PersonId("li.na"))},
      {"today", Value::date(*parse_date("2026-03-02"))},
      {"now", Value::timestamp(*parse_rfc3339("2026-03-02T18:30:00Z"))},
  };
}

Value decimal(std::string_view text) {
  return Value::decimal(*Decimal::parse(text));
}
Value money(std::string_view amount, std::string_view currency) {
  return Value::money({*Decimal::parse(amount), std::string(currency)});
}
Value map_of(std::initializer_list<std::pair<std::string_view, Value>> entries) {
  Map map;
  for (const auto& [key, value] : entries) map.set(key, value);
  return Value::map(std::move(map));
}

std::string outcome(std::string_view source, const Environment& environment, const Bindings& bindings,
                    bool check) {
  CompileOptions options;
  options.check = check;
  const Compilation compilation = compile(source, environment, options);
  if (!compilation.issues.empty()) return "issue: " + text_of(compilation.issues.front());
  Cost cost;
  const Directory directory;
  const auto value = compilation.program.evaluate(bindings, directory, cost);
  return value ? json::serialize(encode(*value)) : "error: " + value.error().message;
}

std::string product(std::string_view source) {
  return outcome(source, product_environment(), product_variables());
}
std::string product_unchecked(std::string_view source) {
  return outcome(source, product_environment(), product_variables(), false);
}
std::string core(std::string_view source) {
  Environment environment;
  environment.product = false;
  return outcome(source, environment, Variables());
}

std::string issues_of(std::string_view source, const Environment& environment,
                      const CompileOptions& options) {
  std::string all;
  for (const Issue& issue : compile(source, environment, options).issues) {
    if (!all.empty()) all += "\n";
    all += text_of(issue);
  }
  return all;
}

std::string product_issues(std::string_view source) {
  return issues_of(source, product_environment());
}

}  // namespace countersign::cel
