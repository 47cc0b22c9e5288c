// The strings extension: charAt, indexOf, lastIndexOf, join, lowerAscii, upperAscii, replace, reverse, split,
// substring, trim, strings.quote and format. Positions count characters.

#include <limits>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/builtins.h"
#include "cel/characters.h"
#include "cel/format.h"

namespace countersign::cel {
namespace {

using Arguments = std::span<const Value>;

// Whether the kinds are those of `pattern`: s a text, i an int, l a list.
bool fits(Arguments arguments, std::string_view pattern) {
  if (arguments.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Kind wanted = pattern[i] == 's' ? Kind::string : pattern[i] == 'i' ? Kind::int_ : Kind::list;
    if (!arguments[i].is(wanted)) return false;
  }
  return true;
}

bool out_of_range(Evaluation& evaluation, std::int64_t index, std::size_t size) {
  return evaluation.fail(
      fmt::format("position {} is out of range (the text has {} characters)", index, size));
}

// A position from 0 to the text's length.
std::optional<std::size_t> position(std::int64_t index, std::size_t size) {
  if (index < 0 || static_cast<std::uint64_t>(index) > size) return std::nullopt;
  return static_cast<std::size_t>(index);
}

bool char_at(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!fits(arguments, "si")) return evaluation.fail(no_overload("charAt", arguments));
  const std::string_view text = arguments[0].as_string();
  if (!evaluation.spend_bytes(text.size())) return false;
  const auto starts = character_starts(text);
  const auto at = position(arguments[1].as_int(), starts.size() - 1);
  if (!at) return out_of_range(evaluation, arguments[1].as_int(), starts.size() - 1);
  const bool beyond = *at + 1 == starts.size();
  result =
      Value::string(beyond ? std::string_view() : text.substr(starts[*at], starts[*at + 1] - starts[*at]));
  return true;
}

Value position_of_byte(const std::vector<std::size_t>& starts, std::size_t byte) {
  if (byte == std::string_view::npos) return Value::integer(-1);
  return Value::integer(std::ranges::lower_bound(starts, byte) - starts.begin());
}

// Searching a text for a part may touch each byte as often as the part is long.
bool spend_search(Evaluation& evaluation, std::string_view text, std::string_view part) {
  return evaluation.spend_bytes(text.size() * (1 + part.size() / 16));
}

bool index_of(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!fits(arguments, "ss") && !fits(arguments, "ssi"))
    return evaluation.fail(no_overload("indexOf", arguments));
  const std::string_view text = arguments[0].as_string();
  const std::string_view part = arguments[1].as_string();
  if (!spend_search(evaluation, text, part)) return false;
  const auto starts = character_starts(text);
  const std::int64_t from = arguments.size() == 3 ? arguments[2].as_int() : 0;
  const auto at = position(from, starts.size() - 1);
  if (!at) return out_of_range(evaluation, from, starts.size() - 1);
  result = position_of_byte(starts, text.find(part, starts[*at]));
  return true;
}

bool last_index_of(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!fits(arguments, "ss") && !fits(arguments, "ssi"))
    return evaluation.fail(no_overload("lastIndexOf", arguments));
  const std::string_view text = arguments[0].as_string();
  const std::string_view part = arguments[1].as_string();
  if (!spend_search(evaluation, text, part)) return false;
  const auto starts = character_starts(text);
  const std::int64_t last =
      arguments.size() == 3 ? arguments[2].as_int() : static_cast<std::int64_t>(starts.size() - 1);
  const auto at = position(last, starts.size() - 1);
  if (!at) return out_of_range(evaluation, last, starts.size() - 1);
  result = position_of_byte(starts, text.rfind(part, starts[*at]));
  return true;
}

bool join(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!fits(arguments, "l") && !fits(arguments, "ls")) return evaluation.fail(no_overload("join", arguments));
  const std::string_view separator = arguments.size() == 2 ? arguments[1].as_string() : std::string_view();
  std::string text;
  for (const Value& item : arguments[0].as_list()) {
    if (!item.is(Kind::string))
      return evaluation.fail(fmt::format("'join' takes texts, and one element is {}", kind_text(item)));
    if (!evaluation.spend(1) || !evaluation.spend_bytes(item.as_string().size() + separator.size()))
      return false;
    if (&item != &arguments[0].as_list().front()) text += separator;
    text += item.as_string();
  }
  result = Value::string(text);
  return true;
}

template <class Change>
bool change_text(Evaluation& evaluation, std::string_view name, Arguments arguments, Value& result,
                 Change change) {
  if (!fits(arguments, "s")) return evaluation.fail(no_overload(name, arguments));
  if (!evaluation.spend_bytes(arguments[0].as_string().size())) return false;
  result = Value::string(change(arguments[0].as_string()));
  return true;
}

bool lower_case(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_text(evaluation, "lowerAscii", arguments, result, lower_ascii);
}
bool upper_case(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_text(evaluation, "upperAscii", arguments, result, [](std::string_view text) {
    std::string upper(text);
    for (char& c : upper) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return upper;
  });
}
bool trim(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_text(evaluation, "trim", arguments, result, trimmed_spaces);
}
bool reverse(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_text(evaluation, "reverse", arguments, result, reversed_characters);
}
bool quote_text(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_text(evaluation, "strings.quote", arguments, result, quoted);
}

