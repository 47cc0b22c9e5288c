#include "core/confirm.h"

namespace countersign::confirm {
namespace {

const LocalText* text_of(const Step& step) {
  const auto* approve = std::get_if<Approve>(&step.kind);
  return approve == nullptr || approve->confirm.empty() ? nullptr : &approve->confirm;
}

}  // namespace

std::optional<FormProblem> problem_of(const Step& step, const Decide& command) {
  const bool wanted = text_of(step) != nullptr && command.outcome == "approved";
  if (wanted && !command.confirmed) {
    return FormProblem{"/confirmed", "an approval here has to be confirmed", FormFault::not_confirmed};
  }
  return std::nullopt;
}

std::string text_for(Transition& transition, const Activation& activation, const Step& step,
                     const Decide& command) {
  const LocalText* text = text_of(step);
  if (text == nullptr || command.outcome != "approved") return {};
  const Person* person = transition.context().directory.find(command.by.person);
  return transition.text(*text, person == nullptr ? "" : person->locale, activation.frame,
                         Evaluation::Landing::plain);
}

}  // namespace countersign::confirm
