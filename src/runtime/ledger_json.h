#pragma once
// A ledger as the API shows it. Amounts are texts, exact, of the ledger's currency.

#include "base/json.h"
#include "core/ledger.h"

namespace countersign {

json::object ledger_json(const Ledger& ledger);

}  // namespace countersign
