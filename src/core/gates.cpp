#include "core/gates.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/flow.h"
#include "core/incident.h"
#include "core/roster.h"
#include "core/send_back.h"

namespace countersign {
namespace {

std::string frame_key(std::size_t level) {
  return fmt::format("level:{}", level);
}

// A condition over something absent does not hold. One that fails does not either, and the step stands still
// for its caretakers to see until it can be evaluated again; other work of the instance goes on.
bool holds(Transition& transition, const Activation& activation, const Expression& when,
           const std::string& level) {
  transition.evaluation().enter(activation.frame);
  const Result<cel::Value> value = transition.evaluation().evaluate(when);
  if (transition.stopped()) return false;  // it asks for facts
  const bool failed = value ? !value->is(cel::Kind::bool_) : value.error().code != ErrorCode::not_found;
  if (failed) {
    raise_incident(transition, activation.id,
                   value ? fmt::format("when of {}: '{}' is not true or false", level, when.program.source())
                         : fmt::format("when of {}: {}", level, value.error().message));
    return false;
  }
  if (!activation.incident.empty()) {
    transition.emit(
        IncidentCleared{activation.id, Actor{}, fmt::format("when of {} has a value again", level)});
  }
  return value && value->as_bool();
}

// By its list: a migration may have moved the level, and the frame's key stays what it was opened as.
bool work_is_complete(const State& state, ActivationId gates, const Gates::Level& level) {
  return std::ranges::none_of(state.frames, [&](const auto& entry) {
    return entry.second.parent == gates && entry.second.list == level.list;
  });
}

void open_levels(Transition& transition, ActivationId id) {
  const Activation& activation = transition.state().activations.at(id);
  const Step& step = transition.definition().step(activation.step);
  const std::vector<Gates::Level>& levels = std::get<Gates>(step.kind).levels;
  while (activation.levels < levels.size()) {
    const Gates::Level& level = levels[activation.levels];
    if (!work_is_complete(transition.state(), id, level)) return;
    const std::string name = fmt::format("stage {} of {}", level.stage, step.name);
    if (level.when && !holds(transition, activation, *level.when, name)) return;
    transition.emit(LevelOpened{id, activation.levels, level.stage});
    if (transition.state().stage != level.stage) transition.emit(StageEntered{level.stage});
  }
  complete(transition, id, {"all", Actor{}, {}, {}});
}

// The levels with an `only` around a frame, each with the frame in which its step stands.
struct Bound {
  const Gates::Level* level;
  FrameId frame;
};
std::vector<Bound> bounds_of(const Transition& transition, FrameId frame) {
  const State& state = transition.state();
  std::vector<Bound> bounds;
  for (FrameId at = frame; at;) {
    const auto found = state.frames.find(at);
    if (found == state.frames.end()) break;
    const auto parent = state.activations.find(found->second.parent);
    if (parent == state.activations.end()) break;
    const Step& step = transition.definition().step(parent->second.step);
    const auto* gates = std::get_if<Gates>(&step.kind);
    for (std::size_t i = 0; gates != nullptr && i < gates->levels.size(); ++i) {
      const Gates::Level& level = gates->levels[i];
      if (level.list == found->second.list && !level.only.empty())
        bounds.push_back({&level, parent->second.frame});
    }
    at = parent->second.frame;
  }
  return bounds;
}

// Whether the level's `only` admits the person; without one it admits everybody.
bool is_named(Transition& transition, const Gates::Level& level, FrameId frame, const PersonId& person) {
  if (level.only.empty()) return true;
  const auto named =
      resolve_people(transition, level.only, frame, fmt::format("only of stage {}", level.stage));
  return std::ranges::any_of(named, [&](const Seat& seat) {
    return seat.group.empty() ? seat.person == person
                              : transition.context().directory.is_member(person, seat.group);
  });
}

}  // namespace

bool has_bounds(const Definition& definition) {
  return std::ranges::any_of(definition.steps, [](const Step& step) {
    const auto* gates = std::get_if<Gates>(&step.kind);
    return gates != nullptr &&
           std::ranges::any_of(gates->levels, [](const Gates::Level& level) { return !level.only.empty(); });
  });
}

void open_gates(Transition& transition, ActivationId id, const Gates& gates) {
  for (std::size_t i = 0; i < gates.levels.size(); ++i)
    open_frame(transition, id, gates.levels[i].list, frame_key(i));
}

void look_at_gates(Transition& transition) {
  std::vector<ActivationId> open;
  for (const auto& [id, activation] : transition.state().activations) {
    const Step& step = transition.definition().step(activation.step);
    if (activation.outcome.empty() && !activation.held && std::holds_alternative<Gates>(step.kind))
      open.push_back(id);
  }
  for (const ActivationId id : open) {
    if (transition.stopped() || transition.state().ended || !transition.state().activations.contains(id))
      continue;
    open_levels(transition, id);
  }
}

bool may_complete(Transition& transition, FrameId frame, const PersonId& person) {
  return std::ranges::all_of(bounds_of(transition, frame), [&](const Bound& bound) {
    return is_named(transition, *bound.level, bound.frame, person);
  });
}

bool may_pass_over(Transition& transition, FrameId frame, const Step& step, const PersonId& person,
                   ActivationId open) {
  if (!may_complete(transition, frame, person)) return false;
  const Definition& definition = transition.definition();
  for (const Step& inner : definition.steps) {
    const auto* gates = std::get_if<Gates>(&inner.kind);
    if (gates == nullptr || inner.list == kNoList ||
        block_in(definition, step.list, inner.index) != step.index)
      continue;
    const auto running = transition.state().activations.find(open);
    const bool own = inner.index == step.index && running != transition.state().activations.end();
    for (std::size_t i = own ? running->second.levels : 0; i < gates->levels.size(); ++i) {
      if (!is_named(transition, gates->levels[i], frame, person)) return false;
    }
  }
  return true;
}

std::string closed_stage(const Transition& transition, FrameId frame) {
  const State& state = transition.state();
  for (FrameId at = frame; at;) {
    const auto found = state.frames.find(at);
    if (found == state.frames.end()) break;
    const auto parent = state.activations.find(found->second.parent);
    if (parent == state.activations.end()) break;
    const auto* gates = std::get_if<Gates>(&transition.definition().step(parent->second.step).kind);
    for (std::size_t i = 0; gates != nullptr && i < gates->levels.size(); ++i) {
      if (gates->levels[i].list == found->second.list && i > parent->second.levels)
        return gates->levels[i].stage;
    }
    at = parent->second.frame;
  }
  return {};
}

void keep_admitted(Transition& transition, FrameId frame, std::vector<Seat>& seats) {
  if (bounds_of(transition, frame).empty()) return;
  std::erase_if(seats, [&](const Seat& seat) {
    if (seat.group.empty()) return !may_complete(transition, frame, seat.person);
    const auto members = transition.context().directory.members(seat.group);
    return !members || std::ranges::none_of(*members, [&](const PersonId& member) {
      return may_complete(transition, frame, member);
    });
  });
}

}  // namespace countersign
