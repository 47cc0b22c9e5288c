// countersign inbox: what waits for somebody.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/paging.h"
#include "cli/shown.h"
#include "cli/table.h"
#include "cli/text_width.h"

namespace countersign::cli {
namespace {

struct Options {
  std::string person, workflow, due_before;
  Paging paging;
};

Outcome<ExitCode> inbox(Console& console, const Connection& connection, const Options& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get("/api/v1/work-items", {{"assignee", options.person},
                                                        {"workflow", options.workflow},
                                                        {"due_before", options.due_before},
                                                        {"status", "open"},
                                                        {"limit", std::to_string(options.paging.limit)},
                                                        {"cursor", options.paging.cursor}});
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  Table table({"ITEM", "REFERENCE", "QUESTION", "FOR", "DUE (UTC)", "OUTCOMES"});
  for (const json::value& row : list_at(reply->body, "work_items")) {
    const std::string group = shown_at(row, "group");
    table.add({shown_at(row, "id"), shown_at(row, "reference"), shown_at(row, "title"),
               group.empty() ? shown_at(row, "assignee") : "group " + group, instant_at(row, "due_at"),
               shown_at(row, "outcomes")});
  }
  const std::string whom = options.person.empty() ? "anybody" : options.person;
  console.out << (table.empty() ? printable(fmt::format("nothing waits for {}", whom)) + "\n" : table.text());
  hint_at_more(console, reply->body);
  return ExitCode::done;
}

}  // namespace

void add_inbox(Command& root, Connection& connection) {
  const auto options = std::make_shared<Options>();
  Command& command = root.add("inbox", "list the work items that wait for an answer, the most urgent first");
  command.option(options->person, "--person", "ID", "of this person and their groups (else everybody's)")
      .option(options->workflow, "--workflow", "ID", "of this workflow")
      .option(options->due_before, "--due-before", "TIME", "due before then: 2026-03-02T10:00:00Z");
  add_paging(command, options->paging);
  add_connection(command, connection);
  command.example("countersign inbox --person zhang.wei")
      .example("countersign inbox --due-before 2026-03-02T00:00:00Z --json", "what is late")
      .runs([options, &connection](Console& console) { return inbox(console, connection, *options); });
}

}  // namespace countersign::cli
