// The typed JSON of values.

#include <charconv>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/json.h"
#include "cel/calendar.h"
#include "cel/jsonl.h"
#include "cel/numbers.h"

namespace countersign::cel {
namespace {

constexpr int kJsonlDepthMax = 200;

json::value typed(std::string_view kind, json::value inner) {
  json::object object;
  object.emplace(kind, std::move(inner));
  return object;
}

std::unexpected<Error> bad(std::string_view what) {
  return fail(ErrorCode::invalid_input, fmt::format("cannot read a typed value: {}", what));
}

Result<Value> decode_at(const json::value& encoded, int depth);

Result<List> decode_items(const json::value& inner, int depth) {
  if (!inner.is_array()) return bad("a list is expected");
  List items;
  for (const json::value& item : inner.as_array()) {
    auto value = decode_at(item, depth + 1);
    if (!value) return std::unexpected(std::move(value).error());
    items.push_back(*std::move(value));
  }
  return items;
}

Result<Value> decode_map(const json::value& inner, int depth) {
  if (!inner.is_array()) return bad("a map is a list of pairs");
  Map map;
  for (const json::value& entry : inner.as_array()) {
    auto pair = decode_items(entry, depth);
    if (!pair) return std::unexpected(std::move(pair).error());
    if (pair->size() != 2) return bad("a map is a list of pairs");
    map.set(std::move((*pair)[0]), std::move((*pair)[1]));
  }
  return Value::map(std::move(map));
}

template <class Integer>
std::optional<Integer> read_integer(std::string_view text) {
  Integer value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<Value> decode_text(std::string_view kind, std::string_view text) {
  if (kind == "string") return Value::string(text);
  if (kind == "type") return Value::type(text);
  if (kind == "int") {
    if (const auto value = read_integer<std::int64_t>(text)) return Value::integer(*value);
  } else if (kind == "uint") {
    if (const auto value = read_integer<std::uint64_t>(text)) return Value::unsigned_integer(*value);
  } else if (kind == "double") {
    if (const auto value = parse_double(text)) return Value::number(*value);
  } else if (kind == "bytes_b64") {
    if (const auto bytes = from_base64(text)) return Value::bytes(*bytes);
  } else if (kind == "timestamp") {
    if (const auto at = parse_timestamp(text)) return Value::timestamp(*at);
  } else if (kind == "duration") {
    if (const auto span = parse_span(text)) return Value::duration(*span);
  } else {
    return bad(fmt::format("unknown kind '{}'", kind));
  }
  return bad(fmt::format("'{}' is no {}", text, kind));
}

Result<Value> decode_at(const json::value& encoded, int depth) {
  if (depth > kJsonlDepthMax) return bad("it is nested too deeply");
  if (!encoded.is_object() || encoded.as_object().size() != 1)
    return bad("an object of one member is expected");
  const std::string_view kind = encoded.as_object().begin()->key();
  const json::value& inner = encoded.as_object().begin()->value();
  if (kind == "null") return Value();
  if (kind == "bool" && inner.is_bool()) return Value::boolean(inner.as_bool());
  if (kind == "map") return decode_map(inner, depth);
  if (kind == "list" || kind == "optional") {
    auto items = decode_items(inner, depth);
    if (!items) return std::unexpected(std::move(items).error());
    if (kind == "list") return Value::list(*std::move(items));
    return items->empty() ? Value::optional_none() : Value::optional_of(std::move(items->front()));
  }
  if (!inner.is_string()) return bad(fmt::format("'{}' holds no text", kind));
  return decode_text(kind, inner.as_string());
}

}  // namespace

json::value encode_typed(const Value& value) {
  const auto text = [](std::string_view kind, std::string_view content) {
    return typed(kind, json::string(content));
  };
  switch (value.kind()) {
    case Kind::null_:
      return typed("null", nullptr);
    case Kind::bool_:
      return typed("bool", value.as_bool());
    case Kind::int_:
      return text("int", std::to_string(value.as_int()));
    case Kind::uint_:
      return text("uint", std::to_string(value.as_uint()));
    case Kind::double_:
      return text("double", lossless_text(value.as_double()));
    case Kind::string:
      return text("string", value.as_string());
    case Kind::bytes:
      return text("bytes_b64", to_base64(value.as_bytes()));
    case Kind::timestamp:
      return text("timestamp", format_timestamp(value.as_timestamp()));
    case Kind::duration:
      return text("duration", format_span(value.as_duration()));
    case Kind::type:
      return text("type", value.as_string());
    case Kind::list: {
      json::array items;
      for (const Value& item : value.as_list()) items.push_back(encode_typed(item));
      return typed("list", std::move(items));
    }
    case Kind::map: {
      json::array entries;
      for (const auto& [key, inner] : value.as_map()) {
        entries.push_back(json::array{encode_typed(key), encode_typed(inner)});
      }
      return typed("map", std::move(entries));
    }
    case Kind::optional: {
      json::array inner;
      if (const Value* held = value.as_optional()) inner.push_back(encode_typed(*held));
      return typed("optional", std::move(inner));
    }
    case Kind::decimal:
    case Kind::money:
    case Kind::date:
    case Kind::person:
    case Kind::group:
      return text(type_name(value.kind()), to_display(value));
  }
  return nullptr;
}

Result<Value> decode_typed(const json::value& encoded) {
  return decode_at(encoded, 0);
}

}  // namespace countersign::cel
