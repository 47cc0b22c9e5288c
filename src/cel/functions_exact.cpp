// Decimals and money: decimal(x), money(amount, currency), x.round(digits).

#include <algorithm>

#include <fmt/format.h>

#include "cel/builtins.h"
#include "cel/numbers.h"

namespace countersign::cel {
namespace {

using Arguments = std::span<const Value>;

bool to_decimal(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return evaluation.fail(no_overload("decimal", arguments));
  if (arguments[0].is(Kind::string)) {
    auto parsed = Decimal::parse(arguments[0].as_string());
    if (!parsed) return evaluation.fail(std::move(parsed).error());
    result = Value::decimal(*parsed);
    return true;
  }
  const auto exact = as_exact(arguments[0]);
  if (!exact) return evaluation.fail(no_overload("decimal", arguments));
  result = Value::decimal(*exact);
  return true;
}

bool is_currency(std::string_view code) {
  return code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool to_money(Evaluation& evaluation, Arguments arguments, Value& result) {
  const bool currency_given = arguments.size() == 2 && arguments[1].is(Kind::string);
  if (!currency_given) return evaluation.fail(no_overload("money", arguments));
  const std::string_view currency = arguments[1].as_string();
  if (!is_currency(currency)) {
    return evaluation.fail(
        fmt::format("'{}' is no currency: three capital letters are needed, such as 'CNY'", currency));
  }
  Value amount;
  if (!to_decimal(evaluation, arguments.first(1), amount)) return false;
  result = Value::money({amount.as_decimal(), std::string(currency)});
  return true;
}

bool round_to(Evaluation& evaluation, Arguments arguments, Value& result) {
  const bool exact = !arguments.empty() && (arguments[0].is(Kind::decimal) || arguments[0].is(Kind::money));
  if (!exact || arguments.size() != 2 || !arguments[1].is(Kind::int_)) {
    return evaluation.fail(no_overload("round", arguments));
  }
  const std::int64_t digits = arguments[1].as_int();
  if (digits < 0 || digits > Decimal::kDigitsMax) {
    return evaluation.fail(fmt::format("round() keeps 0 to {} digits, not {}", Decimal::kDigitsMax, digits));
  }
  const int kept = static_cast<int>(digits);
  if (arguments[0].is(Kind::decimal)) {
    result = Value::decimal(arguments[0].as_decimal().rounded(kept));
  } else {
    const Money& money = arguments[0].as_money();
    result = Value::money({money.amount.rounded(kept), money.currency});
  }
  return true;
}

}  // namespace

std::vector<BuiltinRow> exact_functions() {
  return {
      {"decimal",
       to_decimal,
       {"(decimal) -> decimal", "(string) -> decimal", "(int) -> decimal", "(uint) -> decimal",
        "(double) -> decimal"},
       true},
      {"money",
       to_money,
       {"(string, string) -> money", "(decimal, string) -> money", "(int, string) -> money"},
       true},
      {"round", round_to, {"decimal.(int) -> decimal", "money.(int) -> money"}, true},
  };
}

}  // namespace countersign::cel
