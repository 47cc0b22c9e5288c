// countersign backup: a copy of the database while the daemon serves.

#include <filesystem>

#include <fmt/format.h>

#include "cli/commands.h"

namespace countersign::cli {

void add_backup(Command& root, Connection& connection) {
  const auto file = std::make_shared<std::string>();
  Command& command = root.add("backup", "copy the database and uploads while the daemon serves");
  command
      .describe(
          "The daemon writes the copy, so the file is on its machine and must not exist. It appears under "
          "its name only "
          "once it is complete. Uploaded files are copied into FILE.files beside it; what is there already "
          "stays.")
      .argument(*file, "FILE", "where the copy shall be");
  add_connection(command, connection);
  command.example("countersign backup /backup/countersign-2026-03-02.db")
      .example("countersign backup /backup/big.db --timeout 3600",
               "a large database takes longer than 30 seconds")
      .runs([file, &connection](Console& console) -> Outcome<ExitCode> {
        auto client = connect(console, connection);
        if (!client) return std::unexpected(client.error());
        const std::string path = std::filesystem::absolute(*file).lexically_normal().string();
        const auto reply = client->post_once("/api/v1/admin/backup", json::object{{"path", path}});
        if (!reply) return std::unexpected(reply.error());
        if (connection.json) {
          print_json(console, reply->body);
        } else {
          console.out << fmt::format("the database is copied to {}, uploads to {}.files\n", path, path);
        }
        return ExitCode::done;
      });
}

}  // namespace countersign::cli
