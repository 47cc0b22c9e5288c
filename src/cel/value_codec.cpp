// The lossless JSON of values.

#include <charconv>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "cel/calendar.h"
#include "cel/numbers.h"

namespace countersign::cel {
namespace {

constexpr int kStoredDepthMax = 200;

json::value tagged(std::string_view tag, json::value inner) {
  json::object object;
  object.emplace(tag, std::move(inner));
  return object;
}

bool is_plain_map(const Map& map) {
  for (const auto& [key, value] : map) {
    if (!key.is(Kind::string) || key.as_string().starts_with('$')) return false;
  }
  return true;
}

json::value encode_list(const List& items) {
  json::array array;
  array.reserve(items.size());
  for (const Value& item : items) array.push_back(encode(item));
  return array;
}

json::value encode_map(const Map& map) {
  if (is_plain_map(map)) {
    json::object object;
    object.reserve(map.size());
    for (const auto& [key, value] : map) object.emplace(key.as_string(), encode(value));
    return object;
  }
  json::array entries;
  for (const auto& [key, value] : map) entries.push_back(json::array{encode(key), encode(value)});
  return tagged("$map", std::move(entries));
}

std::unexpected<Error> corrupt(std::string_view what) {
  return fail(ErrorCode::corrupt, fmt::format("cannot read a stored value: {}", what));
}

Result<Value> decode_at(const json::value& encoded, int depth);

Result<List> decode_items(const json::value& encoded, int depth) {
  if (!encoded.is_array()) return corrupt("a list is expected");
  List items;
  items.reserve(encoded.as_array().size());
  for (const json::value& item : encoded.as_array()) {
    auto value = decode_at(item, depth);
    if (!value) return std::unexpected(std::move(value).error());
    items.push_back(*std::move(value));
  }
  return items;
}

Result<Value> decode_entries(const json::value& encoded, int depth) {
  if (!encoded.is_array()) return corrupt("$map holds no list");
  Map map;
  for (const json::value& entry : encoded.as_array()) {
    auto pair = decode_items(entry, depth);
    if (!pair) return std::unexpected(std::move(pair).error());
    if (pair->size() != 2) return corrupt("$map holds an entry that is no pair");
    const Kind kind = pair->front().kind();
    if (kind != Kind::bool_ && kind != Kind::int_ && kind != Kind::uint_ && kind != Kind::string) {
      return corrupt("$map holds a key that is no bool, int, uint or string");
    }
    map.set(std::move((*pair)[0]), std::move((*pair)[1]));
  }
  return Value::map(std::move(map));
}

template <class Parsed, class Make>
Result<Value> made(Parsed parsed, Make make) {
  if (!parsed) return corrupt(parsed.error().message);
  return make(*std::move(parsed));
}

Result<Value> decode_money(const json::value& encoded) {
  if (!encoded.is_array() || encoded.as_array().size() != 2 || !encoded.as_array()[0].is_string() ||
      !encoded.as_array()[1].is_string()) {
    return corrupt("$money is no pair of texts");
  }
  return made(Decimal::parse(encoded.as_array()[0].as_string()), [&](Decimal amount) {
    return Value::money({amount, std::string(encoded.as_array()[1].as_string())});
  });
}

Result<Value> decode_tagged(std::string_view tag, const json::value& inner, int depth) {
  if (tag == "$money") return decode_money(inner);
  if (tag == "$map") return decode_entries(inner, depth);
  if (tag == "$optional") {
    auto items = decode_items(inner, depth);
    if (!items) return std::unexpected(std::move(items).error());
    if (items->size() > 1) return corrupt("$optional holds more than one value");
    return items->empty() ? Value::optional_none() : Value::optional_of(std::move(items->front()));
  }
  if (!inner.is_string()) return corrupt(fmt::format("{} holds no text", tag));
  const std::string_view text = inner.as_string();
  if (tag == "$decimal")
    return made(Decimal::parse(text), [](Decimal value) { return Value::decimal(value); });
  if (tag == "$date") return made(parse_date(text), [](Date value) { return Value::date(value); });
  if (tag == "$time")
    return made(parse_timestamp(text), [](Timestamp value) { return Value::timestamp(value); });
  if (tag == "$span") return made(parse_span(text), [](Span value) { return Value::duration(value); });
  if (tag == "$person") return Value::person(PersonId(std::string(text)));
  if (tag == "$group") return Value::group(text);
  if (tag == "$type") return Value::type(text);
  if (tag == "$double") {
    const auto number = parse_double(text);
    if (!number) return corrupt(fmt::format("'{}' is no double", text));
    return Value::number(*number);
  }
  if (tag == "$uint") {
    std::uint64_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size())
      return corrupt(fmt::format("'{}' is no uint", text));
    return Value::unsigned_integer(number);
  }
  if (tag == "$bytes") {
    const auto bytes = from_base64(text);
    if (!bytes) return corrupt("$bytes is no base64");
    return Value::bytes(*bytes);
  }
  return corrupt(fmt::format("unknown kind '{}'", tag));
}

Result<Value> decode_object(const json::object& object, int depth) {
  if (object.size() == 1 && object.begin()->key().starts_with("$")) {
    return decode_tagged(object.begin()->key(), object.begin()->value(), depth);
  }
  Map map;
  for (const auto& [key, inner] : object) {
    auto value = decode_at(inner, depth);
    if (!value) return std::unexpected(std::move(value).error());
    map.set(std::string_view(key), *std::move(value));
  }
  return Value::map(std::move(map));
}

Result<Value> decode_at(const json::value& encoded, int depth) {
  if (depth >= kStoredDepthMax) return corrupt("it is nested too deeply");
  switch (encoded.kind()) {
    case json::kind::null:
      return Value();
    case json::kind::bool_:
      return Value::boolean(encoded.as_bool());
    case json::kind::int64:
      return Value::integer(encoded.as_int64());
    case json::kind::uint64:
      return corrupt("an integer does not fit 64 bits");
    case json::kind::double_:
      return corrupt("a number with a point stands outside of $double and $decimal");
    case json::kind::string:
      return Value::string(encoded.as_string());
    case json::kind::array: {
      auto items = decode_items(encoded, depth + 1);
      if (!items) return std::unexpected(std::move(items).error());
      return Value::list(*std::move(items));
    }
    case json::kind::object:
      return decode_object(encoded.as_object(), depth + 1);
  }
  return corrupt("it is of no known kind");
}

}  // namespace

