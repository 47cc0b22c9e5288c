// countersign list: instances.

#include "cli/commands.h"
#include "cli/paging.h"
#include "cli/shown.h"

namespace countersign::cli {
namespace {

struct ListOptions {
  std::string workflow, status, requester, stage, reference;
  bool open = false;
  bool ended = false;
  Paging paging;
};

std::vector<std::string> list_cells(const json::value& row) {
  return {shown_at(row, "reference"),  shown_at(row, "workflow"),  shown_at(row, "status"),
          shown_at(row, "stage"),      shown_at(row, "requester"), instant_at(row, "started_at"),
          instant_at(row, "ended_at"), shown_at(row, "incident")};
}

Outcome<ExitCode> list_instances(Console& console, const Connection& connection, const ListOptions& options) {
  if (options.open && options.ended) {
    return failed(ExitCode::wrong_use,
                  "--open and --ended exclude each other: leave both out for all instances");
  }
  return print_page(
      console, connection, options.paging,
      {"/api/v1/instances",
       {{"workflow", options.workflow},
        {"status", options.status},
        {"requester", options.requester},
        {"stage", options.stage},
        {"reference", options.reference},
        {"ended", options.open    ? "false"
                  : options.ended ? "true"
                                  : ""}},
       "instances",
       {"REFERENCE", "WORKFLOW", "STATUS", "STAGE", "REQUESTER", "STARTED (UTC)", "ENDED (UTC)", "INCIDENT"},
       list_cells,
       "no instances"});
}

}  // namespace

void add_list(Command& root, Connection& connection) {
  const auto options = std::make_shared<ListOptions>();
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
      .runs(
          [options, &connection](Console& console) { return list_instances(console, connection, *options); });
}

}  // namespace countersign::cli
