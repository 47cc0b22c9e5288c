#include "core/incident.h"

#include <fmt/format.h>

#include "core/roster.h"

namespace countersign {

void raise_incident(Transition& transition, ActivationId id, const std::string& message, Begun begun) {
  const Activation& activation = transition.state().activations.at(id);
  if (activation.incident == message) return;
  const std::string step = transition.definition().step(activation.step).name;
  transition.emit(IncidentRaised{id, message, begun == Begun::held});
  for (const Seat& seat : caretakers(transition)) {
    transition.request(
        Send{.kind = SendKind::incident,
             .to = seat.person,
             .group = seat.group,
             .subject = fmt::format("{} stands still at {}", transition.state().reference, step),
             .text = escape_markdown(message)});
  }
}

}  // namespace countersign
