// countersign report: what is overdue, and where requests wait.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/shown.h"
#include "cli/table.h"

namespace countersign::cli {
namespace {

struct FiguresOptions {
  std::string workflow;
  std::size_t days = 30;
};

// "3d 4h", "2h 5m", "40s".
std::string span_words(const json::value& row, std::string_view key) {
  const std::string text = shown_at(row, key);
  if (text.empty()) return "";
  const long long seconds = std::stoll(text);
  if (seconds >= 86400) return fmt::format("{}d {}h", seconds / 86400, seconds % 86400 / 3600);
  if (seconds >= 3600) return fmt::format("{}h {}m", seconds / 3600, seconds % 3600 / 60);
  if (seconds >= 60) return fmt::format("{}m", seconds / 60);
  return fmt::format("{}s", seconds);
}

void hint_at_incomplete(Console& console, const json::value& report) {
  if (!flag_at(report, "complete")) console.out << "There is more than was counted.\n";
}

Outcome<ExitCode> overdue(Console& console, const Connection& connection, const FiguresOptions& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get("/api/v1/reports/overdue", {{"workflow", options.workflow}});
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  Table steps({"WORKFLOW", "STEP", "OVERDUE", "OLDEST DUE (UTC)"});
  for (const json::value& row : list_at(reply->body, "steps")) {
    steps.add({shown_at(row, "workflow"), shown_at(row, "step"), shown_at(row, "items"),
               instant_at(row, "oldest_due_at")});
  }
  if (steps.empty()) {
    console.out << "nothing is overdue\n";
    return ExitCode::done;
  }
  Table people({"PERSON", "GROUP", "OVERDUE", "OLDEST DUE (UTC)"});
  for (const json::value& row : list_at(reply->body, "people")) {
    people.add({shown_at(row, "person"), shown_at(row, "group"), shown_at(row, "items"),
                instant_at(row, "oldest_due_at")});
  }
  console.out << steps.text() << '\n' << people.text();
  hint_at_incomplete(console, reply->body);
  return ExitCode::done;
}

Outcome<ExitCode> bottlenecks(Console& console, const Connection& connection, const FiguresOptions& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get("/api/v1/reports/bottlenecks",
                                 {{"workflow", options.workflow}, {"days", std::to_string(options.days)}});
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  const auto cells = [](const json::value& row, std::vector<std::string> names) {
    names.insert(names.end(), {shown_at(row, "decided"), span_words(row, "median_seconds"),
                               span_words(row, "p90_seconds"), span_words(row, "longest_seconds"),
                               shown_at(row, "open"), instant_at(row, "oldest_opened_at")});
    return names;
  };
  Table steps({"WORKFLOW", "STEP", "DECIDED", "MEDIAN", "90%", "LONGEST", "OPEN", "OLDEST OPEN (UTC)"});
  for (const json::value& row : list_at(reply->body, "steps"))
    steps.add(cells(row, {shown_at(row, "workflow"), shown_at(row, "step")}));
  if (steps.empty()) {
    console.out << fmt::format("nothing was decided in the last {} days, and nothing is open\n",
                               options.days);
    return ExitCode::done;
  }
  Table people({"PERSON", "DECIDED", "MEDIAN", "90%", "LONGEST", "OPEN", "OLDEST OPEN (UTC)"});
  for (const json::value& row : list_at(reply->body, "people"))
    people.add(cells(row, {shown_at(row, "person")}));
  console.out << steps.text() << '\n' << people.text();
  hint_at_incomplete(console, reply->body);
  return ExitCode::done;
}

}  // namespace

void add_report(Command& root, Connection& connection) {
  Command& report = root.add("report", "see what is overdue, and where requests wait");
  const auto options = std::make_shared<FiguresOptions>();

  Command& overdue_command = report.add("overdue", "what is overdue, by step and by person");
  overdue_command.option(options->workflow, "--workflow", "WORKFLOW", "of one workflow only");
  add_connection(overdue_command, connection);
  overdue_command.example("countersign report overdue --workflow expense-approval")
      .runs([options, &connection](Console& console) { return overdue(console, connection, *options); });

  Command& bottlenecks_command = report.add("bottlenecks", "how long decisions take, by step and by person");
  bottlenecks_command
      .describe("Times count by the clock, from the moment at which somebody was asked until they decided.")
      .option(options->workflow, "--workflow", "WORKFLOW", "of one workflow only")
      .number(options->days, "--days", "DAYS", "decisions of so many days, 1 to 366 (30)");
  add_connection(bottlenecks_command, connection);
  bottlenecks_command.example("countersign report bottlenecks --days 7")
      .runs([options, &connection](Console& console) { return bottlenecks(console, connection, *options); });
}

}  // namespace countersign::cli
