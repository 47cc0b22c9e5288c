#pragma once
// What the core would say, asked without doing anything: for those who read, and for pages that offer acts.
// Pure, thread-safe.

#include <string_view>

#include "core/decide.h"

namespace countersign {

// Whether that person may read the instance: who asks, was ever asked, decided, got a copy, belongs to a
// group that is asked, or looks after the workflow. Never a guest.
bool may_read(const Context& context, const State& state, const PersonId& person);

// Whether the instance as it stands shows that person the file: they may read it, were asked as a guest, or
// are named by `visible_to`, and see a field or an answer that holds it.
bool shows_file(const Context& context, const State& state, const PersonId& person, std::string_view file);

// Whether the command would be done as things are now. True also where that hangs on what instances share.
bool would_accept(const Context& context, const State& state, const Command& command);

}  // namespace countersign
