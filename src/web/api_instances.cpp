// Starting, reading and steering instances.

#include <fmt/format.h>

#include "runtime/phrases.h"
#include "web/instance_reading.h"
#include "web/json_views.h"
#include "web/reading_right.h"
#include "web/routes.h"
#include "web/seen_events.h"
#include "web/stand_in_views.h"

namespace countersign::web {

namespace {

// A key that belongs to somebody starts for that person only; a system's key, and one with act-as, for
// whoever is named.
Result<PersonId> requester_of(const Call& call, const std::string& named) {
  const Principal& who = *call.principal;
  if (named.empty() || named == who.actor.person.value) return who.actor.person;
  if (who.key.person.empty() || who.has("act-as")) return PersonId(named);
  return fail(
      ErrorCode::forbidden,
      fmt::format("the API key {} belongs to '{}' and lacks the scope 'act-as', so it cannot start for '{}'",
                  who.key.id, who.key.person.value, named));
}

void start(const Surroundings& around, Call call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  StartRequest request;
  request.workflow = WorkflowId(call.at("workflow"));
  const std::string named = body.text("requester");
  request.form = body.object_or_null("form");
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  if (request.form.is_null()) request.form = json::object();
  auto requester = requester_of(call, named);
  if (!requester) return call.respond(problem_of(requester.error(), call.request.path));
  request.requester = std::move(*requester);
  Actor actor = call.principal->actor;
  // Whoever starts it in another's name has handed it in, however they name the other.
  if (const PersonId& holder = call.principal->key.person; !holder.empty()) actor.person = holder;
  auto caller = caller_of(call, actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  submit(around, std::move(call), std::move(*caller), std::move(request));
}

HttpReply list_instances(const Surroundings& around, const Call& call) {
  InstanceFilter filter;
  filter.workflow = query_text(call, "workflow");
  filter.status = query_text(call, "status");
  filter.requester = query_text(call, "requester");
  filter.stage = query_text(call, "stage");
  filter.reference = query_text(call, "reference");
  const std::string ended = query_text(call, "ended");
  if (!ended.empty() && ended != "true" && ended != "false") {
    return problem(400, "the parameter 'ended' must be true or false", call.request.path);
  }
  if (!ended.empty()) filter.ended = ended == "true";
  const auto limit = query_number(call, "limit", 50, kListMax);
  if (!limit) return problem(400, limit.error().message, call.request.path);
  const auto page = around.backend.reader.instances(filter, *limit, query_text(call, "cursor"));
  if (!page) return problem_of(page.error(), call.request.path);
  json::array rows;
  ReadingRight right(around.backend, *call.principal);
  for (const InstanceRow& row : page->rows) {
    if (right.covers(row.id)) rows.push_back(row_json(row, around.backend.links.public_url()));
  }
  return json_reply(
      200, json::object{
               {"instances", std::move(rows)},
               {"next_cursor", page->next_cursor.empty() ? json::value() : json::value(page->next_cursor)}});
}

// As where there is none: whoever may not read it need not know that it exists.
HttpReply unreadable(const Call& call) {
  return problem(404, fmt::format("there is no instance '{}'", call.at("id")), call.request.path);
}

HttpReply one_instance(const Surroundings& around, const Call& call) {
  const auto id = instance_named(around.backend, call.at("id"));
  if (!id) return problem_of(id.error(), call.request.path);
  const auto reading = read_instance(around.backend, *id);
  if (!reading) return problem_of(reading.error(), call.request.path);
  if (!ReadingRight(around.backend, *call.principal).covers(*reading)) return unreadable(call);
  const Presenting presenting = reading->presenting(call.principal->actor.person, around.backend.clock.now());
  const bool sees_all = call.principal->has("admin");
  json::object shown =
      instance_json(sees_all ? reading->state : visible_state(presenting), reading->definition.get(),
                    present_instance(presenting).workflow_title, around.backend.links.public_url());
  json::array items;
  for (const WorkItemRow& row : reading->items) {
    json::object item = row_json(row);
    item["title"] = question_of(presenting, row, "en");
    if (!sees_all && !sees_decision(presenting, row)) hide_decision(item);
    add_stand_ins(item, *reading, row, around.backend.clock.now());
    items.push_back(std::move(item));
  }
  shown["work_items"] = std::move(items);
  return json_reply(200, shown);
}

HttpReply events(const Surroundings& around, const Call& call) {
  const auto id = instance_named(around.backend, call.at("id"));
  if (!id) return problem_of(id.error(), call.request.path);
  const auto limit = query_number(call, "limit", 200, 1000);
  if (!limit) return problem(400, limit.error().message, call.request.path);
  const std::string after_text = query_text(call, "after");
  std::uint64_t after = 0;
  if (!after_text.empty() && after_text != "0") {
    const auto number = query_number(call, "after", 1, 1'000'000'000);
    if (!number) return problem(400, number.error().message, call.request.path);
    after = *number;
  }
  const auto state = around.backend.reader.instance(*id);
  if (!state) return problem_of(state.error(), call.request.path);
  if (!state->has_value()) {
    return problem(404, fmt::format("there is no instance '{}'", id->value), call.request.path);
  }
  if (!ReadingRight(around.backend, *call.principal).covers(*id)) return unreadable(call);
  const auto page = around.backend.reader.events(*id, after, *limit);
  if (!page) return problem_of(page.error(), call.request.path);
  json::array rows =
      events_seen_by(around.backend, *call.principal, page->rows, query_text(call, "proof") == "true");
  const bool more = page->rows.size() == *limit;
  return json_reply(200,
                    json::object{{"events", std::move(rows)},
                                 {"next_after", more ? json::value(page->rows.back().seq) : json::value()}});
}

// A request about one instance with a small JSON body, by a person or an admin. An event may come without a
// key: whoever sends it has other ways to tell a repeat, such as a business key.
template <class Read>
RouteAction act(const Surroundings& around, Read read) {
  return [&around, read](Call call) {
    const auto parsed = read_json(call);
    if (!parsed) return;
    JsonBody body(*parsed);
    std::optional<Request> request = read(call, body);
    if (!body.ok() || !request) return call.respond(body.problem_reply(call.request.path));
    Actor actor = call.principal->actor;
    if (call.route->scope == Scope::admin) actor.kind = Actor::Kind::admin;
    auto caller = caller_of(call, actor);
    if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
    const bool is_event = std::holds_alternative<EventRequest>(*request);
    if (!is_event && !is_repeatable(call, *caller, false)) return;
    submit(around, std::move(call), std::move(*caller), std::move(*request));
  };
}

std::optional<Request> read_admin_act(const Call& call, JsonBody& body) {
  const InstanceId instance(call.at("id"));
  const std::string which = body.text("act", true);
  const std::string reason = body.text("reason", true);
  if (which == "retry") {
    return RetryRequest{instance, body.number("activation").value_or(0), reason};
  }
  if (which == "reassign") {
    ReassignRequest request{instance, 0, PersonId(body.text("to", true)), reason};
    const json::value item = body.any("item");
    if (item.is_int64() && item.as_int64() > 0) {
      request.item = static_cast<std::uint32_t>(item.as_int64());
    } else if (item.is_string()) {
      const auto name = parse_item_id(item.as_string());
      if (name && name->instance == instance) request.item = name->number;
    }
    if (request.item == 0)
      body.refuse("item", "'item' must be a work item of this instance: its id or number");
    return request;
  }
  if (which == "skip") {
    return SkipRequest{instance, body.text("step", true), body.number("activation").value_or(0), reason};
  }
  if (which == "jump") return JumpRequest{instance, body.text("step", true), reason};
  if (which == "migrate") return MigrateRequest{instance, body.text("version"), reason};
  if (!which.empty()) {
    body.refuse("act", fmt::format("unknown act '{}' (it is reassign, retry, skip, jump or migrate)", which));
  }
  return std::nullopt;
}

// The requester's answer to a revision: finds the item that asks for it.
HttpReply find_revision(const Surroundings& around, const Call& call, DecisionRequest& request) {
  const auto reading = read_instance(around.backend, request.instance);
  if (!reading) return problem_of(reading.error(), call.request.path);
  for (const auto& [number, item] : reading->state.items) {
    const auto activation = reading->state.activations.find(item.activation);
    if (activation == reading->state.activations.end() || !reading->definition) continue;
    if (activation->second.step == reading->definition->revise) request.item = number;
  }
  if (request.item == 0) {
    return problem(409,
                   fmt::format("{} does not wait for its requester: it is {}", reading->state.reference,
                               status_words(reading->state.status, "en")),
                   call.request.path);
  }
  return {};
}

void resubmit(const Surroundings& around, Call call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  DecisionRequest request;
  request.instance = InstanceId(call.at("id"));
  request.outcome = "resubmitted";
  request.comment = body.text("comment");
  request.form = body.object_or_null("form");
  request.version = body.number("version");
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  auto actor = person_of(*call.principal);
  if (!actor) return call.respond(problem_of(actor.error(), call.request.path));
  auto caller = caller_of(call, *actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  if (!is_repeatable(call, *caller, request.version.has_value())) return;
  const Respond respond = call.respond;
  const std::string path = call.request.path;
  const bool taken = around.pool.run(
      [&around, held = std::move(call), asked = std::move(request), who = std::move(*caller)]() mutable {
        HttpReply refusal = find_revision(around, held, asked);
        if (refusal.status != 200) return held.respond(std::move(refusal));
        submit(around, std::move(held), std::move(who), std::move(asked));
      });
  if (!taken) respond(problem(503, "too much is being read already; try again in a moment", path));
}

}  // namespace

std::vector<Route> instance_routes(const Surroundings& around) {
  std::vector<Route> routes;
  routes.push_back({"POST",
                    "/api/v1/workflows/{workflow}/instances",
                    Scope::start,
                    "Start an instance",
                    kJsonBytesMax,
                    json_only(),
                    "Start",
                    "Started",
                    {},
                    [&around](Call call) { start(around, std::move(call)); }});
  routes.push_back({"GET",
                    "/api/v1/instances",
                    Scope::read,
                    "Instances, newest first",
                    0,
                    {},
                    "",
                    "Instances",
                    {"workflow", "status", "requester", "stage", "reference", "ended", "limit", "cursor"},
                    on_pool(around, [&around](const Call& call) { return list_instances(around, call); })});
  routes.push_back({"GET",
                    "/api/v1/instances/{id}",
                    Scope::read,
                    "One instance, by id or reference",
                    0,
                    {},
                    "",
                    "Instance",
                    {},
                    on_pool(around, [&around](const Call& call) { return one_instance(around, call); })});
  routes.push_back({"GET",
                    "/api/v1/instances/{id}/events",
                    Scope::read,
                    "What happened to an instance",
                    0,
                    {},
                    "",
                    "Events",
                    {"after", "limit", "proof"},
                    on_pool(around, [&around](const Call& call) { return events(around, call); })});
  routes.push_back({"POST",
                    "/api/v1/instances/{id}/cancel",
                    Scope::start_or_admin,
                    "End an instance (its requester, or an admin with a reason)",
                    kJsonBytesMax,
                    json_only(),
                    "Reason",
                    "Done",
                    {},
                    act(around, [](const Call& call, JsonBody& body) {
                      return std::optional<Request>(
                          CancelRequest{InstanceId(call.at("id")), body.text("reason")});
                    })});
  routes.push_back({"POST",
                    "/api/v1/instances/{id}/withdraw",
                    Scope::start,
                    "Take a request back (its requester)",
                    kJsonBytesMax,
                    json_only(),
                    "Reason",
                    "Done",
                    {},
                    act(around, [](const Call& call, JsonBody& body) {
                      return std::optional<Request>(
                          WithdrawRequest{InstanceId(call.at("id")), body.text("reason")});
                    })});
  routes.push_back({"POST",
                    "/api/v1/instances/{id}/comments",
                    Scope::decide,
                    "Add a comment",
                    kJsonBytesMax,
                    json_only(),
                    "CommentText",
                    "Done",
                    {},
                    act(around, [](const Call& call, JsonBody& body) {
                      return std::optional<Request>(
                          CommentRequest{InstanceId(call.at("id")), body.text("text", true)});
                    })});
  routes.push_back({"POST",
                    "/api/v1/instances/{id}/events",
                    Scope::start,
                    "Send an event to an instance",
                    kJsonBytesMax,
                    json_only(),
                    "Event",
                    "Done",
                    {},
                    act(around, [](const Call& call, JsonBody& body) {
                      EventRequest request{InstanceId(call.at("id")), body.text("name", true),
                                           body.any("data")};
                      return std::optional<Request>(std::move(request));
                    })});
  routes.push_back({"POST",
                    "/api/v1/instances/{id}/resubmit",
                    Scope::decide,
                    "Send a corrected request again (its requester)",
                    kJsonBytesMax,
                    json_only(),
                    "Resubmission",
                    "Done",
                    {},
                    [&around](Call call) { resubmit(around, std::move(call)); }});
  routes.push_back({"POST",
                    "/api/v1/instances/{id}/admin",
                    Scope::admin,
                    "Reassign a work item, retry what stands still, skip a step or jump to one",
                    kJsonBytesMax,
                    json_only(),
                    "AdminAct",
                    "Done",
                    {},
                    act(around, read_admin_act)});
  return routes;
}

}  // namespace countersign::web
