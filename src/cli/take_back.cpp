// countersign take-back: an approver takes back what they decided.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/instance_act.h"
#include "cli/text_width.h"

namespace countersign::cli {

void add_take_back(Command& root, Connection& connection) {
  struct TakeBackOptions {
    std::string item, reason;
  };
  const auto options = std::make_shared<TakeBackOptions>();
  Command& command = root.add("take-back", "take back what you decided, until somebody has acted on it");
  command.argument(options->item, "ITEM", "the work item's id, i_....7")
      .option(options->reason, "--reason", "TEXT", "why");
  add_connection(command, connection, Writes::yes);
  command.example("countersign take-back i_01JQ8Z5T9V6C3M7N2K4P8R1S5W.2 --as wang.fang")
      .runs([options, &connection](Console& console) -> Outcome<ExitCode> {
        json::object body;
        if (!options->reason.empty()) body["reason"] = options->reason;
        auto client = connect(console, connection);
        if (!client) return std::unexpected(client.error());
        const auto reply = client->post(work_item_path(options->item, "/take-back"), body);
        if (!reply) return std::unexpected(reply.error());
        if (connection.json) {
          print_json(console, reply->body);
        } else {
          console.out << printable(fmt::format("{}: taken back; it is {}",
                                               string_at(reply->body, "reference"),
                                               string_at(reply->body, "status")))
                      << '\n';
        }
        return ExitCode::done;
      });
}

}  // namespace countersign::cli
