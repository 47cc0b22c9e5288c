#include "definition/call_scan.h"

namespace countersign {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

// The byte behind a string literal that begins at `at`; the end of the text where it stays open.
std::size_t behind_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return text.size();
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t')) ++at;
  return at;
}

}  // namespace

std::vector<ScannedCall> scan_calls(std::string_view text) {
  std::vector<ScannedCall> calls;
  bool after_dot = false;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = behind_string(text, i);
      after_dot = false;
    } else if (is_letter(c)) {
      std::size_t end = i;
      while (end < text.size() && is_word(text[end])) ++end;
      const std::size_t open = skip_blanks(text, end);
      if (!after_dot && open < text.size() && text[open] == '(') {
        ScannedCall call;
        call.name = std::string(text.substr(i, end - i));
        call.name_begin = i;
        call.name_end = end;
        const std::size_t argument = skip_blanks(text, open + 1);
        if (argument < text.size() && (text[argument] == '"' || text[argument] == '\'')) {
          const std::size_t behind = behind_string(text, argument);
          const std::size_t close = skip_blanks(text, behind);
          const std::string_view inside = text.substr(argument + 1, behind - argument - 1);
          if (close < text.size() && text[close] == ')' && inside.ends_with(text[argument]) &&
              inside.find('\\') == std::string_view::npos) {
            call.literal = std::string(inside.substr(0, inside.size() - 1));
            call.literal_begin = argument + 1;
            call.literal_end = behind - 1;
          }
        }
        calls.push_back(std::move(call));
      }
      i = end;
      after_dot = false;
    } else {
      if (c == '.') {
        after_dot = true;
      } else if (c != ' ' && c != '\n' && c != '?') {
        after_dot = false;
      }
      ++i;
    }
  }
  return calls;
}

}  // namespace countersign
