#pragma once
// One command being decided: the state as it is after the events so far, the events and effects, and what
// stopped it. Every event is evolved as soon as it is emitted. Internal to the core.
//
// Stopping is sticky: after refuse, raise or need nothing of this transition will be kept, so code may go on
// for a moment without asking at every line; loops ask stopped().

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/decide.h"
#include "core/evaluation.h"
#include "core/evolve.h"

namespace countersign {

class Transition {
 public:
  Transition(const Context& context, const State& before);
  Transition(const Transition&) = delete;  // its context refers to it
  Transition& operator=(const Transition&) = delete;

  const Context& context() const { return context_; }
  const Definition& definition() const { return context_.definition; }
  const State& state() const { return *state_; }
  Instant now() const { return context_.now; }
  Evaluation& evaluation() { return evaluation_; }

  void emit(EventBody body);
  void request(Effect effect) { effects_.push_back(std::move(effect)); }
  // The number that the next event may give to a frame, activation, item or effect.
  std::uint32_t fresh_id() const { return state_->next_id; }

  void refuse(ErrorCode code, std::string message, std::vector<FormProblem> problems = {});
  // The workflow itself cannot go on: becomes an incident.
  void raise(std::string message);
  // Asks for what several instances share; nullopt (and stopped) where it is not known yet.
  std::optional<FactValue> fact(const FactKey& key);
  // Does all of it or, where it raises, nothing: then it returns what was raised, and nothing has stopped.
  std::optional<std::string> attempt(const std::function<void()>& work);
  bool stopped() const { return refusal_ || incident_ || !needs_.empty(); }

  // Evaluating in the frame where something stands (its event is `event`). All stop with an incident on
  // failure; `what` names the place: "when of finance".
  bool holds(const Expression& expression, FrameId frame, std::string_view what);
  // With `event` bound to this data instead of the frame's.
  bool holds_for_event(const Expression& expression, FrameId frame, const cel::Value& event,
                       std::string_view what);
  // nullopt where it is absent, or stopped. `nobody_suffices` takes up the failure of that name
  // (evaluation.h) instead of stopping.
  std::optional<cel::Value> value(const Expression& expression, FrameId frame, std::string_view what,
                                  std::string* nobody_suffices = nullptr);
  // Arguments without the absent ones.
  Fields arguments(const std::vector<Argument>& with, FrameId frame, std::string_view what);
  std::string text(const LocalText& text, std::string_view locale, FrameId frame,
                   Evaluation::Landing landing);

  // For flow.h: frames without an open activation, oldest first.
  std::vector<FrameId>& ready() { return ready_; }

  std::vector<Event>& events() { return events_; }
  std::vector<Effect>& effects() { return effects_; }
  const std::optional<Rejection>& refusal() const { return refusal_; }
  const std::optional<std::string>& incident() const { return incident_; }
  std::vector<FactKey>& needs() { return needs_; }
  std::shared_ptr<State> take_state() { return std::move(state_); }

 private:
  bool is_true(const Expression& expression, std::string_view what);

  void note_posting(const LedgerPosted& posted);

  std::vector<FactKey> needs_;
  Facts facts_;  // as they are after the events so far
  Context context_;
  std::shared_ptr<State> state_;
  Evaluation evaluation_;
  std::vector<Event> events_;
  std::vector<Effect> effects_;
  std::vector<FrameId> ready_;
  std::optional<Rejection> refusal_;
  std::optional<std::string> incident_;
};

}  // namespace countersign
