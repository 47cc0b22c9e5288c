#pragma once
// Budget that an instance holds, spends and moves. A reservation belongs to the step that made it: made anew
// it replaces the old one, it is let go when the step's result is void, and at the end it is spent or let go.
// Internal to the core.

#include <string>
#include <vector>

#include "core/transition.h"

namespace countersign::budget {

// The step `budget`: completes at once, with the outcome reserved, insufficient, committed, supplemented or
// transferred.
void open(Transition& transition, ActivationId activation, const Step& step, const Budget& budget);

// Lets go of what steps hold whose result is void.
void release_voided(Transition& transition);

// Before these branches, levels and items are left unfinished: lets go of what their steps hold, whose
// results are void by that. What was spent or moved stays so.
void give_back(Transition& transition, const std::vector<FrameId>& left);

// Before the instance ends with `status`: what is still held is spent where the ledger lists the status, else
// let go. Asks for the ledgers.
void settle_at_end(Transition& transition, const std::string& status);

// A ledger as expressions see it: amount, reserved, spent, available (money), year, currency.
cel::Value ledger_value(const Ledger& ledger);
cel::Type ledger_type(const std::string& currency);

}  // namespace countersign::budget
