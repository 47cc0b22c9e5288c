#pragma once
// Fields that guard an approval (`guards`): once one of them says something else than what was approved, the
// approval is void and asked for again. Of a file its content counts, whatever its name. Internal to the
// core.

#include "core/transition.h"

namespace countersign::guards {

// Whether a field that the step guards has changed since one of the approvals in `result`.
bool has_changed(const Definition& definition, const State& state, StepIndex step, const StepResult& result);

// In a step that is still being decided: seats that approved something else are asked again.
void ask_again(Transition& transition, ActivationId activation);

// After changes of the form since the event `since`: ask_again() in open steps, and where a step is over
// whose approval is void, the instance goes back to the first such step (to the block around it where that
// has ended), as by a send back.
void look_at_form(Transition& transition, std::uint64_t since);

}  // namespace countersign::guards
