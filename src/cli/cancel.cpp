// countersign cancel: an administrator, or the requester, ends an instance.

#include "cli/commands.h"
#include "cli/instance_act.h"

namespace countersign::cli {

void add_cancel(Command& root, Connection& connection) {
  struct CancelOptions {
    std::string reference, reason;
  };
  const auto options = std::make_shared<CancelOptions>();
  Command& command = root.add("cancel", "end an instance without a decision");
  command.argument(options->reference, "REF", "the instance's reference or id")
      .option(options->reason, "--reason", "TEXT", "why; it is recorded", Command::Need::required);
  add_connection(command, connection, Writes::yes);
  command.example("countersign cancel EXP-2026-14 --reason 'Entered twice, see EXP-2026-13'")
      .runs([options, &connection](Console& console) {
        return act_on_instance(console, connection, options->reference, "/cancel",
                               {{"reason", options->reason}}, "cancelled");
      });
}

}  // namespace countersign::cli
