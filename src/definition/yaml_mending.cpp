#include "definition/yaml_mending.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

// Nobody mends a longer line by hand, and a file of one long line may have a problem in each of its thousand
// values.
constexpr std::size_t kLineMax = 2000;

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

// The length of `key: ` with its blanks at the front of `text`, 0 where none stands there.
std::size_t key_length(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() && is_key_character(text[i])) ++i;
  if (i == 0 || i >= text.size() || text[i] != ':') return 0;
  ++i;
  if (i < text.size() && text[i] != ' ') return 0;
  while (i < text.size() && text[i] == ' ') ++i;
  return i;
}

// The byte behind the quote that closes the one at the front; npos where it stays open.
std::size_t behind_quote(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '\'' && i + 1 < text.size() && text[i + 1] == '\'') {
        ++i;
      } else {
        return i + 1;
      }
    }
  }
  return std::string_view::npos;
}

// The byte behind the bracket that closes the one at the front, quotes respected; npos where it stays open.
std::size_t behind_bracket(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      const std::size_t behind = behind_quote(text.substr(i));
      if (behind == std::string_view::npos) return behind;
      i += behind - 1;
    } else if (c == '[' || c == '{' || c == '(') {
      ++depth;
    } else if ((c == ']' || c == '}' || c == ')') && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

bool only_comment(std::string_view rest) {
  const std::string_view left = trimmed(rest);
  return left.empty() || (rest.front() == ' ' && left.front() == '#');
}

// What YAML takes for its own in a value that stands on one line; "" where it reads the value as it is meant.
std::string trouble_in(std::string_view value, bool in_flow) {
  if (value.empty()) return "";
  const char first = value.front();
  if (first == '"' || first == '\'') {
    const std::size_t behind = behind_quote(value);
    if (behind != std::string_view::npos && !only_comment(value.substr(behind)))
      return "the quote at the start";
    return "";
  }
  if (first == '[' || first == '{') {
    const std::size_t behind = behind_bracket(value);
    if (behind != std::string_view::npos && !only_comment(value.substr(behind)))
      return "the bracket at the start";
    return "";
  }
  if (first == '!') return "'!' at the start";
  if (first == '%' || first == '@' || first == '`') return fmt::format("'{}' at the start", first);
  bool in_string = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '"') in_string = !in_string;
    if (c == '#' && i > 0 && value[i - 1] == ' ') {
      if (in_string) return "' #'";
      return "";  // a comment: what follows is no part of the value
    }
    if (c == ':' && (i + 1 == value.size() || value[i + 1] == ' ')) {
      return value.substr(0, i).find(" ? ") != std::string_view::npos ? "'? :'" : "': '";
    }
    // yaml-cpp ends a plain text inside brackets at a '?', too.
    if (in_flow && (c == ',' || c == '[' || c == ']' || c == '{' || c == '}' || c == '?')) {
      return fmt::format("'{}' inside brackets", c);
    }
  }
  return "";
}

