#include "definition/expression_issues.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "core/scope.h"
#include "definition/yaml_mending.h"

namespace countersign {
namespace {

using Tag = cel::Type::Tag;

// Whether YAML may have torn the expression apart: at a comment, `form.code == "a #b"`, or at a comma inside
// brackets, `[managers(requester, 2)]`.
bool is_torn(const Loading& loading, const Piece& piece) {
  if (piece.node.quoted() || &piece.document != &loading.document) return false;
  const auto count = [&](char c) { return std::ranges::count(piece.text(), c); };
  return count('"') % 2 != 0 || count('(') != count(')') || count('[') != count(']');
}

Code code_for(const cel::Issue& issue, bool syntax) {
  if (syntax) return Code::expression_syntax;
  switch (issue.about) {
    case cel::Issue::About::unknown_field:
      return Code::unknown_field;
    case cel::Issue::About::missing:
    case cel::Issue::About::unfilled:
      return Code::may_be_missing;
    case cel::Issue::About::word:
      return Code::unknown_word;
    default:
      return Code::expression;
  }
}

// The line with something else at a place of the expression; "" where that cannot be said in one line.
std::string line_with(const Piece& piece, cel::SourceRange at, std::string_view instead) {
  const SourceText& source = piece.document.source;
  const SourceSpan span = piece.span(at.begin, at.end);
  const std::string_view written = piece.text().substr(at.begin, at.end - at.begin);
  // A text with escapes, or of several lines, does not stand there as it is read.
  if (source.line_with(span, written) != trimmed(source.line(span.line))) return {};
  if (piece.node.quoted() && instead.find_first_of("\"'\\") != std::string_view::npos) return {};
  std::string line = source.line_with(span, instead);
  if (const auto mending = mend_line(line)) line = mending->line;
  return line;
}

// What to write where a field is read that may be empty.
std::string fix_of(const Piece& piece, const cel::Issue& issue, const Expected& expected) {
  const bool absence =
      issue.about == cel::Issue::About::missing || issue.about == cel::Issue::About::unfilled;
  const bool whole = issue.at.begin == 0 && issue.at.end == piece.text().size();
  if (absence && whole && !expected.filled) {
    // Nothing may come of nothing here.
    const std::size_t dot = piece.text().rfind('.');
    if (dot == std::string_view::npos) return {};
    return line_with(piece, issue.at, std::string(piece.text()).insert(dot + 1, "?"));
  }
  if (!issue.replacement.empty()) return line_with(piece, issue.at, issue.replacement);
  const std::string_view read = piece.text().substr(issue.at.begin, issue.at.end - issue.at.begin);
  const bool condition = expected.type && expected.type->is(Tag::bool_);
  if (issue.about != cel::Issue::About::unfilled || !condition) return {};
  const bool plain = piece.text().find_first_of("|?") == std::string_view::npos;
  const std::string rest = plain ? std::string(piece.text()) : fmt::format("({})", piece.text());
  return line_with(piece, {0, piece.text().size()}, fmt::format("has({}) && {}", read, rest));
}

// How the file could see to it that the field is never empty.
std::string remedy_of(const Loading& loading, const Piece& piece, const cel::Issue& issue) {
  if (issue.about != cel::Issue::About::unfilled) return {};
  const std::string_view read = piece.text().substr(issue.at.begin, issue.at.end - issue.at.begin);
  if (!read.starts_with("form.")) return {};
  const Field* field = loading.outline->find_field(read.substr(5));
  if (field == nullptr) return {};
  if (field->when) return "; its own 'when' may leave it out";
  if (field->computed) return "; what it is computed from may be empty";
  if (field->required) return "; it is in the 'edit' of a step, so nobody need fill it in before that";
  return "; or give the field 'required: true' or a 'default'";
}

// What somebody may have meant by a bare word: the group or person of that name, or the text itself.
std::string meaning_of_word(const Loading& loading, std::string_view text, const Expected& expected) {
  const bool wants_text = expected.type && expected.type->is(Tag::string);
  if (wants_text && loading.catalogue.ledgers && loading.catalogue.ledgers->contains(text))
    return fmt::format("\"{}\"", text);
  if (!is_bare_word(text)) return "";
  const std::string word(text);
  if (expected.type && expected.type->is(Tag::string) && text.find('.') == std::string_view::npos)
    return fmt::format("\"{}\"", word);
  if (loading.catalogue.directory && loading.catalogue.directory->find_group(word)) {
    return fmt::format("group(\"{}\")", word);
  }
  if (loading.catalogue.directory && loading.catalogue.directory->find(PersonId(word))) {
    return fmt::format("person(\"{}\")", word);
  }
  return "";
}

// A name that nothing has, and that is a text which lacks its quotes: an option of a choice, or a group in
// group().
std::string quoted_meaning(const Loading& loading, const Piece& piece, const cel::Issue& issue) {
  const std::string_view name = piece.text().substr(issue.at.begin, issue.at.end - issue.at.begin);
  if (!issue.message.starts_with("unknown name") || !is_bare_word(name)) return "";
  const bool is_option = std::ranges::any_of(loading.outline->form, [&](const Field& field) {
    return std::ranges::find(field.options, name, &ChoiceOption::value) != field.options.end();
  });
  const bool is_group = loading.catalogue.directory &&
                        piece.text().substr(0, issue.at.begin).ends_with("group(") &&
                        loading.catalogue.directory->find_group(name) != nullptr;
  return is_option || is_group ? cel::quote(name) : "";
}

// A name that expressions have elsewhere: what this place sees instead; "" where it is none.
std::string seen_here(const Loading& loading, const Piece& piece, const cel::Issue& issue,
                      const cel::Environment& environment) {
  if (issue.about != cel::Issue::About::unknown_name) return {};
  const std::string_view name = piece.text().substr(issue.at.begin, issue.at.end - issue.at.begin);
  static constexpr std::array kElsewhere = {scope::kForm,     scope::kRequester, scope::kVars,
                                            scope::kInstance, scope::kEvent,     scope::kYear,
                                            scope::kNumber,   scope::kPeriod};
  const bool elsewhere =
      std::ranges::find(kElsewhere, name) != kElsewhere.end() || loading.outline->find_step(name) != nullptr;
  if (!elsewhere) return {};
  std::vector<std::string> seen;
  for (const cel::Variable& variable : environment.variables) {
    if (seen.size() < 8) seen.push_back(variable.name);
  }
  return fmt::format("'{}' cannot be read here: this place sees {}", name, join(seen, ", "));
}

// A bare word for a field of the form, or beside == for a text.
std::string field_or_text(const Loading& loading, const Piece& piece, const cel::Issue& issue,
                          const cel::Environment& environment) {
  const std::string_view name = piece.text().substr(issue.at.begin, issue.at.end - issue.at.begin);
  if (issue.about != cel::Issue::About::unknown_name || !is_bare_word(name)) return {};
  const bool sees_form = std::ranges::any_of(environment.variables,
                                             [](const cel::Variable& v) { return v.name == scope::kForm; });
  if (sees_form && loading.outline->find_field(name) != nullptr) return fmt::format("form.{}", name);
  const std::string_view before = trimmed(piece.text().substr(0, issue.at.begin));
  const std::string_view behind = trimmed(piece.text().substr(issue.at.end));
  const bool compared = before.ends_with("==") || before.ends_with("!=");
  const bool alone =
      behind.empty() || behind.starts_with("&&") || behind.starts_with("||") || behind.starts_with(")");
  return compared && alone ? cel::quote(name) : std::string();
}

}  // namespace

bool is_bare_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

void report_issues(Loading& loading, const Piece& piece, const cel::Compilation& compiled,
                   const cel::Environment& environment, const Expected& expected) {
  if (is_torn(loading, piece) &&
      report_mending(piece.document.source, piece.node.at.line, loading.diagnostics)) {
    return;
  }
  cel::CompileOptions parse_only;
  parse_only.check = false;
  const bool syntax = !cel::compile(piece.text(), environment, parse_only).issues.empty();
  for (const cel::Issue& issue : compiled.issues) {
    std::string suggestion = issue.suggestion;
    if (suggestion.empty()) suggestion = quoted_meaning(loading, piece, issue);
    if (const std::string meant = field_or_text(loading, piece, issue, environment); !meant.empty())
      suggestion = meant;
    const std::string seen = seen_here(loading, piece, issue, environment);
    if (!seen.empty()) suggestion.clear();
    std::string fix = fix_of(piece, issue, expected);
    if (suggestion.empty() && seen.empty()) {
      suggestion = meaning_of_word(loading, piece.text(), expected);
      // It stands for the whole, and not for the place of the mistake alone.
      if (!suggestion.empty() && fix.empty()) {
        const bool text = suggestion.starts_with('"');
        fix = line_with(piece, {0, piece.text().size()}, text ? "'" + suggestion + "'" : suggestion);
      }
    }
    loading.diagnostics.error(code_for(issue, syntax), piece.span(issue.at.begin, issue.at.end),
                              (seen.empty() ? issue.message : seen) + remedy_of(loading, piece, issue),
                              std::move(suggestion), std::move(fix));
  }
}

}  // namespace countersign
