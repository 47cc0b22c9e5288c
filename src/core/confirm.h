#pragma once
// What an approver confirms with an approval (`confirm`): a text that they tick, kept with the decision as
// they read it. Internal to the core.

#include <optional>
#include <string>

#include "core/command.h"
#include "core/form_problem.h"
#include "core/transition.h"

namespace countersign::confirm {

// What the answer lacks.
std::optional<FormProblem> problem_of(const Step& step, const Decide& command);

// What the decision confirms, in the language of whoever decides; "" where it confirms nothing. May stop the
// transition.
std::string text_for(Transition& transition, const Activation& activation, const Step& step,
                     const Decide& command);

}  // namespace countersign::confirm
