// countersign list: instances.

#include "cli/commands.h"
#include "cli/paging.h"
#include "cli/shown.h"
#include "cli/table.h"

namespace countersign::cli {
namespace {

struct Options {
  std::string workflow, status, requester, stage, reference;
  bool open = false;
  bool ended = false;
  Paging paging;
};

Outcome<ExitCode> list(Console& console, const Connection& connection, const Options& options) {
  if (options.open && options.ended) {
    return failed(ExitCode::wrong_use,
                  "--open and --ended exclude each other: leave both out for all instances");
  }
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const std::string ended = options.open ? "false" : options.ended ? "true" : "";
  const auto reply = client->get("/api/v1/instances", {{"workflow", options.workflow},
                                                       {"status", options.status},
                                                       {"requester", options.requester},
                                                       {"stage", options.stage},
                                                       {"reference", options.reference},
                                                       {"ended", ended},
                                                       {"limit", std::to_string(options.paging.limit)},
                                                       {"cursor", options.paging.cursor}});
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  Table table(
      {"REFERENCE", "WORKFLOW", "STATUS", "STAGE", "REQUESTER", "STARTED (UTC)", "ENDED (UTC)", "INCIDENT"});
  for (const json::value& row : list_at(reply->body, "instances")) {
    table.add({shown_at(row, "reference"), shown_at(row, "workflow"), shown_at(row, "status"),
               shown_at(row, "stage"), shown_at(row, "requester"), instant_at(row, "started_at"),
               instant_at(row, "ended_at"), shown_at(row, "incident")});
  }
  console.out << (table.empty() ? "no instances\n" : table.text());
  hint_at_more(console, reply->body);
  return ExitCode::done;
}

}  // namespace

void add_list(Command& root, Connection& connection) {
  const auto options = std::make_shared<Options>();
  Command& command = root.add("list", "list instances, newest first");
  command.option(options->workflow, "--workflow", "ID", "of this workflow")
      .option(options->status, "--status", "STATUS", "with this status: running, approved, ...")
      .option(options->requester, "--requester", "ID", "asked for by this person")
      .option(options->stage, "--stage", "STAGE", "in this stage")
      .option(options->reference, "--reference", "REF", "with this reference")
      .flag(options->open, "--open", "those that have not ended")
      .flag(options->ended, "--ended", "those that have ended");
  add_paging(command, options->paging);
  add_connection(command, connection);
  command.example("countersign list --workflow expense-approval --open")
      .example("countersign list --status rejected --json")
      .runs([options, &connection](Console& console) { return list(console, connection, *options); });
}

}  // namespace countersign::cli
