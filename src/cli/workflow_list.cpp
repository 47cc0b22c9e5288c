// countersign workflow list: which workflows are in force, what starts them, and when they start by
// themselves.

#include "cli/commands.h"
#include "cli/shown.h"
#include "cli/table.h"

namespace countersign::cli {
namespace {

// "form", "hubspot.deal_won", "every quarter on first business day at 09:00 (Asia/Shanghai)"
std::string trigger_words(const json::value& trigger) {
  const std::string kind = shown_at(trigger, "kind");
  if (kind == "event") return shown_at(trigger, "event");
  if (kind != "schedule") return kind;
  return shown_at(trigger, "rule") + " (" + shown_at(trigger, "zone") + ")";
}

Outcome<ExitCode> list_workflows(Console& console, const Connection& connection) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get("/api/v1/workflows");
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  Table table({"WORKFLOW", "VERSION", "TITLE", "STARTED BY", "NEXT (UTC)", "PERIOD", "OWED"});
  for (const json::value& row : list_at(reply->body, "workflows")) {
    std::vector<std::string> names{shown_at(row, "id"), shown_at(row, "version").substr(0, kVersionShown),
                                   shown_at(row, "title")};
    bool first = true;
    // A line for each trigger, since each schedule has times of its own.
    for (const json::value& trigger : list_at(row, "triggers")) {
      const std::size_t owed = list_at(trigger, "owed").size();
      if (!first) names = {"", "", ""};
      first = false;
      table.add({names[0], names[1], names[2], trigger_words(trigger), instant_at(trigger, "next_due_at"),
                 shown_at(trigger, "next_period"), owed == 0 ? "" : std::to_string(owed)});
    }
    if (first) table.add({names[0], names[1], names[2], "", "", "", ""});
  }
  console.out << (table.empty() ? "no workflows\n" : table.text());
  return ExitCode::done;
}

}  // namespace

void add_workflow_list(Command& workflow, Connection& connection) {
  Command& listing = workflow.add("list", "list the workflows in force, what starts them and when");
  listing.describe(
      "OWED counts starts that a schedule was refused, for a person without a manager for instance; "
      "'countersign doctor' names them, 'countersign workflow retry' tries one of them again, and "
      "'countersign reload' all.");
  add_connection(listing, connection);
  listing.example("countersign workflow list").runs([&connection](Console& console) {
    return list_workflows(console, connection);
  });
}

}  // namespace countersign::cli
