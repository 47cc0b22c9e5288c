#include "core/trigger.h"

#include <fmt/format.h>

#include "core/evaluation.h"
#include "core/form_rules.h"

namespace countersign {

std::expected<std::optional<Start>, Rejection> start_from_event(const Context& context,
                                                                const Trigger& trigger,
                                                                const cel::Value& event) {
  const State nothing;
  Evaluation evaluation(context, nothing);
  evaluation.set_event(event);
  const auto reject = [&](std::string_view what, const std::string& why) {
    return std::unexpected(
        Rejection{Error{ErrorCode::invalid_input,
                        fmt::format("cannot start {} from {}.{}: {}: {}", context.definition.id.value,
                                    trigger.connector, trigger.event, what, why),
                        {}},
                  {}});
  };
  if (trigger.when) {
    const Result<cel::Value> when = evaluation.evaluate(*trigger.when);
    if (!when) return reject("when", when.error().message);
    if (!when->is(cel::Kind::bool_) || !when->as_bool()) return std::nullopt;
  }
  Start start;
  start.workflow = context.definition.id;
  start.by = Actor{
      .kind = Actor::Kind::system, .channel = "event", .authenticated = "connector " + trigger.connector};
  start.trigger = trigger.connector + "." + trigger.event;
  if (trigger.requester) {
    const Result<cel::Value> requester = evaluation.evaluate(*trigger.requester);
    if (!requester) return reject("requester", requester.error().message);
    if (!requester->is(cel::Kind::person)) return reject("requester", "it is no person");
    start.requester = requester->as_person();
  }
  for (const Field& field : context.definition.form) {
    if (auto empty = empty_value(field)) start.form.insert_or_assign(field.name, std::move(*empty));
  }
  for (const Argument& argument : trigger.form) {
    const Result<cel::Value> value = evaluation.evaluate(argument.value);
    if (!value && value.error().code == ErrorCode::not_found) continue;  // the event says nothing of it
    if (!value) return reject(argument.name, value.error().message);
    const Field* field = context.definition.find_field(argument.name);
    if (field == nullptr) return reject(argument.name, "the form has no such field");
    Result<cel::Value> fitting = fit_field(*field, *value, context);
    if (!fitting && fitting.error().code == ErrorCode::not_found) continue;
    if (!fitting) return reject(argument.name, fitting.error().message);
    start.form.insert_or_assign(argument.name, std::move(*fitting));
  }
  return start;
}

}  // namespace countersign
