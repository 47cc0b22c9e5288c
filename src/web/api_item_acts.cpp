// What the person before a work item does with it other than decide it, and for those who only read.

#include <array>

#include "web/routes.h"

namespace countersign::web {

namespace {

using Act = ItemActRequest::Act;

void read_people(JsonBody& body, ItemActRequest& request) {
  switch (request.act) {
    case Act::transfer:
    case Act::delegate:
      request.people = {body.text("to", true)};
      request.comment = body.text("comment");
      return;
    case Act::add_approver: {
      request.people = body.texts("who");
      if (request.people.empty()) body.refuse("who", "'who' lists whom you add");
      request.comment = body.text("comment");
      const std::string where = body.text("where", true);
      for (const AddedAs how : {AddedAs::before, AddedAs::after, AddedAs::beside}) {
        if (where == to_string(how)) {
          request.where = how;
          return;
        }
      }
      if (!where.empty()) body.refuse("where", "'where' is before, after or beside");
      return;
    }
    case Act::remove_approver:
    case Act::claim:
    case Act::release:
      request.comment = body.text("reason");
      return;
  }
}

void act_on_item(const Surroundings& around, Act act, Call call) {
  const auto name = parse_item_id(call.at("id"));
  if (!name) return call.respond(problem_of(name.error(), call.request.path));
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  ItemActRequest request{.act = act, .instance = name->instance, .item = name->number};
  request.version = body.number("version");
  read_people(body, request);
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  const auto actor = person_of(*call.principal);
  if (!actor) return call.respond(problem_of(actor.error(), call.request.path));
  auto caller = caller_of(call, *actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  if (!is_repeatable(call, *caller, request.version.has_value())) return;
  submit(around, std::move(call), std::move(*caller), std::move(request));
}

template <class Read>
RouteAction act_as_person(const Surroundings& around, Read read) {
  return [&around, read](Call call) {
    const auto parsed = read_json(call);
    if (!parsed) return;
    JsonBody body(*parsed);
    Request request = read(InstanceId(call.at("id")), body);
    if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
    const auto actor = person_of(*call.principal);
    if (!actor) return call.respond(problem_of(actor.error(), call.request.path));
    auto caller = caller_of(call, *actor);
    if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
    if (!is_repeatable(call, *caller, false)) return;
    submit(around, std::move(call), std::move(*caller), std::move(request));
  };
}

}  // namespace

std::vector<Route> item_act_routes(const Surroundings& around) {
  struct Row {
    Act act;
    std::string_view path, what, body;
  };
  static constexpr std::array kRows{
      Row{Act::transfer, "transfer", "Give a work item to somebody else, for good", "HandOver"},
      Row{Act::delegate, "delegate", "Ask somebody for an opinion on a work item", "HandOver"},
      Row{Act::add_approver, "add-approver", "Add approvers before, after or beside the item's",
          "AddApprover"},
      Row{Act::remove_approver, "remove-approver", "Take off whoever this item was opened for by adding them",
          "ItemAct"},
      Row{Act::claim, "claim", "Take a group's work item", "ItemAct"},
      Row{Act::release, "release", "Give a claimed work item back to its group", "ItemAct"},
  };
  std::vector<Route> routes;
  for (const Row& row : kRows) {
    routes.push_back({"POST",
                      "/api/v1/work-items/{id}/" + std::string(row.path),
                      Scope::decide,
                      std::string(row.what),
                      kJsonBytesMax,
                      json_only(),
                      std::string(row.body),
                      "ItemActed",
                      {},
                      [&around, act = row.act](Call call) { act_on_item(around, act, std::move(call)); }});
  }
  routes.push_back({"POST",
                    "/api/v1/instances/{id}/nudge",
                    Scope::start,
                    "Ask whoever is asked to hurry (its requester)",
                    kJsonBytesMax,
                    json_only(),
                    "Done",
                    "Done",
                    {},
                    act_as_person(around, [](InstanceId instance, JsonBody&) {
                      return Request(NudgeRequest{std::move(instance)});
                    })});
  routes.push_back({"POST",
                    "/api/v1/instances/{id}/copies",
                    Scope::decide,
                    "Send copies to people who read and are asked nothing",
                    kJsonBytesMax,
                    json_only(),
                    "Copies",
                    "Done",
                    {},
                    act_as_person(around, [](InstanceId instance, JsonBody& body) {
                      CopiesRequest request{std::move(instance), body.texts("to"), body.text("comment")};
                      if (request.people.empty()) body.refuse("to", "'to' lists who gets one");
                      return Request(std::move(request));
                    })});
  return routes;
}

}  // namespace countersign::web
