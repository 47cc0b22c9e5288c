#pragma once
// An approval that is open while its instance moves to a version that counts its votes by another rule.
// Internal to the core. Pure.

#include <optional>
#include <string>

#include "core/definition.h"
#include "core/state.h"

namespace countersign {

struct Recount {
  std::optional<Roster> roster;  // by the new rule; none where it is the same, or there is an obstacle
  std::string obstacle = {};  // why it cannot be counted so, a clause: "'need' was 1 and is all now, and ..."
};
// What people have decided was said under the rule that held then: with a vote in it no other rule may come
// over the step. Who is asked stays as it is.
Recount counted_anew(const Approve& before, const Approve& after, const Roster& roster);

}  // namespace countersign
