#include "definition/expression_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/expression_issues.h"
#include "definition/expression_scope.h"
#include "definition/named_calls.h"

namespace countersign {
namespace {

using Tag = cel::Type::Tag;

constexpr std::size_t kProseMax = 64 * 1024;
constexpr std::size_t kProsePartsMax = 1000;

bool accepts(const Expected& expected, const cel::Type& found) {
  if (expected.any_of.empty() || found.is(Tag::dyn)) return true;
  if (found.is(Tag::optional) && !found.arguments().empty())
    return accepts(expected, found.arguments().front());
  if (found.is(Tag::list) && !found.arguments().empty() && found.arguments().front().is(Tag::dyn)) {
    return std::ranges::any_of(expected.any_of, [](const cel::Type& type) { return type.is(Tag::list); });
  }
  return std::ranges::find(expected.any_of, found) != expected.any_of.end();
}

// 2026-03-01, which CEL reads as a subtraction.
bool is_day(std::string_view text) {
  return cel::parse_date(text).has_value();
}

// The value of a field may be absent: an optional of the field's type is taken where the type itself is
// wanted.
cel::Compilation compile_expected(std::string_view text, const cel::Environment& environment,
                                  const Expected& expected) {
  cel::CompileOptions options;
  options.expected = expected.type;
  cel::Compilation compiled = cel::compile(text, environment, options);
  if (compiled.issues.empty() || !expected.type || !expected.absent) return compiled;
  options.expected = cel::Type::optional(*expected.type);
  cel::Compilation optional = cel::compile(text, environment, options);
  return optional.issues.empty() ? optional : compiled;
}

void note_reads(Loading& loading, const cel::Program& program) {
  for (const auto& chain : program.references()) {
    if (chain.front() == "form") loading.read_fields.insert(chain.size() > 1 ? chain[1] : "");
  }
}

cel::Program compile_piece(Loading& loading, const Piece& piece, const Spot& spot, const Expected& expected,
                           std::string_view what) {
  if (!loading.compiles()) return {};
  if (trimmed(piece.text()).empty()) {
    loading.diagnostics.error(Code::expression_syntax, piece.node.at, fmt::format("{} is empty", what));
    return {};
  }
  if (!check_calls(loading, piece, spot)) return {};
  cel::Environment environment = environment_of(loading, spot, piece.text(), expected.filled);
  cel::Compilation compiled = compile_expected(piece.text(), environment, expected);
  if (!compiled.issues.empty()) {
    // Suggestions come from all names, not only from those that the text holds.
    environment = full_environment_of(loading, spot, piece.text(), expected.filled);
    compiled = compile_expected(piece.text(), environment, expected);
    report_issues(loading, piece, compiled, environment, expected);
    return {};
  }
  if (!accepts(expected, compiled.program.type())) {
    std::string suggestion;
    const bool wants_person =
        std::ranges::any_of(expected.any_of, [](const cel::Type& type) { return type.is(Tag::person); });
    if (wants_person && compiled.program.type().is(Tag::string))
      suggestion = fmt::format("person({})", piece.text());
    if (is_day(piece.text())) suggestion = fmt::format("date(\"{}\")", piece.text());
    loading.diagnostics.error(
        Code::expression, piece.span(),
        fmt::format("{} expects {}, found {}", what, expected.words, compiled.program.type().to_text()),
        suggestion);
    return {};
  }
  note_reads(loading, compiled.program);
  return compiled.program;
}

// A condition that reads nothing was written with something else in mind: a text in quotes, `true` left from
// a trial.
void warn_of_constant(Loading& loading, const YamlNode& node, const cel::Program& program,
                      std::string_view what) {
  const auto value = constant_of(program);
  if (!value || value->kind() != cel::Kind::bool_) return;
  loading.diagnostics.warning(
      Code::constant_condition, node.at,
      fmt::format("{} is always {}: it reads nothing; write the field's name without quotes, or take it away",
                  what, value->as_bool() ? "true" : "false"));
}

Piece whole(const Loading& loading, const YamlNode& node) {
  return {loading.document, node, 0, node.text.size()};
}

bool is_expression_scalar(Loading& loading, const YamlNode& node, std::string_view what) {
  if (node.refused) return false;
  if (node.is_scalar()) return true;
  report_wrong_kind(node, what, "an expression", loading.diagnostics);
  return false;
}

}  // namespace

Expected expects_bool() {
  return {cel::Type::scalar(Tag::bool_), {}, "true or false"};
}
Expected expects_condition() {
  return filled(expects_bool());
}
Expected filled(Expected expected) {
  expected.filled = true;
  return expected;
}
Expected expects_person() {
  return {std::nullopt, {cel::Type::scalar(Tag::person)}, "a person"};
}
Expected expects_people() {
  const cel::Type person = cel::Type::scalar(Tag::person);
  const cel::Type group = cel::Type::scalar(Tag::group);
  return {std::nullopt,
          {person, group, cel::Type::list(person), cel::Type::list(group)},
          "a person, a group or a list of persons"};
}
Expected expects_time() {
  return {std::nullopt,
          {cel::Type::scalar(Tag::timestamp), cel::Type::scalar(Tag::date), cel::Type::scalar(Tag::duration),
           business_time_type()},
          "a duration in words, a timestamp, a date or a duration"};
}
Expected expects_instant() {
  return {std::nullopt,
          {cel::Type::scalar(Tag::timestamp), cel::Type::scalar(Tag::date)},
          "a timestamp or a date"};
}
Expected expects_key() {
  return {
      std::nullopt, {cel::Type::scalar(Tag::string), cel::Type::scalar(Tag::int_)}, "text or a whole number"};
}
Expected expects_ledger() {
  return {cel::Type::scalar(Tag::string), {}, "the name of a ledger, in quotes"};
}
Expected expects_money(const std::string& currency) {
  return {cel::Type::money(currency), {}, "an amount of money"};
}
Expected expects_field(const Field& field, bool needed) {
  return {type_of(field), {}, to_string(field.type), !needed, needed};
}
Expected expects_anything() {
  return {std::nullopt, {}, "anything", false};
}

namespace {

class NoBindings final : public cel::Bindings {
 public:
  std::optional<cel::Value> find(std::string_view) const override { return std::nullopt; }
};

}  // namespace

std::optional<cel::Value> constant_of(const cel::Program& program) {
  if (!program || !program.references().empty()) return std::nullopt;
  cel::Cost cost(cel::Cost::kExpressionMax);
  auto value = program.evaluate(NoBindings(), cel::no_host(), cost);
  if (!value) return std::nullopt;
  return std::move(*value);
}

Expression read_generated(Loading& loading, const YamlNode& node, const std::string& text, const Spot& spot,
                          const Expected& expected, std::string_view what) {
  Expression expression;
  expression.at = position_of(node.at);
  if (!loading.compiles()) return expression;
  const cel::Compilation compiled =
      compile_expected(text, environment_of(loading, spot, text, expected.filled), expected);
  if (!compiled.issues.empty()) {
    loading.diagnostics.error(Code::expression, node.at,
                              fmt::format("{}: {}", what, compiled.issues.front().message));
    return expression;
  }
  if (!accepts(expected, compiled.program.type())) {
    loading.diagnostics.error(
        Code::expression, node.at,
        fmt::format("{} expects {}, found {}", what, expected.words, compiled.program.type().to_text()));
    return expression;
  }
  note_reads(loading, compiled.program);
  expression.program = compiled.program;
  return expression;
}

Expression read_expression(Loading& loading, const YamlNode& node, const Spot& spot, const Expected& expected,
                           std::string_view what) {
  Expression expression;
  expression.at = position_of(node.at);
  if (node.is_sequence()) {
    // The items are looked at one by one first, so that what is wrong in one is reported at its place.
    const std::size_t errors = loading.diagnostics.reported_errors();
    std::string joined = "[";
    for (const YamlNode& item : node.items) {
      read_expression(loading, item, spot, expects_anything(), what);
      joined += (joined.size() > 1 ? ", " : "") + item.text;
    }
    if (loading.diagnostics.reported_errors() != errors) return expression;
    return read_generated(loading, node, joined + "]", spot, expected, what);
  }
  if (!is_expression_scalar(loading, node, what)) return expression;
  expression.program = compile_piece(loading, whole(loading, node), spot, expected, what);
  if (expected.type && expected.type->is(Tag::bool_) && !expected.absent) {
    warn_of_constant(loading, node, expression.program, what);
  }
  return expression;
}

void add_guards(Loading& loading, const Expression& condition) {
  if (!condition.program) return;
  const std::vector<std::string>& guards = condition.program.guards();
  loading.guards.insert(loading.guards.end(), guards.begin(), guards.end());
}

std::vector<Expression> read_expressions(Loading& loading, const YamlNode& node, const Spot& spot,
                                         const Expected& expected, std::string_view what) {
  std::vector<Expression> out;
  if (node.is_sequence()) {
    for (const YamlNode& item : node.items)
      out.push_back(read_expression(loading, item, spot, expected, what));
    if (node.items.empty()) {
      loading.diagnostics.error(Code::bad_value, node.at, fmt::format("{} is an empty list", what));
    }
  } else {
    out.push_back(read_expression(loading, node, spot, expected, what));
  }
  return out;
}

TimeRule read_time(Loading& loading, const YamlNode& node, const Spot& spot, const Expected& expected,
                   std::string_view what) {
  if (node.is_scalar()) {
    const Result<TimeSpan> span = parse_time_span(node.text);
    if (span) return *span;
    const char first = node.text.empty() ? ' ' : node.text.front();
    if (first >= '0' && first <= '9') {
      const std::string day = is_day(node.text) ? fmt::format("date(\"{}\")", node.text) : "";
      loading.diagnostics.error(
          Code::bad_duration, node.at,
          fmt::format("{}: {}", what, day.empty() ? span.error().message : "a day is written " + day), day);
      return TimeSpan{};
    }
  }
  return read_expression(loading, node, spot, expected, what);
}

std::optional<TimeSpan> read_span(Loading& loading, const YamlNode& node, std::string_view what) {
  if (!node.is_scalar()) {
    report_wrong_kind(node, what, "a duration in words", loading.diagnostics);
    return std::nullopt;
  }
  const Result<TimeSpan> span = parse_time_span(node.text);
  if (span) return *span;
  loading.diagnostics.error(Code::bad_duration, node.at, fmt::format("{}: {}", what, span.error().message));
  return std::nullopt;
}

Prose read_prose_part(Loading& loading, const YamlDocument& document, const YamlNode& node, std::size_t begin,
                      std::size_t end, const Spot& spot) {
  Prose prose;
  const std::string_view text = node.text;
  if (end - begin > kProseMax) {
    loading.diagnostics.error(Code::limit, document.span_in(node, begin, begin),
                              fmt::format("the text has {} bytes, more than {}", end - begin, kProseMax));
    return prose;
  }
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) prose.parts.push_back({std::move(plain), std::nullopt});
    plain.clear();
  };
  for (std::size_t i = begin; i < end;) {
    if (text.substr(i, end - i).starts_with("$${")) {
      plain += "${";
      i += 3;
      continue;
    }
    if (!text.substr(i, end - i).starts_with("${")) {
      plain += text[i++];
      continue;
    }
    const std::optional<std::size_t> close = closing_brace(text.substr(0, end), i + 2);
    if (!close) {
      loading.diagnostics.error(Code::bad_prose, document.span_in(node, i, i + 2),
                                "this '${' is not closed by '}' (write '$${' for a plain '${')");
      return prose;
    }
    flush();
    if (prose.parts.size() > kProsePartsMax) {
      loading.diagnostics.error(Code::limit, document.span_in(node, i, i + 2),
                                fmt::format("the text has more than {} expressions", kProsePartsMax / 2));
      return prose;
    }
    const Piece piece{document, node, i + 2, *close};
    Expression expression;
    expression.at = position_of(piece.span());
    expression.program = compile_piece(loading, piece, spot, expects_anything(), "'${ }'");
    prose.parts.push_back({"", std::move(expression)});
    i = *close + 1;
  }
  flush();
  return prose;
}

Prose read_prose(Loading& loading, const YamlNode& node, const Spot& spot) {
  return read_prose_part(loading, loading.document, node, 0, node.text.size(), spot);
}

LocalText read_local_text(Loading& loading, const YamlNode& node, const Spot& spot, std::string_view what) {
  LocalText text;
  if (node.is_scalar()) {
    text.by_locale.emplace("", read_prose(loading, node, spot));
  } else if (node.is_map()) {
    for (const YamlNode::Entry& entry : node.entries) {
      if (!is_locale(entry.key)) {
        loading.diagnostics.error(
            Code::bad_value, entry.key_at,
            fmt::format("{}: '{}' is no language such as en or zh-CN", what, entry.key));
      } else if (!entry.value.is_scalar()) {
        report_wrong_kind(entry.value, what, "text", loading.diagnostics);
      } else {
        text.by_locale.emplace(entry.key, read_prose(loading, entry.value, spot));
      }
    }
  } else {
    report_wrong_kind(node, what, to_string(Shape::local_text), loading.diagnostics);
  }
  return text;
}

}  // namespace countersign
