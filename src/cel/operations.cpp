#include "cel/operations.h"

#include <array>

#include <fmt/format.h>

#include "cel/calendar.h"
#include "cel/numbers.h"

namespace countersign::cel {
bool refuse(Evaluation& evaluation, Operator op, const Value& a, const Value& b) {
  const std::array<Value, 2> both{a, b};
  return evaluation.fail(no_overload(spelling(op), both));
}

namespace {

bool overflow(Evaluation& evaluation) {
  return evaluation.fail("the result does not fit 64 bits");
}
bool out_of_range(Evaluation& evaluation, std::string_view type) {
  return evaluation.fail(fmt::format("the result is out of the range of {}", type));
}

template <class Integer>
bool divide(Evaluation& evaluation, Operator op, Integer a, Integer b, Integer& result) {
  if (b == 0)
    return evaluation.fail(op == Operator::divide ? "division by zero" : "remainder of a division by zero");
  if constexpr (std::is_signed_v<Integer>) {
    if (b == -1 && a == std::numeric_limits<Integer>::min()) return overflow(evaluation);
  }
  result = op == Operator::divide ? static_cast<Integer>(a / b) : static_cast<Integer>(a % b);
  return true;
}

template <class Integer>
bool calculate_integers(Evaluation& evaluation, Operator op, Integer a, Integer b, Integer& result) {
  switch (op) {
    case Operator::add:
      return !__builtin_add_overflow(a, b, &result) || overflow(evaluation);
    case Operator::subtract:
      return !__builtin_sub_overflow(a, b, &result) || overflow(evaluation);
    case Operator::multiply:
      return !__builtin_mul_overflow(a, b, &result) || overflow(evaluation);
    default:
      return divide(evaluation, op, a, b, result);
  }
}

bool calculate_doubles(Evaluation& evaluation, Operator op, const Value& a, const Value& b, Value& result) {
  const double x = a.as_double();
  const double y = b.as_double();
  switch (op) {
    case Operator::add:
      result = Value::number(x + y);
      return true;
    case Operator::subtract:
      result = Value::number(x - y);
      return true;
    case Operator::multiply:
      result = Value::number(x * y);
      return true;
    case Operator::divide:
      result = Value::number(x / y);
      return true;
    default:
      return refuse(evaluation, op, a, b);
  }
}

bool join(Evaluation& evaluation, const Value& a, const Value& b, Value& result) {
  if (a.is(Kind::list)) {
    const List& x = a.as_list();
    const List& y = b.as_list();
    if (!evaluation.spend(x.size() + y.size())) return false;
    List items;
    items.reserve(x.size() + y.size());
    items.insert(items.end(), x.begin(), x.end());
    items.insert(items.end(), y.begin(), y.end());
    result = Value::list(std::move(items));
    return true;
  }
  const bool text = a.is(Kind::string);
  const std::string_view x = text ? a.as_string() : a.as_bytes();
  const std::string_view y = text ? b.as_string() : b.as_bytes();
  if (!evaluation.spend_bytes(x.size() + y.size())) return false;
  std::string joined;
  joined.reserve(x.size() + y.size());
  joined.append(x).append(y);
  result = text ? Value::string(joined) : Value::bytes(joined);
  return true;
}

bool is_time(Kind kind) {
  return kind == Kind::timestamp || kind == Kind::duration;
}

bool calculate_times(Evaluation& evaluation, Operator op, const Value& a, const Value& b, Value& result) {
  const bool adds = op == Operator::add;
  if (!adds && op != Operator::subtract) return refuse(evaluation, op, a, b);
  if (a.is(Kind::duration) && b.is(Kind::duration)) {
    const auto span = add(a.as_duration(), adds ? b.as_duration() : negated(b.as_duration()));
    if (!span) return out_of_range(evaluation, "duration");
    result = Value::duration(*span);
    return true;
  }
  if (a.is(Kind::timestamp) && b.is(Kind::timestamp)) {
    if (adds) return refuse(evaluation, op, a, b);
    const auto span = difference(a.as_timestamp(), b.as_timestamp());
    if (!span) return out_of_range(evaluation, "duration");
    result = Value::duration(*span);
    return true;
  }
  if (a.is(Kind::duration) && !adds) return refuse(evaluation, op, a, b);
  const Timestamp at = a.is(Kind::timestamp) ? a.as_timestamp() : b.as_timestamp();
  const Span span = a.is(Kind::timestamp) ? b.as_duration() : a.as_duration();
  const auto moved = add(at, adds ? span : negated(span));
  if (!moved) return out_of_range(evaluation, "timestamp (years 1 to 9999)");
  result = Value::timestamp(*moved);
  return true;
}

// Texts, bytes, truth values, times, dates: kinds with an order of their own. Requires equal kinds.
std::optional<std::partial_ordering> order_of(const Value& a, const Value& b) {
  switch (a.kind()) {
    case Kind::bool_:
      return a.as_bool() <=> b.as_bool();
    case Kind::string:
      return a.as_string() <=> b.as_string();
    case Kind::bytes:
      return a.as_bytes() <=> b.as_bytes();
    case Kind::timestamp:
      return a.as_timestamp() <=> b.as_timestamp();
    case Kind::duration:
      return a.as_duration() <=> b.as_duration();
    case Kind::date:
      return a.as_date() <=> b.as_date();
    case Kind::money:
      return a.as_money().amount <=> b.as_money().amount;
    default:
      return std::nullopt;
  }
}

bool find_order(Evaluation& evaluation, std::string_view name, const Value& a, const Value& b,
                std::partial_ordering& found) {
  if (is_number(a.kind()) && is_number(b.kind())) {
    found = compare_numbers(a, b);
    return true;
  }
  if (a.kind() == b.kind()) {
    if (a.is(Kind::money) && a.as_money().currency != b.as_money().currency) {
      return evaluation.fail(fmt::format("{} and {} cannot be compared: the currencies differ",
                                         a.as_money().to_text(), b.as_money().to_text()));
    }
    if (a.is(Kind::string) && !evaluation.spend_bytes(std::min(a.as_string().size(), b.as_string().size())))
      return false;
    if (const auto order = order_of(a, b)) {
      found = *order;
      return true;
    }
  }
  const std::array<Value, 2> both{a, b};
  return evaluation.fail(no_overload(name, both));
}

bool spend_equal(Evaluation& evaluation, const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return true;
  switch (a.kind()) {
    case Kind::list:
    case Kind::map:
    case Kind::optional:
      return evaluation.spend_on(a) && evaluation.spend_on(b);
    case Kind::string:
      return evaluation.spend_bytes(std::min(a.as_string().size(), b.as_string().size()));
    case Kind::bytes:
      return evaluation.spend_bytes(std::min(a.as_bytes().size(), b.as_bytes().size()));
    default:
      return true;
  }
}

}  // namespace

bool calculate(Evaluation& evaluation, Operator op, Operand left, Operand right, Value& result) {
  const Value& a = left.value;
  const Value& b = right.value;
  const Kind kind = a.kind();
  if (kind == b.kind()) {
    if (kind == Kind::int_) {
      std::int64_t number = 0;
      if (!calculate_integers(evaluation, op, a.as_int(), b.as_int(), number)) return false;
      result = Value::integer(number);
      return true;
    }
    if (kind == Kind::uint_) {
      std::uint64_t number = 0;
      if (!calculate_integers(evaluation, op, a.as_uint(), b.as_uint(), number)) return false;
      result = Value::unsigned_integer(number);
      return true;
    }
    if (kind == Kind::double_) return calculate_doubles(evaluation, op, a, b, result);
    const bool joins = kind == Kind::string || kind == Kind::bytes || kind == Kind::list;
    if (joins && op == Operator::add) return join(evaluation, a, b, result);
  }
  if (is_time(kind) && is_time(b.kind())) return calculate_times(evaluation, op, a, b, result);
  if (is_product(kind) || is_product(b.kind()) || (kind == Kind::map && b.is(Kind::map))) {
    return calculate_product(evaluation, op, left, right, result);
  }
  return refuse(evaluation, op, a, b);
}

bool negate(Evaluation& evaluation, const Value& value, Value& result) {
  switch (value.kind()) {
    case Kind::int_:
      if (value.as_int() == std::numeric_limits<std::int64_t>::min()) return overflow(evaluation);
      result = Value::integer(-value.as_int());
      return true;
    case Kind::double_:
      result = Value::number(-value.as_double());
      return true;
    case Kind::decimal:
      result = Value::decimal(-value.as_decimal());
      return true;
    case Kind::money:
      result = Value::money({-value.as_money().amount, value.as_money().currency});
      return true;
    default:
      return evaluation.fail(no_overload("-", std::span(&value, 1)));
  }
}

bool order(Evaluation& evaluation, Operator op, Operand left, Operand right, Value& result) {
  if (left.literal != nullptr || right.literal != nullptr) {
    if (const auto converted = beside(left, right.value, op))
      return order(evaluation, op, {*converted}, {right.value}, result);
    if (const auto converted = beside(right, left.value, op))
      return order(evaluation, op, {left.value}, {*converted}, result);
  }
  std::partial_ordering found = std::partial_ordering::unordered;
  if (!find_order(evaluation, spelling(op), left.value, right.value, found)) return false;
  switch (op) {
    case Operator::less:
      result = Value::boolean(found < 0);
      break;
    case Operator::less_equal:
      result = Value::boolean(found <= 0);
      break;
    case Operator::greater:
      result = Value::boolean(found > 0);
      break;
    default:
      result = Value::boolean(found >= 0);
  }
  return true;
}

bool compare(Evaluation& evaluation, std::string_view function, const Value& a, const Value& b, int& sign) {
  std::partial_ordering found = std::partial_ordering::unordered;
  if (!find_order(evaluation, function, a, b, found)) return false;
  if (found == std::partial_ordering::unordered)
    return evaluation.fail(fmt::format("'{}' does not take NaN", function));
  sign = found < 0 ? -1 : found > 0 ? 1 : 0;
  return true;
}

bool equals(Evaluation& evaluation, Operator op, Operand left, Operand right, Value& result) {
  if (left.literal != nullptr || right.literal != nullptr) {
    if (const auto converted = beside(left, right.value, op))
      return equals(evaluation, op, {*converted}, {right.value}, result);
    if (const auto converted = beside(right, left.value, op))
      return equals(evaluation, op, {left.value}, {*converted}, result);
  }
  if (!spend_equal(evaluation, left.value, right.value)) return false;
  const bool equal = left.value == right.value;
  result = Value::boolean(op == Operator::equal ? equal : !equal);
  return true;
}

bool contains(Evaluation& evaluation, Operand left, const Value& b, Value& result) {
  const Value& a = left.value;
  switch (b.kind()) {
    case Kind::list:
      if (!evaluation.spend(b.as_list().size())) return false;
      for (const Value& item : b.as_list()) {
        Value equal;
        if (!equals(evaluation, Operator::equal, left, {item}, equal)) return false;
        if (equal.as_bool()) {
          result = equal;
          return true;
        }
      }
      result = Value::boolean(false);
      return true;
    case Kind::map:
      result = Value::boolean(b.as_map().find(a) != nullptr);
      return true;
    case Kind::group: {
      if (!a.is(Kind::person)) break;
      constexpr std::uint64_t kHostUnits = 10;
      if (!evaluation.spend(kHostUnits)) return false;
      const auto member = evaluation.host().is_member(b.as_string(), a.as_person());
      if (!member) return evaluation.fail(member.error());
      result = Value::boolean(*member);
      return true;
    }
    default:
      break;
  }
  return refuse(evaluation, Operator::in, a, b);
}

}  // namespace countersign::cel
