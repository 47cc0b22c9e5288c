#include "core/send_back.h"

#include <algorithm>

#include "core/flow.h"
#include "core/guards.h"
#include "core/open_chain.h"

namespace countersign {
namespace {

// The results that `is_void` names; of those inside a for_each only what belongs to the items of `path`.
template <class IsVoid>
ResultsVoided results_where(const State& state, IsVoid is_void, const ItemPath& path) {
  ResultsVoided voided;
  for (const auto& [step, result] : state.results) {
    if (!result.voided && is_void(step, result)) voided.steps.push_back(step);
  }
  for (const auto& [step, of_items] : state.item_results) {
    for (const auto& [items, result] : of_items) {
      const bool within =
          std::mismatch(path.begin(), path.end(), items.begin(), items.end()).first == path.end();
      if (within && !result.voided && is_void(step, result)) voided.items[step].push_back(items);
    }
  }
  return voided;
}

template <class IsVoid>
void void_results(Transition& transition, IsVoid is_void, const ItemPath& path) {
  ResultsVoided voided = results_where(transition.state(), is_void, path);
  if (!voided.steps.empty() || !voided.items.empty()) transition.emit(std::move(voided));
}

// Where `direct` leads back to from a target in `frame`, with what is passed over by it.
struct Detour {
  StepIndex to = kNoStep;
  ActivationId open;  // of that step or block
};
Detour detour_of(const Transition& transition, FrameId frame, StepIndex target, ActivationId direct) {
  const State& state = transition.state();
  const auto sender = state.activations.find(direct);
  if (sender == state.activations.end() || !state.frames.contains(frame)) return {};
  const Frame& at = state.frames.at(frame);
  const StepIndex to = block_in(transition.definition(), at.list, sender->second.step);
  const auto open = state.activations.find(at.current);
  if (to == kNoStep || to == target || open == state.activations.end() || open->second.step != to) return {};
  return {to, open->first};
}

}  // namespace

StepIndex block_in(const Definition& definition, ListIndex list, StepIndex step) {
  for (StepIndex at = step; at != kNoStep;) {
    const ListIndex in = definition.step(at).list;
    if (in == list) return at;
    if (in == kNoList) return kNoStep;
    at = definition.list(in).owner;
  }
  return kNoStep;
}

void send_back(Transition& transition, FrameId from, StepIndex target, const std::string& reason,
               ActivationId direct) {
  const State& state = transition.state();
  const Definition& definition = transition.definition();
  const ListIndex list = definition.step(target).list;
  const FrameId frame = frame_of_list(state, from, list);
  const ItemPath path = item_path(state, frame);
  const StepResult* latest = find_result(state, target, path);
  const Detour detour = detour_of(transition, frame, target, direct);
  const auto is_void = [&](StepIndex index, const StepResult& result) {
    const StepIndex block = block_in(definition, list, index);
    if (block == kNoStep) return false;
    const bool after = latest == nullptr ? index >= target : result.activation >= latest->activation;
    const bool passed_over =
        detour.to != kNoStep && block != target && block != detour.to && result.activation < detour.open;
    return after && !passed_over;
  };
  ResultsVoided voided = results_where(state, is_void, path);
  transition.emit(RoundOpened{state.round + 1, reason});
  if (!voided.steps.empty() || !voided.items.empty()) transition.emit(std::move(voided));
  if (detour.to != kNoStep) transition.emit(ResumePlanned{target, detour.to});
  jump(transition, from, target);
}

void open_revision(Transition& transition, const std::string& reason, ActivationId direct) {
  const State& state = transition.state();
  const Definition& definition = transition.definition();
  const FrameId root = root_frame(state);
  const Detour detour = detour_of(transition, root, definition.revise, direct);
  transition.emit(RoundOpened{state.round + 1, reason});
  void_results(transition,
               [&](StepIndex index, const StepResult& result) {
                 if (detour.to == kNoStep) return true;
                 const StepIndex block = block_in(definition, definition.root, index);
                 return block == kNoStep || block == detour.to || result.activation >= detour.open;
               },
               {});
  transition.emit(StatusChanged{"revising", {}});
  if (detour.to != kNoStep) transition.emit(ResumePlanned{definition.revise, detour.to});
  for (const FrameId frame : frames_below(state, ActivationId())) {
    if (frame != root) leave_frame(transition, frame);
  }
  if (const ActivationId current = state.frames.at(root).current) leave(transition, current);
  open_step(transition, root, definition.revise);
}

void resume(Transition& transition, const Activation& done) {
  const State& state = transition.state();
  const Definition& definition = transition.definition();
  const Step& target = definition.step(done.step);
  const Step& to = definition.step(done.resume->step);
  const bool revision = target.index == definition.revise;
  // What stands between the two and would be passed over.
  const auto is_between = [&](StepIndex index, const StepResult&) {
    const StepIndex block = block_in(definition, to.list, index);
    if (block == kNoStep) return false;
    const std::uint32_t position = definition.step(block).position;
    return (revision || position > target.position) && position < to.position;
  };
  const ItemPath path = item_path(state, done.frame);
  // Nor does an approval stand of whoever has handed the form in meanwhile: it is their own request now.
  const auto falls = [&](StepIndex index, const StepResult& result) {
    const bool is_their_own = std::ranges::any_of(result.roster.seats, [&](const Seat& seat) {
      return seat.vote == Seat::Vote::approved && is_own_request(state, seat.by);
    });
    // Nor an approval of less than is at stake by now.
    const auto is_of_less = [&] {
      return is_outgrown(transition.context(), state, index, done.frame, result.roster);
    };
    return is_between(index, result) &&
           (is_their_own || guards::has_changed(definition, state, index, result) || is_of_less());
  };
  const ResultsVoided changed = results_where(state, falls, path);
  if (changed.steps.empty() && changed.items.empty()) return open_step(transition, done.frame, to.index);
  void_results(transition, is_between, path);
  if (!revision) return transition.ready().push_back(done.frame);
  open_step(transition, done.frame, definition.list(definition.root).steps.front());
}

}  // namespace countersign
