// Absences of a person: who is away until when, and who stands in.

#include <charconv>

#include <fmt/format.h>

#include "runtime/absence_terms.h"
#include "runtime/absences.h"
#include "web/routes.h"

namespace countersign::web {

namespace {

HttpReply list_absences(const Surroundings& around, const Call& call) {
  const auto snapshot = around.backend.library.current();
  const Person* person = snapshot->directory->find_by_id_or_mail(call.at("id"));
  if (person == nullptr) {
    return problem(404, fmt::format("there is nobody called '{}' in the directory", call.at("id")),
                   call.request.path);
  }
  const Instant now = around.backend.clock.now();
  json::array shown;
  for (const RecordedAbsence& each : around.backend.library.absences()->of(person->id)) {
    if (each.absence.until > now) shown.push_back(absence_json(each));
  }
  for (const Absence& absence : person->away) {
    if (absence.until <= now) continue;
    // Of the file of people: it ends by a change of the file.
    RecordedAbsence listed;
    listed.person = person->id;
    listed.absence = absence;
    json::object one = absence_json(listed);
    one["id"] = nullptr;
    one["created_at"] = nullptr;
    shown.push_back(std::move(one));
  }
  return json_reply(200, json::object{{"absences", std::move(shown)}, {"next_cursor", nullptr}});
}

void set_absence(const Surroundings& around, Call call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  SetAbsence request;
  request.person = PersonId(call.at("id"));
  request.from = body.text("from");
  request.until = body.text("until", true);
  request.stand_in = PersonId(body.text("stand_in"));
  request.workflows = body.texts("workflows");
  request.up_to = body.text("up_to");
  request.reason = body.text("reason");
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  auto caller = caller_of(call, call.principal->actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  submit(around, std::move(call), std::move(*caller), std::move(request));
}

void end_absence(const Surroundings& around, Call call) {
  EndAbsence request;
  request.person = PersonId(call.at("id"));
  const std::string& text = call.at("absence");
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), request.id);
  if (fault != std::errc() || end != text.data() + text.size() || request.id <= 0) {
    return call.respond(
        problem(404, fmt::format("'{}' is no number of an absence", text), call.request.path));
  }
  auto caller = caller_of(call, call.principal->actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  submit(around, std::move(call), std::move(*caller), std::move(request));
}

void import_absences(const Surroundings& around, Call call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  ImportAbsences request;
  request.person = PersonId(call.at("id"));
  request.source = body.text("source", true);
  request.stand_in = PersonId(body.text("stand_in"));
  request.workflows = body.texts("workflows");
  request.up_to = body.text("up_to");
  const json::array* list = body.list("absences", kImportedAbsencesMax);
  if (!body.ok() || list == nullptr) return call.respond(body.problem_reply(call.request.path));
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < list->size(); ++i) {
    JsonBody each((*list)[i], fmt::format("/absences/{}", i));
    request.events.push_back({.uid = each.text("uid", true),
                              .from = each.text("from", true),
                              .until = each.text("until", true),
                              .reason = each.text("reason")});
    if (!each.ok()) problems.insert(problems.end(), each.problems().begin(), each.problems().end());
  }
  if (!problems.empty()) {
    return call.respond(
        problem(422, "nothing was taken over: " + problems.front().detail, call.request.path, problems));
  }
  auto caller = caller_of(call, call.principal->actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  submit(around, std::move(call), std::move(*caller), std::move(request));
}

}  // namespace

std::vector<Route> absence_routes(const Surroundings& around) {
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/api/v1/people/{id}/absences",
                    Scope::read,
                    "When somebody is away, and who stands in; what is over is left out",
                    0,
                    {},
                    "",
                    "Absences",
                    {},
                    on_pool(around, [&around](const Call& call) { return list_absences(around, call); })});
  routes.push_back({"POST",
                    "/api/v1/people/{id}/absences",
                    Scope::decide,
                    "Somebody is away: their own, or with the scope admin anybody's",
                    kJsonBytesMax,
                    json_only(),
                    "NewAbsence",
                    "Absence",
                    {},
                    [&around](Call call) { set_absence(around, std::move(call)); }});
  routes.push_back({"POST",
                    "/api/v1/people/{id}/absences/import",
                    Scope::decide,
                    "Make the absences that came from a calendar what it says now, all or none of them",
                    kJsonBytesMax,
                    json_only(),
                    "CalendarAbsences",
                    "ImportedAbsences",
                    {},
                    [&around](Call call) { import_absences(around, std::move(call)); }});
  routes.push_back({"DELETE",
                    "/api/v1/people/{id}/absences/{absence}",
                    Scope::decide,
                    "End an absence now",
                    0,
                    {},
                    "",
                    "Absence",
                    {},
                    [&around](Call call) { end_absence(around, std::move(call)); }});
  return routes;
}

}  // namespace countersign::web
