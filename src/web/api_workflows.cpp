// Workflows: what there is, and what their forms take.

#include <algorithm>

#include <fmt/format.h>

#include "core/field_text.h"
#include "core/migrate.h"
#include "web/form_schema.h"
#include "web/plain_title.h"
#include "web/routes.h"
#include "web/workflow_triggers.h"

namespace countersign::web {

namespace {

std::string_view kind_of(const Step& step) {
  static constexpr std::string_view kKinds[] = {"approve", "task",     "notify",   "call",  "wait",
                                                "choose",  "parallel", "run",      "set",   "go",
                                                "end",     "revise",   "for_each", "gates", "budget"};
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

HttpReply list_workflows(const Surroundings& around, const Call& call) {
  const auto snapshot = around.backend.library.current();
  const std::string locale = locale_of(call, *snapshot->directory);
  const auto progress = read_schedule_progress(around.backend.reader);
  if (!progress) return problem_of(progress.error(), call.request.path);
  const Instant now = around.backend.clock.now();
  json::array rows;
  for (const auto& [_, definition] : snapshot->workflows) {
    json::object row = outline(*definition, locale);
    row["triggers"] = triggers_json(*snapshot, *definition, *progress, now);
    rows.push_back(std::move(row));
  }
  return json_reply(200, json::object{{"workflows", std::move(rows)}, {"next_cursor", nullptr}});
}

HttpReply not_found(const Call& call) {
  return problem(404, fmt::format("there is no workflow '{}'", call.at("workflow")), call.request.path);
}

// The texts that make the version: the file, and the messages and tables that it names.
void add_sources(const Definition& definition, json::object& shown) {
  const auto texts = [](const std::string& stored) {
    auto read = parse_json(stored);
    return read && read->is_object() ? std::move(*read) : json::value(json::object());
  };
  shown["source"] = definition.source;
  shown["messages"] = texts(definition.message_sources);
  shown["tables"] = texts(definition.table_sources);
}

HttpReply one_workflow(const Surroundings& around, const Call& call) {
  const auto snapshot = around.backend.library.current();
  const auto definition = snapshot->workflow(WorkflowId(call.at("workflow")));
  if (!definition) return not_found(call);
  const std::string locale = locale_of(call, *snapshot->directory);
  const auto progress = read_schedule_progress(around.backend.reader);
  if (!progress) return problem_of(progress.error(), call.request.path);
  json::object shown = outline(*definition, locale);
  shown["triggers"] = triggers_json(*snapshot, *definition, *progress, around.backend.clock.now());
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
  add_sources(*definition, shown);
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

HttpReply versions(const Surroundings& around, const Call& call) {
  const WorkflowId workflow(call.at("workflow"));
  const auto current = around.backend.library.current()->workflow(workflow);
  const auto stored = around.backend.reader.definitions_of(workflow);
  if (!stored) return problem_of(stored.error(), call.request.path);
  const auto in_use = around.backend.reader.definitions_in_use();
  if (!in_use) return problem_of(in_use.error(), call.request.path);
  if (!current && stored->empty()) return not_found(call);
  json::array rows;
  bool current_is_stored = false;
  for (const DefinitionRow& row : *stored) {
    const bool in_force = current && current->version == row.version;
    current_is_stored = current_is_stored || in_force;
    const bool used = std::ranges::any_of(*in_use, [&](const DefinitionRow& other) {
      return other.workflow == row.workflow && other.version == row.version;
    });
    rows.push_back({{"version", row.version},
                    {"first_used_at", format_rfc3339(row.first_used_at)},
                    {"in_force", in_force},
                    {"in_use", used}});
  }
  if (current && !current_is_stored) {
    rows.push_back(
        {{"version", current->version}, {"first_used_at", nullptr}, {"in_force", true}, {"in_use", false}});
  }
  return json_reply(200, json::object{{"versions", std::move(rows)}, {"next_cursor", nullptr}});
}

// The version by its whole name or its beginning; "" for the one in force. nullptr where there is none, or
// several begin so.
std::shared_ptr<const Definition> version_named(const Surroundings& around, const WorkflowId& workflow,
                                                const std::string& name) {
  const auto current = around.backend.library.current()->workflow(workflow);
  if (name.empty() || (current && current->version.starts_with(name))) return current;
  const auto stored = around.backend.reader.definitions_of(workflow);
  if (!stored) return nullptr;
  std::string found;
  for (const DefinitionRow& row : *stored) {
    if (!row.version.starts_with(name)) continue;
    if (!found.empty()) return nullptr;
    found = row.version;
  }
  return found.empty() ? nullptr : around.backend.library.version(workflow, found);
}

HttpReply no_version(const Call& call, const std::string& name) {
  return problem(404,
                 fmt::format("the workflow '{}' has no version '{}', or several that begin so",
                             call.at("workflow"), name),
                 call.request.path);
}

HttpReply version(const Surroundings& around, const Call& call) {
  const auto definition = version_named(around, WorkflowId(call.at("workflow")), call.at("version"));
  if (!definition) return no_version(call, call.at("version"));
  json::object shown{{"workflow", definition->id.value}, {"version", definition->version}};
  add_sources(*definition, shown);
  return json_reply(200, shown);
}

// What moving the open instances would meet. Nothing is moved: that is an admin's act on each.
HttpReply migration(const Surroundings& around, const Call& call) {
  const WorkflowId workflow(call.at("workflow"));
  const std::string wanted = query_text(call, "version");
  const auto to = version_named(around, workflow, wanted);
  if (!to) return wanted.empty() ? not_found(call) : no_version(call, wanted);
  const auto limit = query_number(call, "limit", 50, kListMax);
  if (!limit) return problem(400, limit.error().message, call.request.path);
  InstanceFilter filter;
  filter.workflow = workflow.value;
  filter.ended = false;
  const auto page = around.backend.reader.instances(filter, *limit, query_text(call, "cursor"));
  if (!page) return problem_of(page.error(), call.request.path);
  static const Facts kNoFacts;
  const auto snapshot = around.backend.library.current();
  const auto absences = around.backend.library.absences();
  const Context there{*to,           *snapshot->directory,       snapshot->calendars,
                      kNoFacts,      around.backend.clock.now(), nullptr,
                      absences.get()};
  json::array rows;
  for (const InstanceRow& row : page->rows) {
    if (row.version == to->version) continue;
    const auto state = around.backend.reader.instance(row.id);
    if (!state) return problem_of(state.error(), call.request.path);
    // Ended or moved since the page was read.
    if (!*state || (*state)->ended || (*state)->version == to->version) continue;
    const auto from = around.backend.library.version(workflow, (*state)->version);
    MigrationPlan plan;
    if (from) {
      plan = plan_migration(*from, there, **state);
    } else {
      plan.obstacles.emplace_back("its own version cannot be loaded any more");
    }
    rows.push_back({{"id", row.id.value},
                    {"reference", row.reference},
                    {"version", (*state)->version},
                    {"moves", plan.obstacles.empty()},
                    {"obstacles", json::array(plan.obstacles.begin(), plan.obstacles.end())},
                    {"fills", json::array(plan.fills.begin(), plan.fills.end())}});
  }
  return json_reply(
      200, json::object{
               {"version", to->version},
               {"instances", std::move(rows)},
               {"next_cursor", page->next_cursor.empty() ? json::value() : json::value(page->next_cursor)}});
}

void retry_owed(const Surroundings& around, Call call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  RetryOwedStart request{WorkflowId(call.at("workflow")), call.at("schedule"), PersonId(body.text("person"))};
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  auto caller = caller_of(call, call.principal->actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  submit(around, std::move(call), std::move(*caller), std::move(request));
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
                    on_pool(around, [&around](const Call& call) { return list_workflows(around, call); })});
  routes.push_back({"GET",
                    "/api/v1/workflows/{workflow}",
                    Scope::read,
                    "One workflow",
                    0,
                    {},
                    "",
                    "Workflow",
                    {},
                    on_pool(around, [&around](const Call& call) { return one_workflow(around, call); })});
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
  routes.push_back({"GET",
                    "/api/v1/workflows/{workflow}/versions",
                    Scope::read,
                    "Its versions, the oldest first",
                    0,
                    {},
                    "",
                    "Versions",
                    {},
                    on_pool(around, [&around](const Call& call) { return versions(around, call); })});
  routes.push_back({"GET",
                    "/api/v1/workflows/{workflow}/versions/{version}",
                    Scope::read,
                    "One version's text",
                    0,
                    {},
                    "",
                    "Version",
                    {},
                    on_pool(around, [&around](const Call& call) { return version(around, call); })});
  routes.push_back({"GET",
                    "/api/v1/workflows/{workflow}/migration",
                    Scope::admin,
                    "What moving its open instances to a version would meet",
                    0,
                    {},
                    "",
                    "Migration",
                    {"version", "limit", "cursor"},
                    on_pool(around, [&around](const Call& call) { return migration(around, call); })});
  routes.push_back({"POST",
                    "/api/v1/workflows/{workflow}/schedules/{schedule}/retry",
                    Scope::admin,
                    "Make a start again that the schedule owes",
                    kJsonBytesMax,
                    json_only(),
                    "OwedStart",
                    "OwedStarted",
                    {},
                    [&around](Call call) { retry_owed(around, std::move(call)); }});
  return routes;
}

}  // namespace countersign::web
