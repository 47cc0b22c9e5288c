// What reaches an instance from outside its work items: events, answers of other systems, and acts on the
// whole.

#include <algorithm>

#include <fmt/format.h>

#include "core/acts/hand_over.h"
#include "core/claims.h"
#include "core/commands.h"
#include "core/directory_change.h"
#include "core/flow.h"
#include "core/incident.h"
#include "core/people_step.h"
#include "core/plain_step.h"
#include "core/policy.h"
#include "core/send_back.h"
#include "core/take_back.h"

namespace countersign {
namespace {

bool is_event(const std::string& connector, const std::string& name, const DeliverEvent& command) {
  return connector == command.connector && name == command.name;
}

bool refuse_if_ended(Transition& transition, std::string_view act) {
  if (!transition.state().ended) return false;
  transition.refuse(ErrorCode::conflict,
                    fmt::format("cannot {} {}: it has ended ({})", act, transition.state().reference,
                                transition.state().status));
  return true;
}

}  // namespace

ActivationId waiting_for(const State& state, EffectId effect) {
  for (const auto& [id, activation] : state.activations) {
    if (activation.effect == effect) return id;
  }
  return ActivationId();
}

void deliver_event(Transition& transition, const DeliverEvent& command) {
  const bool ended = transition.state().ended;
  transition.emit(EventReceived{command.connector, command.name, command.delivery_id, command.data, ended});
  if (ended) return;
  // Waits that are open now; what a handler opens waits for the next event.
  std::vector<ActivationId> waits;
  for (const auto& [id, activation] : transition.state().activations) {
    const auto* wait = std::get_if<Wait>(&transition.definition().step(activation.step).kind);
    if (wait != nullptr && wait->event && activation.outcome.empty() &&
        is_event(wait->event->connector, wait->event->name, command)) {
      waits.push_back(id);
    }
  }
  for (const EventHandler& handler : transition.definition().on_event) {
    if (!is_event(handler.connector, handler.name, command)) continue;
    const bool taken = !handler.where || transition.holds_for_event(*handler.where, FrameId(), command.data,
                                                                    "where of on_event");
    if (!taken || transition.stopped()) continue;
    open_frame(transition, ActivationId(), handler.list, "event:" + command.name, command.data);
    run_to_wait(transition);
    if (transition.state().ended) return;
  }
  for (const ActivationId id : waits) {
    const auto activation = transition.state().activations.find(id);
    if (activation == transition.state().activations.end()) continue;  // a handler left it
    const Step& step = transition.definition().step(activation->second.step);
    const WaitEvent& event = *std::get<Wait>(step.kind).event;
    if (!event_matches(transition, event, step, activation->second.frame, command.data)) continue;
    complete(transition, id, {"received", Actor{.channel = "event"}, {}, fields_of_event(command.data)});
    run_to_wait(transition);
    if (transition.state().ended) return;
  }
}

void effect_done(Transition& transition, const EffectDone& command) {
  const ActivationId id = waiting_for(transition.state(), command.effect);
  if (!id) return transition.refuse(ErrorCode::conflict, "nothing waits for this answer any more");
  transition.emit(EffectFinished{command.effect, id, command.succeeded, command.error});
  complete(transition, id,
           {command.succeeded ? "succeeded" : "failed", Actor{.channel = "connector"}, command.error,
            command.reply});
}

void child_ended(Transition& transition, const ChildEnded& command) {
  const auto found = transition.state().activations.find(command.activation);
  if (found == transition.state().activations.end() || !found->second.effect) {
    return transition.refuse(ErrorCode::conflict, "nothing waits for this instance any more");
  }
  const ActivationId id = found->first;
  const Step& step = transition.definition().step(found->second.step);
  if (command.status.empty()) {
    return raise_incident(transition, id,
                          fmt::format("{} could not be started: {}", step.name, command.error));
  }
  if (command.status == "cancelled" && !step.on.contains("cancelled")) {
    return raise_incident(transition, id,
                          fmt::format("{} was cancelled ({})", step.name, command.child.value));
  }
  transition.emit(EffectFinished{*found->second.effect, id, true, command.status});
  complete(transition, id, {command.status, Actor{.channel = "workflow"}, {}, {}});
}

void withdraw(Transition& transition, const Withdraw& command) {
  if (refuse_if_ended(transition, "withdraw")) return;
  const State& state = transition.state();
  const auto no = [&](ErrorCode code, std::string_view why) {
    transition.refuse(code, fmt::format("cannot withdraw {}: {}", state.reference, why));
  };
  if (command.by.person.empty() || command.by.person != state.requester) {
    return no(ErrorCode::forbidden, "only its requester withdraws a request");
  }
  if (state.status == "revising") return no(ErrorCode::conflict, "it is with its requester already");
  switch (transition.definition().withdraw) {
    case WithdrawUntil::never:
      return no(ErrorCode::forbidden, "the workflow does not allow it");
    case WithdrawUntil::any_time:
      break;
    case WithdrawUntil::first_view:
      if (state.first_view) return no(ErrorCode::conflict, "somebody who is asked has looked at it already");
      [[fallthrough]];
    case WithdrawUntil::first_decision:
      if (state.first_decision) return no(ErrorCode::conflict, "somebody has decided already");
      break;
  }
  const auto everything = [](StepIndex, const ItemPath&, ActivationId) { return true; };
  if (const std::string left = what_has_left(transition, everything); !left.empty())
    return no(ErrorCode::conflict, left);
  claims::free_form(transition);
  open_revision(transition, "withdrawn: " + command.reason);
}

void view(Transition& transition, const View& command) {
  const State& state = transition.state();
  const auto found = state.items.find(command.item);
  if (found == state.items.end() || found->second.status != ItemStatus::open) {
    return transition.refuse(ErrorCode::conflict, "the work item is not open");
  }
  const Item& item = found->second;
  const PersonId& person = command.by.person;
  const bool theirs = is_before(transition.context().directory, item, person) ||
                      !acting_for(transition, item, command.by).empty();
  if (person.empty() || !theirs) {
    return transition.refuse(ErrorCode::forbidden,
                             "only whoever is asked says that they have seen a work item");
  }
  const bool revision = state.activations.at(item.activation).step == transition.definition().revise;
  if (!state.first_view && !revision) transition.emit(ItemViewed{item.number, command.by});
}

void cancel(Transition& transition, const Cancel& command) {
  if (refuse_if_ended(transition, "cancel")) return;
  const State& state = transition.state();
  // Whoever has the form now: where the requester has left, somebody in their place.
  const bool has_form =
      command.by.person == state.requester || std::ranges::any_of(state.items, [&](const auto& entry) {
        const Step& step = transition.definition().step(state.activations.at(entry.second.activation).step);
        return std::holds_alternative<Revise>(step.kind) && entry.second.assignee == command.by.person;
      });
  const bool own_draft = state.status == "revising" && command.by.kind == Actor::Kind::person &&
                         !command.by.person.empty() && has_form;
  // A parent that went on without it.
  const bool parent = command.by.kind == Actor::Kind::system && command.by.channel == "workflow";
  if (command.by.kind != Actor::Kind::admin && !own_draft && !parent) {
    return transition.refuse(
        ErrorCode::forbidden,
        fmt::format("cannot cancel {}: an administrator does that, or its requester while the "
                    "request is back with them",
                    state.reference));
  }
  if (!admit(transition, refusal_without_reason(command.by, command.reason))) return;
  end_instance(transition, {"cancelled", command.by, command.reason, true});
}

void retry(Transition& transition, const Retry& command) {
  const auto found = transition.state().activations.find(command.activation);
  if (found == transition.state().activations.end() || !stands_still(transition.state(), found->second)) {
    return transition.refuse(ErrorCode::conflict, "it does not stand still");
  }
  if (!admit(transition, refusal_without_reason(command.by, command.reason))) return;
  const Activation activation = found->second;
  transition.emit(IncidentCleared{activation.id, command.by, command.reason});
  if (activation.held) return begin(transition, activation.id);
  std::vector<TimerKey> postponed;
  for (const auto& [key, timer] : transition.state().timers) {
    if (key.activation == activation.id && timer.due > transition.now()) postponed.push_back(key);
  }
  const Step& step = transition.definition().step(activation.step);
  const bool asks_people = std::holds_alternative<Approve>(step.kind) ||
                           std::holds_alternative<Task>(step.kind) ||
                           std::holds_alternative<Revise>(step.kind);
  const bool runs_below =
      std::any_of(transition.state().frames.begin(), transition.state().frames.end(),
                  [&](const auto& entry) { return entry.second.parent == activation.id; });
  if (runs_below || std::holds_alternative<Gates>(step.kind)) {
    move_on_from_leavers(
        transition);  // else what stands still below finds the way; gates are looked at anyhow
  } else if (!activation.outcome.empty()) {
    follow_outcome(transition, activation.id);
  } else if (asks_people && activation.items.empty()) {
    open_kind(transition, activation.id, step);
  } else if (asks_people) {
    move_on_from_leavers(transition);  // else people's next answer finds the way again
  } else if (std::holds_alternative<Wait>(step.kind)) {
    for (const TimerKey& key : postponed) transition.emit(TimerSet{key, transition.now() + Duration(1), 0});
  } else {
    open_kind(transition, activation.id, step);  // a call or a child is asked for again, with a new effect
  }
}

}  // namespace countersign