// Where `part` occurs, at most `limit` times, without overlaps. An empty part occurs before each character
// and at the end.
std::vector<std::size_t> occurrences(std::string_view text, std::string_view part, std::size_t limit) {
  if (part.empty()) {
    auto starts = character_starts(text);
    if (starts.size() > limit) starts.resize(limit);
    return starts;
  }
  std::vector<std::size_t> found;
  for (std::size_t at = text.find(part); at != std::string_view::npos && found.size() < limit;
       at = text.find(part, at + part.size())) {
    found.push_back(at);
  }
  return found;
}

std::size_t limit_of(Arguments arguments, std::size_t index) {
  if (arguments.size() <= index || arguments[index].as_int() < 0)
    return std::numeric_limits<std::size_t>::max();
  return static_cast<std::size_t>(arguments[index].as_int());
}

bool replace(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!fits(arguments, "sss") && !fits(arguments, "sssi"))
    return evaluation.fail(no_overload("replace", arguments));
  const std::string_view text = arguments[0].as_string();
  const std::string_view from = arguments[1].as_string();
  const std::string_view to = arguments[2].as_string();
  if (!spend_search(evaluation, text, from)) return false;
  const auto found = occurrences(text, from, limit_of(arguments, 3));
  if (!evaluation.spend_bytes(text.size() + found.size() * (to.size() + 1))) return false;
  std::string replaced;
  std::size_t copied = 0;
  for (const std::size_t at : found) {
    replaced += text.substr(copied, at - copied);
    replaced += to;
    copied = at + from.size();
  }
  replaced += text.substr(copied);
  result = Value::string(replaced);
  return true;
}

bool split_text(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!fits(arguments, "ss") && !fits(arguments, "ssi"))
    return evaluation.fail(no_overload("split", arguments));
  const std::string_view text = arguments[0].as_string();
  const std::string_view separator = arguments[1].as_string();
  const std::size_t limit = limit_of(arguments, 2);
  List parts;
  if (limit == 0 || (text.empty() && separator.empty())) {
    result = Value::list(std::move(parts));
    return true;
  }
  if (!spend_search(evaluation, text, separator)) return false;
  std::vector<std::size_t> cuts =
      occurrences(text, separator, separator.empty() ? text.size() + 1 : limit - 1);
  if (separator.empty()) {
    // Between characters only, not at the ends.
    cuts.erase(cuts.begin());
    cuts.pop_back();
    if (cuts.size() > limit - 1) cuts.resize(limit - 1);
  }
  if (!evaluation.spend(cuts.size() + 1)) return false;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    parts.push_back(Value::string(text.substr(begin, cut - begin)));
    begin = cut + separator.size();
  }
  parts.push_back(Value::string(text.substr(begin)));
  result = Value::list(std::move(parts));
  return true;
}

bool substring(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!fits(arguments, "si") && !fits(arguments, "sii"))
    return evaluation.fail(no_overload("substring", arguments));
  const std::string_view text = arguments[0].as_string();
  if (!evaluation.spend_bytes(text.size())) return false;
  const auto starts = character_starts(text);
  const std::size_t size = starts.size() - 1;
  const auto begin = position(arguments[1].as_int(), size);
  if (!begin) return out_of_range(evaluation, arguments[1].as_int(), size);
  const auto end = arguments.size() == 3 ? position(arguments[2].as_int(), size) : size;
  if (!end) return out_of_range(evaluation, arguments[2].as_int(), size);
  if (*end < *begin) return evaluation.fail(fmt::format("the end {} is before the begin {}", *end, *begin));
  result = Value::string(text.substr(starts[*begin], starts[*end] - starts[*begin]));
  return true;
}

bool format(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!fits(arguments, "sl")) return evaluation.fail(no_overload("format", arguments));
  return format_text(evaluation, arguments[0].as_string(), arguments[1].as_list(), result);
}

}  // namespace

std::vector<BuiltinRow> text_extension_functions() {
  return {
      {"charAt", char_at, {"string.(int) -> string"}},
      {"indexOf", index_of, {"string.(string) -> int", "string.(string, int) -> int"}},
      {"lastIndexOf", last_index_of, {"string.(string) -> int", "string.(string, int) -> int"}},
      {"join", join, {"list(string).() -> string", "list(string).(string) -> string"}},
      {"lowerAscii", lower_case, {"string.() -> string"}},
      {"upperAscii", upper_case, {"string.() -> string"}},
      {"trim", trim, {"string.() -> string"}},
      {"reverse", reverse, {"string.() -> string"}},
      {"strings.quote", quote_text, {"(string) -> string"}},
      {"replace", replace, {"string.(string, string) -> string", "string.(string, string, int) -> string"}},
      {"split", split_text, {"string.(string) -> list(string)", "string.(string, int) -> list(string)"}},
      {"substring", substring, {"string.(int) -> string", "string.(int, int) -> string"}},
      {"format", format, {"string.(list(dyn)) -> string"}},
  };
}

}  // namespace countersign::cel
