#include "core/codec/json_writer.h"

#include <array>
#include <charconv>

#include <date/date.h>

#include "base/text.h"

namespace countersign::codec {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// The first `digits` decimal digits of `value`, filled with zeros.
void append_digits(std::string& out, unsigned value, int digits) {
  std::array<char, 4> text{};
  for (int i = digits - 1; i >= 0; --i, value /= 10) {
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  }
  out.append(text.data(), static_cast<std::size_t>(digits));
}

// The length of the longest valid prefix of one character at the start of `bytes`; 0 where it is not UTF-8.
std::size_t character_length(std::string_view bytes) {
  for (std::size_t length = 1; length <= 4 && length <= bytes.size(); ++length) {
    if (is_valid_utf8(bytes.substr(0, length))) return length;
  }
  return 0;
}

std::string repaired(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    if (length == 0) {
      text += kReplacement;
      bytes.remove_prefix(1);
    } else {
      text += bytes.substr(0, length);
      bytes.remove_prefix(length);
    }
  }
  return text;
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

}  // namespace

void JsonWriter::text(std::string_view value) {
  separate();
  bool ascii = true;
  bool plain = true;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    ascii = ascii && byte < 0x80;
    plain = plain && byte >= 0x20 && c != '"' && c != '\\';
  }
  out_ += '"';
  if (!ascii && !is_valid_utf8(value)) {
    escaped(repaired(value));
  } else if (plain) {
    out_ += value;
  } else {
    escaped(value);
  }
  out_ += '"';
}

void JsonWriter::escaped(std::string_view value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (c == '\n') {
      out_ += "\\n";
    } else if (byte < 0x20) {
      out_ += "\\u00";
      out_ += kHex[byte >> 4];
      out_ += kHex[byte & 15];
    } else {
      out_ += c;
    }
  }
}

void JsonWriter::number(std::uint64_t value) {
  separate();
  append_integer(out_, value);
}

void JsonWriter::number(std::int64_t value) {
  separate();
  append_integer(out_, value);
}

void JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
}

void JsonWriter::null() {
  separate();
  out_ += "null";
}

void JsonWriter::instant(Instant at) {
  separate();
  const auto day = date::floor<date::days>(at);
  const date::year_month_day ymd(day);
  auto rest = static_cast<unsigned>((at - day).count());
  out_ += '"';
  append_digits(out_, static_cast<unsigned>(static_cast<int>(ymd.year())), 4);
  out_ += '-';
  append_digits(out_, static_cast<unsigned>(ymd.month()), 2);
  out_ += '-';
  append_digits(out_, static_cast<unsigned>(ymd.day()), 2);
  out_ += 'T';
  append_digits(out_, rest / 3'600'000, 2);
  out_ += ':';
  append_digits(out_, rest / 60'000 % 60, 2);
  out_ += ':';
  append_digits(out_, rest / 1000 % 60, 2);
  if (rest %= 1000; rest != 0) {
    out_ += '.';
    append_digits(out_, rest, 3);
  }
  out_ += "Z\"";
}

void JsonWriter::tagged(std::string_view tag, std::string_view text_of_it) {
  begin_object();
  plain_key(tag);
  text(text_of_it);
  end_object();
}

// False, with nothing written, where the map has to be spelt as a list of pairs.
bool JsonWriter::plain_map(const cel::Map& map) {
  for (const auto& [name, unused] : map) {
    if (!name.is(cel::Kind::string) || name.as_string().starts_with('$')) return false;
  }
  begin_object();
  for (const auto& [name, item] : map) {
    key(name.as_string());
    value(item);
  }
  end_object();
  return true;
}

// The kinds that forms and results are made of are written at once; the rare ones go through cel::encode.
void JsonWriter::value(const cel::Value& value) {
  switch (value.kind()) {
    case cel::Kind::null_:
      return null();
    case cel::Kind::bool_:
      return boolean(value.as_bool());
    case cel::Kind::int_:
      return number(value.as_int());
    case cel::Kind::string:
      return text(value.as_string());
    case cel::Kind::decimal:
      return tagged("$decimal", value.as_decimal().to_text());
    case cel::Kind::date:
      return tagged("$date", cel::format_date(value.as_date()));
    case cel::Kind::person:
      return tagged("$person", value.as_string());
    case cel::Kind::group:
      return tagged("$group", value.as_string());
    case cel::Kind::money:
      begin_object();
      plain_key("$money");
      begin_array();
      text(value.as_money().amount.to_text());
      text(value.as_money().currency);
      end_array();
      return end_object();
    case cel::Kind::list:
      begin_array();
      for (const auto& item : value.as_list()) this->value(item);
      return end_array();
    case cel::Kind::map:
      if (plain_map(value.as_map())) return;
      break;
    default:
      break;
  }
  tree(cel::encode(value));
}

void JsonWriter::tree(const boost::json::value& value) {
  if (const auto* string = value.if_string()) {
    text({string->data(), string->size()});
  } else if (const auto* array = value.if_array()) {
    begin_array();
    for (const auto& item : *array) tree(item);
    end_array();
  } else if (const auto* object = value.if_object()) {
    begin_object();
    for (const auto& member : *object) {
      key({member.key().data(), member.key().size()});
      tree(member.value());
    }
    end_object();
  } else {
    separate();
    out_ += boost::json::serialize(value);
  }
}

}  // namespace countersign::codec
