// Work items: lists, one, and decisions.

#include <algorithm>
#include <atomic>
#include <map>

#include <fmt/format.h>

#include "core/ask.h"
#include "core/stand_in.h"
#include "web/instance_reading.h"
#include "web/json_views.h"
#include "web/reading_right.h"
#include "web/routes.h"
#include "web/stand_in_views.h"

namespace countersign::web {

namespace {

constexpr std::size_t kBulkMax = 100;

// The title and, while it is open, what may be answered.
void add_question(json::object& shown, const InstanceReading& reading, const WorkItemRow& row,
                  const Call& call, Instant now) {
  const PersonId& person = call.principal->actor.person;
  const Person* known = reading.snapshot->directory->find(person);
  const std::string locale = known == nullptr ? "en" : known->locale;
  if (!call.principal->has("admin") && !sees_decision(reading.presenting(person, now), row))
    hide_decision(shown);
  shown["title"] = question_of(reading.presenting(person, now), row, locale);
  add_stand_ins(shown, reading, row, now);
  if (row.status != ItemStatus::open || !reading.definition) return;
  const Step* step = step_named(*reading.definition, row.step);
  if (step == nullptr) return;
  const std::string confirm = confirm_of(reading.presenting(person, now), row);
  if (!confirm.empty()) shown["confirm"] = confirm;
  json::array outcomes;
  for (const std::string& outcome : choices_of(*reading.definition, *step, reading.state)) {
    const bool is_opinion = row.added == to_string(AddedAs::opinion);
    if (!is_opinion || outcome != "returned") outcomes.emplace_back(outcome);
  }
  shown["outcomes"] = std::move(outcomes);
}

// Whose items the assignee may answer too, at most: the scope decides for each item.
void add_absent_people(const Backend& backend, const PersonId& assignee, WorkItemFilter& filter) {
  const auto snapshot = backend.library.current();
  const Directory& directory = *snapshot->directory;
  for (const PersonId& absent :
       absent_people_of(directory, *backend.library.absences(), assignee, backend.clock.now())) {
    filter.other_assignees.push_back(absent.value);
    for (const std::string& group : directory.groups_of(absent)) {
      const bool known = std::ranges::find(filter.groups, group) != filter.groups.end() ||
                         std::ranges::find(filter.other_groups, group) != filter.other_groups.end();
      if (!known) filter.other_groups.push_back(group);
    }
  }
}

bool is_of_another(const WorkItemRow& row, const PersonId& assignee, const WorkItemFilter& filter) {
  if (assignee.empty() || row.assignee == assignee) return false;
  return row.group.empty() || std::ranges::find(filter.groups, row.group) == filter.groups.end();
}

HttpReply list_work_items(const Surroundings& around, const Call& call) {
  const Backend& backend = around.backend;
  WorkItemFilter filter;
  filter.assignee = query_text(call, "assignee");
  filter.status = query_text(call, "status");
  filter.workflow = query_text(call, "workflow");
  filter.instance = query_text(call, "instance");
  if (!filter.status.empty() && !item_status_from(filter.status)) {
    return problem(400, fmt::format("'{}' is no status of a work item", filter.status), call.request.path);
  }
  const std::string due_before = query_text(call, "due_before");
  if (!due_before.empty()) {
    const auto at = parse_rfc3339(due_before);
    if (!at) return problem(400, "the parameter 'due_before': " + at.error().message, call.request.path);
    filter.due_before = *at;
  }
  if (!filter.assignee.empty()) {
    const auto snapshot = backend.library.current();
    for (const std::string& group : snapshot->directory->groups_of(PersonId(filter.assignee))) {
      filter.groups.push_back(group);
    }
  }
  const PersonId assignee(filter.assignee);
  if (!filter.assignee.empty() && filter.status == "open") add_absent_people(backend, assignee, filter);
  const auto limit = query_number(call, "limit", 50, kListMax);
  if (!limit) return problem(400, limit.error().message, call.request.path);
  const auto page = backend.reader.work_items(filter, *limit, query_text(call, "cursor"));
  if (!page) return problem_of(page.error(), call.request.path);
  json::array rows;
  std::map<InstanceId, Result<InstanceReading>> readings;
  const ReadingRight right(backend, *call.principal);
  for (const WorkItemRow& row : page->rows) {
    json::object shown = row_json(row);
    auto reading = readings.find(row.instance);
    if (reading == readings.end()) {
      reading = readings.emplace(row.instance, read_instance(backend, row.instance)).first;
    }
    if (!right.is_for_all() && (!reading->second || !right.covers(*reading->second))) continue;
    if (is_of_another(row, assignee, filter) &&
        (!reading->second || !acts_in_place(*reading->second, row, assignee, backend.clock.now())))
      continue;
    if (reading->second) add_question(shown, *reading->second, row, call, backend.clock.now());
    rows.push_back(std::move(shown));
  }
  return json_reply(
      200, json::object{
               {"work_items", std::move(rows)},
               {"next_cursor", page->next_cursor.empty() ? json::value() : json::value(page->next_cursor)}});
}

HttpReply one_work_item(const Surroundings& around, const Call& call) {
  const auto name = parse_item_id(call.at("id"));
  if (!name) return problem_of(name.error(), call.request.path);
  const auto reading = read_instance(around.backend, name->instance);
  if (!reading) return problem_of(reading.error(), call.request.path);
  const WorkItemRow* row = reading->item(name->number);
  if (row == nullptr || !ReadingRight(around.backend, *call.principal).covers(*reading)) {
    return problem(404, fmt::format("there is no work item '{}'", call.at("id")), call.request.path);
  }
  json::object shown = row_json(*row);
  add_question(shown, *reading, *row, call, around.backend.clock.now());
  return json_reply(200, shown);
}

DecisionRequest read_decision(JsonBody& body, const ItemName& name) {
  DecisionRequest request;
  request.instance = name.instance;
  request.item = name.number;
  request.version = body.number("version");
  request.outcome = body.text("outcome", true);
  request.comment = body.text("comment");
  request.answers = body.object_or_null("answers");
  request.form = body.object_or_null("form");
  request.checklist = body.texts("checklist");
  request.return_to = body.optional_text("return_to");
  request.confirmed = body.flag("confirmed");
  return request;
}

void decide(const Surroundings& around, Call call) {
  const auto name = parse_item_id(call.at("id"));
  if (!name) return call.respond(problem_of(name.error(), call.request.path));
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  DecisionRequest request = read_decision(body, *name);
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  const auto actor = person_of(*call.principal);
  if (!actor) return call.respond(problem_of(actor.error(), call.request.path));
  auto caller = caller_of(call, *actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  if (!is_repeatable(call, *caller, request.version.has_value())) return;
  submit(around, std::move(call), std::move(*caller), std::move(request));
}

// A request about one work item by a person.
template <class Read>
RouteAction act_on_item(const Surroundings& around, Read read) {
  return [&around, read](Call call) {
    const auto name = parse_item_id(call.at("id"));
    if (!name) return call.respond(problem_of(name.error(), call.request.path));
    const auto parsed = read_json(call);
    if (!parsed) return;
    JsonBody body(*parsed);
    Request request = read(*name, body);
    if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
    const auto actor = person_of(*call.principal);
    if (!actor) return call.respond(problem_of(actor.error(), call.request.path));
    auto caller = caller_of(call, *actor);
    if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
    // Looking twice is looking once.
    const auto* back = std::get_if<TakeBackRequest>(&request);
    if (back != nullptr && !is_repeatable(call, *caller, back->version.has_value())) return;
    submit(around, std::move(call), std::move(*caller), std::move(request));
  };
}

// The answers of several decisions, put together once the last is there.
struct Bulk {
  std::atomic<std::size_t> missing{0};
  std::vector<json::object> answers;
  Respond respond;

  void answer_one() {
    if (missing.fetch_sub(1) != 1) return;
    json::array results;
    for (json::object& answer : answers) results.push_back(std::move(answer));
    respond(json_reply(200, json::object{{"results", std::move(results)}}));
  }
};

json::object answer_json(const std::string& id, const Answer& answer, std::string_view path) {
  if (!answer) {
    const int status = status_of(answer.error().error.code);
    return {
        {"id", id},
        {"status", status},
        {"problem", problem_document(status, answer.error().error.message, path, answer.error().problems)}};
  }
  boost::system::error_code ignored;
  return {{"id", id}, {"status", answer->status}, {"answer", json::parse(answer->body, ignored)}};
}

void decide_several(const Surroundings& around, Call call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  const json::array* list = body.list("decisions", kBulkMax);
  if (!body.ok() || list == nullptr) return call.respond(body.problem_reply(call.request.path));
  const auto actor = person_of(*call.principal);
  if (!actor) return call.respond(problem_of(actor.error(), call.request.path));
  auto caller = caller_of(call, *actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));

  std::vector<DecisionRequest> requests;
  std::vector<std::string> ids;
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < list->size(); ++i) {
    JsonBody each((*list)[i], fmt::format("/decisions/{}", i));
    ids.push_back(each.text("id", true));
    const auto name = parse_item_id(ids.back());
    if (!name && !ids.back().empty()) each.refuse("id", name.error().message);
    requests.push_back(read_decision(each, name ? *name : ItemName{}));
    if (!each.ok()) problems.insert(problems.end(), each.problems().begin(), each.problems().end());
    if (!is_repeatable(call, *caller, requests.back().version.has_value())) return;
  }
  if (!problems.empty()) {
    return call.respond(
        problem(422, "nothing was decided: " + problems.front().detail, call.request.path, problems));
  }
  if (requests.empty()) return call.respond(json_reply(200, json::object{{"results", json::array()}}));

