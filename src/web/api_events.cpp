// Sending a declared event by its business key, to whichever workflows know it.

#include "web/routes.h"

namespace countersign::web {

namespace {

void send(const Surroundings& around, Call call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  SendEventRequest request;
  request.name = body.text("name", true);
  request.key = body.text("key");
  request.workflow = WorkflowId(body.text("workflow"));
  request.data = body.object_or_null("data");
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  auto caller = caller_of(call, call.principal->actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  submit(around, std::move(call), std::move(*caller), std::move(request));
}

}  // namespace

std::vector<Route> event_routes(const Surroundings& around) {
  std::vector<Route> routes;
  routes.push_back({"POST",
                    "/api/v1/events",
                    Scope::start,
                    "Send an event to the instance with a business key, or start one",
                    kJsonBytesMax,
                    json_only(),
                    "SentEvent",
                    "Reached",
                    {},
                    [&around](Call call) { send(around, std::move(call)); }});
  return routes;
}

}  // namespace countersign::web
