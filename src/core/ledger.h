#pragma once
// A ledger: one budget of one year, and what is moved on it. Plain values; the arithmetic is exact.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"

namespace countersign {

// Every posting is one of these; its amount is never negative, but of `changed` and `adjusted`.
enum class LedgerAct {
  opened,           // the amount that the configuration gave it first
  changed,          // the configuration's amount became another: by how much
  adjusted,         // by an administrator
  reserved,         // held for a request
  released,         // held no more
  spent,            // what was held is used up
  supplemented,     // the budget grew
  transferred_out,  // to another ledger
  transferred_in,   // from another one
};
// As stored and as the API spells them.
std::string_view to_string(LedgerAct act);

struct Ledger {
  std::string name;        // "sales/travel"
  std::uint32_t year = 0;  // 0: of no year
  std::string currency;
  bool strict = true;                 // else it may be overdrawn
  bool current = true;                // what the name means now: listed in the configuration, and of its year
  std::vector<std::string> spending;  // ends with these statuses spend what is held
  Decimal amount;                     // the budget, supplements and transfers included
  Decimal reserved;
  Decimal spent;

  Decimal available() const;
  // What a posting makes of it. Errors: invalid_input where a number gets too large.
  Result<void> post(LedgerAct act, const Decimal& posted);
};

// A ledger as the configuration lists it.
struct LedgerSettings {
  std::string name;
  std::uint32_t year = 0;
  std::string currency;
  bool strict = true;
  std::vector<std::string> spending;
  Decimal amount;
};

// What one posting may move at most, so that sums stay exact in whole minor units.
inline constexpr std::int64_t kLedgerAmountMax = 1'000'000'000'000'000;

// How people write it: "sales/travel 2026", or the name alone where it is of no year.
std::string ledger_title(const std::string& name, std::uint32_t year);

}  // namespace countersign
