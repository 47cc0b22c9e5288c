#include "cel/literal.h"

#include <fmt/format.h>

namespace countersign::cel {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The character that \a, \n, \" ... stand for; '\0' where `c` is no such letter.
char simple_escape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '?':
    case '"':
    case '\'':
    case '`':
      return c;
    default:
      return '\0';
  }
}

}  // namespace

void append_utf8(std::string& text, char32_t code_point) {
  const auto byte = [&](char32_t bits) { text += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xc0 | (code_point >> 6));
    byte(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    byte(0xe0 | (code_point >> 12));
    byte(0x80 | ((code_point >> 6) & 0x3f));
    byte(0x80 | (code_point & 0x3f));
  } else {
    byte(0xf0 | (code_point >> 18));
    byte(0x80 | ((code_point >> 12) & 0x3f));
    byte(0x80 | ((code_point >> 6) & 0x3f));
    byte(0x80 | (code_point & 0x3f));
  }
}

std::expected<std::string, Issue> unescape(std::string_view content, bool bytes, std::size_t offset) {
  std::string text;
  text.reserve(content.size());
  for (std::size_t i = 0; i < content.size();) {
    if (content[i] != '\\') {
      text += content[i++];
      continue;
    }
    const std::size_t begin = i++;
    const auto bad = [&](std::string why) {
      const std::size_t end = std::min(i + 1, content.size());
      return std::unexpected(Issue{{offset + begin, offset + end}, std::move(why), {}});
    };
    if (i >= content.size()) return bad("an escape ends the text: write '\\\\' for a backslash");
    const char kind = content[i];
    if (const char simple = simple_escape(kind); simple != '\0') {
      text += simple;
      ++i;
      continue;
    }
    std::size_t digits = 0;
    unsigned base = 16;
    if (kind == 'x' || kind == 'X') {
      digits = 2;
    } else if (kind == 'u' || kind == 'U') {
      if (bytes) return bad(fmt::format("'\\{}' stands for a character and cannot be used in bytes", kind));
      digits = kind == 'u' ? 4 : 8;
    } else if (kind >= '0' && kind <= '3') {
      digits = 3;
      base = 8;
      --i;  // the digit belongs to the number
    } else {
      return bad(
          fmt::format("unknown escape '\\{}': write '\\\\' for a backslash, or a raw string r\"...\"", kind));
    }
    ++i;
    char32_t code = 0;
    for (std::size_t n = 0; n < digits; ++n, ++i) {
      const int digit = i < content.size() ? hex_digit(content[i]) : -1;
      if (digit < 0 || static_cast<unsigned>(digit) >= base) {
        return bad(
            fmt::format("an escape needs {} {} digits here", digits, base == 8 ? "octal" : "hexadecimal"));
      }
      code = code * base + static_cast<char32_t>(digit);
    }
    --i;
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      return bad("the escape stands for no character");
    ++i;
    if (bytes) {
      text += static_cast<char>(static_cast<unsigned char>(code));
    } else {
      append_utf8(text, code);
    }
  }
  return text;
}

}  // namespace countersign::cel
