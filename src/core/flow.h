#pragma once
// Moving through the steps: opening, completing, leaving, jumping, and running until every frame waits.
// Internal to the core. All functions may stop the transition (transition.h).

#include <optional>
#include <string>
#include <vector>

#include "core/transition.h"

namespace countersign {

// Lets every frame go on until all of them wait.
void run_to_wait(Transition& transition);

// Opens a list in a frame of its own below `parent` (none: beside the root).
void open_frame(Transition& transition, ActivationId parent, ListIndex list, std::string key,
                std::optional<cel::Value> event = std::nullopt,
                std::optional<std::uint32_t> item = std::nullopt);

// Opens an activation of `step` with its stage, due date and timers, and nothing in it yet. `times`: those of
// the activation whose answer is taken back, which hold on.
ActivationId enter_step(Transition& transition, FrameId frame, const Step& step,
                        const std::optional<StepTimes>& times = {});
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

// The frames that run directly below an activation; below none: the root's and those of events.
std::vector<FrameId> frames_below(const State& state, ActivationId parent);
// None where the instance has ended.
FrameId root_frame(const State& state);
// The frame whose list is `list`: where `from` stands or further out, else the root's. None where it is not
// open.
FrameId frame_of_list(const State& state, FrameId from, ListIndex list);
// Opens the frame of a branch that is done, below a `parallel` that is not; nothing runs in it yet. None
// where there is no such branch. `path`: of which items of for_each steps around it.
FrameId reopen_branch(Transition& transition, ListIndex list, const ItemPath& path);
// Whether the lists of such a step run beside each other, each for itself.
bool runs_at_once(const Step& step);
// Closes the frame and what is open in it.
void leave_frame(Transition& transition, FrameId frame);

// What an activation that has just been opened does: sets its timers, asks people, calls. Also of one that
// was held.
void begin(Transition& transition, ActivationId activation);

// The open step is done without an outcome of its own: the frame goes on behind it.
void pass_by(Transition& transition, ActivationId activation);

// Closes the activation and everything below it; its items are cancelled, its timers deleted.
void leave(Transition& transition, ActivationId activation);

// go: leaves whatever is open in the frame of the target's list, seen from `from`, and opens the target
// there.
// The form is off its requester again: handed in, or somebody goes on without them. Refuses where another
// request has taken meanwhile what only one may use.
void submit_again(Transition& transition, const PersonId& by);
void jump(Transition& transition, FrameId from, StepIndex target);

struct Ending {
  std::string status;
  Actor by;
  std::string reason;
  bool came_to_nothing = false;  // rejected, withdrawn, cancelled, or ended from the list of such an outcome
};
void end_instance(Transition& transition, const Ending& ending);

}  // namespace countersign
