#pragma once
// The budgets of a scenario's world.

#include <optional>
#include <string>

#include "runtime/library.h"
#include "store/store.h"

namespace countersign::scenario {

// As the daemon does when it starts.
Result<void> open_ledgers(Store& store, const Snapshot& snapshot, Instant now);

// "available", "reserved", "spent" or "amount" of the ledger as text; an Error where there is no such ledger.
Result<std::string> ledger_figure(const Reader& reader, const std::string& ledger, const std::string& figure);

}  // namespace countersign::scenario
