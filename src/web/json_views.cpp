#include "web/json_views.h"

#include <algorithm>

#include "web/uri_text.h"

namespace countersign::web {

namespace {

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value() : json::value(text);
}

json::value instant_or_null(const std::optional<Instant>& at) {
  return at ? json::value(format_rfc3339(*at)) : json::value();
}

// Stored JSON as JSON, not as a text in it. What was erased is null.
json::value stored_json(const std::string& text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  return error ? json::value() : value;
}

json::object actor_json(const Actor& actor) {
  static constexpr std::string_view kKinds[] = {"person", "system", "policy", "admin"};
  json::object object{{"kind", kKinds[static_cast<std::size_t>(actor.kind)]},
                      {"person", text_or_null(actor.person.value)},
                      {"channel", text_or_null(actor.channel)}};
  if (!actor.on_behalf_of.empty()) object["on_behalf_of"] = actor.on_behalf_of.value;
  return object;
}

std::string_view outbox_status(OutboxStatus status) {
  switch (status) {
    case OutboxStatus::pending:
      return "pending";
    case OutboxStatus::sent:
      return "sent";
    case OutboxStatus::dead:
      return "dead";
    case OutboxStatus::dropped:
      return "dropped";
  }
  return "";
}

}  // namespace

std::string instance_url(std::string_view public_url, const InstanceId& id) {
  return std::string(public_url) + "/api/v1/instances/" + escape_segment(id.value);
}

json::object row_json(const InstanceRow& row, std::string_view public_url) {
  return {{"id", row.id.value},
          {"workflow", row.workflow.value},
          {"version", row.version},
          {"reference", row.reference},
          {"key", text_or_null(row.key)},
          {"status", row.status},
          {"ended", row.ended},
          {"requester", text_or_null(row.requester.value)},
          {"stage", text_or_null(row.stage)},
          {"round", row.round},
          {"started_at", format_rfc3339(row.started_at)},
          {"changed_at", format_rfc3339(row.changed_at)},
          {"ended_at", instant_or_null(row.ended_at)},
          {"incident", text_or_null(row.incident)},
          {"url", instance_url(public_url, row.id)}};
}

json::object row_json(const WorkItemRow& row) {
  return {{"id", row.id().value},
          {"instance", row.instance.value},
          {"reference", row.reference},
          {"workflow", row.workflow.value},
          {"step", row.step},
          {"assignee", text_or_null(row.assignee.value)},
          {"group", text_or_null(row.group)},
          {"status", to_string(row.status)},
          {"version", row.version},
          {"round", row.round},
          {"opened_at", format_rfc3339(row.opened_at)},
          {"due_at", instant_or_null(row.due_at)},
          {"closed_at", instant_or_null(row.closed_at)},
          {"outcome", text_or_null(row.outcome)},
          {"decided_by", text_or_null(row.decided_by.value)},
          {"channel", text_or_null(row.channel)},
          {"comment", text_or_null(row.comment)}};
}

json::object row_json(const EventRow& row) {
  return {{"instance", row.instance.value}, {"seq", row.seq},
          {"at", format_rfc3339(row.at)},   {"type", row.type},
          {"version", row.version},         {"data", stored_json(row.payload)}};
}

json::object row_json(const KeyRow& row) {
  json::array scopes;
  for (const std::string& scope : row.scopes) scopes.emplace_back(scope);
  return {{"id", row.id},
          {"name", row.name},
          {"person", text_or_null(row.person.value)},
          {"scopes", std::move(scopes)},
          {"created_at", format_rfc3339(row.created_at)},
          {"expires_at", instant_or_null(row.expires_at)},
          {"revoked", row.revoked}};
}

json::object row_json(const OutboxRow& row) {
  return {{"id", row.id},
          {"target", row.target},
          {"kind", row.kind},
          {"instance", text_or_null(row.instance.value)},
          {"item",
           row.item == 0 ? json::value() : json::value(row.instance.value + "." + std::to_string(row.item))},
          {"recipient", text_or_null(row.recipient.value)},
          {"status", outbox_status(row.status)},
          {"attempts", row.attempts},
          {"created_at", format_rfc3339(row.created_at)},
          {"next_at", format_rfc3339(row.next_at)},
          {"error", text_or_null(row.last_error)},
          {"idempotency_key", row.idempotency_key}};
}

json::object row_json(const InboundRow& row) {
  return {{"id", row.id},
          {"source", row.source},
          {"delivery_id", text_or_null(row.delivery_id)},
          {"received_at", format_rfc3339(row.received_at)},
          {"status", row.status},
          {"error", text_or_null(row.error)},
          {"answer", stored_json(row.answer)}};
}

json::object fields_json(const Fields& fields) {
  json::object object;
  for (const auto& [name, value] : fields) object[name] = cel::to_plain_json(value);
  return object;
}

json::object instance_json(const State& state, const Definition* definition, std::string_view title,
                           std::string_view public_url) {
  json::array steps;
  std::vector<std::pair<StepIndex, const StepResult*>> results;
  for (const auto& [index, result] : state.results) results.emplace_back(index, &result);
  std::sort(results.begin(), results.end(), [](const auto& a, const auto& b) {
    return a.second->at != b.second->at ? a.second->at < b.second->at
                                        : a.second->activation.value < b.second->activation.value;
  });
  for (const auto& [index, result] : results) {
    const bool known = definition != nullptr && index < definition->steps.size();
    steps.push_back({{"step", known ? definition->step(index).name : std::to_string(index)},
                     {"outcome", result->outcome},
                     {"by", actor_json(result->by)},
                     {"at", format_rfc3339(result->at)},
                     {"comment", text_or_null(result->comment)},
                     {"round", result->round},
                     {"visit", result->visit},
                     {"fields", fields_json(result->fields)},
                     {"voided", result->voided}});
  }
  std::string incident;
  json::array open;
  for (const auto& [_, activation] : state.activations) {
    const bool known = definition != nullptr && activation.step < definition->steps.size();
    open.push_back(
        {{"activation", activation.id.value},
         {"step", known ? definition->step(activation.step).name : std::to_string(activation.step)},
         {"opened_at", format_rfc3339(activation.opened_at)},
         {"due_at", instant_or_null(activation.due_at)},
         {"incident", text_or_null(activation.incident)}});
    if (incident.empty()) incident = activation.incident;
  }
  return {{"id", state.id.value},
          {"workflow", state.workflow.value},
          {"version", state.version},
          {"title", text_or_null(title)},
          {"reference", state.reference},
          {"key", text_or_null(state.key)},
          {"status", state.status},
          {"ended", state.ended},
          {"stage", text_or_null(state.stage)},
          {"round", state.round},
          {"requester", text_or_null(state.requester.value)},
          {"started_at", format_rfc3339(state.started_at)},
          {"ended_at", instant_or_null(state.ended_at)},
          {"form", fields_json(state.form)},
          {"vars", fields_json(state.vars)},
          {"steps", std::move(steps)},
          {"open_steps", std::move(open)},
          {"seq", state.seq},
          {"incident", text_or_null(incident)},
          {"url", instance_url(public_url, state.id)}};
}

const Step* step_named(const Definition& definition, std::string_view name) {
  for (const Step& step : definition.steps) {
    if (step.name == name) return &step;
  }
  return nullptr;
}

}  // namespace countersign::web
