// What an admin does to the daemon: keys, what waits to leave, what came in, reload, backup.

#include <charconv>

#include <fmt/format.h>

#include "core/guest.h"
#include "web/json_views.h"
#include "web/routes.h"

namespace countersign::web {

namespace {

std::optional<std::int64_t> row_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

Actor admin_of(const Call& call) {
  Actor actor = call.principal->actor;
  actor.kind = Actor::Kind::admin;
  return actor;
}

json::value cursor_json(const std::string& cursor) {
  return cursor.empty() ? json::value() : json::value(cursor);
}

// The ring follows what was committed; the answer goes out once it does, so that a new key works at once and
// a revoked one never again.
void submit_key_change(const Surroundings& around, const Call& call, Caller caller, Request request) {
  submit(around, std::move(caller), std::move(request),
         [&around, respond = call.respond, path = call.request.path](const Answer& answer) {
           HttpReply reply = reply_of(answer, path);
           if (!answer) return respond(std::move(reply));
           const bool taken = around.pool.run([&around, respond, path, held = std::move(reply)]() mutable {
             auto rows = around.backend.reader.keys();
             if (!rows) return respond(problem_of(rows.error(), path));
             around.backend.keys.load(std::move(*rows));
             respond(std::move(held));
           });
           if (!taken) respond(problem(503, "the change is stored, but not in force before a reload", path));
         });
}

void create_key(const Surroundings& around, Call call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  CreateKey request;
  request.name = body.text("name", true);
  request.person = PersonId(body.text("person"));
  request.scopes = body.texts("scopes");
  request.expires_at = body.instant("expires_at");
  if (request.scopes.empty())
    body.refuse("scopes", "a key needs at least one scope: start, read, decide, admin, act-as");
  for (const std::string& scope : request.scopes) {
    if (!is_key_scope(scope)) {
      body.refuse("scopes", fmt::format("unknown scope '{}' (start, read, decide, admin, act-as)", scope));
    }
  }
  if (!request.person.empty()) {
    const auto snapshot = around.backend.library.current();
    const Person* person = snapshot->directory->find(request.person);
    if (person == nullptr || !person->active || is_guest(person->id)) {
      body.refuse("person",
                  fmt::format("'{}' is nobody in the directory, or not active", request.person.value));
    }
  }
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  auto caller = caller_of(call, admin_of(call));
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  if (!caller->idempotency_key.empty()) {
    // The answer holds the key itself, and answers of idempotent requests are stored.
    return call.respond(problem(400,
                                "creating a key takes no Idempotency-Key: the key is shown once and not kept",
                                call.request.path));
  }
  submit_key_change(around, std::move(call), std::move(*caller), std::move(request));
}

HttpReply list_keys(const Surroundings& around, const Call& call) {
  const auto rows = around.backend.reader.keys();
  if (!rows) return problem_of(rows.error(), call.request.path);
  json::array shown;
  for (const KeyRow& row : *rows) shown.push_back(row_json(row));
  return json_reply(200, json::object{{"keys", std::move(shown)}, {"next_cursor", nullptr}});
}

void revoke_key(const Surroundings& around, Call call) {
  auto caller = caller_of(call, admin_of(call));
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  RevokeKey request{call.at("id")};
  submit_key_change(around, std::move(call), std::move(*caller), std::move(request));
}

HttpReply list_outbox(const Surroundings& around, const Call& call) {
  const auto limit = query_number(call, "limit", 50, kListMax);
  if (!limit) return problem(400, limit.error().message, call.request.path);
  const auto page = around.backend.reader.outbox(query_text(call, "status"), query_text(call, "target"),
                                                 *limit, query_text(call, "cursor"));
  if (!page) return problem_of(page.error(), call.request.path);
  json::array rows;
  for (const OutboxRow& row : page->rows) rows.push_back(row_json(row));
  return json_reply(
      200, json::object{{"outbox", std::move(rows)}, {"next_cursor", cursor_json(page->next_cursor)}});
}

HttpReply list_inbound(const Surroundings& around, const Call& call) {
  const auto limit = query_number(call, "limit", 50, kListMax);
  if (!limit) return problem(400, limit.error().message, call.request.path);
  const auto page = around.backend.reader.inbound(query_text(call, "source"), query_text(call, "status"),
                                                  *limit, query_text(call, "cursor"));
  if (!page) return problem_of(page.error(), call.request.path);
  json::array rows;
  for (const InboundRow& row : page->rows) rows.push_back(row_json(row));
  return json_reply(
      200, json::object{{"inbound", std::move(rows)}, {"next_cursor", cursor_json(page->next_cursor)}});
}

HttpReply one_inbound(const Surroundings& around, const Call& call) {
  const auto number = row_number(call.at("id"));
  if (!number) return problem(404, "there is no such delivery", call.request.path);
  const auto row = around.backend.reader.inbound_row(*number);
  if (!row) return problem_of(row.error(), call.request.path);
  if (!row->has_value()) return problem(404, "there is no such delivery", call.request.path);
  json::object shown = row_json(**row);
  shown["headers"] = (*row)->headers;
  shown["body"] = (*row)->body;
  return json_reply(200, shown);
}

// An act on one numbered row, without a body.
template <class Make>
RouteAction act_on_row(const Surroundings& around, Make make) {
  return [&around, make](Call call) {
    const auto number = row_number(call.at("id"));
    if (!number) return call.respond(problem(404, "there is no such row", call.request.path));
    auto caller = caller_of(call, admin_of(call));
    if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
    submit(around, std::move(call), std::move(*caller), make(*number));
  };
}

HttpReply reload(const Surroundings& around, const Call& call) {
  if (!around.backend.reload) return problem(501, "reloading is not offered here", call.request.path);
  const auto report = around.backend.reload();
  if (!report) {
    return problem(422, "nothing was replaced: " + report.error().message, call.request.path);
  }
  return json_reply(200, json::object{{"report", *report}});
}

HttpReply backup(const Surroundings& around, const Call& call) {
  if (!around.backend.backup) return problem(501, "backups are not offered here", call.request.path);
  const auto parsed = parse_json(call.request.body);
  if (!parsed) return problem(400, "the body is no JSON: " + parsed.error().message, call.request.path);
  JsonBody body(*parsed);
  const std::string path = body.text("path", true);
  if (!body.ok()) return body.problem_reply(call.request.path);
  const auto done = around.backend.backup(path);
  if (!done) return problem_of(done.error(), call.request.path);
  return json_reply(200, json::object{{"path", path}});
}

}  // namespace

std::vector<Route> admin_routes(const Surroundings& around) {
  const auto reading = [&around](HttpReply (*read)(const Surroundings&, const Call&)) {
    return on_pool(around, [&around, read](const Call& call) { return read(around, call); });
  };
  const auto outbox_act = [&around](OutboxAct::Act act) {
    return act_on_row(around, [act](std::int64_t id) { return Request(OutboxAct{id, act}); });
  };
  std::vector<Route> routes;
  routes.push_back({"POST",
                    "/api/v1/admin/keys",
                    Scope::admin,
                    "Create an API key; it is shown once",
                    kJsonBytesMax,
                    json_only(),
                    "NewKey",
                    "CreatedKey",
                    {},
                    [&around](Call call) { create_key(around, std::move(call)); }});
  routes.push_back({"GET",
                    "/api/v1/admin/keys",
                    Scope::admin,
                    "API keys, without the keys themselves",
                    0,
                    {},
                    "",
                    "Keys",
                    {},
                    reading(list_keys)});
  routes.push_back({"POST",
                    "/api/v1/admin/keys/{id}/revoke",
                    Scope::admin,
                    "Revoke an API key",
                    kJsonBytesMax,
                    json_only(),
                    "",
                    "Done",
                    {},
                    [&around](Call call) { revoke_key(around, std::move(call)); }});
  routes.push_back({"GET",
                    "/api/v1/admin/outbox",
                    Scope::admin,
                    "Messages and calls: pending, sent, dead, dropped",
                    0,
                    {},
                    "",
                    "Outbox",
                    {"status", "target", "limit", "cursor"},
                    reading(list_outbox)});
  routes.push_back({"POST",
                    "/api/v1/admin/outbox/{id}/retry",
                    Scope::admin,
                    "Send it again",
                    kJsonBytesMax,
                    json_only(),
                    "",
                    "Done",
                    {},
                    outbox_act(OutboxAct::Act::retry)});
  routes.push_back({"POST",
                    "/api/v1/admin/outbox/{id}/drop",
                    Scope::admin,
                    "Give it up; a step that waits for its answer goes on with failed",
                    kJsonBytesMax,
                    json_only(),
                    "",
                    "Done",
                    {},
                    outbox_act(OutboxAct::Act::drop)});
  routes.push_back({"GET",
                    "/api/v1/admin/inbound",
                    Scope::admin,
                    "Webhooks that came in",
                    0,
                    {},
                    "",
                    "Inbound",
                    {"source", "status", "limit", "cursor"},
                    reading(list_inbound)});
  routes.push_back({"GET",
                    "/api/v1/admin/inbound/{id}",
                    Scope::admin,
                    "One of them, with its body",
                    0,
                    {},
                    "",
                    "InboundOne",
                    {},
                    reading(one_inbound)});
  routes.push_back({"POST",
                    "/api/v1/admin/inbound/{id}/replay",
                    Scope::admin,
                    "Map a stored webhook again",
                    kJsonBytesMax,
                    json_only(),
                    "",
                    "HookAnswer",
                    {},
                    act_on_row(around, [](std::int64_t id) { return Request(ReplayInbound{id}); })});
  routes.push_back({"POST",
                    "/api/v1/admin/inbound/{id}/drop",
                    Scope::admin,
                    "Put a stored webhook away that is not to be applied",
                    kJsonBytesMax,
                    json_only(),
                    "",
                    "Done",
                    {},
                    act_on_row(around, [](std::int64_t id) { return Request(DropInbound{id}); })});
  routes.push_back({"POST",
                    "/api/v1/admin/reload",
                    Scope::admin,
                    "Load workflows, connectors and people again",
                    kJsonBytesMax,
                    json_only(),
                    "",
                    "Report",
                    {},
                    reading(reload)});
  routes.push_back({"POST",
                    "/api/v1/admin/backup",
                    Scope::admin,
                    "Copy the database to a new file while serving",
                    kJsonBytesMax,
                    json_only(),
                    "BackupPath",
                    "BackupPath",
                    {},
                    reading(backup)});
  return routes;
}

}  // namespace countersign::web
