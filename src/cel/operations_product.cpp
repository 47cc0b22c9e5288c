// Arithmetic with decimals, money, dates and calendar periods.

#include <array>

#include <fmt/format.h>

#include "cel/calendar.h"
#include "cel/numbers.h"
#include "cel/operations.h"

namespace countersign::cel {
namespace {

Result<Decimal> calculate_exact(Operator op, const Decimal& a, const Decimal& b) {
  switch (op) {
    case Operator::add:
      return Decimal::add(a, b);
    case Operator::subtract:
      return Decimal::subtract(a, b);
    case Operator::multiply:
      return Decimal::multiply(a, b);
    default:
      return Decimal::divide(a, b);
  }
}

// A decimal or an int: what converts without loss and without surprise. A double variable never does.
std::optional<Decimal> factor(const Value& value) {
  if (value.is(Kind::decimal)) return value.as_decimal();
  if (value.is(Kind::int_)) return Decimal::from_int(value.as_int());
  return std::nullopt;
}

bool finish(Evaluation& evaluation, Result<Decimal> amount, const std::string* currency, Value& result) {
  if (!amount) return evaluation.fail(std::move(amount).error());
  result = currency == nullptr ? Value::decimal(*amount) : Value::money({*amount, *currency});
  return true;
}

bool calculate_money(Evaluation& evaluation, Operator op, const Value& a, const Value& b, Value& result) {
  if (a.is(Kind::money) && b.is(Kind::money)) {
    const Money& x = a.as_money();
    const Money& y = b.as_money();
    if (op == Operator::multiply || op == Operator::modulo) return refuse(evaluation, op, a, b);
    if (x.currency != y.currency) {
      return evaluation.fail(
          fmt::format("{} and {} cannot be combined: the currencies differ", x.to_text(), y.to_text()));
    }
    return finish(evaluation, calculate_exact(op, x.amount, y.amount),
                  op == Operator::divide ? nullptr : &x.currency, result);
  }
  const bool first = a.is(Kind::money);
  const Money& money = first ? a.as_money() : b.as_money();
  const auto by = factor(first ? b : a);
  const bool scales = op == Operator::multiply || (op == Operator::divide && first);
  if (!by || !scales) return refuse(evaluation, op, a, b);
  return finish(evaluation, calculate_exact(op, money.amount, *by), &money.currency, result);
}

bool calculate_dates(Evaluation& evaluation, Operator op, const Value& a, const Value& b, Value& result) {
  const bool adds = op == Operator::add;
  if (!adds && op != Operator::subtract) return refuse(evaluation, op, a, b);
  if (a.is(Kind::date) && b.is(Kind::date) && !adds) {
    result = Value::integer(std::int64_t{a.as_date().days} - b.as_date().days);
    return true;
  }
  const bool first = a.is(Kind::date);
  const auto period = as_period(first ? b : a);
  if (!period || (!first && !adds) || !(first ? a : b).is(Kind::date)) return refuse(evaluation, op, a, b);
  const std::int64_t sign = adds ? 1 : -1;
  auto moved = add_months(first ? a.as_date() : b.as_date(), sign * period->months);
  if (moved) moved = add_days(*moved, sign * period->days);
  if (!moved) return evaluation.fail("the result is out of the range of date (years 1 to 9999)");
  result = Value::date(*moved);
  return true;
}

bool calculate_periods(Evaluation& evaluation, Operator op, const Value& a, const Value& b, Value& result) {
  const auto x = as_period(a);
  const auto y = as_period(b);
  if (!x || !y || (op != Operator::add && op != Operator::subtract)) return refuse(evaluation, op, a, b);
  const std::int64_t sign = op == Operator::add ? 1 : -1;
  result = make_period({x->months + sign * y->months, x->days + sign * y->days});
  return true;
}

}  // namespace

Value make_period(Period period) {
  Map map;
  map.set("months", Value::integer(period.months));
  map.set("days", Value::integer(period.days));
  return Value::map(std::move(map));
}

std::optional<Period> as_period(const Value& value) {
  constexpr std::int64_t kMax = 10'000'000;  // well beyond the years 1 to 9999
  if (!value.is(Kind::map) || value.as_map().size() != 2) return std::nullopt;
  const Value* months = value.as_map().find("months");
  const Value* days = value.as_map().find("days");
  if (months == nullptr || days == nullptr || !months->is(Kind::int_) || !days->is(Kind::int_))
    return std::nullopt;
  const Period period{months->as_int(), days->as_int()};
  const auto within = [](std::int64_t count) { return count >= -kMax && count <= kMax; };
  if (!within(period.months) || !within(period.days)) return std::nullopt;
  return period;
}

std::optional<Value> beside(Operand literal, const Value& other, Operator op) {
  if (literal.literal == nullptr) return std::nullopt;
  if (other.is(Kind::decimal)) return Value::decimal(*literal.literal);
  if (!other.is(Kind::money)) return std::nullopt;
  if (op == Operator::multiply || op == Operator::divide) return Value::decimal(*literal.literal);
  return Value::money({*literal.literal, other.as_money().currency});
}

bool calculate_product(Evaluation& evaluation, Operator op, Operand left, Operand right, Value& result) {
  if (const auto converted = beside(left, right.value, op))
    return calculate_product(evaluation, op, {*converted}, {right.value}, result);
  if (const auto converted = beside(right, left.value, op))
    return calculate_product(evaluation, op, {left.value}, {*converted}, result);
  const Value& a = left.value;
  const Value& b = right.value;
  if (a.is(Kind::money) || b.is(Kind::money)) return calculate_money(evaluation, op, a, b, result);
  if (a.is(Kind::date) || b.is(Kind::date)) return calculate_dates(evaluation, op, a, b, result);
  if (a.is(Kind::map) && b.is(Kind::map)) return calculate_periods(evaluation, op, a, b, result);
  const auto x = factor(a);
  const auto y = factor(b);
  if (!x || !y || op == Operator::modulo) return refuse(evaluation, op, a, b);
  return finish(evaluation, calculate_exact(op, *x, *y), nullptr, result);
}

}  // namespace countersign::cel
