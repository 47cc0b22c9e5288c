// countersign reassign: an administrator gives a work item to somebody else.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/instance_act.h"

namespace countersign::cli {

void add_reassign(Command& root, Connection& connection) {
  struct ReassignOptions {
    std::string item, to, reason;
  };
  const auto options = std::make_shared<ReassignOptions>();
  Command& command = root.add("reassign", "give a work item to another person, as an administrator");
  command.argument(options->item, "ITEM", "the work item's id, i_....7")
      .option(options->to, "--to", "PERSON", "who shall answer it", Command::Need::required)
      .option(options->reason, "--reason", "TEXT", "why; it is recorded", Command::Need::required);
  add_connection(command, connection, Writes::yes);
  command
      .example(
          "countersign reassign i_01JQ8Z5T9V6C3M7N2K4P8R1S5W.2 --to zhao.lei --reason 'Wang Fang is on "
          "leave'")
      .runs([options, &connection](Console& console) -> Outcome<ExitCode> {
        const std::size_t point = options->item.rfind('.');
        if (!options->item.starts_with("i_") || point == std::string::npos) {
          return failed(ExitCode::wrong_use,
                        fmt::format("'{}' is no work item's id (INSTANCE.NUMBER, as 'countersign "
                                    "inbox' shows it)",
                                    options->item));
        }
        const json::object body{
            {"act", "reassign"}, {"item", options->item}, {"to", options->to}, {"reason", options->reason}};
        return act_on_instance(console, connection, options->item.substr(0, point), "/admin", body,
                               "the work item is " + options->to + "'s now");
      });
}

}  // namespace countersign::cli
