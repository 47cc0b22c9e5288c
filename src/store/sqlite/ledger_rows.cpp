#include "store/sqlite/ledger_rows.h"

#include <charconv>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign::sqlite {
namespace {

constexpr Sql kCurrentLedger("SELECT " COUNTERSIGN_LEDGER_COLUMNS
                             " FROM ledger WHERE name = ? AND current = 1");
constexpr Sql kLedgerOfYear("SELECT " COUNTERSIGN_LEDGER_COLUMNS " FROM ledger WHERE name = ? AND year = ?");

Result<std::optional<StoredLedger>> only(Rows rows) {
  std::optional<StoredLedger> found;
  if (rows.next()) found = read_ledger_row(rows);
  if (auto done = rows.done(); !done) return passed_on(done);
  return found;
}

}  // namespace

Result<std::int64_t> minor_units(const Decimal& amount, std::string_view currency) {
  const int digits = minor_digits(currency);
  const auto scaled = Decimal::parse(fmt::format("1e{}", digits));
  if (!scaled) return std::unexpected(scaled.error());
  const auto units = Decimal::multiply(amount, *scaled);
  if (!units || units->rounded(0) != *units) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("{} {} has more digits behind the point than the currency", amount.to_text(), currency));
  }
  return units->to_int();
}

Decimal from_minor_units(std::int64_t units, std::string_view currency) {
  const auto amount = Decimal::parse(fmt::format("{}e-{}", units, minor_digits(currency)));
  COUNTERSIGN_INVARIANT(amount.has_value(), "whole minor units are an amount");
  return *amount;
}

StoredLedger read_ledger_row(const Rows& rows) {
  StoredLedger stored;
  Ledger& ledger = stored.ledger;
  stored.n = rows.integer(0);
  ledger.name = rows.string(1);
  ledger.year = static_cast<std::uint32_t>(rows.integer(2));
  ledger.currency = rows.string(3);
  ledger.strict = rows.flag(4);
  ledger.current = rows.flag(5);
  for (const std::string& status : split(rows.text(6), '\n')) {
    if (!status.empty()) ledger.spending.push_back(status);
  }
  ledger.amount = from_minor_units(rows.integer(7), ledger.currency);
  ledger.reserved = from_minor_units(rows.integer(8), ledger.currency);
  ledger.spent = from_minor_units(rows.integer(9), ledger.currency);
  stored.listed = rows.integer(10);
  return stored;
}

Result<std::optional<StoredLedger>> find_ledger(Connection& db, std::string_view name,
                                                std::string_view year) {
  if (year.empty()) return only(db.query(kCurrentLedger, name));
  std::int64_t number = -1;
  const auto [end, code] = std::from_chars(year.data(), year.data() + year.size(), number);
  if (code != std::errc() || end != year.data() + year.size()) number = -1;
  return only(db.query(kLedgerOfYear, name, number));
}

std::string joined_statuses(const std::vector<std::string>& statuses) {
  return join(statuses, "\n");
}

std::optional<LedgerAct> ledger_act(std::string_view text) {
  for (const LedgerAct act :
       {LedgerAct::opened, LedgerAct::changed, LedgerAct::adjusted, LedgerAct::reserved, LedgerAct::released,
        LedgerAct::spent, LedgerAct::supplemented, LedgerAct::transferred_out, LedgerAct::transferred_in}) {
    if (to_string(act) == text) return act;
  }
  return std::nullopt;
}

}  // namespace countersign::sqlite
