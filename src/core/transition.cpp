#include "core/transition.h"

#include <fmt/format.h>

namespace countersign {
namespace {

// Which events change what expressions can see.
bool is_visible_to_expressions(const EventBody& body) {
  return std::holds_alternative<Started>(body) || std::holds_alternative<FormChanged>(body) ||
         std::holds_alternative<OutcomeReached>(body) || std::holds_alternative<VarsSet>(body) ||
         std::holds_alternative<ResultsVoided>(body) || std::holds_alternative<StageEntered>(body) ||
         std::holds_alternative<RoundOpened>(body);
}

}  // namespace

Transition::Transition(const Context& context, const State& before)
    : context_(context), state_(std::make_shared<State>(before)), evaluation_(context, *state_) {}

void Transition::emit(EventBody body) {
  const bool visible = is_visible_to_expressions(body);
  events_.push_back(Event{state_->seq + 1, context_.now, std::move(body)});
  evolve(*state_, events_.back());
  if (visible) evaluation_.forget();
}

void Transition::refuse(ErrorCode code, std::string message, std::vector<FormProblem> problems) {
  if (!stopped()) refusal_ = Rejection{Error{code, std::move(message), {}}, std::move(problems)};
}

void Transition::raise(std::string message) {
  if (!stopped()) incident_ = std::move(message);
}

std::optional<FactValue> Transition::fact(const FactKey& key) {
  if (const auto known = context_.facts.find(key); known != context_.facts.end()) return known->second;
  needs_.push_back(key);
  return std::nullopt;
}

void Transition::enter(FrameId frame) {
  std::optional<cel::Value> event;
  while (frame) {
    const auto found = state_->frames.find(frame);
    if (found == state_->frames.end()) break;
    if (found->second.event) {
      event = found->second.event;
      break;
    }
    const auto parent = state_->activations.find(found->second.parent);
    frame = parent == state_->activations.end() ? FrameId() : parent->second.frame;
  }
  evaluation_.set_event(std::move(event));
}

std::optional<cel::Value> Transition::value(const Expression& expression, FrameId frame,
                                            std::string_view what) {
  enter(frame);
  Result<cel::Value> result = evaluation_.evaluate(expression);
  if (result) {
    if (!result->is(cel::Kind::optional)) return std::move(*result);
    if (const cel::Value* inner = result->as_optional()) return *inner;
    return std::nullopt;
  }
  if (result.error().code != ErrorCode::not_found) raise(fmt::format("{}: {}", what, result.error().message));
  return std::nullopt;
}

bool Transition::holds(const Expression& expression, FrameId frame, std::string_view what) {
  enter(frame);
  return is_true(expression, what);
}

bool Transition::holds_for_event(const Expression& expression, FrameId frame, const cel::Value& event,
                                 std::string_view what) {
  enter(frame);
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
  enter(frame);
  Result<std::string> result = evaluation_.text(text, locale, landing);
  if (result) return std::move(*result);
  raise(result.error().message);
  return {};
}

}  // namespace countersign
