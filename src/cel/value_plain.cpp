// Values as other systems and people see them: plain JSON and the text in prose.

#include <cmath>

#include "base/digest.h"
#include "base/json.h"
#include "cel/calendar.h"
#include "cel/numbers.h"

namespace countersign::cel {
namespace {

// The text of a scalar; also what a key of a map becomes in JSON.
std::string scalar_text(const Value& value) {
  switch (value.kind()) {
    case Kind::null_:
      return {};
    case Kind::bool_:
      return value.as_bool() ? "true" : "false";
    case Kind::int_:
      return std::to_string(value.as_int());
    case Kind::uint_:
      return std::to_string(value.as_uint());
    case Kind::double_:
      return general_text(value.as_double());
    case Kind::bytes:
      return to_base64(value.as_bytes());
    case Kind::timestamp:
      return format_timestamp(value.as_timestamp());
    case Kind::duration:
      return format_span(value.as_duration());
    case Kind::decimal:
      return value.as_decimal().to_text();
    case Kind::money:
      return value.as_money().to_text();
    case Kind::date:
      return format_date(value.as_date());
    case Kind::string:
    case Kind::type:
    case Kind::person:
    case Kind::group:
      return std::string(value.as_string());
    case Kind::list:
    case Kind::map:
    case Kind::optional:
      break;
  }
  return {};
}

}  // namespace

json::value to_plain_json(const Value& value) {
  switch (value.kind()) {
    case Kind::null_:
      return nullptr;
    case Kind::bool_:
      return value.as_bool();
    case Kind::int_:
      return value.as_int();
    case Kind::uint_:
      return value.as_uint();
    case Kind::double_:
      // JSON has no NaN and no infinities.
      return std::isfinite(value.as_double()) ? json::value(value.as_double())
                                              : json::value(scalar_text(value));
    case Kind::money:
      return json::string(value.as_money().amount.to_text());
    case Kind::list: {
      json::array array;
      array.reserve(value.as_list().size());
      for (const Value& item : value.as_list()) array.push_back(to_plain_json(item));
      return array;
    }
    case Kind::map: {
      json::object object;
      for (const auto& [key, inner] : value.as_map()) object[scalar_text(key)] = to_plain_json(inner);
      return object;
    }
    case Kind::optional: {
      const Value* held = value.as_optional();
      return held == nullptr ? json::value(nullptr) : to_plain_json(*held);
    }
    default:
      return json::string(scalar_text(value));
  }
}

Value from_plain_json(const json::value& plain) {
  switch (plain.kind()) {
    case json::kind::null:
      return {};
    case json::kind::bool_:
      return Value::boolean(plain.as_bool());
    case json::kind::int64:
      return Value::integer(plain.as_int64());
    case json::kind::uint64:
      return Value::decimal(decimal_from_uint(plain.as_uint64()));
    case json::kind::double_: {
      const Value number = Value::number(plain.as_double());
      const auto exact = as_exact(number);
      return exact ? Value::decimal(*exact) : number;
    }
    case json::kind::string:
      return Value::string(plain.as_string());
    case json::kind::array: {
      List items;
      items.reserve(plain.as_array().size());
      for (const json::value& item : plain.as_array()) items.push_back(from_plain_json(item));
      return Value::list(std::move(items));
    }
    case json::kind::object:
      break;
  }
  if (const std::string_view text = number_text(plain); !text.empty()) {
    const auto exact = Decimal::parse(text);
    // A number beyond decimal's range is kept as what it was written as.
    return exact ? Value::decimal(*exact) : Value::string(text);
  }
  Map map;
  for (const auto& [key, inner] : plain.as_object()) map.set(std::string_view(key), from_plain_json(inner));
  return Value::map(std::move(map));
}

std::string to_display(const Value& value) {
  std::string text;
  switch (value.kind()) {
    case Kind::list:
      for (const Value& item : value.as_list()) {
        if (&item != &value.as_list().front()) text += ", ";
        text += to_display(item);
      }
      return text;
    case Kind::map:
      for (const auto& [key, inner] : value.as_map()) {
        if (!text.empty()) text += ", ";
        text += scalar_text(key) + ": " + to_display(inner);
      }
      return text;
    case Kind::optional:
      return value.as_optional() == nullptr ? text : to_display(*value.as_optional());
    default:
      return scalar_text(value);
  }
}

}  // namespace countersign::cel
