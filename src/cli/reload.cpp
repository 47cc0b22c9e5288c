// countersign reload: workflows, connectors and people read again.

#include "cli/commands.h"

namespace countersign::cli {

void add_reload(Command& root, Connection& connection) {
  Command& command = root.add("reload", "make the daemon read workflows, connectors and people again");
  command.describe(
      "A file with errors never replaces what runs: its last good version stays, its diagnostics are "
      "printed, and the "
      "exit code is 1. Running instances keep the version they started with.");
  add_connection(command, connection);
  command.example("countersign reload").runs([&connection](Console& console) -> Outcome<ExitCode> {
    auto client = connect(console, connection);
    if (!client) return std::unexpected(client.error());
    const auto reply = client->post_once("/api/v1/admin/reload", json::object());
    if (!reply) return std::unexpected(reply.error());
    const std::string report = string_at(reply->body, "report");
    if (connection.json) {
      print_json(console, reply->body);
    } else {
      console.out << (report.empty() ? "reloaded\n" : report);
    }
    const bool has_errors = report.find(": error[") != std::string::npos;
    if (has_errors && !connection.json)
      console.out << "reloaded; files with errors keep their last good version\n";
    return has_errors ? ExitCode::not_so : ExitCode::done;
  });
}

}  // namespace countersign::cli
