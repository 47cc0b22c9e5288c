#pragma once
// What is wrong with an expression, told at its place in the file with what was probably meant and how the
// line is written instead. Internal to the loader.

#include <string_view>

#include "definition/expression_reader.h"

namespace countersign {

// Part of a scalar of some document: what an expression's text is cut from.
struct Piece {
  const YamlDocument& document;
  const YamlNode& node;
  std::size_t begin;
  std::size_t end;

  std::string_view text() const { return std::string_view(node.text).substr(begin, end - begin); }
  SourceSpan span(std::size_t from, std::size_t to) const {
    return document.span_in(node, begin + from, begin + to);
  }
  SourceSpan span() const { return span(0, end - begin); }
};

// Letters, digits, `_`, `-` and `.`: what stands without quotes.
bool is_bare_word(std::string_view text);

// Reports the issues of a text that did not compile. `environment` names everything that the place sees.
void report_issues(Loading& loading, const Piece& piece, const cel::Compilation& compiled,
                   const cel::Environment& environment, const Expected& expected);

}  // namespace countersign
