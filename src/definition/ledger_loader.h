#pragma once
// `ledgers:` of countersign.yaml: yearly budgets by name.
//
//   ledgers:
//     sales/travel: {currency: CNY, year: 2026, amount: 200000, kind: strict, spending: [paid]}

#include <vector>

#include "core/ledger.h"
#include "definition/diagnostic.h"
#include "definition/map_reader.h"

namespace countersign {

KeyTable ledger_keys();

// By name, each once. Problems are reported; what can be read is.
std::vector<LedgerSettings> read_ledgers(const YamlNode& node, Diagnostics& diagnostics);

}  // namespace countersign
