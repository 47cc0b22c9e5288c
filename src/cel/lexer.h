#pragma once
// Splits an expression into tokens (langdef.md, "Lexical structure"). Pure function.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "cel/program.h"

namespace countersign::cel {

struct Token {
  enum class Tag { end, name, quoted_name, int_, uint_, double_, string, bytes, symbol };
  Tag tag = Tag::end;
  SourceRange at;
  std::string text;  // a literal's decoded content, a name, a symbol; a number as written, without its u
  bool is(std::string_view symbol) const { return tag == Tag::symbol && text == symbol; }
  bool is_word(std::string_view word) const { return tag == Tag::name && text == word; }
};

// The last token is `end`. Comments and white space are left out.
std::expected<std::vector<Token>, Issue> tokenize(std::string_view source);

}  // namespace countersign::cel
