// countersign explain: which way a request would take, or why one stands where it stands.

#include "cli/explain.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/time.h"
#include "cli/assignments.h"
#include "cli/commands.h"
#include "cli/instance_act.h"
#include "cli/local_workflow.h"
#include "cli/shown.h"

namespace countersign::cli {
namespace {

struct ExplainOptions {
  std::string what;
  std::string requester;
  std::vector<std::string> form;
  std::vector<std::string> assumed;
  bool live = false;
};

// --form NAME=VALUE, or --form FILE with the whole form.
Outcome<json::object> form_of(Console& console, const std::vector<std::string>& given) {
  json::object form;
  std::vector<std::string> assignments;
  for (const std::string& text : given) {
    if (text.find('=') != std::string::npos) {
      assignments.push_back(text);
      continue;
    }
    auto read = read_json_object(console, text);
    if (!read) return std::unexpected(read.error());
    for (auto& member : *read) form[member.key()] = std::move(member.value());
  }
  if (auto assigned = assign(form, assignments, "--form"); !assigned)
    return std::unexpected(assigned.error());
  return form;
}

// The budgets of the configuration with what is left of them now: what others hold and have spent is not
// there.
Outcome<std::shared_ptr<const Snapshot>> with_live_budgets(Console& console, const Connection& connection,
                                                           const Snapshot& configured) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get("/api/v1/ledgers");
  if (!reply) return std::unexpected(reply.error());
  auto live = std::make_shared<Snapshot>(configured);
  for (const json::value& row : list_at(reply->body, "ledgers")) {
    const auto known = std::ranges::find(live->ledgers, string_at(row, "name"), &LedgerSettings::name);
    const auto available = Decimal::parse(string_at(row, "available"));
    if (known == live->ledgers.end() || !available) continue;
    known->amount = available->is_negative() ? Decimal() : *available;
  }
  return live;
}

Outcome<ExitCode> explain_workflow(Console& console, const Connection& connection,
                                   const ExplainOptions& options) {
  if (options.requester.empty())
    return failed(ExitCode::wrong_use, "--requester is needed: who would be asked depends on who asks");
  const auto workflow = local_workflow(options.what, connection.config);
  if (!workflow) return std::unexpected(workflow.error());
  auto form = form_of(console, options.form);
  if (!form) return std::unexpected(form.error());
  scenario::RouteQuestion question;
  question.snapshot = workflow->snapshot;
  if (options.live) {
    auto live = with_live_budgets(console, connection, *workflow->snapshot);
    if (!live) return std::unexpected(live.error());
    question.snapshot = std::move(*live);
  }
  question.workflow = workflow->definition->id;
  question.requester = PersonId(options.requester);
  question.form = std::move(*form);
  question.now = SystemClock().now();
  for (const std::string& text : options.assumed) {
    const auto assumed = parse_assignment(text, "--assume");
    if (!assumed) return std::unexpected(assumed.error());
    question.assumed[assumed->name] = assumed->value;
  }
  spdlog::set_level(spdlog::level::off);
  const auto route = scenario::explain_route(question);
  if (!route) {
    std::vector<Detail> details;
    for (const Problem& problem : route.error().problems)
      details.push_back({problem.pointer, problem.detail});
    return failed(ExitCode::refused, "the request would be refused: " + route.error().error.message,
                  std::move(details));
  }
  if (connection.json) {
    print_json(console, route_json(*route));
  } else {
    print_route(console, question, *route);
  }
  return ExitCode::done;
}

Outcome<ExitCode> explain_instance(Console& console, const Connection& connection,
                                   const ExplainOptions& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto id = instance_id(*client, options.what);
  if (!id) return std::unexpected(id.error());
  const auto reply = client->get(instance_path(*id));
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
  } else {
    print_standing(console, reply->body);
  }
  return ExitCode::done;
}

Outcome<ExitCode> explain(Console& console, const Connection& connection, const ExplainOptions& options) {
  const bool about_request = !options.requester.empty() || !options.form.empty() || !options.assumed.empty();
  const auto local = has_local_workflow(options.what, connection.config);
  if (about_request || (local && *local)) return explain_workflow(console, connection, options);
  auto explained = explain_instance(console, connection, options);
  // Whoever meant a workflow has not asked the daemon for anything.
  if (!explained) {
    explained.error().details.push_back(
        {"", "as a workflow it is not known either: " + no_local_workflow(options.what, connection.config)});
  }
  return explained;
}

}  // namespace

void add_explain(Command& root, Connection& connection) {
  const auto options = std::make_shared<ExplainOptions>();
  Command& command = root.add("explain", "which way a request would take, or why one stands where it stands");
  command
      .describe(
          "With a WORKFLOW, from the files here and without a daemon: plays a request through on the real "
          "engine, "
          "where everybody agrees and every call succeeds, and says who would be asked and why, what is "
          "skipped, and "
          "which conditions decide that. Budgets are taken as the configuration gives them, with --live as "
          "much of them as is left at the daemon. "
          "With a REF, from "
          "the "
          "daemon: who is asked and why, where each answer leads, and when the next reminder goes.")
      .argument(options->what, "WORKFLOW|REF", "a workflow's id or file, or an instance's reference or id")
      .option(options->requester, "--requester", "ID", "who would ask; needed with a workflow")
      .options(options->form, "--form", "NAME=VALUE",
               "one value of the form, or a JSON file; may be repeated")
      .options(options->assumed, "--assume", "STEP=OUTCOME",
               "another outcome of a step, or STEP.FIELD=VALUE for what is filled in; may be repeated")
      .flag(options->live, "--live", "ask the daemon what is left of the budgets");
  add_connection(command, connection);
  command
      .example(
          "countersign explain expense-approval --requester li.na --form amount=8200 --form category=travel "
          "--form purpose=Train")
      .example(
          "countersign explain contract-review --requester li.na --form deal.json --assume legal.risk=high")
      .example("countersign explain expense-approval --requester li.na --form deal.json --live")
      .example("countersign explain EXP-2026-14")
      .runs([options, &connection](Console& console) { return explain(console, connection, *options); });
}

}  // namespace countersign::cli
