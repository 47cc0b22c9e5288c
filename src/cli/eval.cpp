// countersign eval: an expression by itself, for trying out and for conformance tests.

#include <map>

#include <fmt/format.h>

#include "cel/jsonl.h"
#include "cel/program.h"
#include "cli/commands.h"
#include "cli/text_width.h"

namespace countersign::cli {
namespace {

struct EvalOptions {
  std::string expression, with;
  bool jsonl = false;
  bool json = false;
};

class JsonBindings final : public cel::Bindings {
 public:
  explicit JsonBindings(const json::object& values) {
    for (const auto& member : values) values_.emplace(member.key(), cel::from_plain_json(member.value()));
  }
  std::optional<cel::Value> find(std::string_view name) const override {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }

 private:
  std::map<std::string, cel::Value, std::less<>> values_;
};

// The expression with a caret below each place that is wrong.
Failure failure_of(const std::string& expression, const std::vector<cel::Issue>& issues) {
  Failure failure{ExitCode::not_so, fmt::format("'{}' is no valid expression", expression), {}};
  for (const cel::Issue& issue : issues) {
    std::string text = issue.message;
    if (!issue.suggestion.empty()) text += fmt::format(" (did you mean '{}'?)", issue.suggestion);
    const std::string_view before = std::string_view(expression).substr(0, issue.at.begin);
    failure.details.push_back({fmt::format("column {}", display_width(before) + 1), std::move(text)});
  }
  return failure;
}

Outcome<ExitCode> evaluate(Console& console, const EvalOptions& options) {
  json::object values;
  if (!options.with.empty()) {
    auto read = read_json_object(console, options.with);
    if (!read) return std::unexpected(read.error());
    values = std::move(*read);
  }
  cel::Environment environment;
  for (const auto& member : values) environment.variables.push_back({std::string(member.key()), cel::Type()});
  const cel::Compilation compilation = cel::compile(options.expression, environment);
  if (!compilation.issues.empty()) return std::unexpected(failure_of(options.expression, compilation.issues));
  const JsonBindings bindings(values);
  cel::Cost cost(cel::Cost::kExpressionMax);
  const auto value = compilation.program.evaluate(bindings, cel::no_host(), cost);
  if (!value) return failed(ExitCode::not_so, value.error().message);
  const json::value plain = cel::to_plain_json(*value);
  if (options.json) {
    print_json(console, json::object{{"value", plain}, {"type", cel::type_name(value->kind())}});
  } else {
    print_json(console, plain);
  }
  return ExitCode::done;
}

Outcome<ExitCode> evaluate_lines(Console& console) {
  // Flushed line by line: whoever writes the next line may wait for this answer.
  for (std::string line; std::getline(console.in, line);) {
    if (line.empty()) continue;
    console.out << cel::evaluate_jsonl_line(line) << std::endl;
  }
  return ExitCode::done;
}

Outcome<ExitCode> eval(Console& console, const EvalOptions& options) {
  if (options.jsonl != options.expression.empty()) {
    return failed(ExitCode::wrong_use, "give one expression, or --jsonl to read them from standard input");
  }
  return options.jsonl ? evaluate_lines(console) : evaluate(console, options);
}

}  // namespace

void add_eval(Command& root) {
  const auto options = std::make_shared<EvalOptions>();
  root.add("eval", "evaluate one CEL expression")
      .describe(
          "Prints the value as JSON: decimals, money, dates and times as text. Names come from a JSON file; "
          "numbers "
          "with a point in it are exact decimals. Without the daemon and its people.")
      .argument(options->expression, "EXPR", "the expression; behind -- where it begins with a minus",
                Command::Need::optional)
      .option(options->with, "--with", "FILE",
              "a JSON object of what the expression may name; - for standard input")
      .flag(options->jsonl, "--jsonl",
            "core CEL from standard input, a JSON object a line: {\"id\", \"expr\", \"bindings\", ...} with "
            "typed values; "
            "answers {\"id\", \"value\"} or {\"id\", \"error\"}, a line each")
      .flag(options->json, "--json", "print {\"value\", \"type\"}")
      .example("countersign eval 'form.amount > 5000 && form.category in [\"travel\"]' --with form.json")
      .example("countersign eval '[1, 2, 3].map(x, x * x)'")
      .example("countersign eval -- '-1 + 2'")
      .runs([options](Console& console) { return eval(console, *options); });
}

}  // namespace countersign::cli
