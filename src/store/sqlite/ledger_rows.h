#pragma once
// Ledgers as they are stored: amounts in whole minor units of the currency, so that guards and sums are
// SQL's.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/rows.h"
#include "store/sqlite/connection.h"

#define COUNTERSIGN_LEDGER_COLUMNS \
  "n, name, year, currency, strict, current, spending, amount, reserved, spent, listed"

namespace countersign::sqlite {

struct StoredLedger {
  std::int64_t n = 0;
  Ledger ledger;
  std::int64_t listed = 0;  // what the configuration said last, in minor units
};

// invalid_input where the amount has more digits than the currency, or is too large.
Result<std::int64_t> minor_units(const Decimal& amount, std::string_view currency);
Decimal from_minor_units(std::int64_t units, std::string_view currency);

// Of a row of COUNTERSIGN_LEDGER_COLUMNS.
StoredLedger read_ledger_row(const Rows& rows);

// `year`: "" for the current one.
Result<std::optional<StoredLedger>> find_ledger(Connection& db, std::string_view name, std::string_view year);

// "paid\nsettled": statuses as they are stored.
std::string joined_statuses(const std::vector<std::string>& statuses);

// nullopt where it is none of the acts.
std::optional<LedgerAct> ledger_act(std::string_view text);

}  // namespace countersign::sqlite
