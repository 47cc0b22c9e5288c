#include "cel/lexer.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/literal.h"

namespace countersign::cel {
namespace {

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name(char c) {
  return is_name_start(c) || is_digit(c);
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// What word processors and Chinese keyboards put in the place of a sign, and the sign.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kLookAlikes = {{
    {"\u201c", "\""}, {"\u201d", "\""}, {"\u201e", "\""}, {"\u2018", "'"}, {"\u2019", "'"},  {"\u300c", "\""},
    {"\u300d", "\""}, {"\uff08", "("},  {"\uff09", ")"},  {"\uff0c", ","}, {"\u3001", ","},  {"\uff1a", ":"},
    {"\uff1f", "?"},  {"\uff01", "!"},  {"\uff1e", ">"},  {"\uff1c", "<"}, {"\uff1d", "=="}, {"\u2265", ">="},
    {"\u2264", "<="}, {"\u2260", "!="}, {"\u00d7", "*"},  {"\u00f7", "/"}, {"\uff0b", "+"},  {"\uff0d", "-"},
    {"\u2212", "-"},  {"\uff05", "%"},
}};

// The longer ones first.
constexpr std::array<std::string_view, 24> kSymbols = {"==", "!=", "<=", ">=", "&&", "||", "<", ">",
                                                       "+",  "-",  "*",  "/",  "%",  "!",  "?", ":",
                                                       "(",  ")",  "[",  "]",  "{",  "}",  ",", "."};

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::expected<std::vector<Token>, Issue> run() {
    for (skip_blank(); at_ < source_.size(); skip_blank()) {
      if (!next()) return std::unexpected(std::move(issue_));
    }
    add(Token::Tag::end, at_, {});
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  void skip_blank() {
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (source_.substr(at_).starts_with("//")) {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (c == ' ' || (c >= '\t' && c <= '\r')) {
        ++at_;
      } else {
        return;
      }
    }
  }

  void add(Token::Tag tag, std::size_t begin, std::string text) {
    tokens_.push_back({tag, {begin, at_}, std::move(text)});
  }

  bool fail_at(std::size_t begin, std::size_t end, std::string message, std::string suggestion = {}) {
    issue_ = {{begin, end}, std::move(message), std::move(suggestion)};
    return false;
  }

  bool next() {
    const char c = peek();
    if (is_name_start(c)) return name_or_prefixed_text();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '"' || c == '\'') return text(at_, false, false);
    if (c == '`') return quoted_name();
    for (const std::string_view symbol : kSymbols) {
      if (!source_.substr(at_).starts_with(symbol)) continue;
      const std::size_t begin = at_;
      at_ += symbol.size();
      add(Token::Tag::symbol, begin, std::string(symbol));
      return true;
    }
    if (c == '=') return fail_at(at_, at_ + 1, "'=' is no operator; to compare, write '=='", "==");
    if (c == '&' || c == '|') {
      return fail_at(at_, at_ + 1,
                     fmt::format("'{}' is no operator; a condition is joined with '{}{}'", c, c, c),
                     std::string(2, c));
    }
    std::size_t end = at_ + 1;
    while (end < source_.size() && (static_cast<unsigned char>(source_[end]) & 0xc0) == 0x80) ++end;
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f')
      return fail_at(at_, end, "a control character stands here");
    const std::string_view character = source_.substr(at_, end - at_);
    if (character == "\u00a0" || character == "\u3000") {
      return fail_at(at_, end,
                     "a blank that is none stands here (of another width, or one that does not break): "
                     "write a plain blank");
    }
    for (const auto& [found, sign] : kLookAlikes) {
      if (character != found) continue;
      return fail_at(at_, end, fmt::format("'{}' only looks like '{}'", character, sign), std::string(sign));
    }
    if (source_.substr(at_).starts_with("${")) {
      return fail_at(at_, at_ + 2, "'${ }' belongs into texts; here the expression stands alone");
    }
    return fail_at(at_, end, fmt::format("unexpected character '{}'; text belongs in quotes", character));
  }

