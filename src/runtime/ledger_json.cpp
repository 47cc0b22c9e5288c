#include "runtime/ledger_json.h"

namespace countersign {

json::object ledger_json(const Ledger& ledger) {
  json::array spending;
  for (const std::string& status : ledger.spending) spending.emplace_back(status);
  const auto text = [&](const Decimal& amount) {
    return amount.rounded(minor_digits(ledger.currency)).to_text();
  };
  return {
      {"name", ledger.name},           {"year", ledger.year == 0 ? json::value() : json::value(ledger.year)},
      {"currency", ledger.currency},   {"kind", ledger.strict ? "strict" : "soft"},
      {"current", ledger.current},     {"spending", std::move(spending)},
      {"amount", text(ledger.amount)}, {"reserved", text(ledger.reserved)},
      {"spent", text(ledger.spent)},   {"available", text(ledger.available())}};
}

}  // namespace countersign
