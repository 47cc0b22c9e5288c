#include "cel/format.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/calendar.h"
#include "cel/numbers.h"

namespace countersign::cel {
namespace {

constexpr int kPrecisionMax = 1000;
constexpr int kPrecisionDefault = 6;

struct Clause {
  char letter = 's';
  int precision = kPrecisionDefault;
};

// What %s makes of a value; false where it cannot be shown.
bool show(Evaluation& evaluation, const Value& value, std::string& text) {
  if (!evaluation.spend(1)) return false;
  switch (value.kind()) {
    case Kind::string:
      if (!evaluation.spend_bytes(value.as_string().size())) return false;
      text += value.as_string();
      return true;
    case Kind::bytes:
      if (!evaluation.spend_bytes(value.as_bytes().size())) return false;
      if (!is_valid_utf8(value.as_bytes()))
        return evaluation.fail("%s takes bytes that are valid UTF-8 only");
      text += value.as_bytes();
      return true;
    case Kind::null_:
      text += "null";
      return true;
    case Kind::double_:
      text += plain_text(value.as_double());
      return true;
    case Kind::list:
      text += '[';
      for (const Value& item : value.as_list()) {
        if (&item != &value.as_list().front()) text += ", ";
        if (!show(evaluation, item, text)) return false;
      }
      text += ']';
      return true;
    case Kind::map: {
      std::vector<std::pair<std::string, std::string>> entries;
      for (const auto& [key, inner] : value.as_map()) {
        auto& [key_text, inner_text] = entries.emplace_back();
        if (!show(evaluation, key, key_text) || !show(evaluation, inner, inner_text)) return false;
      }
      std::ranges::sort(entries);
      text += '{';
      for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i > 0) text += ", ";
        text += entries[i].first + ": " + entries[i].second;
      }
      text += '}';
      return true;
    }
    case Kind::optional:
      return evaluation.fail("%s does not take an optional: use orValue() first");
    default:
      text += to_display(value);
      return true;
  }
}

bool refuse(Evaluation& evaluation, char letter, const Value& value) {
  return evaluation.fail(fmt::format("%{} does not take {}", letter, kind_text(value)));
}

std::optional<double> real(const Value& value) {
  switch (value.kind()) {
    case Kind::int_:
      return static_cast<double>(value.as_int());
    case Kind::uint_:
      return static_cast<double>(value.as_uint());
    case Kind::double_:
      return value.as_double();
    default:
      return std::nullopt;
  }
}

bool fixed(Evaluation& evaluation, Clause clause, const Value& value, std::string& text) {
  if (value.is(Kind::decimal) && clause.letter == 'f') {
    text += value.as_decimal().rounded(clause.precision).to_text();
    return true;
  }
  const auto number = real(value);
  if (!number) return refuse(evaluation, clause.letter, value);
  if (!std::isfinite(*number)) {
    text += plain_text(*number);
  } else if (clause.letter == 'f') {
    text += fmt::format("{:.{}f}", *number, clause.precision);
  } else {
    text += fmt::format("{:.{}e}", *number, clause.precision);
  }
  return true;
}

// In another base, with the sign in front.
bool based(Evaluation& evaluation, char letter, const Value& value, std::string& text) {
  std::uint64_t magnitude = 0;
  if (value.is(Kind::bool_) && letter == 'b') {
    magnitude = value.as_bool() ? 1 : 0;
  } else if (value.is(Kind::uint_)) {
    magnitude = value.as_uint();
  } else if (value.is(Kind::int_)) {
    const bool negative = value.as_int() < 0;
    magnitude = negative ? 0 - static_cast<std::uint64_t>(value.as_int())
                         : static_cast<std::uint64_t>(value.as_int());
    if (negative) text += '-';
  } else if ((value.is(Kind::string) || value.is(Kind::bytes)) && (letter == 'x' || letter == 'X')) {
    const std::string_view bytes = value.is(Kind::string) ? value.as_string() : value.as_bytes();
    if (!evaluation.spend_bytes(bytes.size() * 2)) return false;
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      text += letter == 'x' ? fmt::format("{:02x}", byte) : fmt::format("{:02X}", byte);
    }
    return true;
  } else {
    return refuse(evaluation, letter, value);
  }
  switch (letter) {
    case 'b':
      text += fmt::format("{:b}", magnitude);
      break;
    case 'o':
      text += fmt::format("{:o}", magnitude);
      break;
    case 'x':
      text += fmt::format("{:x}", magnitude);
      break;
    default:
      text += fmt::format("{:X}", magnitude);
  }
  return true;
}

bool apply(Evaluation& evaluation, Clause clause, const Value& value, std::string& text) {
  switch (clause.letter) {
    case 's':
      return show(evaluation, value, text);
    case 'd':
      if (value.is(Kind::double_)) {
        text += plain_text(value.as_double());
        return true;
      }
      if (!value.is(Kind::int_) && !value.is(Kind::uint_) && !value.is(Kind::decimal))
        return refuse(evaluation, 'd', value);
      text += to_display(value);
      return true;
    case 'f':
    case 'e':
      return fixed(evaluation, clause, value, text);
    default:
      return based(evaluation, clause.letter, value, text);
  }
}

}  // namespace

bool format_text(Evaluation& evaluation, std::string_view pattern, const List& arguments, Value& result) {
  if (!evaluation.spend_bytes(pattern.size())) return false;
  std::string text;
  std::size_t used = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      text += pattern[i];
      continue;
    }
    ++i;
    if (i < pattern.size() && pattern[i] == '%') {
      text += '%';
      continue;
    }
    Clause clause;
    if (i < pattern.size() && pattern[i] == '.') {
      clause.precision = 0;
      for (++i;
           i < pattern.size() && pattern[i] >= '0' && pattern[i] <= '9' && clause.precision <= kPrecisionMax;
           ++i) {
        clause.precision = clause.precision * 10 + (pattern[i] - '0');
      }
      if (clause.precision > kPrecisionMax)
        return evaluation.fail("a precision of more than 1000 digits is refused");
    }
    if (i >= pattern.size())
      return evaluation.fail("the format ends in an unfinished clause: write '%%' for a percent sign");
    clause.letter = pattern[i];
    if (std::string_view("sdfebxXo").find(clause.letter) == std::string_view::npos) {
      return evaluation.fail(fmt::format("unknown clause '%{}' in the format", clause.letter));
    }
    if (used >= arguments.size())
      return evaluation.fail(fmt::format("the format has more clauses than the {} values given", used));
    if (!evaluation.spend_bytes(static_cast<std::size_t>(clause.precision))) return false;
    if (!apply(evaluation, clause, arguments[used++], text)) return false;
  }
  result = Value::string(text);
  return true;
}

}  // namespace countersign::cel
