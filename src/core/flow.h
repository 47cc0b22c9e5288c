#pragma once
// Moving through the steps: opening, completing, leaving, jumping, and running until every frame waits.
// Internal to the core. All functions may stop the transition (transition.h).

#include <string>

#include "core/transition.h"

namespace countersign {

// Lets every frame go on until all of them wait.
void run_to_wait(Transition& transition);

// Opens a list in a frame of its own below `parent` (none: beside the root).
void open_frame(Transition& transition, ActivationId parent, ListIndex list, std::string key,
                std::optional<cel::Value> event = std::nullopt,
                std::optional<std::uint32_t> item = std::nullopt);

// Opens `step` in `frame`, which has no open activation.
void open_step(Transition& transition, FrameId frame, StepIndex step);

// The step has its outcome: closes what is open below and beside it, records the result, and either runs the
// list that `on` gives for the outcome or does what the outcome does by itself (docs/workflow-reference.md,
// outcomes).
struct Answered {
  std::string outcome;
  Actor by;
  std::string comment;
  Fields fields;
};
void complete(Transition& transition, ActivationId activation, Answered answered);
// The second half: what the recorded outcome leads to. Alone after an incident that stood in its way was
// mended.
void follow_outcome(Transition& transition, ActivationId activation);

// Closes the activation and everything below it; its items are cancelled, its timers deleted.
void leave(Transition& transition, ActivationId activation);

// go: leaves whatever is open in the frame of the target's list, seen from `from`, and opens the target
// there.
void jump(Transition& transition, FrameId from, StepIndex target);

// Send back: a new round from `target` on. What was decided since the target's latest visit is void, as far
// as it stands in the target's list or in lists inside that: another branch, another item of a for_each and
// another level of gates keep what they have.
void send_back(Transition& transition, FrameId from, StepIndex target, const std::string& reason);
// The requester's turn: a new round, everything is void, the form is theirs again.
void open_revision(Transition& transition, const std::string& reason);

struct Ending {
  std::string status;
  Actor by;
  std::string reason;
  bool came_to_nothing = false;  // rejected, withdrawn, cancelled, or ended from the list of such an outcome
};
void end_instance(Transition& transition, Ending ending);

}  // namespace countersign
