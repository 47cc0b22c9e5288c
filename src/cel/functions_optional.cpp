// Optional values: optional.of, optional.ofNonZeroValue, optional.none, or, orValue, value, hasValue.

#include "cel/builtins.h"

namespace countersign::cel {
namespace {

using Arguments = std::span<const Value>;

// What every type has one of: 0, "", [], {}, false, null, the epoch.
bool is_zero(const Value& value) {
  switch (value.kind()) {
    case Kind::null_:
      return true;
    case Kind::bool_:
      return !value.as_bool();
    case Kind::int_:
      return value.as_int() == 0;
    case Kind::uint_:
      return value.as_uint() == 0;
    case Kind::double_:
      return value.as_double() == 0;
    case Kind::string:
      return value.as_string().empty();
    case Kind::bytes:
      return value.as_bytes().empty();
    case Kind::list:
      return value.as_list().empty();
    case Kind::map:
      return value.as_map().empty();
    case Kind::timestamp:
      return value.as_timestamp() == Timestamp{};
    case Kind::duration:
      return value.as_duration() == Span{};
    case Kind::optional:
      return value.as_optional() == nullptr;
    case Kind::decimal:
      return value.as_decimal().is_zero();
    case Kind::money:
      return value.as_money().amount.is_zero();
    case Kind::type:
    case Kind::date:
    case Kind::person:
    case Kind::group:
      return false;
  }
  return false;
}

bool of(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return evaluation.fail(no_overload("optional.of", arguments));
  result = Value::optional_of(arguments[0]);
  return true;
}

bool of_non_zero(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return evaluation.fail(no_overload("optional.ofNonZeroValue", arguments));
  result = is_zero(arguments[0]) ? Value::optional_none() : Value::optional_of(arguments[0]);
  return true;
}

bool none(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!arguments.empty()) return evaluation.fail(no_overload("optional.none", arguments));
  result = Value::optional_none();
  return true;
}

bool has_value(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1 || !arguments[0].is(Kind::optional))
    return evaluation.fail(no_overload("hasValue", arguments));
  result = Value::boolean(arguments[0].as_optional() != nullptr);
  return true;
}

bool value(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1 || !arguments[0].is(Kind::optional))
    return evaluation.fail(no_overload("value", arguments));
  if (arguments[0].as_optional() == nullptr)
    return evaluation.fail("value() of an absent optional; use orValue(...)");
  result = *arguments[0].as_optional();
  return true;
}

}  // namespace

// or() and orValue() evaluate their argument only where it is needed: the plan has steps for them.
std::vector<BuiltinRow> optional_functions() {
  return {
      {"optional.of", of, {"(A) -> optional_type(A)"}},
      {"optional.ofNonZeroValue", of_non_zero, {"(A) -> optional_type(A)"}},
      {"optional.none", none, {"() -> optional_type(A)"}},
      {"hasValue", has_value, {"optional_type(A).() -> bool"}},
      {"value", value, {"optional_type(A).() -> A"}},
      {"or", nullptr, {"optional_type(A).(optional_type(A)) -> optional_type(A)"}},
      {"orValue", nullptr, {"optional_type(A).(A) -> A"}},
  };
}

}  // namespace countersign::cel
