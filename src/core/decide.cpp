#include "core/decide.h"

#include <fmt/format.h>

#include "core/chase.h"
#include "core/commands.h"
#include "core/directory_change.h"
#include "core/flow.h"
#include "core/incident.h"
#include "core/settled.h"

namespace countersign {
namespace {

// 0 where it is about no item.
std::uint32_t item_of(const Command& command) {
  return std::visit(
      []<class T>(const T& any) -> std::uint32_t {
        if constexpr (requires { any.item; }) {
          return any.item;
        } else {
          return 0;
        }
      },
      command);
}

// Where an incident of this command stands: what it was meant for, else whatever is open first.
ActivationId target_of(const State& state, const Command& command) {
  const auto open = [&](ActivationId id) { return state.activations.contains(id) ? id : ActivationId(); };
  ActivationId target;
  const auto item = state.items.find(item_of(command));
  if (item != state.items.end()) {
    target = item->second.activation;
  } else if (const auto* timer = std::get_if<TimerDue>(&command)) {
    target = open(timer->timer.activation);
  } else if (const auto* child = std::get_if<ChildEnded>(&command)) {
    target = open(child->activation);
  } else if (const auto* retried = std::get_if<Retry>(&command)) {
    target = open(retried->activation);
  } else if (const auto* done = std::get_if<EffectDone>(&command)) {
    for (const auto& [id, activation] : state.activations) {
      if (activation.effect == done->effect) target = id;
    }
  }
  if (!target && !state.activations.empty()) target = state.activations.begin()->first;
  return target;
}

// How long a timer whose work failed waits for the next attempt, so that nothing spins while nobody mends it.
constexpr Duration kRetryTimerAfter = std::chrono::hours(1);

Decision finished(Transition& transition) {
  return Decision{
      std::move(transition.events()), std::move(transition.effects()), transition.take_state(), {}};
}

// What another system has answered happened, whatever stands in the way of what follows: it is not asked
// again. Whether there is such an answer.
bool keep_answer(Transition& transition, ActivationId target, const Command& command) {
  std::optional<OutcomeReached> reached;
  if (const auto* done = std::get_if<EffectDone>(&command)) {
    reached = OutcomeReached{target, done->succeeded ? "succeeded" : "failed", Actor{.channel = "connector"},
                             done->error, done->reply};
  } else if (const auto* child = std::get_if<ChildEnded>(&command);
             child != nullptr && !child->status.empty()) {
    reached = OutcomeReached{target, child->status, Actor{.channel = "workflow"}, {}, {}};
  }
  const auto activation = transition.state().activations.find(target);
  if (!reached || activation == transition.state().activations.end() || !activation->second.effect) {
    return false;
  }
  transition.emit(
      EffectFinished{*activation->second.effect, target, reached->outcome != "failed", reached->comment});
  clear_timers(transition, target);
  transition.emit(std::move(*reached));
  return true;
}

Outcome incident_instead(const Context& context, const State& before, const Command& command,
                         const std::string& message) {
  const ActivationId target = target_of(before, command);
  if (std::holds_alternative<Start>(command) || !target) {
    return Rejection{Error{ErrorCode::invalid_input, message, {}}, {}};
  }
  Transition transition(context, before);
  const bool kept = keep_answer(transition, target, command);
  const Error refusal{
      ErrorCode::conflict,
      fmt::format("cannot go on with {}: {}. {}; the workflow's caretakers were told",
                  before.reference.empty() ? before.workflow.value : before.reference, message,
                  kept ? "The answer is kept, and what follows from it waits" : "Nothing of it was done"),
      {}};
  raise_incident(transition, target, message);
  if (const auto* timer = std::get_if<TimerDue>(&command)) {
    const auto set = before.timers.find(timer->timer);
    if (set != before.timers.end()) {
      transition.emit(TimerSet{timer->timer, context.now + kRetryTimerAfter, set->second.fired});
    }
  }
  if (transition.stopped()) return Rejection{refusal, {}};
  Decision decision = finished(transition);
  decision.refusal = refusal;
  return decision;
}

// Nobody waits for what becomes of it.
bool is_unattended(const Command& command) {
  return std::holds_alternative<TimerDue>(command) || std::holds_alternative<EffectDone>(command) ||
         std::holds_alternative<ChildEnded>(command) || std::holds_alternative<DeliverEvent>(command);
}

// A retry after which it stands still for the same reason: nothing new happens, the incident stays as it was,
// and whoever retries is told.
std::optional<Decision> unmended(const Transition& transition, const State& before, const Command& command) {
  const auto* retried = std::get_if<Retry>(&command);
  if (retried == nullptr) return std::nullopt;
  const auto was = before.activations.find(retried->activation);
  const auto is = transition.state().activations.find(retried->activation);
  if (was == before.activations.end() || is == transition.state().activations.end()) return std::nullopt;
  const std::string& why = is->second.incident;
  if (why.empty() || why != was->second.incident) return std::nullopt;
  return Decision{
      {},
      {},
      std::make_shared<State>(before),
      Error{ErrorCode::conflict,
            fmt::format("retry has mended nothing, {} still stands still: {}", before.reference, why),
            {}}};
}

// A fault of this program. It ends with the command: the instance is as it was, and the others go on.
Outcome failed(const Context& context, const State& before, const Command& command, std::string_view what) {
  const std::string message = fmt::format("an error in Countersign itself ({}); please report it", what);
  if (is_unattended(command)) return incident_instead(context, before, command, message);
  return Rejection{
      Error{ErrorCode::internal,
            fmt::format("cannot go on with {}: {}",
                        before.reference.empty() ? before.workflow.value : before.reference, message),
            {}},
      {}};
}

}  // namespace

Outcome decide(const Context& context, const State& before, const Command& command) {
  Transition transition(context, before);
  std::optional<Existing> existing;
  struct {
    Transition& transition;
    std::optional<Existing>& existing;
    void operator()(const Start& c) { existing = start(transition, c); }
    void operator()(const Decide& c) { decide_item(transition, c); }
    void operator()(const DeliverEvent& c) { deliver_event(transition, c); }
    void operator()(const TimerDue& c) { timer_due(transition, c.timer); }
    void operator()(const EffectDone& c) { effect_done(transition, c); }
    void operator()(const ChildEnded& c) { child_ended(transition, c); }
    void operator()(const Comment& c) { comment(transition, c); }
    void operator()(const Withdraw& c) { withdraw(transition, c); }
    void operator()(const Cancel& c) { cancel(transition, c); }
    void operator()(const Retry& c) { retry(transition, c); }
    void operator()(const Reassign& c) { reassign(transition, c); }
    void operator()(const TakeBack& c) { take_back(transition, c); }
    void operator()(const Skip& c) { skip(transition, c); }
    void operator()(const Jump& c) { jump_to(transition, c); }
    void operator()(const View& c) { view(transition, c); }
    void operator()(const Transfer& c) { transfer(transition, c); }
    void operator()(const Delegate& c) { delegate(transition, c); }
    void operator()(const AddApprover& c) { add_approver(transition, c); }
    void operator()(const RemoveApprover& c) { remove_approver(transition, c); }
    void operator()(const ClaimItem& c) { claim_item(transition, c); }
    void operator()(const ReleaseItem& c) { release_item(transition, c); }
    void operator()(const Nudge& c) { nudge(transition, c); }
    void operator()(const SendCopies& c) { send_copies(transition, c); }
    void operator()(const DirectoryChanged&) { directory_changed(transition); }
    void operator()(const Migrate& c) { migrate(transition, c); }
  } apply{transition, existing};
  try {
    std::visit(apply, command);
    // A migrated instance goes on under its new definition, with whatever comes next: it waits everywhere.
    if (!transition.stopped() && !std::holds_alternative<Migrate>(command)) {
      run_to_wait(transition);
      tell_stand_ins(transition);
    }
  } catch (const std::exception& error) {
    return failed(context, before, command, error.what());
  }

  if (existing) return *existing;
  if (!transition.needs().empty()) return NeedFacts{std::move(transition.needs())};
  // What nobody reads the answer to is not lost, where it had begun.
  if (transition.refusal() && is_unattended(command) && !transition.events().empty())
    return incident_instead(context, before, command, transition.refusal()->error.message);
  if (transition.refusal()) return *transition.refusal();
  if (transition.incident()) return incident_instead(context, before, command, *transition.incident());
  if (std::optional<Decision> nothing = unmended(transition, before, command)) return std::move(*nothing);
  if (!std::holds_alternative<Migrate>(command)) tell_settled(transition, before, command);
  return finished(transition);
}

}  // namespace countersign
