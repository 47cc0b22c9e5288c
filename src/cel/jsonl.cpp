#include "cel/jsonl.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/json.h"
#include "cel/program.h"

namespace countersign::cel {
namespace {

class Named final : public Bindings {
 public:
  std::optional<Value> find(std::string_view name) const override {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }
  void set(std::string_view name, Value value) {
    values_.insert_or_assign(std::string(name), std::move(value));
  }

 private:
  std::map<std::string, Value, std::less<>> values_;
};

bool flag(const json::value& line, std::string_view key) {
  const json::value* value = find(line, key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

Result<Overload> read_overload(const json::value& encoded) {
  std::vector<std::string> parameters;
  if (const json::value* names = find(encoded, "type_params"); names != nullptr && names->is_array()) {
    for (const json::value& name : names->as_array()) {
      if (name.is_string()) parameters.emplace_back(name.as_string());
    }
  }
  Overload overload;
  overload.id = string_at(encoded, "id");
  overload.receiver = flag(encoded, "receiver");
  if (const json::value* arguments = find(encoded, "args"); arguments != nullptr && arguments->is_array()) {
    for (const json::value& text : arguments->as_array()) {
      if (!text.is_string()) return fail(ErrorCode::invalid_input, "an argument's type is no text");
      auto type = Type::parse(text.as_string(), parameters);
      if (!type) return std::unexpected(std::move(type).error());
      overload.arguments.push_back(*std::move(type));
    }
  }
  auto result = Type::parse(string_at(encoded, "result", "dyn"), parameters);
  if (!result) return std::unexpected(std::move(result).error());
  overload.result = *std::move(result);
  return overload;
}

Result<void> read_declaration(const json::value& encoded, Environment& environment) {
  const std::string name = string_at(encoded, "name");
  const json::value* overloads = find(encoded, "overloads");
  if (overloads == nullptr || !overloads->is_array()) {
    auto type = Type::parse(string_at(encoded, "type", "dyn"));
    if (!type) return std::unexpected(std::move(type).error());
    environment.variables.push_back({name, *std::move(type)});
    return {};
  }
  Function function{name, {}};
  for (const json::value& text : overloads->as_array()) {
    auto overload = read_overload(text);
    if (!overload) return std::unexpected(std::move(overload).error());
    function.overloads.push_back(*std::move(overload));
  }
  environment.functions.push_back(std::move(function));
  return {};
}

Result<Environment> read_environment(const json::value& line, Named& bindings) {
  Environment environment;
  environment.product = false;
  environment.container = string_at(line, "container");
  if (const json::value* declarations = find(line, "type_env");
      declarations != nullptr && declarations->is_array()) {
    for (const json::value& declaration : declarations->as_array()) {
      if (auto read = read_declaration(declaration, environment); !read)
        return std::unexpected(std::move(read).error());
    }
  }
  const json::value* values = find(line, "bindings");
  if (values == nullptr || !values->is_object()) return environment;
  for (const auto& [name, encoded] : values->as_object()) {
    auto value = decode_typed(encoded);
    if (!value) return std::unexpected(std::move(value).error());
    bindings.set(name, *std::move(value));
    // What is bound may be named, even if nobody declared its type.
    if (std::ranges::find(environment.variables, std::string_view(name), &Variable::name) ==
        environment.variables.end()) {
      environment.variables.push_back({std::string(name), Type()});
    }
  }
  return environment;
}

std::string text_of(const Issue& issue) {
  std::string text = fmt::format("{}: {}", issue.at.begin, issue.message);
  if (!issue.suggestion.empty()) text += fmt::format(" (did you mean '{}'?)", issue.suggestion);
  return text;
}

Result<json::object> answer(const json::value& line) {
  const json::value* source = find(line, "expr");
  if (source == nullptr || !source->is_string()) return fail(ErrorCode::invalid_input, "'expr' is missing");
  Named bindings;
  auto environment = read_environment(line, bindings);
  if (!environment) return std::unexpected(std::move(environment).error());
  CompileOptions options;
  options.check = !flag(line, "disable_check");
  const Compilation compilation = compile(source->as_string(), *environment, options);
  if (!compilation.issues.empty()) return fail(ErrorCode::invalid_input, text_of(compilation.issues.front()));
  json::object result;
  if (flag(line, "check_only")) {
    result["type"] = compilation.program.type().to_text();
    return result;
  }
  Cost cost;
  auto value = compilation.program.evaluate(bindings, no_host(), cost);
  if (!value) return std::unexpected(std::move(value).error());
  result["value"] = encode_typed(*value);
  return result;
}

}  // namespace

std::string evaluate_jsonl_line(std::string_view line) {
  json::object output;
  const auto parsed = parse_json(line);
  if (parsed) {
    if (const json::value* id = find(*parsed, "id")) output["id"] = *id;
  }
  auto result = parsed ? answer(*parsed) : Result<json::object>(std::unexpected(parsed.error()));
  if (result) {
    for (auto& [key, value] : *result) output[key] = std::move(value);
  } else {
    output["error"] = result.error().message;
  }
  return json::serialize(output);
}

}  // namespace countersign::cel
