// What an administrator does to the course of an instance: passing over a step, going to another one.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/acts/hand_over.h"
#include "core/commands.h"
#include "core/flow.h"
#include "core/gates.h"
#include "core/policy.h"
#include "core/send_back.h"

namespace countersign {
namespace {

// Refuses what no administrator does, or does without a reason.
bool is_refused(Transition& transition, std::string_view act, const Actor& by, const std::string& reason) {
  const State& state = transition.state();
  if (state.ended) {
    transition.refuse(ErrorCode::conflict,
                      fmt::format("cannot {} in {}: it has ended ({})", act, state.reference, state.status));
  } else if (by.kind != Actor::Kind::admin) {
    transition.refuse(ErrorCode::forbidden,
                      fmt::format("cannot {} in {}: only an administrator does that", act, state.reference));
  } else {
    admit(transition, refusal_without_reason(by, reason));
  }
  return transition.stopped();
}

std::string open_steps(const Transition& transition) {
  std::vector<std::string> names;
  for (const auto& [id, activation] : transition.state().activations) {
    if (activation.step == transition.definition().revise) continue;
    names.push_back(transition.definition().step(activation.step).name);
  }
  return names.empty() ? "none" : join(names, ", ");
}

// Something that `go` and `end` are not: a step at which the instance can be.
bool is_place(const Step& step) {
  return !std::holds_alternative<Go>(step.kind) && !std::holds_alternative<End>(step.kind);
}

constexpr std::string_view kBindsEverybody =
    "'only' of a stage in it does not name whoever asks, and binds administrators too";

// The frames in which the step can be opened.
std::vector<FrameId> frames_for(const State& state, const Step& step) {
  std::vector<FrameId> frames;
  for (const auto& [id, frame] : state.frames) {
    if (frame.list == step.list) frames.push_back(id);
  }
  return frames;
}

// The steps from where the frame is up to the target.
std::vector<StepIndex> steps_before(const Transition& transition, const Frame& frame, const Step& current,
                                    const Step& target) {
  std::vector<StepIndex> passed;
  for (const StepIndex index : transition.definition().list(frame.list).steps) {
    const Step& step = transition.definition().step(index);
    if (step.position >= current.position && step.position < target.position && is_place(step))
      passed.push_back(index);
  }
  return passed;
}

void go_forward(Transition& transition, FrameId frame, const Step& current, const Step& target,
                const Jump& command) {
  const Frame at = transition.state().frames.at(frame);
  Jumped jumped{current.name, target.name, {}, command.by, command.reason};
  for (const StepIndex index : steps_before(transition, at, current, target)) {
    const Step& step = transition.definition().step(index);
    const ActivationId open = index == current.index ? at.current : ActivationId();
    if (!may_pass_over(transition, frame, step, command.by.person, open)) {
      return transition.refuse(ErrorCode::forbidden,
                               fmt::format("cannot jump to {}: {} would be passed over, and {}", target.name,
                                           step.name, kBindsEverybody));
    }
    jumped.skipped.push_back(step.name);
  }
  transition.emit(std::move(jumped));
  jump(transition, frame, target.index);
}

}  // namespace

void skip(Transition& transition, const Skip& command) {
  if (is_refused(transition, "skip a step", command.by, command.reason)) return;
  const State& state = transition.state();
  std::vector<ActivationId> open;
  for (const auto& [id, activation] : state.activations) {
    if (transition.definition().step(activation.step).name != command.step) continue;
    if (!command.activation || command.activation == id) open.push_back(id);
  }
  if (open.empty()) {
    return transition.refuse(ErrorCode::conflict,
                             fmt::format("cannot skip '{}' in {}: it is not open (open: {})", command.step,
                                         state.reference, open_steps(transition)),
                             {{"/step", "name a step that is open"}});
  }
  if (open.size() > 1) {
    std::vector<std::string> numbers;
    for (const ActivationId id : open) numbers.push_back(fmt::format("{}", id.value));
    return transition.refuse(ErrorCode::invalid_input,
                             fmt::format("'{}' is open {} times in {}: say which activation ({})",
                                         command.step, open.size(), state.reference, join(numbers, ", ")),
                             {{"/activation", "name one of them"}});
  }
  const Activation activation = state.activations.at(open.front());
  const Step& step = transition.definition().step(activation.step);
  if (std::holds_alternative<Revise>(step.kind)) {
    return transition.refuse(
        ErrorCode::conflict,
        fmt::format("{} is with its requester: jump to a step, or cancel it", state.reference));
  }
  if (!may_pass_over(transition, activation.frame, step, command.by.person, activation.id)) {
    return transition.refuse(ErrorCode::forbidden,
                             fmt::format("cannot skip {}: {}", step.name, kBindsEverybody));
  }
  transition.emit(StepSkipped{activation.id, step.name, command.by, command.reason});
  pass_by(transition, activation.id);
}

void jump_to(Transition& transition, const Jump& command) {
  if (is_refused(transition, "jump", command.by, command.reason)) return;
  const State& state = transition.state();
  const Definition& definition = transition.definition();
  const auto no = [&](ErrorCode code, const std::string& why) {
    transition.refuse(code, fmt::format("cannot jump to '{}' in {}: {}", command.step, state.reference, why),
                      {{"/step", "name a step in a list that is open"}});
  };
  const auto found = std::ranges::find_if(definition.steps, [&](const Step& step) {
    return step.name == command.step && step.list != kNoList && is_place(step);
  });
  if (found == definition.steps.end()) return no(ErrorCode::invalid_input, "there is no such step");
  const std::vector<FrameId> frames = frames_for(state, *found);
  if (frames.empty()) return no(ErrorCode::conflict, "the block in which it stands is not open");
  if (frames.size() > 1)
    return no(ErrorCode::conflict, "it stands in several items that are open; skip what is in the way");
  const FrameId frame = frames.front();
  if (const std::string stage = closed_stage(transition, frame); !stage.empty())
    return no(ErrorCode::conflict, fmt::format("the stages before {} are not open yet", stage));
  const ActivationId open = state.frames.at(frame).current;
  COUNTERSIGN_INVARIANT(open, "a frame that waits has an open activation");
  const Step& current = definition.step(state.activations.at(open).step);
  if (current.index == found->index) return no(ErrorCode::conflict, "it is open");
  const bool from_requester = current.index == definition.revise;
  if (!from_requester && current.position < found->position)
    return go_forward(transition, frame, current, *found, command);
  if (from_requester && found->position > 0) {
    // Behind the requester's turn everything is void, and all before the target would be passed over.
    const Step& first = definition.step(definition.list(definition.root).steps.front());
    return go_forward(transition, frame, first, *found, command);
  }
  transition.emit(Jumped{current.name, found->name, {}, command.by, command.reason});
  send_back(transition, frame, found->index,
            fmt::format("sent back to {} by an administrator: {}", found->name, command.reason));
}

}  // namespace countersign
