// The math extension: greatest, least, ceil, floor, round, trunc, abs, sign, sqrt, isNaN, isInf, isFinite and
// bits.

#include <cmath>
#include <limits>

#include "cel/builtins.h"
#include "cel/numbers.h"
#include "cel/operations.h"

namespace countersign::cel {
namespace {

using Arguments = std::span<const Value>;

bool extreme_of(Evaluation& evaluation, std::string_view name, Arguments arguments, int wanted,
                Value& result) {
  if (arguments.size() == 1 && arguments[0].is(Kind::list)) {
    const List& items = arguments[0].as_list();
    if (items.empty()) return evaluation.fail("'" + std::string(name) + "' of an empty list");
    if (!evaluation.spend(items.size())) return false;
    arguments = items;
  }
  if (arguments.empty()) return evaluation.fail(no_overload(name, arguments));
  const Value* best = nullptr;
  for (const Value& candidate : arguments) {
    if (!is_number(candidate.kind()) && !candidate.is(Kind::money))
      return evaluation.fail(no_overload(name, {&candidate, 1}));
    int sign = 0;
    if (best != nullptr && !compare(evaluation, name, candidate, *best, sign)) return false;
    if (best == nullptr || sign == wanted) best = &candidate;
  }
  result = *best;
  return true;
}

bool greatest(Evaluation& evaluation, Arguments arguments, Value& result) {
  return extreme_of(evaluation, "math.greatest", arguments, 1, result);
}
bool least(Evaluation& evaluation, Arguments arguments, Value& result) {
  return extreme_of(evaluation, "math.least", arguments, -1, result);
}

template <class Change>
bool change_double(Evaluation& evaluation, std::string_view name, Arguments arguments, Value& result,
                   Change change) {
  if (arguments.size() != 1 || !arguments[0].is(Kind::double_))
    return evaluation.fail(no_overload(name, arguments));
  result = change(arguments[0].as_double());
  return true;
}

bool ceil(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_double(evaluation, "math.ceil", arguments, result,
                       [](double x) { return Value::number(std::ceil(x)); });
}
bool floor(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_double(evaluation, "math.floor", arguments, result,
                       [](double x) { return Value::number(std::floor(x)); });
}
bool round(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_double(evaluation, "math.round", arguments, result,
                       [](double x) { return Value::number(std::round(x)); });
}
bool trunc(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_double(evaluation, "math.trunc", arguments, result,
                       [](double x) { return Value::number(std::trunc(x)); });
}
bool is_nan(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_double(evaluation, "math.isNaN", arguments, result,
                       [](double x) { return Value::boolean(std::isnan(x)); });
}
bool is_inf(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_double(evaluation, "math.isInf", arguments, result,
                       [](double x) { return Value::boolean(std::isinf(x)); });
}
bool is_finite(Evaluation& evaluation, Arguments arguments, Value& result) {
  return change_double(evaluation, "math.isFinite", arguments, result,
                       [](double x) { return Value::boolean(std::isfinite(x)); });
}

bool sqrt(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1 || !is_plain_number(arguments[0].kind())) {
    return evaluation.fail(no_overload("math.sqrt", arguments));
  }
  const Value& of = arguments[0];
  const double number = of.is(Kind::double_) ? of.as_double()
                        : of.is(Kind::int_)  ? static_cast<double>(of.as_int())
                                             : static_cast<double>(of.as_uint());
  result = Value::number(std::sqrt(number));
  return true;
}

bool absolute(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return evaluation.fail(no_overload("math.abs", arguments));
  const Value& of = arguments[0];
  bool negative = false;
  switch (of.kind()) {
    case Kind::uint_:
      break;
    case Kind::int_:
      negative = of.as_int() < 0;
      break;
    case Kind::double_:
      result = Value::number(std::fabs(of.as_double()));
      return true;
    case Kind::decimal:
      negative = of.as_decimal().is_negative();
      break;
    case Kind::money:
      negative = of.as_money().amount.is_negative();
      break;
    default:
      return evaluation.fail(no_overload("math.abs", arguments));
  }
  if (negative) return negate(evaluation, of, result);
  result = of;
  return true;
}

bool sign(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return evaluation.fail(no_overload("math.sign", arguments));
  const Value& of = arguments[0];
  switch (of.kind()) {
    case Kind::uint_:
      result = Value::unsigned_integer(of.as_uint() == 0 ? 0 : 1);
      return true;
    case Kind::int_:
      result = Value::integer(of.as_int() < 0 ? -1 : of.as_int() > 0 ? 1 : 0);
      return true;
    case Kind::double_: {
      const double x = of.as_double();
      result = Value::number(std::isnan(x) ? x : x < 0 ? -1.0 : x > 0 ? 1.0 : 0.0);
      return true;
    }
    case Kind::decimal:
      result = Value::integer(of.as_decimal().is_zero() ? 0 : of.as_decimal().is_negative() ? -1 : 1);
      return true;
    default:
      return evaluation.fail(no_overload("math.sign", arguments));
  }
}

template <class Combine>
bool combine_bits(Evaluation& evaluation, std::string_view name, Arguments arguments, Value& result,
                  Combine combine) {
  if (arguments.size() == 2 && arguments[0].is(Kind::int_) && arguments[1].is(Kind::int_)) {
    result = Value::integer(combine(arguments[0].as_int(), arguments[1].as_int()));
    return true;
  }
  if (arguments.size() == 2 && arguments[0].is(Kind::uint_) && arguments[1].is(Kind::uint_)) {
    result = Value::unsigned_integer(combine(arguments[0].as_uint(), arguments[1].as_uint()));
    return true;
  }
  return evaluation.fail(no_overload(name, arguments));
}

bool bit_and(Evaluation& evaluation, Arguments arguments, Value& result) {
  return combine_bits(evaluation, "math.bitAnd", arguments, result, [](auto a, auto b) { return a & b; });
}
bool bit_or(Evaluation& evaluation, Arguments arguments, Value& result) {
  return combine_bits(evaluation, "math.bitOr", arguments, result, [](auto a, auto b) { return a | b; });
}
bool bit_xor(Evaluation& evaluation, Arguments arguments, Value& result) {
  return combine_bits(evaluation, "math.bitXor", arguments, result, [](auto a, auto b) { return a ^ b; });
}

bool bit_not(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() == 1 && arguments[0].is(Kind::int_)) {
    result = Value::integer(~arguments[0].as_int());
  } else if (arguments.size() == 1 && arguments[0].is(Kind::uint_)) {
    result = Value::unsigned_integer(~arguments[0].as_uint());
  } else {
    return evaluation.fail(no_overload("math.bitNot", arguments));
  }
  return true;
}

