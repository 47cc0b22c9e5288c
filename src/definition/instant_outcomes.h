#pragma once
// Outcomes that a step may have the moment it opens, although its kind waits: of a deadline that has passed,
// of a wait for what has been received already, of an approval that only its own requester gives. A circle
// needs a step that waits every time. Pure.

#include <map>
#include <string>

#include "core/definition.h"

namespace countersign {

// By step: each such outcome, and why, as a clause: "the deadline of 'manager' is the moment 'form.by' ...".
// What only the run can tell (a variable, a moment counted from now) is taken to wait.
using InstantOutcomes = std::map<StepIndex, std::map<std::string, std::string>>;
InstantOutcomes instant_outcomes(const Definition& definition);

}  // namespace countersign
