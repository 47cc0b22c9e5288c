#pragma once
// An exact amount with its ISO 4217 currency. Amounts of two currencies never meet in an operation.

#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"

namespace countersign {

struct Money {
  Decimal amount;
  std::string currency;  // three capital letters

  bool operator==(const Money&) const = default;
  // "1280.50 EUR"
  std::string to_text() const { return amount.to_text() + " " + currency; }
};

// Three capital letters: what may stand for a currency, whether or not there is one of that code.
bool is_currency_code(std::string_view text);
// The codes of ISO 4217, sorted.
const std::vector<std::string>& known_currencies();

// Digits behind the point in which a currency is paid (ISO 4217): 0 for JPY, 3 for KWD, 2 for most.
int minor_digits(std::string_view currency);

}  // namespace countersign
