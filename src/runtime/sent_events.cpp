// Events that the API sends: to one instance by its id, or by the business key to every workflow that
// declares them.

#include <fmt/format.h>

#include "core/claims.h"
#include "core/evaluation.h"
#include "core/form.h"
#include "core/trigger.h"
#include "runtime/request_job.h"

namespace countersign {
namespace {

// What became of an event: it reached or started these; it brought these to a halt.
struct Reached {
  json::array instances;
  json::array incidents;
};

}  // namespace

std::expected<cel::Value, Refusal> RequestJob::read_event(const Definition& definition,
                                                          const std::string& name, const json::value& data,
                                                          Instant now) const {
  const auto declared = definition.events.find(name);
  if (declared == definition.events.end()) {
    return refuse(
        {ErrorCode::invalid_input, fmt::format("{} declares no event '{}'", definition.id.value, name), {}},
        {{"/name", "name an event that the workflow declares under events"}});
  }
  const auto snapshot = context_.library.current();
  const std::vector<Field>& fields = declared->second.fields;
  FormReading reading = read_fields(fields, data.is_null() ? json::object() : data,
                                    form_context(*snapshot->directory, "/data", now));
  if (reading.ok()) {
    reading.problems = check_required(fields, reading.values, [](const Field&) { return true; }, {}, "/data");
  }
  if (!reading.ok()) return refuse_input(reading.problems);
  return form_value(reading.values);
}

Answer RequestJob::handle(const EventRequest& request, Transaction& transaction, Instant now) {
  auto state = transaction.load(request.instance);
  if (!state) return refuse(state.error());
  if (*state == nullptr) {
    return refuse(
        {ErrorCode::not_found, fmt::format("there is no instance '{}'", request.instance.value), {}});
  }
  auto definition = context_.execution.definition_of(**state);
  if (!definition) return refuse(definition.error());
  auto data = read_event(**definition, request.name, request.data, now);
  if (!data) return std::unexpected(std::move(data.error()));
  return apply(request.instance, DeliverEvent{"", request.name, caller_.idempotency_key, std::move(*data)},
               transaction, now);
}

Answer RequestJob::handle(const SendEventRequest& request, Transaction& transaction, Instant now) {
  const auto snapshot = context_.library.current();
  if (!request.workflow.empty() && snapshot->workflow(request.workflow) == nullptr) {
    return refuse(
        {ErrorCode::not_found, fmt::format("there is no workflow '{}'", request.workflow.value), {}},
        {{"/workflow", "name a workflow"}});
  }
  bool is_declared = false;
  Reached reached;
  for (const auto& [id, current] : snapshot->workflows) {
    if (!request.workflow.empty() && id != request.workflow) continue;
    FactValue holder;
    if (!request.key.empty()) {
      auto fact = transaction.fact({FactKey::Kind::claim, claims::key_scope(id), request.key});
      if (!fact) return refuse(fact.error());
      holder = std::move(*fact);
    }
    // An open instance reads it as its own version declares it.
    std::shared_ptr<const Definition> definition = current;
    if (!holder.holder.empty()) {
      auto state = transaction.load(holder.holder);
      if (!state) return refuse(state.error());
      auto own = context_.execution.definition_of(**state);
      if (!own) return refuse(own.error());
      definition = *own;
    }
    if (!definition->events.contains(request.name)) continue;
    is_declared = true;
    auto data = read_event(*definition, request.name, request.data, now);
    if (!data) return std::unexpected(std::move(data.error()));
    if (!holder.holder.empty()) {
      const DeliverEvent command{"", request.name, caller_.idempotency_key, std::move(*data)};
      auto executed = context_.execution.run(transaction, holder.holder, command, now);
      if (!executed) return std::unexpected(std::move(executed.error()));
      reached.instances.emplace_back(holder.holder.value);
      if (executed->refusal) reached.incidents.emplace_back(executed->refusal->message);
      continue;
    }
    static const Facts kNoFacts;
    const Context context{*definition, *snapshot->directory, snapshot->calendars, kNoFacts, now};
    for (const Trigger& trigger : definition->triggers) {
      if (trigger.kind != Trigger::Kind::event || !trigger.connector.empty() ||
          trigger.event != request.name) {
        continue;
      }
      auto start = start_from_event(context, trigger, *data);
      if (!start) return refuse(std::move(start.error().error), std::move(start.error().problems));
      if (!*start) continue;
      (*start)->by.authenticated = caller_.actor.authenticated;
      const InstanceId fresh("i_" + sortable_id(now, context_.random));
      auto executed = context_.execution.start(transaction, fresh, **start, definition, now);
      if (!executed) return std::unexpected(std::move(executed.error()));
      reached.instances.emplace_back(executed->after->id.value);
      break;
    }
  }
  if (!is_declared) {
    return refuse(
        {ErrorCode::invalid_input, fmt::format("no workflow declares the event '{}'", request.name), {}},
        {{"/name", "name an event that a workflow declares under events"}});
  }
  json::object answer{{"instances", std::move(reached.instances)}};
  if (!reached.incidents.empty()) answer["incidents"] = std::move(reached.incidents);
  return Reply{200, write_json(answer)};
}

}  // namespace countersign