  bool name_or_prefixed_text() {
    const std::size_t begin = at_;
    bool raw = false;
    bool bytes = false;
    std::size_t prefix = 0;
    if (peek() == 'b' || peek() == 'B') {
      bytes = true;
      ++prefix;
    }
    if (peek(prefix) == 'r' || peek(prefix) == 'R') {
      raw = true;
      ++prefix;
    }
    if (prefix > 0 && (peek(prefix) == '"' || peek(prefix) == '\'')) {
      at_ += prefix;
      return text(begin, raw, bytes);
    }
    while (is_name(peek())) ++at_;
    add(Token::Tag::name, begin, std::string(source_.substr(begin, at_ - begin)));
    return true;
  }

  bool number() {
    const std::size_t begin = at_;
    Token::Tag tag = Token::Tag::int_;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && is_hex(peek(2))) {
      at_ += 2;
      while (is_hex(peek())) ++at_;
    } else {
      while (is_digit(peek())) ++at_;
      if (peek() == '.' && is_digit(peek(1))) {
        tag = Token::Tag::double_;
        ++at_;
        while (is_digit(peek())) ++at_;
      }
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign))) {
        tag = Token::Tag::double_;
        at_ += sign;
        while (is_digit(peek())) ++at_;
      }
    }
    std::string digits(source_.substr(begin, at_ - begin));
    if (tag == Token::Tag::int_ && (peek() == 'u' || peek() == 'U')) {
      tag = Token::Tag::uint_;
      ++at_;
    }
    if (is_name(peek())) {
      std::size_t end = at_;
      while (end < source_.size() && is_name(source_[end])) ++end;
      return fail_at(begin, end,
                     fmt::format("'{}' is neither a number nor a name", source_.substr(begin, end - begin)));
    }
    add(tag, begin, std::move(digits));
    return true;
  }

  // A name in back quotes, behind a point: m.`content-type`.
  bool quoted_name() {
    const std::size_t begin = at_++;
    const std::size_t end = source_.find('`', at_);
    const std::string_view inner = source_.substr(at_, end == std::string_view::npos ? end : end - at_);
    const auto allowed = [](char c) { return is_name(c) || c == '.' || c == '-' || c == '/' || c == ' '; };
    if (end == std::string_view::npos) return fail_at(begin, begin + 1, "this back quote is never closed");
    for (std::size_t i = 0; i < inner.size(); ++i) {
      if (!allowed(inner[i])) {
        return fail_at(at_ + i, at_ + i + 1,
                       "a name in back quotes has letters, digits and _ . - / only; use [\"...\"]");
      }
    }
    if (inner.empty()) return fail_at(begin, end + 1, "the name in back quotes is empty");
    at_ = end + 1;
    add(Token::Tag::quoted_name, begin, std::string(inner));
    return true;
  }

  // `at_` is at the opening quote, `begin` at the prefix.
  bool text(std::size_t begin, bool raw, bool bytes) {
    const char quote = peek();
    const bool triple = peek(1) == quote && peek(2) == quote;
    const std::string closing(triple ? 3 : 1, quote);
    at_ += closing.size();
    const std::size_t from = at_;
    while (!source_.substr(at_).starts_with(closing)) {
      const char c = peek();
      if (at_ >= source_.size())
        return fail_at(begin, from, fmt::format("this text is never closed: {} is missing", closing));
      if (!triple && (c == '\n' || c == '\r')) {
        return fail_at(begin, at_,
                       fmt::format("this text is not closed on its line: {} is missing", closing));
      }
      at_ += c == '\\' && !raw && at_ + 1 < source_.size() ? 2 : 1;
    }
    const std::string_view content = source_.substr(from, at_ - from);
    at_ += closing.size();
    if (!bytes && !is_valid_utf8(content)) return fail_at(begin, at_, "this text is no valid UTF-8");
    auto decoded = raw ? std::string(content) : unescape(content, bytes, from);
    if (!decoded) {
      issue_ = std::move(decoded).error();
      return false;
    }
    add(bytes ? Token::Tag::bytes : Token::Tag::string, begin, *std::move(decoded));
    return true;
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  Issue issue_;
};

}  // namespace

std::expected<std::vector<Token>, Issue> tokenize(std::string_view source) {
  return Lexer(source).run();
}

}  // namespace countersign::cel
