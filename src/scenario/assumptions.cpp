#include "scenario/assumptions.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/ask.h"
#include "core/connector.h"

namespace countersign::scenario {
namespace {

std::string meant(const std::string& word, const std::vector<std::string>& known) {
  const auto near = nearest(word, known);
  return near ? fmt::format(" (did you mean '{}'?)", *near) : fmt::format("; there is {}", join(known, ", "));
}

Result<void> refused(const std::string& assumption, std::string why) {
  return fail(ErrorCode::invalid_input, fmt::format("--assume {}: {}", assumption, std::move(why)));
}

// The outcomes that can be brought about in a play without other people and systems.
std::vector<std::string> outcomes_to_assume(const Definition& definition, const Step& step) {
  std::vector<std::string> outcomes = outcomes_of(definition, step);
  const bool plain = std::holds_alternative<Approve>(step.kind) || std::holds_alternative<Task>(step.kind) ||
                     std::holds_alternative<Call>(step.kind) || std::holds_alternative<Wait>(step.kind) ||
                     std::holds_alternative<Budget>(step.kind);
  if (!plain) outcomes.clear();
  return outcomes;
}

}  // namespace

std::vector<Field> fields_of_step(const Snapshot& snapshot, const Definition& definition, const Step& step) {
  if (const auto* call = std::get_if<Call>(&step.kind)) {
    const auto connector = snapshot.connector(call->connector);
    const Action* action = connector == nullptr || !connector->outbound
                               ? nullptr
                               : connector->outbound->find_action(call->action);
    return action == nullptr ? std::vector<Field>() : fields_of(action->output);
  }
  if (const auto* wait = std::get_if<Wait>(&step.kind); wait != nullptr && wait->event) {
    if (wait->event->connector.empty()) {
      const auto declared = definition.events.find(wait->event->name);
      return declared == definition.events.end() ? std::vector<Field>() : declared->second.fields;
    }
    const auto connector = snapshot.connector(wait->event->connector);
    const InboundEvent* event = connector == nullptr || !connector->inbound
                                    ? nullptr
                                    : connector->inbound->find_event(wait->event->name);
    return event == nullptr ? std::vector<Field>() : fields_of(event->data);
  }
  std::vector<std::string> entries;
  if (const auto* task = std::get_if<Task>(&step.kind)) {
    for (const ChecklistItem& item : task->checklist) entries.push_back(item.id);
  }
  return asked_fields(step, entries);
}

Result<void> check_assumptions(const Snapshot& snapshot, const Definition& definition,
                               const std::map<std::string, std::string>& assumed) {
  std::vector<std::string> steps;
  for (const Step& step : definition.steps) {
    if (!step.id.empty()) steps.push_back(step.id);
  }
  for (const auto& [name, value] : assumed) {
    const std::string said = fmt::format("{}={}", name, value);
    const std::size_t dot = name.find('.');
    const std::string step_name = name.substr(0, dot);
    const auto step = std::ranges::find(definition.steps, step_name, &Step::name);
    if (step == definition.steps.end())
      return refused(said, fmt::format("there is no step '{}'{}", step_name, meant(step_name, steps)));
    if (dot != std::string::npos) {
      std::vector<std::string> fields;
      for (const Field& field : fields_of_step(snapshot, definition, *step)) fields.push_back(field.name);
      const std::string field = name.substr(dot + 1);
      if (std::ranges::find(fields, field) != fields.end()) continue;
      if (fields.empty()) return refused(said, fmt::format("nothing is filled in at '{}'", step_name));
      return refused(said, fmt::format("'{}' has no field '{}'{}", step_name, field, meant(field, fields)));
    }
    const std::vector<std::string> outcomes = outcomes_to_assume(definition, *step);
    if (std::ranges::find(outcomes, value) != outcomes.end()) continue;
    if (std::holds_alternative<Run>(step->kind)) {
      return refused(
          said, fmt::format("'{}' ends as the workflow that it runs ends where everybody agrees", step_name));
    }
    if (outcomes.empty())
      return refused(
          said, fmt::format("no outcome of '{}' can be assumed: it follows from other steps", step_name));
    return refused(said, fmt::format("'{}' has no outcome '{}'{}", step_name, value, meant(value, outcomes)));
  }
  return {};
}

}  // namespace countersign::scenario
