#include "core/ledger.h"

namespace countersign {

std::string_view to_string(LedgerAct act) {
  switch (act) {
    case LedgerAct::opened:
      return "opened";
    case LedgerAct::changed:
      return "changed";
    case LedgerAct::adjusted:
      return "adjusted";
    case LedgerAct::reserved:
      return "reserved";
    case LedgerAct::released:
      return "released";
    case LedgerAct::spent:
      return "spent";
    case LedgerAct::supplemented:
      return "supplemented";
    case LedgerAct::transferred_out:
      return "transferred_out";
    case LedgerAct::transferred_in:
      return "transferred_in";
  }
  return "";
}

std::string ledger_title(const std::string& name, std::uint32_t year) {
  return year == 0 ? name : name + " " + std::to_string(year);
}

Decimal Ledger::available() const {
  // The parts are amounts of a currency, far from the range's ends.
  return Decimal::subtract(Decimal::subtract(amount, reserved).value_or(Decimal()), spent)
      .value_or(Decimal());
}

Result<void> Ledger::post(LedgerAct act, const Decimal& posted) {
  const auto move = [](Decimal& part, const Result<Decimal>& moved) -> Result<void> {
    if (!moved) return std::unexpected(moved.error());
    part = *moved;
    return {};
  };
  switch (act) {
    case LedgerAct::opened:
    case LedgerAct::changed:
    case LedgerAct::adjusted:
    case LedgerAct::supplemented:
    case LedgerAct::transferred_in:
      return move(amount, Decimal::add(amount, posted));
    case LedgerAct::transferred_out:
      return move(amount, Decimal::subtract(amount, posted));
    case LedgerAct::reserved:
      return move(reserved, Decimal::add(reserved, posted));
    case LedgerAct::released:
      return move(reserved, Decimal::subtract(reserved, posted));
    case LedgerAct::spent:
      if (auto taken = move(reserved, Decimal::subtract(reserved, posted)); !taken) return taken;
      return move(spent, Decimal::add(spent, posted));
  }
  return {};
}

}  // namespace countersign
