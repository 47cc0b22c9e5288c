// countersign withdraw: the requester takes a request back.

#include "cli/commands.h"
#include "cli/instance_act.h"

namespace countersign::cli {

void add_withdraw(Command& root, Connection& connection) {
  struct WithdrawOptions {
    std::string reference, reason;
  };
  const auto options = std::make_shared<WithdrawOptions>();
  Command& command = root.add("withdraw", "take a request back, as its requester");
  command.argument(options->reference, "REF", "the instance's reference or id")
      .option(options->reason, "--reason", "TEXT", "why");
  add_connection(command, connection, Writes::yes);
  command.example("countersign withdraw EXP-2026-14 --as li.na")
      .runs([options, &connection](Console& console) {
        json::object body;
        if (!options->reason.empty()) body["reason"] = options->reason;
        return act_on_instance(console, connection, options->reference, "/withdraw", body, "withdrawn");
      });
}

}  // namespace countersign::cli
