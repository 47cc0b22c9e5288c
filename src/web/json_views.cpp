#include "web/json_views.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/digest.h"
#include "core/ways.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value() : json::value(text);
}

json::value instant_or_null(const std::optional<Instant>& at) {
  return at ? json::value(format_rfc3339(*at)) : json::value();
}

// Stored JSON as JSON, not as a text in it. What was erased is null. Numbers keep their digits: through a
// double, 0.10 would come out as 1E-1, and long ones with other digits.
json::value stored_json(const std::string& text) {
  auto value = parse_json(text, {.bytes_max = std::numeric_limits<std::size_t>::max(), .depth_max = 256});
  return value ? std::move(*value) : json::value();
}

json::object actor_json(const Actor& actor) {
  static constexpr std::string_view kKinds[] = {"person", "system", "policy", "admin"};
  json::object object{{"kind", kKinds[static_cast<std::size_t>(actor.kind)]},
                      {"person", text_or_null(actor.person.value)},
                      {"channel", text_or_null(actor.channel)}};
  if (!actor.on_behalf_of.empty()) object["on_behalf_of"] = actor.on_behalf_of.value;
  return object;
}

json::array people_json(const std::vector<PersonId>& people) {
  json::array ids;
  for (const PersonId& id : people) ids.emplace_back(id.value);
  return ids;
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
          {"on_behalf_of", text_or_null(row.on_behalf_of.value)},
          {"channel", text_or_null(row.channel)},
          {"comment", text_or_null(row.comment)},
          {"added", text_or_null(row.added)},
          {"added_by", text_or_null(row.added_by.value)},
          {"transferred_by", text_or_null(row.transferred_by.value)}};
}

void hide_decision(json::object& item) {
  for (const std::string_view member : {"outcome", "decided_by", "on_behalf_of", "channel", "comment"})
    item[member] = nullptr;
}

json::object row_json(const EventRow& row) {
  return {{"instance", row.instance.value}, {"seq", row.seq},
          {"at", format_rfc3339(row.at)},   {"type", row.type},
          {"version", row.version},         {"data", stored_json(row.payload)}};
}

static json::object proof_json(const EventRow& row) {
  json::object proof{{"position", row.position},
                     {"actor", row.actor},
                     {"payload_hash", to_hex(row.payload_hash)},
                     {"previous_hash", to_hex(row.previous_hash)},
                     {"hash", to_hex(row.hash)}};
  if (row.erased()) return proof;
  // The very bytes that were hashed: `data` says the same, but may be written otherwise.
  proof["salt"] = to_hex(row.salt);
  proof["payload"] = row.payload;
  return proof;
}

json::array events_json(const std::vector<EventRow>& rows, bool with_proof) {
  json::array shown;
  for (const EventRow& row : rows) {
    json::object event = row_json(row);
    if (with_proof) event["proof"] = proof_json(row);
    shown.push_back(std::move(event));
  }
  return shown;
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
          {"revoked", row.revoked_at.has_value()},
          {"revoked_at", instant_or_null(row.revoked_at)}};
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

