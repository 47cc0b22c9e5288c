#include "core/transition.h"

#include <utility>

#include <fmt/format.h>

#include "core/budget.h"

namespace countersign {
namespace {

// Which events change what expressions can see.
bool is_visible_to_expressions(const EventBody& body) {
  return std::holds_alternative<Started>(body) || std::holds_alternative<FormChanged>(body) ||
         std::holds_alternative<OutcomeReached>(body) || std::holds_alternative<VarsSet>(body) ||
         std::holds_alternative<ResultsVoided>(body) || std::holds_alternative<StageEntered>(body) ||
         std::holds_alternative<RoundOpened>(body) || std::holds_alternative<ItemsListed>(body);
}

}  // namespace

Transition::Transition(const Context& context, const State& before)
    : facts_(context.facts),
      context_{context.definition, context.directory, context.calendars, facts_,
               context.now,        &needs_,           context.absences},
      state_(std::make_shared<State>(before)),
      evaluation_(context_, *state_) {}

void Transition::emit(EventBody body) {
  const bool visible = is_visible_to_expressions(body);
  events_.push_back(Event{state_->seq + 1, context_.now, std::move(body)});
  evolve(*state_, events_.back());
  if (visible) evaluation_.forget();
  const EventBody& last = events_.back().body;
  if (const auto* posted = std::get_if<LedgerPosted>(&last)) {
    note_posting(*posted);
  } else if (std::holds_alternative<ResultsVoided>(last) || std::holds_alternative<ItemsListed>(last)) {
    budget::release_voided(*this);
  }
}

void Transition::note_posting(const LedgerPosted& posted) {
  for (auto& [key, value] : facts_) {
    if (key.kind != FactKey::Kind::ledger || key.scope != posted.ledger || !value.ledger) continue;
    if (value.ledger->year != posted.year) continue;
    const Result<void> done = value.ledger->post(posted.act, posted.amount.as_money().amount);
    COUNTERSIGN_INVARIANT(done.has_value(), "amounts of ledgers stay in their range");
  }
}

void Transition::refuse(ErrorCode code, std::string message, std::vector<FormProblem> problems) {
  if (!stopped()) refusal_ = Rejection{Error{code, std::move(message), {}}, std::move(problems)};
}

void Transition::raise(std::string message) {
  if (!stopped()) incident_ = std::move(message);
}

std::optional<std::string> Transition::attempt(const std::function<void()>& work) {
  if (stopped()) return std::nullopt;
  const State state = *state_;
  const Facts facts = facts_;
  const std::vector<FrameId> ready = ready_;
  const auto events = static_cast<std::ptrdiff_t>(events_.size());
  const auto effects = static_cast<std::ptrdiff_t>(effects_.size());
  work();
  if (!incident_) return std::nullopt;
  *state_ = state;
  facts_ = facts;
  ready_ = ready;
  events_.erase(events_.begin() + events, events_.end());
  effects_.erase(effects_.begin() + effects, effects_.end());
  evaluation_.forget();
  return std::exchange(incident_, std::nullopt);
}

std::optional<FactValue> Transition::fact(const FactKey& key) {
  if (const auto known = facts_.find(key); known != facts_.end()) return known->second;
  needs_.push_back(key);
  return std::nullopt;
}

std::optional<cel::Value> Transition::value(const Expression& expression, FrameId frame,
                                            std::string_view what, std::string* nobody_suffices) {
  evaluation_.enter(frame);
  Result<cel::Value> result = evaluation_.evaluate(expression);
  if (result) {
    if (!result->is(cel::Kind::optional)) return std::move(*result);
    if (const cel::Value* inner = result->as_optional()) return *inner;
    return std::nullopt;
  }
  if (nobody_suffices != nullptr && result.error().code == kNobodySuffices) {
    *nobody_suffices = result.error().message;
    return std::nullopt;
  }
  if (result.error().code != ErrorCode::not_found) raise(fmt::format("{}: {}", what, result.error().message));
  return std::nullopt;
}

bool Transition::holds(const Expression& expression, FrameId frame, std::string_view what) {
  evaluation_.enter(frame);
  return is_true(expression, what);
}

bool Transition::holds_for_event(const Expression& expression, FrameId frame, const cel::Value& event,
                                 std::string_view what) {
  evaluation_.enter(frame);
  evaluation_.set_event(event);
  return is_true(expression, what);
}

bool Transition::is_true(const Expression& expression, std::string_view what) {
  const Result<cel::Value> result = evaluation_.evaluate(expression);
  if (result && result->is(cel::Kind::bool_)) return result->as_bool();
  raise(result ? fmt::format("{}: '{}' is not true or false", what, expression.program.source())
               : fmt::format("{}: {}", what, result.error().message));
  return false;
}

Fields Transition::arguments(const std::vector<Argument>& with, FrameId frame, std::string_view what) {
  Fields fields;
  for (const Argument& argument : with) {
    auto given = value(argument.value, frame, fmt::format("{} of {}", argument.name, what));
    if (given) fields.emplace(argument.name, std::move(*given));
  }
  return fields;
}

std::string Transition::text(const LocalText& text, std::string_view locale, FrameId frame,
                             Evaluation::Landing landing) {
  evaluation_.enter(frame);
  Result<std::string> result = evaluation_.text(text, locale, landing);
  if (result) return std::move(*result);
  raise(result.error().message);
  return {};
}

}  // namespace countersign
