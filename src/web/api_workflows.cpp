// Workflows: what there is, and what their forms take.

#include <fmt/format.h>

#include "core/field_text.h"
#include "web/form_schema.h"
#include "web/routes.h"

namespace countersign::web {

namespace {

// A title without evaluating anything: what stands between expressions.
std::string plain_title(const LocalText& text, std::string_view locale) {
  std::string title;
  if (const Prose* prose = text.in(locale)) {
    for (const Prose::Part& part : prose->parts) title += part.text;
  }
  return title;
}

std::string_view kind_of(const Step& step) {
  static constexpr std::string_view kKinds[] = {"approve",  "task", "notify", "call", "wait", "choose",
                                                "parallel", "run",  "set",    "go",   "end",  "revise"};
  static_assert(std::variant_size_v<StepKind> == std::size(kKinds));
  return kKinds[step.kind.index()];
}

std::string locale_of(const Call& call, const Directory& directory) {
  const Person* person = call.principal ? directory.find(call.principal->actor.person) : nullptr;
  return person == nullptr ? "en" : person->locale;
}

json::object outline(const Definition& definition, std::string_view locale) {
  bool by_form = false;
  for (const Trigger& trigger : definition.triggers) by_form = by_form || trigger.kind == Trigger::Kind::form;
  return {{"id", definition.id.value},
          {"title", plain_title(definition.title, locale)},
          {"version", definition.version},
          {"started_by_form", by_form}};
}

HttpReply list(const Surroundings& around, const Call& call) {
  const auto snapshot = around.backend.library.current();
  const std::string locale = locale_of(call, *snapshot->directory);
  json::array rows;
  for (const auto& [_, definition] : snapshot->workflows) rows.push_back(outline(*definition, locale));
  return json_reply(200, json::object{{"workflows", std::move(rows)}, {"next_cursor", nullptr}});
}

HttpReply not_found(const Call& call) {
  return problem(404, fmt::format("there is no workflow '{}'", call.at("workflow")), call.request.path);
}

HttpReply one(const Surroundings& around, const Call& call) {
  const auto snapshot = around.backend.library.current();
  const auto definition = snapshot->workflow(WorkflowId(call.at("workflow")));
  if (!definition) return not_found(call);
  const std::string locale = locale_of(call, *snapshot->directory);
  json::object shown = outline(*definition, locale);
  json::array statuses, stages, steps;
  for (const std::string& status : definition->statuses) statuses.emplace_back(status);
  for (const std::string& stage : definition->stages) stages.emplace_back(stage);
  for (const Step& step : definition->steps) {
    if (step.list == kNoList) continue;
    const std::string& role = definition->list(step.list).role;
    steps.push_back({{"step", step.name},
                     {"kind", kind_of(step)},
                     {"title", plain_title(step.title, locale)},
                     {"list", role},
                     {"stage", step.stage}});
  }
  shown["statuses"] = std::move(statuses);
  shown["stages"] = std::move(stages);
  shown["steps"] = std::move(steps);
  shown["source"] = definition->source;
  return json_reply(200, shown);
}

HttpReply schema(const Surroundings& around, const Call& call) {
  const auto snapshot = around.backend.library.current();
  const auto definition = snapshot->workflow(WorkflowId(call.at("workflow")));
  if (!definition) return not_found(call);
  json::object shown{{"$schema", "https://json-schema.org/draft/2020-12/schema"}};
  const std::string locale = locale_of(call, *snapshot->directory);
  for (const auto& member : form_schema(definition->form, locale)) shown[member.key()] = member.value();
  shown["title"] = plain_title(definition->title, locale);
  HttpReply reply = json_reply(200, shown);
  reply.content_type = "application/schema+json";
  return reply;
}

}  // namespace

std::vector<Route> workflow_routes(const Surroundings& around) {
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/api/v1/workflows",
                    Scope::read,
                    "Workflows that can be started",
                    0,
                    {},
                    "",
                    "Workflows",
                    {},
                    on_pool(around, [&around](const Call& call) { return list(around, call); })});
  routes.push_back({"GET",
                    "/api/v1/workflows/{workflow}",
                    Scope::read,
                    "One workflow",
                    0,
                    {},
                    "",
                    "Workflow",
                    {},
                    on_pool(around, [&around](const Call& call) { return one(around, call); })});
  routes.push_back({"GET",
                    "/api/v1/workflows/{workflow}/form-schema",
                    Scope::read,
                    "Its form as JSON Schema",
                    0,
                    {},
                    "",
                    "Schema",
                    {},
                    on_pool(around, [&around](const Call& call) { return schema(around, call); })});
  return routes;
}

}  // namespace countersign::web
