#include "definition/connector_expressions.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/expression_scope.h"
#include "definition/map_reader.h"
#include "definition/yaml_mending.h"

namespace countersign {
namespace {

using Tag = cel::Type::Tag;

cel::Type headers_type() {
  return cel::Type::map(cel::Type::scalar(Tag::string), cel::Type::scalar(Tag::string));
}

Code code_of_issue(const cel::Issue& issue, bool syntax) {
  if (syntax) return Code::expression_syntax;
  return issue.about == cel::Issue::About::unknown_field ? Code::unknown_field : Code::expression;
}

}  // namespace

cel::Environment inbound_environment(bool with_item) {
  cel::Environment environment;
  environment.variables.push_back({"body", cel::Type()});
  environment.variables.push_back(
      {"request", cel::Type::record("request", {{"headers", {headers_type(), false}}})});
  if (with_item) environment.variables.push_back({"item", cel::Type()});
  return environment;
}

cel::Environment outbound_environment(const std::vector<Field>& input, bool with_response) {
  cel::Environment environment;
  environment.variables.push_back({"input", record_of("input", input)});
  if (with_response) {
    environment.variables.push_back(
        {"response", cel::Type::record("response", {{"status", {cel::Type::scalar(Tag::int_), false}},
                                                    {"headers", {headers_type(), false}},
                                                    {"json", {cel::Type(), false}},
                                                    {"text", {cel::Type::scalar(Tag::string), false}}})});
  }
  return environment;
}

cel::Program ConnectorExpressions::compile(const YamlNode& node, std::size_t begin, std::size_t end,
                                           const cel::Environment& environment, std::string_view what,
                                           std::optional<cel::Type> expected) const {
  const auto text = std::string_view(node.text).substr(begin, end - begin);
  if (trimmed(text).empty()) {
    diagnostics_.error(Code::expression_syntax, node.at, fmt::format("{} is an empty expression", what));
    return {};
  }
  cel::CompileOptions options;
  options.expected = std::move(expected);
  auto compiled = cel::compile(text, environment, options);
  if (compiled.issues.empty()) return compiled.program;
  // Half an expression is what remains where YAML took " #" for a comment.
  const bool cut = !node.quoted() && std::ranges::count(text, '"') % 2 == 1;
  if (cut && report_mending(document_.source, node.at.line, diagnostics_)) return {};
  cel::CompileOptions parse_only;
  parse_only.check = false;
  const bool syntax = !cel::compile(text, environment, parse_only).issues.empty();
  for (const auto& issue : compiled.issues) {
    diagnostics_.error(code_of_issue(issue, syntax),
                       document_.span_in(node, begin + issue.at.begin, begin + issue.at.end), issue.message,
                       issue.suggestion);
  }
  return {};
}

Expression ConnectorExpressions::expression(const YamlNode& node, const cel::Environment& environment,
                                            std::string_view what, std::optional<cel::Type> expected) const {
  Expression read;
  read.at = {node.at.line, node.at.column};
  if (!node.is_scalar()) {
    report_wrong_kind(node, what, "an expression", diagnostics_);
    return read;
  }
  read.program = compile(node, 0, node.text.size(), environment, what, std::move(expected));
  return read;
}

Prose ConnectorExpressions::prose(const YamlNode& node, const cel::Environment& environment,
                                  std::string_view what) const {
  Prose read;
  if (!node.is_scalar()) {
    report_wrong_kind(node, what, "text", diagnostics_);
    return read;
  }
  const std::string_view text = node.text;
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) read.parts.push_back({plain, std::nullopt});
    plain.clear();
  };
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with("$${")) {
      plain += "${";
      i += 3;
    } else if (text.substr(i).starts_with("${")) {
      const auto close = closing_brace(text, i + 2);
      if (!close) {
        diagnostics_.error(Code::bad_prose, document_.span_in(node, i, i + 2),
                           "this '${' is not closed by '}' (write '$${' for a plain '${')");
        return read;
      }
      flush();
      const auto at = document_.span_in(node, i + 2, *close);
      Expression expression{compile(node, i + 2, *close, environment, "'${ }'", std::nullopt),
                            {at.line, at.column}};
      read.parts.push_back({"", std::move(expression)});
      i = *close + 1;
    } else {
      plain += text[i++];
    }
  }
  flush();
  return read;
}

}  // namespace countersign