namespace {

// Who has a seat, and why.
json::array asked_json(const Roster& roster) {
  json::array asked;
  for (const Seat& seat : roster.seats) {
    asked.push_back(json::object{{"person", text_or_null(seat.person.value)},
                                 {"group", text_or_null(seat.group)},
                                 {"reason", text_or_null(seat.reason)},
                                 {"added_by", text_or_null(seat.added_by.value)}});
  }
  return asked;
}

// A file may lead from one condition to the next for ever.
constexpr int kConditionsMax = 5;

// Where a way leads; `otherwise` where the condition of what is there does not hold.
json::object place_json(const Definition& definition, const Way& way, int depth = 0) {
  json::object one{{"ends", text_or_null(way.status)}, {"step", nullptr}, {"asks", nullptr}};
  if (way.step == kNoStep) return one;
  const Step& to = definition.step(way.step);
  const auto* go = std::get_if<Go>(&to.kind);
  const auto* end = std::get_if<End>(&to.kind);
  if ((go != nullptr || end != nullptr) && depth < kConditionsMax) {
    one =
        place_json(definition,
                   end != nullptr ? Way{kNoStep, end->status} : way_to(definition, definition.step(go->step)),
                   depth + 1);
  } else {
    one["step"] = to.name;
    std::string asks;
    const auto* approve = std::get_if<Approve>(&to.kind);
    const auto* task = std::get_if<Task>(&to.kind);
    if (approve != nullptr || task != nullptr) {
      std::vector<Expression> people = approve != nullptr ? approve->by : task->owner;
      for (const SeatGroup& group : approve != nullptr ? approve->seats : std::vector<SeatGroup>())
        people.insert(people.end(), group.by.begin(), group.by.end());
      for (const Expression& each : people) asks += (asks.empty() ? "" : ", ") + each.program.source();
    }
    one["asks"] = text_or_null(asks);
  }
  if (to.when && depth < kConditionsMax) {
    one["if"] = to.when->program.source();
    one["otherwise"] = place_json(definition, way_behind(definition, to), depth + 1);
  }
  return one;
}

// Where each outcome leads, as the workflow's file says it and as far as nothing has to end beside it.
json::array next_json(const Definition& definition, const State& state, const Activation& activation) {
  json::array next;
  for (const std::string& outcome : outcomes_of(definition, definition.step(activation.step))) {
    const WayOn on = way_on(definition, state, activation, outcome);
    const Way& way = on.way;
    json::object one = place_json(definition, way);
    one["outcome"] = outcome;
    if (on.block != kNoStep) {
      json::array beside;
      for (const std::string& each : on.beside) beside.emplace_back(each);
      one["block"] = definition.step(on.block).name;
      one["waits_for"] = std::move(beside);
    }
    next.push_back(std::move(one));
  }
  return next;
}

// What a condition reads, as the reader of the instance sees it; null where there is nothing.
json::object reads_json(const Expression& condition, const State& state) {
  json::object reads;
  for (const auto& chain : condition.program.references()) {
    if (chain.size() < 2 || (chain.front() != "form" && chain.front() != "vars")) continue;
    const Fields& fields = chain.front() == "form" ? state.form : state.vars;
    const auto found = fields.find(chain[1]);
    reads[chain[0] + "." + chain[1]] =
        found == fields.end() ? json::value() : cel::to_plain_json(found->second);
  }
  return reads;
}

// The levels of gates: which are open, and what the others wait for.
json::array levels_json(const State& state, const Activation& activation, const Gates& gates) {
  json::array levels;
  for (std::size_t i = 0; i < gates.levels.size(); ++i) {
    const Gates::Level& level = gates.levels[i];
    const bool works = std::ranges::any_of(state.frames, [&](const auto& entry) {
      return entry.second.parent == activation.id && entry.second.list == level.list;
    });
    json::array only;
    for (const Expression& each : level.only) only.emplace_back(each.program.source());
    levels.push_back(json::object{
        {"stage", level.stage},
        {"open", i < activation.levels},
        {"work", works ? "open" : "complete"},
        {"when", level.when ? json::value(level.when->program.source()) : json::value()},
        {"reads", level.when ? json::value(reads_json(*level.when, state)) : json::value(json::object())},
        {"only", std::move(only)}});
  }
  return levels;
}

// Events that lead on from wherever the instance stands.
json::array events_of(const Definition& definition) {
  json::array events;
  for (const EventHandler& handler : definition.on_event) {
    const Way way = way_into(definition, handler.list);
    events.push_back(json::object{
        {"event", handler.connector.empty() ? handler.name : handler.connector + "." + handler.name},
        {"where", handler.where ? json::value(handler.where->program.source()) : json::value()},
        {"ends", text_or_null(way.status)},
        {"step", way.step == kNoStep ? json::value() : json::value(definition.step(way.step).name)}});
  }
  return events;
}

// Whom an escalation goes to.
json::value escalates_to(const Step& step, const TimerKey& key) {
  if (key.kind != TimerKind::escalate || key.rule >= step.escalate.size()) return nullptr;
  std::string to;
  for (const Expression& each : step.escalate[key.rule].to)
    to += (to.empty() ? "" : ", ") + each.program.source();
  return text_or_null(to);
}

// The rule of a reminder that comes again.
const RemindRule* repeating_rule(const Step& step, const TimerKey& key) {
  if (key.kind != TimerKind::remind || key.rule >= step.remind.size()) return nullptr;
  const RemindRule& rule = step.remind[key.rule];
  return rule.every ? &rule : nullptr;
}

json::array timers_json(const State& state, const Definition* definition) {
  std::vector<std::pair<TimerKey, Timer>> timers(state.timers.begin(), state.timers.end());
  std::sort(timers.begin(), timers.end(),
            [](const auto& a, const auto& b) { return a.second.due < b.second.due; });
  json::array all;
  for (const auto& [key, timer] : timers) {
    const auto activation = state.activations.find(key.activation);
    const bool known = definition != nullptr && activation != state.activations.end() &&
                       activation->second.step < definition->steps.size();
    const RemindRule* rule = known ? repeating_rule(definition->step(activation->second.step), key) : nullptr;
    all.push_back(json::object{
        {"kind", to_string(key.kind)},
        {"step", known ? json::value(definition->step(activation->second.step).name) : json::value()},
        {"item", key.item == 0 ? json::value() : json::value(fmt::format("{}.{}", state.id.value, key.item))},
        {"due_at", format_rfc3339(timer.due)},
        {"fired", timer.fired},
        {"every", rule == nullptr ? json::value() : json::value(to_words(*rule->every))},
        {"at_most", rule == nullptr ? json::value() : json::value(rule->at_most)},
        {"to", known ? escalates_to(definition->step(activation->second.step), key) : json::value()}});
  }
  return all;
}

}  // namespace

