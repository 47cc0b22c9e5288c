#pragma once
// Going back: to a step that was passed, or to the requester, and where it goes on afterwards. Internal to
// the core.

#include <string>

#include "core/transition.h"

namespace countersign {

// A new round from `target` on. What was decided since the target's latest visit is void, as far as it stands
// in the target's list or in lists inside that: another branch, another item of a for_each, another level of
// gates and the list of an event keep what they have. Everything that is open below the target's list is
// cancelled with its timers.
//
// `direct`: the open step that sends it back (`resume: direct`). Then what was decided between the target and
// that step (or the block around it in the target's list) stands, and it goes on there when the target is
// done. None: everybody is asked again.
void send_back(Transition& transition, FrameId from, StepIndex target, const std::string& reason,
               ActivationId direct = ActivationId());
// The requester's turn: a new round, the form is theirs again. Everything is void, but for `direct` as above.
void open_revision(Transition& transition, const std::string& reason, ActivationId direct = ActivationId());

// Goes on where the step that has just closed says (Activation::resume); behind it where a field changed that
// guards what would be passed over.
void resume(Transition& transition, const Activation& done);

// The step of `list` that `step` is or stands in; kNoStep where there is none.
StepIndex block_in(const Definition& definition, ListIndex list, StepIndex step);

}  // namespace countersign