json::value encode(const Value& value) {
  switch (value.kind()) {
    case Kind::null_:
      return nullptr;
    case Kind::bool_:
      return value.as_bool();
    case Kind::int_:
      return value.as_int();
    case Kind::uint_:
      return tagged("$uint", json::string(std::to_string(value.as_uint())));
    case Kind::double_:
      return tagged("$double", json::string(lossless_text(value.as_double())));
    case Kind::string:
      return json::string(value.as_string());
    case Kind::bytes:
      return tagged("$bytes", json::string(to_base64(value.as_bytes())));
    case Kind::list:
      return encode_list(value.as_list());
    case Kind::map:
      return encode_map(value.as_map());
    case Kind::timestamp:
      return tagged("$time", json::string(format_timestamp(value.as_timestamp())));
    case Kind::duration:
      return tagged("$span", json::string(format_span(value.as_duration())));
    case Kind::type:
      return tagged("$type", json::string(value.as_string()));
    case Kind::optional: {
      json::array inner;
      if (const Value* held = value.as_optional()) inner.push_back(encode(*held));
      return tagged("$optional", std::move(inner));
    }
    case Kind::decimal:
      return tagged("$decimal", json::string(value.as_decimal().to_text()));
    case Kind::money: {
      const Money& money = value.as_money();
      return tagged("$money",
                    json::array{json::string(money.amount.to_text()), json::string(money.currency)});
    }
    case Kind::date:
      return tagged("$date", json::string(format_date(value.as_date())));
    case Kind::person:
      return tagged("$person", json::string(value.as_string()));
    case Kind::group:
      return tagged("$group", json::string(value.as_string()));
  }
  return nullptr;
}

Result<Value> decode(const json::value& encoded) {
  return decode_at(encoded, 0);
}

}  // namespace countersign::cel
