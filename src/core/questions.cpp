#include "core/questions.h"

#include "core/policy.h"

namespace countersign {

bool may_read(const Context& context, const State& state, const PersonId& person) {
  Transition transition(context, state);
  return sees_instance(transition, person);
}

bool would_accept(const Context& context, const State& state, const Command& command) {
  const Outcome outcome = decide(context, state, command);
  if (const auto* decision = std::get_if<Decision>(&outcome)) return !decision->refusal;
  return std::holds_alternative<NeedFacts>(outcome);
}

}  // namespace countersign