  const auto bulk = std::make_shared<Bulk>();
  bulk->missing = requests.size();
  bulk->answers.resize(requests.size());
  bulk->respond = call.respond;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Caller each = *caller;
    each.part = fmt::format("#{}", i);
    submit(around, std::move(each), std::move(requests[i]),
           [bulk, i, id = ids[i], path = call.request.path](const Answer& answer) {
             bulk->answers[i] = answer_json(id, answer, path);
             bulk->answer_one();
           });
  }
}

}  // namespace

std::vector<Route> work_item_routes(const Surroundings& around) {
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/api/v1/work-items",
                    Scope::read,
                    "Work items; assignee includes their groups' items",
                    0,
                    {},
                    "",
                    "WorkItems",
                    {"assignee", "status", "workflow", "instance", "due_before", "limit", "cursor"},
                    on_pool(around, [&around](const Call& call) { return list_work_items(around, call); })});
  routes.push_back({"GET",
                    "/api/v1/work-items/{id}",
                    Scope::read,
                    "One work item",
                    0,
                    {},
                    "",
                    "WorkItem",
                    {},
                    on_pool(around, [&around](const Call& call) { return one_work_item(around, call); })});
  routes.push_back({"POST",
                    "/api/v1/work-items/{id}/decision",
                    Scope::decide,
                    "Decide a work item",
                    kJsonBytesMax,
                    json_only(),
                    "Decision",
                    "Decided",
                    {},
                    [&around](Call call) { decide(around, std::move(call)); }});
  routes.push_back({"POST",
                    "/api/v1/work-items/{id}/take-back",
                    Scope::decide,
                    "Take a decision back (whoever decided)",
                    kJsonBytesMax,
                    json_only(),
                    "ItemAct",
                    "Done",
                    {},
                    act_on_item(around, [](const ItemName& name, JsonBody& body) -> Request {
                      return TakeBackRequest{name.instance, name.number, body.text("reason"),
                                             body.number("version")};
                    })});
  routes.push_back({"POST",
                    "/api/v1/work-items/{id}/view",
                    Scope::decide,
                    "Say that a work item has been looked at (whoever is asked)",
                    kJsonBytesMax,
                    json_only(),
                    "Nothing",
                    "Done",
                    {},
                    act_on_item(around, [](const ItemName& name, JsonBody&) -> Request {
                      return ViewRequest{name.instance, name.number};
                    })});
  routes.push_back({"POST",
                    "/api/v1/work-items/decisions",
                    Scope::decide,
                    "Decide several work items",
                    kJsonBytesMax,
                    json_only(),
                    "Decisions",
                    "DecisionResults",
                    {},
                    [&around](Call call) { decide_several(around, std::move(call)); }});
  return routes;
}

}  // namespace countersign::web
