// The core schema's meaning of scalars, and where their characters stand in the file.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "definition/yaml.h"

namespace countersign {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n';
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?   (YAML 1.2.2, 10.3.2)
bool is_core_number(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > from;
  };
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  const bool whole = digits();
  bool fraction = false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    fraction = digits();
  }
  if (!whole && !fraction) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

std::optional<std::int64_t> parse_whole(std::string_view digits, int base) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::optional<bool> YamlNode::as_boolean() const {
  if (!is_scalar() || quoted()) return std::nullopt;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

std::optional<std::int64_t> YamlNode::as_integer() const {
  if (!is_scalar() || quoted() || text.empty()) return std::nullopt;
  const std::string_view all = text;
  if (all.starts_with("0o") && all.size() > 2 && all[2] != '-') return parse_whole(all.substr(2), 8);
  if (all.starts_with("0x") && all.size() > 2 && all[2] != '-') return parse_whole(all.substr(2), 16);
  const bool plus = all.front() == '+';
  if (plus && all.size() > 1 && all[1] == '-') return std::nullopt;
  return parse_whole(plus ? all.substr(1) : all, 10);
}

std::optional<Decimal> YamlNode::as_decimal() const {
  if (const std::optional<std::int64_t> whole = as_integer()) return Decimal::from_int(*whole);
  if (!is_scalar() || quoted() || !is_core_number(text)) return std::nullopt;
  std::string digits = text;
  if (digits.front() == '+') digits.erase(0, 1);
  const std::size_t sign = digits.front() == '-' ? 1 : 0;
  if (digits[sign] == '.') digits.insert(sign, "0");
  const std::size_t point = digits.find('.');
  if (point != std::string::npos && (point + 1 == digits.size() || !is_digit(digits[point + 1]))) {
    digits.erase(point, 1);
  }
  const Result<Decimal> value = Decimal::parse(digits);
  if (!value) return std::nullopt;
  return *value;
}

std::string_view YamlNode::describe() const {
  switch (kind) {
    case Kind::null_:
      return "nothing";
    case Kind::sequence:
      return "a list";
    case Kind::map:
      return "a map";
    case Kind::scalar:
      break;
  }
  if (as_boolean()) return "true or false";
  if (as_decimal()) return "a number";
  return "text";
}

std::vector<std::size_t> align_scalar(std::string_view source, const YamlNode& scalar) {
  // Walks the written form beside the text it stands for: equal bytes belong together, a blank of the text
  // stands for any run of blanks, and what is left over of the written form are quotes, escapes and
  // indentation.
  std::vector<std::size_t> places;
  places.reserve(scalar.text.size() + 1);
  std::size_t from = scalar.begin;
  if (scalar.style == YamlNode::Style::single_quoted || scalar.style == YamlNode::Style::double_quoted)
    ++from;
  if (scalar.style == YamlNode::Style::literal || scalar.style == YamlNode::Style::folded) {
    while (from < source.size() && source[from] != '\n') ++from;
  }
  for (std::size_t i = 0; i < scalar.text.size();) {
    if (from >= source.size()) {
      // Only the line break that a block scalar adds at its end may be without a place of its own.
      if (scalar.text[i] != '\n') return {};
      places.push_back(source.size());
      ++i;
    } else if (scalar.text[i] == source[from]) {
      places.push_back(from++);
      ++i;
    } else if (is_blank(source[from])) {
      if (is_blank(scalar.text[i])) {
        while (i < scalar.text.size() && is_blank(scalar.text[i])) {
          places.push_back(from);
          ++i;
        }
      }
      ++from;
    } else if (scalar.quoted() && (source[from] == '\'' || source[from] == '\\')) {
      ++from;
    } else {
      return {};
    }
  }
  places.push_back(from);
  return places;
}

SourceSpan YamlDocument::span_in(const YamlNode& scalar, std::size_t begin, std::size_t end) const {
  const std::vector<std::size_t> places = align_scalar(source.text(), scalar);
  if (begin >= places.size()) return scalar.at;
  end = std::clamp(end, begin, places.size() - 1);
  if (begin == end) return source.span(places[begin], places[begin] + 1);
  return source.span(places[begin], places[end - 1] + 1);
}

}  // namespace countersign