// Vacant bits become 0 on both sides, the sign's too.
bool shift(Evaluation& evaluation, std::string_view name, Arguments arguments, bool left, Value& result) {
  const bool is_int = arguments.size() == 2 && arguments[0].is(Kind::int_);
  if (arguments.size() != 2 || (!is_int && !arguments[0].is(Kind::uint_)) || !arguments[1].is(Kind::int_)) {
    return evaluation.fail(no_overload(name, arguments));
  }
  const std::int64_t by = arguments[1].as_int();
  if (by < 0) return evaluation.fail("a shift by a negative number of bits");
  std::uint64_t bits = is_int ? static_cast<std::uint64_t>(arguments[0].as_int()) : arguments[0].as_uint();
  bits = by >= 64 ? 0 : left ? bits << by : bits >> by;
  result = is_int ? Value::integer(static_cast<std::int64_t>(bits)) : Value::unsigned_integer(bits);
  return true;
}

bool shift_left(Evaluation& evaluation, Arguments arguments, Value& result) {
  return shift(evaluation, "math.bitShiftLeft", arguments, true, result);
}
bool shift_right(Evaluation& evaluation, Arguments arguments, Value& result) {
  return shift(evaluation, "math.bitShiftRight", arguments, false, result);
}

}  // namespace

std::vector<BuiltinRow> math_functions() {
  return {
      // Any number of arguments: the checker has a rule of its own for these two.
      {"math.greatest", greatest, {}},
      {"math.least", least, {}},
      {"math.ceil", ceil, {"(double) -> double"}},
      {"math.floor", floor, {"(double) -> double"}},
      {"math.round", round, {"(double) -> double"}},
      {"math.trunc", trunc, {"(double) -> double"}},
      {"math.isNaN", is_nan, {"(double) -> bool"}},
      {"math.isInf", is_inf, {"(double) -> bool"}},
      {"math.isFinite", is_finite, {"(double) -> bool"}},
      {"math.sqrt", sqrt, {"(double) -> double", "(int) -> double", "(uint) -> double"}},
      {"math.abs",
       absolute,
       {"(double) -> double", "(int) -> int", "(uint) -> uint", "product: (decimal) -> decimal",
        "product: (money) -> money"}},
      {"math.sign",
       sign,
       {"(double) -> double", "(int) -> int", "(uint) -> uint", "product: (decimal) -> int"}},
      {"math.bitAnd", bit_and, {"(int, int) -> int", "(uint, uint) -> uint"}},
      {"math.bitOr", bit_or, {"(int, int) -> int", "(uint, uint) -> uint"}},
      {"math.bitXor", bit_xor, {"(int, int) -> int", "(uint, uint) -> uint"}},
      {"math.bitNot", bit_not, {"(int) -> int", "(uint) -> uint"}},
      {"math.bitShiftLeft", shift_left, {"(int, int) -> int", "(uint, int) -> uint"}},
      {"math.bitShiftRight", shift_right, {"(int, int) -> int", "(uint, int) -> uint"}},
  };
}

}  // namespace countersign::cel
