// What reaches an instance from outside its work items: events, answers of other systems, and acts on the
// whole.

#include <algorithm>

#include <fmt/format.h>

#include "core/budget.h"
#include "core/claims.h"
#include "core/commands.h"
#include "core/directory_change.h"
#include "core/flow.h"
#include "core/gates.h"
#include "core/guest.h"
#include "core/incident.h"
#include "core/people_step.h"
#include "core/plain_step.h"

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

// The activation that waits for the effect; none where it was left meanwhile.
ActivationId waiting_for(const State& state, EffectId effect) {
  for (const auto& [id, activation] : state.activations) {
    if (activation.effect == effect) return id;
  }
  return ActivationId();
}

}  // namespace

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

void comment(Transition& transition, const Comment& command) {
  if (command.text.empty() || command.text.size() > 20'000) {
    return transition.refuse(ErrorCode::invalid_input, "a comment has 1 to 20,000 bytes",
                             {{"/text", "write 1 to 20,000 bytes"}});
  }
  transition.emit(Commented{command.by, command.text});
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
    case WithdrawUntil::first_decision:
      if (state.first_decision) return no(ErrorCode::conflict, "somebody has decided already");
      break;
  }
  const bool effect_runs = std::any_of(state.activations.begin(), state.activations.end(),
                                       [](const auto& entry) { return entry.second.effect.has_value(); });
  if (effect_runs)
    return no(ErrorCode::conflict, "a call or another workflow that it started is still running");
  const auto has_left = [&](StepIndex step, const StepResult& result) {
    const StepKind& kind = transition.definition().step(step).kind;
    return !result.voided && (std::holds_alternative<Call>(kind) || std::holds_alternative<Run>(kind));
  };
  const bool effect_done =
      std::ranges::any_of(state.results,
                          [&](const auto& entry) { return has_left(entry.first, entry.second); }) ||
      std::ranges::any_of(state.item_results, [&](const auto& of_items) {
        return std::ranges::any_of(of_items.second,
                                   [&](const auto& entry) { return has_left(of_items.first, entry.second); });
      });
  if (effect_done)
    return no(ErrorCode::conflict, "another system has been called, or another workflow has run, for it");
  if (budget::has_moved(transition.definition(), state))
    return no(ErrorCode::conflict, "budget has been spent or moved for it");
  claims::free_form(transition);
  open_revision(transition, "withdrawn: " + command.reason);
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
  if (command.by.kind == Actor::Kind::admin && command.reason.empty()) {
    return transition.refuse(ErrorCode::invalid_input, "an administrator gives a reason",
                             {{"/reason", "say why"}});
  }
  end_instance(transition, {"cancelled", command.by, command.reason, true});
}

void retry(Transition& transition, const Retry& command) {
  const auto found = transition.state().activations.find(command.activation);
  if (found == transition.state().activations.end() || found->second.incident.empty()) {
    return transition.refuse(ErrorCode::conflict, "it does not stand still");
  }
  const Activation activation = found->second;
  transition.emit(IncidentCleared{activation.id, command.by, command.reason});
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
    return;  // what stands still below finds the way; gates are looked at anyhow
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

void reassign(Transition& transition, const Reassign& command) {
  const auto found = transition.state().items.find(command.item);
  if (found == transition.state().items.end()) {
    return transition.refuse(ErrorCode::conflict, "the work item is closed");
  }
  const Item item = found->second;
  const Directory& directory = transition.context().directory;
  const Person* to = directory.find(command.to);
  if (command.by.kind != Actor::Kind::admin) {
    return transition.refuse(ErrorCode::forbidden, "only an administrator reassigns work");
  }
  if (command.reason.empty()) {
    return transition.refuse(ErrorCode::invalid_input, "an administrator gives a reason",
                             {{"/reason", "say why"}});
  }
  if (to == nullptr || !to->active) {
    return transition.refuse(ErrorCode::invalid_input,
                             fmt::format("{} is not an active person of the directory", command.to.value),
                             {{"/to", "name an active person"}});
  }
  if (is_guest(command.to)) {
    return transition.refuse(ErrorCode::forbidden,
                             "work is not handed over to guests: a step asks them with guest()",
                             {{"/to", "name an active person"}});
  }
  const Step& step = transition.definition().step(transition.state().activations.at(item.activation).step);
  if (std::holds_alternative<Approve>(step.kind) && command.to == transition.state().requester) {
    return transition.refuse(ErrorCode::forbidden, "nobody approves a request of their own");
  }
  Roster roster = transition.state().activations.at(item.activation).roster;
  const auto& siblings = transition.state().activations.at(item.activation).items;
  const bool on_roster = std::any_of(roster.seats.begin(), roster.seats.end(),
                                     [&](const Seat& seat) { return seat.person == command.to; });
  const FrameId frame = transition.state().activations.at(item.activation).frame;
  if (!may_complete(transition, frame, command.to)) {
    return transition.refuse(
        ErrorCode::forbidden,
        fmt::format("'only' of the stage does not name {}, and binds administrators too", command.to.value),
        {{"/to", "name somebody whom 'only' names"}});
  }
  const bool is_asked = std::any_of(siblings.begin(), siblings.end(), [&](std::uint32_t number) {
    return transition.state().items.at(number).assignee == command.to;
  });
  if (on_roster || is_asked) {
    return transition.refuse(ErrorCode::conflict,
                             fmt::format("{} is on this step already", command.to.value));
  }
  // Whoever was asked in its place goes on being asked, in the place of the new one.
  std::vector<Item> stand_ins;
  for (const std::uint32_t number : siblings) {
    const Item& other = transition.state().items.at(number);
    const bool stands_for_it =
        std::find(other.stands_for.begin(), other.stands_for.end(), command.item) != other.stands_for.end();
    if (stands_for_it) stand_ins.push_back(other);
  }
  close_item(transition, command.item, ItemAct::reassign, command.by);
  Seat seat{.person = command.to, .reason = "reassigned: " + command.reason};
  for (Seat& taken : roster.seats) {
    if (taken.item == command.item) taken = seat;
  }
  transition.emit(RosterSet{item.activation, std::move(roster)});
  const std::uint32_t renewed = open_item(
      transition, item.activation, seat, {item.stands_for, item.entries, item.status == ItemStatus::waiting});
  for (Item& stand_in : stand_ins) {
    close_item(transition, stand_in.number, ItemAct::supersede, command.by);
    std::replace(stand_in.stands_for.begin(), stand_in.stands_for.end(), command.item, renewed);
    open_item(transition, item.activation,
              Seat{.person = stand_in.assignee, .group = stand_in.group, .reason = "escalation"},
              {stand_in.stands_for, stand_in.entries, false});
  }
}

}  // namespace countersign
