#include "core/guards.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/flow.h"
#include "core/people_step.h"
#include "core/reopen.h"
#include "core/send_back.h"

namespace countersign::guards {
namespace {

// The guarded fields that the seat's approval has not seen as they are now.
std::vector<std::string> changed_since(const Definition& definition, const State& state, StepIndex step,
                                       const Seat& seat) {
  std::vector<std::string> changed;
  const auto* approve = std::get_if<Approve>(&definition.step(step).kind);
  if (approve == nullptr || seat.vote != Seat::Vote::approved) return changed;
  for (const std::string& field : approve->guards) {
    const auto revision = state.form_revision.find(field);
    if (revision != state.form_revision.end() && revision->second > seat.decided) changed.push_back(field);
  }
  return changed;
}

// A result that does not stand any more, with the field that changed.
struct Fallen {
  StepIndex step = kNoStep;
  ItemPath path;
  ActivationId activation;
  std::string field;
};

// The first by time.
std::optional<Fallen> first_fallen(const Definition& definition, const State& state) {
  std::optional<Fallen> first;
  const auto look = [&](StepIndex step, const ItemPath& path, const StepResult& result) {
    if (result.voided || result.outcome != "approved") return;
    if (first && first->activation < result.activation) return;
    for (const Seat& seat : result.roster.seats) {
      const auto changed = changed_since(definition, state, step, seat);
      if (changed.empty()) continue;
      first = Fallen{step, path, result.activation, changed.front()};
      return;
    }
  };
  for (const auto& [step, result] : state.results) look(step, {}, result);
  for (const auto& [step, of_items] : state.item_results) {
    for (const auto& [path, result] : of_items) look(step, path, result);
  }
  return first;
}

// Where the step can be asked again: itself, or the block around it whose list is still open.
struct Reopening {
  FrameId frame;
  StepIndex step = kNoStep;
  bool reopened = false;
};
std::optional<Reopening> place_of(Transition& transition, const Fallen& fallen) {
  const State& state = transition.state();
  const Definition& definition = transition.definition();
  for (StepIndex at = fallen.step; at != kNoStep;) {
    const ListIndex list = definition.step(at).list;
    if (list == kNoList) return std::nullopt;
    for (const auto& [id, frame] : state.frames) {
      if (frame.list != list) continue;
      const ItemPath path = item_path(state, id);
      if (std::mismatch(path.begin(), path.end(), fallen.path.begin(), fallen.path.end()).first == path.end())
        return Reopening{id, at, false};
    }
    // A branch that is done, of a step that is not, opens again alone.
    if (const FrameId reopened = reopen_branch(transition, list, fallen.path))
      return Reopening{reopened, at, true};
    at = definition.list(list).owner;
  }
  return std::nullopt;
}

void take_out(Transition& transition, const Fallen& fallen) {
  ResultsVoided voided;
  if (fallen.path.empty()) {
    voided.steps.push_back(fallen.step);
  } else {
    voided.items[fallen.step].push_back(fallen.path);
  }
  transition.emit(std::move(voided));
}

// Whether the instance comes to that step by itself, because it has gone back before it already.
bool is_still_to_come(const Transition& transition, const Fallen& fallen, const Reopening& place) {
  if (place.reopened) return false;
  const State& state = transition.state();
  const Definition& definition = transition.definition();
  const Frame& frame = state.frames.at(place.frame);
  const std::uint32_t position = definition.step(place.step).position;
  const auto current = state.activations.find(frame.current);
  if (current == state.activations.end()) return frame.next <= position;
  const StepIndex at = current->second.step;
  if (at == definition.revise || definition.step(at).position < position) return true;
  return at == fallen.step && at == place.step;
}

bool stands(const State& state, const Fallen& fallen) {
  const StepResult* result = find_result(state, fallen.step, fallen.path);
  return result != nullptr && !result->voided && result->activation == fallen.activation;
}

}  // namespace

bool has_changed(const Definition& definition, const State& state, StepIndex step, const StepResult& result) {
  return std::ranges::any_of(result.roster.seats, [&](const Seat& seat) {
    return !changed_since(definition, state, step, seat).empty();
  });
}

void ask_again(Transition& transition, ActivationId id) {
  if (!is_being_decided(transition, id)) return;
  const State& state = transition.state();
  const Activation& activation = state.activations.at(id);
  const auto is_void = [&](const Seat& seat) {
    return !changed_since(transition.definition(), state, activation.step, seat).empty();
  };
  if (std::ranges::any_of(activation.roster.seats, is_void))
    reopen_seats(transition, id, activation.roster, is_void);
}

void look_at_form(Transition& transition, std::uint64_t since) {
  const State& state = transition.state();
  const bool changed =
      std::ranges::any_of(state.form_revision, [&](const auto& entry) { return entry.second > since; });
  if (!changed) return;
  std::vector<ActivationId> open;
  for (const auto& [id, activation] : state.activations) {
    if (activation.outcome.empty() && !activation.roster.seats.empty()) open.push_back(id);
  }
  for (const ActivationId id : open) ask_again(transition, id);
  while (const std::optional<Fallen> fallen = first_fallen(transition.definition(), state)) {
    const std::optional<Reopening> place = place_of(transition, *fallen);
    if (place) {
      const Step& target = transition.definition().step(place->step);
      if (!is_still_to_come(transition, *fallen, *place)) {
        send_back(transition, place->frame, place->step,
                  fmt::format("'{}' changed, which guards {}: it is asked for again from {} on",
                              fallen->field, transition.definition().step(fallen->step).name, target.name));
      }
    }
    if (transition.stopped()) return;
    if (stands(state, *fallen)) take_out(transition, *fallen);
  }
}

}  // namespace countersign::guards
