// countersign inbox: what waits for somebody.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/paging.h"
#include "cli/shown.h"

namespace countersign::cli {
namespace {

struct InboxOptions {
  std::string person, workflow, due_before;
  Paging paging;
};

std::vector<std::string> inbox_cells(const json::value& row) {
  std::string who = whose_at(row);
  for (const json::value& each : list_at(row, "stand_ins")) {
    who += fmt::format("; {} stands in until {}", shown_at(each, "stand_in"), instant_at(each, "until"));
  }
  return {shown_at(row, "id"),       shown_at(row, "reference"), shown_at(row, "title"), who,
          instant_at(row, "due_at"), shown_at(row, "outcomes")};
}

Outcome<ExitCode> inbox(Console& console, const Connection& connection, const InboxOptions& options) {
  return print_page(console, connection, options.paging,
                    {"/api/v1/work-items",
                     {{"assignee", options.person},
                      {"workflow", options.workflow},
                      {"due_before", options.due_before},
                      {"status", "open"}},
                     "work_items",
                     {"ITEM", "REFERENCE", "QUESTION", "FOR", "DUE (UTC)", "OUTCOMES"},
                     inbox_cells,
                     "nothing waits for " + (options.person.empty() ? "anybody" : options.person)});
}

}  // namespace

void add_inbox(Command& root, Connection& connection) {
  const auto options = std::make_shared<InboxOptions>();
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
