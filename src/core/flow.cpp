#include "core/flow.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/budget.h"
#include "core/chase.h"
#include "core/circles.h"
#include "core/claims.h"
#include "core/directory_change.h"
#include "core/for_each.h"
#include "core/gates.h"
#include "core/guards.h"
#include "core/incident.h"
#include "core/open_chain.h"
#include "core/people_step.h"
#include "core/plain_step.h"
#include "core/same_person.h"
#include "core/send_back.h"
#include "core/voters.h"

namespace countersign {
namespace {

void leave_below(Transition& transition, ActivationId activation) {
  for (const FrameId frame : frames_below(transition.state(), activation)) leave_frame(transition, frame);
}

void close_and_go_on(Transition& transition, ActivationId id, const char* how = "completed") {
  const Activation activation = transition.state().activations.at(id);
  transition.emit(ActivationClosed{id, how});
  if (activation.resume) return resume(transition, activation);
  transition.ready().push_back(activation.frame);
}

// The branches, levels and items below that are left before their end. `way`: frames from which it goes on
// elsewhere; what was done there has led to that.
void find_left(const Transition& transition, ActivationId id, const std::vector<FrameId>& way,
               std::vector<FrameId>& left) {
  const State& state = transition.state();
  const Activation& activation = state.activations.at(id);
  const bool at_once =
      activation.outcome.empty() && runs_at_once(transition.definition().step(activation.step));
  for (const FrameId frame : frames_below(state, id)) {
    if (at_once && std::ranges::find(way, frame) == way.end()) {
      left.push_back(frame);
    } else if (const ActivationId current = state.frames.at(frame).current) {
      find_left(transition, current, way, left);
    }
  }
}

// What unfinished work below has held counts for nothing.
void give_back_below(Transition& transition, ActivationId id, const std::vector<FrameId>& way = {}) {
  std::vector<FrameId> left;
  find_left(transition, id, way, left);
  if (!left.empty()) budget::give_back(transition, left);
}

// The frame and those around it.
std::vector<FrameId> way_out_of(const State& state, FrameId from) {
  std::vector<FrameId> way;
  for (FrameId at = from; at;) {
    const auto frame = state.frames.find(at);
    if (frame == state.frames.end()) break;
    way.push_back(at);
    const auto parent = state.activations.find(frame->second.parent);
    at = parent == state.activations.end() ? FrameId() : parent->second.frame;
  }
  return way;
}

// Everything that is open in it and below it ends without a result.
void give_up(Transition& transition, ActivationId id) {
  leave_below(transition, id);
  close_items(transition, id, ItemAct::cancel, Actor{});
  clear_timers(transition, id);
  const Activation& activation = transition.state().activations.at(id);
  const auto* run = std::get_if<Run>(&transition.definition().step(activation.step).kind);
  if (run != nullptr && activation.effect) transition.request(CancelChild{id, *activation.effect});
}

void branch_finished(Transition& transition, ActivationId id, const Parallel& parallel,
                     const std::string& branch) {
  const std::size_t open = frames_below(transition.state(), id).size();
  const std::size_t finished = parallel.branches.size() - open;
  const std::size_t needed = parallel.need.kind == QuorumKind::all   ? parallel.branches.size()
                             : parallel.need.kind == QuorumKind::one ? 1
                                                                     : parallel.need.number;
  if (finished < needed) return;
  complete(transition, id, {open == 0 && needed > 1 ? "all" : branch, Actor{}, {}, {}});
}

void finish_frame(Transition& transition, FrameId id) {
  const Frame frame = transition.state().frames.at(id);
  transition.emit(FrameClosed{id, "finished"});
  if (!frame.parent) {
    if (frame.key == "root") end_instance(transition, {.status = "completed"});
    return;
  }
  const Activation& parent = transition.state().activations.at(frame.parent);
  const Step& step = transition.definition().step(parent.step);
  if (!parent.outcome.empty()) return close_and_go_on(transition, parent.id);
  if (const auto* parallel = std::get_if<Parallel>(&step.kind)) {
    branch_finished(transition, parent.id, *parallel, frame.key);
  } else if (const auto* each = std::get_if<ForEach>(&step.kind)) {
    item_finished(transition, parent.id, *each, *frame.item);
  } else if (!std::holds_alternative<Gates>(step.kind)) {  // those are looked at whenever something happened
    close_and_go_on(transition, parent.id);
  }
}

void pass_over(Transition& transition, FrameId frame, const Step& step) {
  const ActivationId id(transition.fresh_id());
  const std::uint32_t round = transition.state().round;
  const auto visits = transition.state().visits.find(step.index);
  const std::uint32_t visit = visits == transition.state().visits.end() ? 0 : visits->second;  // not one more
  transition.emit(
      ActivationOpened{id, frame, step.index, step.name, step.position, visit, round, std::nullopt});
  close_and_go_on(transition, id, "skipped");
}

FrameId outermost(const State& state, FrameId from) {
  const std::vector<FrameId> way = way_out_of(state, from);
  return way.empty() ? FrameId() : way.back();
}

// A task may call one of its own outcomes so.
bool is_own_outcome(const Step& step, std::string_view outcome) {
  const auto* task = std::get_if<Task>(&step.kind);
  return task != nullptr &&
         std::find(task->outcomes.begin(), task->outcomes.end(), outcome) != task->outcomes.end();
}

// An end in the list of a `rejected` or `timeout` outcome: the request came to nothing.
bool is_below_refusal(const Transition& transition, const Step& end) {
  const Definition& definition = transition.definition();
  for (ListIndex at = end.list; at != kNoList;) {
    const StepList& list = definition.list(at);
    if (list.role == "on:rejected" || list.role == "on:timeout") return true;
    at = list.owner == kNoStep ? kNoList : definition.step(list.owner).list;
  }
  return false;
}

// Whoever waits for people waits for somebody: a step that asks nobody would stand still unseen.
void report_where_nobody_is_asked(Transition& transition) {
  std::vector<ActivationId> idle;
  for (const auto& [id, activation] : transition.state().activations) {
    if (asks_nobody(transition.state(), activation)) idle.push_back(id);
  }
  for (const ActivationId id : idle) {
    raise_incident(transition, id,
                   "nobody is asked any more, and no answer would let it go on: retry asks everybody afresh, "
                   "or skip it");
  }
}

}  // namespace

std::vector<FrameId> frames_below(const State& state, ActivationId parent) {
  std::vector<FrameId> frames;
  for (const auto& [id, frame] : state.frames) {
    if (frame.parent == parent) frames.push_back(id);
  }
  return frames;
}

bool runs_at_once(const Step& step) {
  return std::holds_alternative<Parallel>(step.kind) || std::holds_alternative<Gates>(step.kind) ||
         std::holds_alternative<ForEach>(step.kind);
}

void leave_frame(Transition& transition, FrameId id) {
  const Frame& frame = transition.state().frames.at(id);
  if (frame.current) leave(transition, frame.current);
  transition.emit(FrameClosed{id, "left"});
}

FrameId root_frame(const State& state) {
  for (const auto& [id, frame] : state.frames) {
    if (!frame.parent && frame.key == "root") return id;
  }
  return FrameId();
}

FrameId frame_of_list(const State& state, FrameId from, ListIndex list) {
  for (FrameId at = from; at;) {
    const auto frame = state.frames.find(at);
    if (frame == state.frames.end()) break;
    if (frame->second.list == list) return at;
    const auto parent = state.activations.find(frame->second.parent);
    at = parent == state.activations.end() ? FrameId() : parent->second.frame;
  }
  const FrameId root = root_frame(state);
  return root && state.frames.at(root).list == list ? root : FrameId();
}

FrameId reopen_branch(Transition& transition, ListIndex list, const ItemPath& path) {
  const StepIndex owner = transition.definition().list(list).owner;
  const State& state = transition.state();
  if (owner == kNoStep) return FrameId();
  const auto* parallel = std::get_if<Parallel>(&transition.definition().step(owner).kind);
  if (parallel == nullptr) return FrameId();
  const auto branch = std::ranges::find(parallel->branches, list, &Parallel::Branch::list);
  if (branch == parallel->branches.end()) return FrameId();
  for (const auto& [id, activation] : state.activations) {
    if (activation.step != owner || !activation.outcome.empty()) continue;
    const ItemPath around = item_path(state, activation.frame);
    if (std::mismatch(around.begin(), around.end(), path.begin(), path.end()).first != around.end()) continue;
    const FrameId frame(transition.fresh_id());
    transition.emit(FrameOpened{frame, id, list, branch->name, std::nullopt, std::nullopt});
    return frame;
  }
  return FrameId();
}

namespace {

// Who is asked may hang on what this command has changed in the form or the variables: how far a chain goes,
// and whom `only` names.
void ask_by_the_form(Transition& transition) {
  const bool has_changed = std::ranges::any_of(transition.events(), [](const Event& event) {
    return std::holds_alternative<FormChanged>(event.body) || std::holds_alternative<VarsSet>(event.body);
  });
  if (!has_changed) return;
  std::vector<ActivationId> open;
  for (const auto& [id, activation] : transition.state().activations) open.push_back(id);
  for (const ActivationId id : open) begin_anew_where_outgrown(transition, id);
  if (!transition.stopped() && has_bounds(transition.definition())) move_on_from_leavers(transition);
}

}  // namespace

void run_to_wait(Transition& transition) {
  int steps = 0;
  std::uint64_t looked_at = 0;  // up to which event the gates have been looked at
  while (!transition.stopped() && !transition.state().ended) {
    if (transition.state().seq != looked_at) {
      guards::look_at_form(transition, looked_at);
      ask_by_the_form(transition);
      same_person::ask_again(transition);
      move_on_from_voters(transition);
      look_at_gates(transition);
      looked_at = transition.state().seq;
      continue;
    }
    if (transition.ready().empty()) return report_where_nobody_is_asked(transition);
    const FrameId id = transition.ready().front();
    transition.ready().erase(transition.ready().begin());
    const auto frame = transition.state().frames.find(id);
    if (frame == transition.state().frames.end() || frame->second.current)
      continue;  // left or gone on meanwhile
    if (++steps > kStepsMax) {
      transition.raise(fmt::format("more than {} steps ran without one that waits", kStepsMax));
      return;
    }
    const StepList& list = transition.definition().list(frame->second.list);
    if (frame->second.next >= list.steps.size()) {
      finish_frame(transition, id);
    } else {
      open_step(transition, id, list.steps[frame->second.next]);
    }
  }
}

void open_frame(Transition& transition, ActivationId parent, ListIndex list, std::string key,
                std::optional<cel::Value> event, std::optional<std::uint32_t> item) {
  const FrameId id(transition.fresh_id());
  transition.emit(FrameOpened{id, parent, list, std::move(key), std::move(event), item});
  transition.ready().push_back(id);
}

namespace {

ActivationId open_activation(Transition& transition, FrameId frame, const Step& step,
                             const std::optional<StepTimes>& times) {
  if (!step.stage.empty() && step.stage != transition.state().stage)
    transition.emit(StageEntered{step.stage});

  const ActivationId id(transition.fresh_id());
  const auto visits = transition.state().visits.find(step.index);
  const std::uint32_t visit = visits == transition.state().visits.end() ? 1 : visits->second + 1;
  std::optional<Instant> due;
  if (times) {
    due = times->due_at;
  } else if (step.due) {
    due = instant_of(transition, *step.due, transition.now(), frame, fmt::format("due of {}", step.name));
  }
  transition.emit(ActivationOpened{id, frame, step.index, step.name, step.position, visit,
                                   transition.state().round, due,
                                   times ? std::optional(times->opened_at) : std::nullopt});
  return id;
}

// Whoever starts a request is told at once that it could not go on.
bool is_starting(Transition& transition) {
  const std::vector<Event>& events = transition.events();
  return !events.empty() && std::holds_alternative<Started>(events.front().body);
}

}  // namespace

ActivationId enter_step(Transition& transition, FrameId frame, const Step& step,
                        const std::optional<StepTimes>& times) {
  const ActivationId id = open_activation(transition, frame, step, times);
  if (times && times->deadline) {
    transition.emit(TimerSet{{id, 0, TimerKind::deadline, 0}, *times->deadline, 0});
  } else {
    set_activation_timers(transition, id);
  }
  return id;
}

void begin(Transition& transition, ActivationId id) {
  const Step& step = transition.definition().step(transition.state().activations.at(id).step);
  set_activation_timers(transition, id);
  if (transition.stopped()) return;
  open_kind(transition, id, step);
  set_escalation_timers(transition, id);
}

void open_step(Transition& transition, FrameId frame, StepIndex index) {
  const Step& step = transition.definition().step(index);
  if (step.when && !transition.holds(*step.when, frame, fmt::format("when of {}", step.name))) {
    if (!transition.stopped()) pass_over(transition, frame, step);
    return;
  }
  if (const auto* go = std::get_if<Go>(&step.kind)) return jump(transition, frame, go->step);
  if (const auto* end = std::get_if<End>(&step.kind)) {
    return end_instance(transition,
                        {.status = end->status,
                         .came_to_nothing = is_below_refusal(transition, step) || end->status == "rejected"});
  }
  const ActivationId id = open_activation(transition, frame, step, std::nullopt);
  if (transition.stopped()) return;
  const auto circle = goes_in_circles(transition.state(), frame, transition.definition(), transition.now());
  if (!circle) return begin(transition, id);
  if (is_starting(transition)) return transition.raise(*circle);
  raise_incident(transition, id, *circle + "; retry goes on from here", Begun::held);
}

void complete(Transition& transition, ActivationId id, Answered answered) {
  give_back_below(transition, id);
  leave_below(transition, id);
  close_items(transition, id, ItemAct::supersede, answered.by);
  clear_timers(transition, id);
  transition.emit(
      OutcomeReached{id, answered.outcome, answered.by, answered.comment, std::move(answered.fields)});
  follow_outcome(transition, id);
}

void follow_outcome(Transition& transition, ActivationId id) {
  const Activation activation = transition.state().activations.at(id);
  const Step& step = transition.definition().step(activation.step);
  const StepResult* reached =
      find_result(transition.state(), activation.step, item_path(transition.state(), activation.frame));
  COUNTERSIGN_INVARIANT(reached != nullptr, "a step's outcome is followed before it has one");
  const StepResult result = *reached;
  const auto handler = step.on.find(result.outcome);
  if (handler != step.on.end() && !transition.definition().list(handler->second).steps.empty()) {
    open_frame(transition, id, handler->second, "on:" + result.outcome);
    return;
  }
  if (handler == step.on.end() && result.outcome == "rejected" && !is_own_outcome(step, "rejected")) {
    transition.emit(ActivationClosed{id, "completed"});
    end_instance(transition, {"rejected", result.by, result.comment, true});
    return;
  }
  const bool unhandled = result.outcome == "timeout" || result.outcome == "failed" ||
                         (result.outcome == "insufficient" && std::holds_alternative<Budget>(step.kind));
  if (handler == step.on.end() && unhandled) {
    transition.raise(
        fmt::format("{} ended with '{}', which nothing in the workflow handles", step.name, result.outcome));
    return;
  }
  close_and_go_on(transition, id);
}

void pass_by(Transition& transition, ActivationId id) {
  give_back_below(transition, id);
  give_up(transition, id);
  close_and_go_on(transition, id, "skipped");
}

void leave(Transition& transition, ActivationId id) {
  give_up(transition, id);
  transition.emit(ActivationClosed{id, "cancelled"});
}

void submit_again(Transition& transition, const PersonId& by) {
  transition.emit(StatusChanged{"running", by});
  claims::change(transition, transition.state().form);  // a withdrawn request had let go of them
}

void jump(Transition& transition, FrameId from, StepIndex target) {
  const Step& step = transition.definition().step(target);
  const FrameId frame = frame_of_list(transition.state(), from, step.list);
  if (!frame) {
    transition.raise(fmt::format("cannot go to {}: the block that it stands in is not open", step.name));
    return;
  }
  const std::vector<FrameId> way = way_out_of(transition.state(), from);
  // An event's list that goes elsewhere is finished by that.
  const FrameId outer = outermost(transition.state(), from);
  if (outer && outer != outermost(transition.state(), frame)) leave_frame(transition, outer);
  if (const ActivationId current = transition.state().frames.at(frame).current) {
    give_back_below(transition, current, way);
    const StepIndex left = transition.state().activations.at(current).step;
    leave(transition, current);
    if (left == transition.definition().revise) submit_again(transition, PersonId());
    if (transition.stopped()) return;
  }
  open_step(transition, frame, target);
}

void end_instance(Transition& transition, const Ending& ending) {
  for (const FrameId frame : frames_below(transition.state(), ActivationId())) leave_frame(transition, frame);
  transition.ready().clear();
  budget::settle_at_end(transition, ending.status);
  claims::free_at_end(transition, ending.status, ending.came_to_nothing);
  transition.emit(Ended{ending.status, ending.by, ending.reason});
  const State& state = transition.state();
  if (!state.parent.empty() && state.parent_activation) {
    transition.request(ReportToParent{state.parent, state.parent_activation, ending.status});
  }
  const bool own_act = ending.by.kind == Actor::Kind::person && ending.by.person == state.requester;
  const auto told = [&](const Effect& effect) {
    const auto* send = std::get_if<Send>(&effect);
    return send != nullptr && send->kind == SendKind::notify && send->to == state.requester;
  };
  const auto& effects = transition.effects();
  if (!state.requester.empty() && !own_act && std::none_of(effects.begin(), effects.end(), told)) {
    transition.request(Send{.kind = SendKind::outcome, .to = state.requester});
  }
}

}  // namespace countersign
