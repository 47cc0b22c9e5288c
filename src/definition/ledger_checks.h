#pragma once
// Names of ledgers that are made of choices of the form ('"sales/" + form.kind') are finitely many: each is
// looked up when the file is loaded, and its currency compared. Internal to the loader.

#include "definition/loading.h"

namespace countersign {

// Left out where a condition of the workflow reads the choice: it may lead elsewhere.
void check_ledger_names(Loading& loading);

}  // namespace countersign
