#pragma once
// convert(amount, "CNY"): money of one currency as another's, at the rates of the table `exchange_rates` that
// stands beside the workflow (from:text, to:text, rate:number). The table is part of the workflow's version:
// an instance keeps the rates that it was started with, and replaying it needs no others. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/money.h"
#include "core/definition.h"

namespace countersign::exchange {

inline constexpr std::string_view kTable = "exchange_rates";

// What is wrong with such a table: a column that is missing or of another type, a rate that is not above
// zero, a pair that stands there twice. "" where nothing is.
std::string fault_of(const DataTable& table);

struct Pair {
  std::string from, to;
};
std::vector<Pair> pairs_of(const DataTable& table);

// Why no amount of `from` becomes one of `to`; "" where it does, as it always does within one currency.
std::string pair_fault(const DataTable& table, std::string_view from, std::string_view to);

// Amount x rate, rounded half to even to the minor unit of `to` (ISO 4217). A rate counts in its direction
// only. Errors: invalid_input where there is no table, no such pair, or the number gets too large.
Result<Money> convert(const Definition& definition, const Money& money, const std::string& to);

}  // namespace countersign::exchange
