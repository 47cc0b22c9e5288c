// Conversions between types: bool, bytes, double, int, string, uint, timestamp, duration, dyn, type.

#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/builtins.h"
#include "cel/calendar.h"
#include "cel/numbers.h"

namespace countersign::cel {
namespace {

using Arguments = std::span<const Value>;

bool wrong(Evaluation& evaluation, std::string_view function, Arguments arguments) {
  return evaluation.fail(no_overload(function, arguments));
}

bool unreadable(Evaluation& evaluation, std::string_view text, std::string_view type) {
  constexpr std::size_t kShown = 40;
  return evaluation.fail(fmt::format("'{}' cannot be read as {}", text.substr(0, kShown), type));
}

bool out_of_range(Evaluation& evaluation, std::string_view type) {
  return evaluation.fail(fmt::format("the number is out of the range of {}", type));
}

template <class Integer>
std::optional<Integer> parse_integer(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  Integer value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool to_int(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return wrong(evaluation, "int", arguments);
  const Value& from = arguments[0];
  switch (from.kind()) {
    case Kind::int_:
      result = from;
      return true;
    case Kind::uint_:
      if (from.as_uint() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return out_of_range(evaluation, "int");
      }
      result = Value::integer(static_cast<std::int64_t>(from.as_uint()));
      return true;
    case Kind::double_: {
      // Both ends are refused: a double there may stand for a number beyond.
      const double value = from.as_double();
      if (!(value > -9223372036854775808.0 && value < 9223372036854775808.0))
        return out_of_range(evaluation, "int");
      result = Value::integer(static_cast<std::int64_t>(value));
      return true;
    }
    case Kind::string: {
      const auto value = parse_integer<std::int64_t>(from.as_string());
      if (!value) return unreadable(evaluation, from.as_string(), "an int");
      result = Value::integer(*value);
      return true;
    }
    case Kind::timestamp:
      result = Value::integer(from.as_timestamp().seconds);
      return true;
    case Kind::duration:
      result = Value::integer(from.as_duration().seconds);
      return true;
    case Kind::decimal: {
      auto value = from.as_decimal().to_int();
      if (!value) return evaluation.fail(std::move(value).error());
      result = Value::integer(*value);
      return true;
    }
    default:
      return wrong(evaluation, "int", arguments);
  }
}

bool to_uint(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return wrong(evaluation, "uint", arguments);
  const Value& from = arguments[0];
  switch (from.kind()) {
    case Kind::uint_:
      result = from;
      return true;
    case Kind::int_:
      if (from.as_int() < 0) return out_of_range(evaluation, "uint");
      result = Value::unsigned_integer(static_cast<std::uint64_t>(from.as_int()));
      return true;
    case Kind::double_:
      if (!(from.as_double() >= 0 && from.as_double() < 18446744073709551616.0))
        return out_of_range(evaluation, "uint");
      result = Value::unsigned_integer(static_cast<std::uint64_t>(from.as_double()));
      return true;
    case Kind::string: {
      const auto value = parse_integer<std::uint64_t>(from.as_string());
      if (!value) return unreadable(evaluation, from.as_string(), "a uint");
      result = Value::unsigned_integer(*value);
      return true;
    }
    default:
      return wrong(evaluation, "uint", arguments);
  }
}

bool to_double(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return wrong(evaluation, "double", arguments);
  const Value& from = arguments[0];
  switch (from.kind()) {
    case Kind::double_:
      result = from;
      return true;
    case Kind::int_:
      result = Value::number(static_cast<double>(from.as_int()));
      return true;
    case Kind::uint_:
      result = Value::number(static_cast<double>(from.as_uint()));
      return true;
    case Kind::decimal:
      result = Value::number(from.as_decimal().to_double());
      return true;
    case Kind::string: {
      const auto value = parse_double(from.as_string());
      if (!value) return unreadable(evaluation, from.as_string(), "a double");
      result = Value::number(*value);
      return true;
    }
    default:
      return wrong(evaluation, "double", arguments);
  }
}

bool to_bool(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return wrong(evaluation, "bool", arguments);
  const Value& from = arguments[0];
  if (from.is(Kind::bool_)) {
    result = from;
    return true;
  }
  if (!from.is(Kind::string)) return wrong(evaluation, "bool", arguments);
  for (const std::string_view yes : {"1", "t", "true", "TRUE", "True"}) {
    if (from.as_string() == yes) {
      result = Value::boolean(true);
      return true;
    }
  }
  for (const std::string_view no : {"0", "f", "false", "FALSE", "False"}) {
    if (from.as_string() == no) {
      result = Value::boolean(false);
      return true;
    }
  }
  return unreadable(evaluation, from.as_string(), "a bool");
}

bool to_bytes(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return wrong(evaluation, "bytes", arguments);
  if (arguments[0].is(Kind::bytes)) {
    result = arguments[0];
    return true;
  }
  if (!arguments[0].is(Kind::string)) return wrong(evaluation, "bytes", arguments);
  if (!evaluation.spend_bytes(arguments[0].as_string().size())) return false;
  result = Value::bytes(arguments[0].as_string());
  return true;
}

bool to_string(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return wrong(evaluation, "string", arguments);
  const Value& from = arguments[0];
  switch (from.kind()) {
    case Kind::string:
      result = from;
      return true;
    case Kind::bytes:
      if (!evaluation.spend_bytes(from.as_bytes().size())) return false;
      if (!is_valid_utf8(from.as_bytes())) return evaluation.fail("the bytes are no valid UTF-8 text");
      result = Value::string(from.as_bytes());
      return true;
    case Kind::bool_:
    case Kind::int_:
    case Kind::uint_:
    case Kind::double_:
    case Kind::timestamp:
    case Kind::duration:
    case Kind::type:
    case Kind::decimal:
    case Kind::money:
    case Kind::date:
    case Kind::person:
    case Kind::group:
      result = Value::string(to_display(from));
      return true;
    default:
      return wrong(evaluation, "string", arguments);
  }
}

bool to_timestamp(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.empty() || arguments.size() > 2) return wrong(evaluation, "timestamp", arguments);
  const Value& from = arguments[0];
  if (from.is(Kind::date) && (arguments.size() == 1 || arguments[1].is(Kind::string))) {
    const auto at = start_of_day(from.as_date(), arguments.size() == 1 ? "UTC" : arguments[1].as_string());
    if (!at) return evaluation.fail(at.error());
    result = Value::timestamp(*at);
    return true;
  }
  if (arguments.size() != 1) return wrong(evaluation, "timestamp", arguments);
  if (from.is(Kind::timestamp)) {
    result = from;
    return true;
  }
  if (from.is(Kind::int_)) {
    const auto at = make_timestamp(from.as_int(), 0);
    if (!at) return out_of_range(evaluation, "timestamp (years 1 to 9999)");
    result = Value::timestamp(*at);
    return true;
  }
  if (!from.is(Kind::string)) return wrong(evaluation, "timestamp", arguments);
  const auto at = parse_timestamp(from.as_string());
  if (!at) return evaluation.fail(at.error());
  result = Value::timestamp(*at);
  return true;
}

bool to_duration(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return wrong(evaluation, "duration", arguments);
  const Value& from = arguments[0];
  if (from.is(Kind::duration)) {
    result = from;
    return true;
  }
  if (from.is(Kind::int_)) {
    const auto span = make_span(from.as_int(), 0);
    if (!span) return out_of_range(evaluation, "duration");
    result = Value::duration(*span);
    return true;
  }
  if (!from.is(Kind::string)) return wrong(evaluation, "duration", arguments);
  const auto span = parse_span(from.as_string());
  if (!span) return evaluation.fail(span.error());
  result = Value::duration(*span);
  return true;
}

bool to_dyn(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return wrong(evaluation, "dyn", arguments);
  result = arguments[0];
  return true;
}

bool type_of(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return wrong(evaluation, "type", arguments);
  result = Value::type(type_name(arguments[0].kind()));
  return true;
}

}  // namespace

std::vector<BuiltinRow> conversion_functions() {
  return {
      {"int",
       to_int,
       {"(int) -> int", "(uint) -> int", "(double) -> int", "(string) -> int", "(timestamp) -> int",
        "(duration) -> int", "product: (decimal) -> int"}},
      {"uint", to_uint, {"(uint) -> uint", "(int) -> uint", "(double) -> uint", "(string) -> uint"}},
      {"double",
       to_double,
       {"(double) -> double", "(int) -> double", "(uint) -> double", "(string) -> double",
        "product: (decimal) -> double"}},
      {"bool", to_bool, {"(bool) -> bool", "(string) -> bool"}},
      {"bytes", to_bytes, {"(bytes) -> bytes", "(string) -> bytes"}},
      {"string",
       to_string,
       {"(string) -> string", "(bool) -> string", "(int) -> string", "(uint) -> string", "(double) -> string",
        "(bytes) -> string", "(timestamp) -> string", "(duration) -> string", "product: (decimal) -> string",
        "product: (money) -> string", "product: (date) -> string", "product: (person) -> string",
        "product: (group) -> string"}},
      {"timestamp",
       to_timestamp,
       {"(timestamp) -> timestamp", "(string) -> timestamp", "(int) -> timestamp",
        "product: (date) -> timestamp", "product: (date, string) -> timestamp"}},
      {"duration", to_duration, {"(duration) -> duration", "(string) -> duration", "(int) -> duration"}},
      {"dyn", to_dyn, {"(A) -> dyn"}},
      {"type", type_of, {"(A) -> type(A)"}},
  };
}

}  // namespace countersign::cel