std::string quoted_for_yaml(std::string_view value) {
  if (value.find('\'') != std::string_view::npos && value.find_first_of("\"\\") == std::string_view::npos) {
    return fmt::format("\"{}\"", value);
  }
  std::string out = "'";
  for (const char c : value) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

struct Pair {
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
};

// The values of `key: value, key: value` inside braces. A comma separates pairs only where a key follows it,
// so that commas of calls and lists stay inside their expression.
std::vector<Pair> pairs_in(std::string_view inside, std::size_t offset) {
  std::vector<Pair> pairs;
  std::size_t i = 0;
  while (i < inside.size()) {
    while (i < inside.size() && inside[i] == ' ') ++i;
    const std::size_t key = key_length(inside.substr(i));
    if (key == 0) return {};
    i += key;
    const std::size_t begin = i;
    int depth = 0;
    for (; i < inside.size(); ++i) {
      const char c = inside[i];
      if (c == '"' || c == '\'') {
        const std::size_t behind = behind_quote(inside.substr(i));
        if (behind == std::string_view::npos) return {};
        i += behind - 1;
        continue;
      }
      if (c == '(' || c == '[' || c == '{') ++depth;
      if (c == ')' || c == ']' || c == '}') --depth;
      if (c == ',' && depth == 0) {
        std::size_t next = i + 1;
        while (next < inside.size() && inside[next] == ' ') ++next;
        if (key_length(inside.substr(next)) > 0) break;
      }
    }
    std::size_t end = i;
    while (end > begin && inside[end - 1] == ' ') --end;
    pairs.push_back({offset + begin, offset + end});
    ++i;
  }
  return pairs;
}

// The elements of `a, b, c` inside square brackets; commas of calls stay inside their expression.
std::vector<Pair> elements_in(std::string_view inside, std::size_t offset) {
  std::vector<Pair> elements;
  std::size_t begin = 0;
  int depth = 0;
  const auto add = [&](std::size_t end) {
    std::size_t from = begin;
    while (from < end && inside[from] == ' ') ++from;
    while (end > from && inside[end - 1] == ' ') --end;
    elements.push_back({offset + from, offset + end});
  };
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const char c = inside[i];
    if (c == '"' || c == '\'') {
      const std::size_t behind = behind_quote(inside.substr(i));
      if (behind == std::string_view::npos) return {};
      i += behind - 1;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      add(i);
      begin = i + 1;
    }
  }
  add(inside.size());
  return elements;
}

}  // namespace

std::optional<Mending> mend_line(std::string_view line) {
  if (line.size() > kLineMax) return std::nullopt;
  std::size_t indent = 0;
  while (indent < line.size() && line[indent] == ' ') ++indent;
  std::size_t at = indent;
  while (line.substr(at).starts_with("- ")) {
    at += 2;
    while (at < line.size() && line[at] == ' ') ++at;
  }
  at += key_length(line.substr(at));
  std::size_t end = line.size();
  while (end > at && line[end - 1] == ' ') --end;
  const std::string_view value = line.substr(at, end - at);
  if (value.empty() || value.front() == '#' || value.front() == '|' || value.front() == '>')
    return std::nullopt;

  if (value.front() == '{' || value.front() == '[') {
    const std::size_t behind = behind_bracket(value);
    if (behind != std::string_view::npos && only_comment(value.substr(behind))) {
      Mending found;
      std::string mended;
      std::size_t copied = indent;
      const std::string_view inside = value.substr(1, behind - 2);
      for (const Pair& pair : value.front() == '{' ? pairs_in(inside, at + 1) : elements_in(inside, at + 1)) {
        const std::string_view inner = line.substr(pair.value_begin, pair.value_end - pair.value_begin);
        if (inner.starts_with('{') || inner.starts_with('[')) {
          if (behind_bracket(inner) == inner.size()) continue;  // a map or list of YAML's own
        }
        const std::string why = trouble_in(inner, true);
        if (why.empty()) continue;
        if (found.why.empty()) found = {pair.value_begin, pair.value_end, why, ""};
        mended += line.substr(copied, pair.value_begin - copied);
        mended += quoted_for_yaml(inner);
        copied = pair.value_end;
      }
      if (found.why.empty()) return std::nullopt;
      found.line = mended + std::string(line.substr(copied, end - copied));
      return found;
    }
  }
  const std::string why = trouble_in(value, false);
  if (why.empty()) return std::nullopt;
  return Mending{at, end, why, std::string(line.substr(indent, at - indent)) + quoted_for_yaml(value)};
}

bool report_mending(const SourceText& source, std::uint32_t line, Diagnostics& diagnostics) {
  const std::optional<Mending> mending = mend_line(source.line(line));
  if (!mending) return false;
  const std::size_t begin = source.line_begin(line);
  diagnostics.error(Code::yaml_meets_expression, source.span(begin + mending->begin, begin + mending->end),
                    fmt::format("YAML takes {} for its own syntax; quote the whole value", mending->why), {},
                    mending->line);
  return true;
}

}  // namespace countersign