json::object instance_json(const State& state, const Definition* definition, std::string_view title,
                           std::string_view public_url) {
  json::array steps;
  struct Left {
    StepIndex step;
    const StepResult* result;
    const ItemPath* items;  // of a step inside a for_each
  };
  std::vector<Left> results;
  for (const auto& [index, result] : state.results) results.push_back({index, &result, nullptr});
  for (const auto& [index, of_items] : state.item_results) {
    for (const auto& [path, result] : of_items) results.push_back({index, &result, &path});
  }
  std::sort(results.begin(), results.end(), [](const Left& a, const Left& b) {
    return a.result->at != b.result->at ? a.result->at < b.result->at
                                        : a.result->activation.value < b.result->activation.value;
  });
  for (const auto& [index, result, items] : results) {
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
    if (items == nullptr) continue;
    json::array path;
    for (const std::uint32_t item : *items) path.emplace_back(item);
    steps.back().as_object()["items"] = std::move(path);
  }
  json::array passed_over;
  for (const PassedOver& passed : state.passed_over) {
    passed_over.push_back({{"step", passed.step},
                           {"by", actor_json(passed.by)},
                           {"at", format_rfc3339(passed.at)},
                           {"reason", passed.reason},
                           {"round", passed.round}});
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
         {"incident", text_or_null(activation.incident)},
         {"asked", asked_json(activation.roster)},
         {"next", known ? next_json(*definition, state, activation) : json::array()}});
    const auto* gates = known ? std::get_if<Gates>(&definition->step(activation.step).kind) : nullptr;
    if (gates != nullptr) open.back().as_object()["levels"] = levels_json(state, activation, *gates);
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
          {"copies", people_json(state.copies)},
          {"steps", std::move(steps)},
          {"passed_over", std::move(passed_over)},
          {"open_steps", std::move(open)},
          {"timers", timers_json(state, definition)},
          {"events", definition == nullptr ? json::array() : events_of(*definition)},
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
