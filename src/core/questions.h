#pragma once
// What the core would say, asked without doing anything: for those who read, and for pages that offer acts.
// Pure, thread-safe.

#include "core/decide.h"

namespace countersign {

// Whether that person may read the instance: who asks, was ever asked, decided, got a copy, belongs to a
// group that is asked, or looks after the workflow. Never a guest.
bool may_read(const Context& context, const State& state, const PersonId& person);

// Whether the command would be done as things are now. True also where that hangs on what instances share.
bool would_accept(const Context& context, const State& state, const Command& command);

}  // namespace countersign
