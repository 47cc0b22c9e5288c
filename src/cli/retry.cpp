// countersign retry: goes on with an instance that an incident stopped.

#include "cli/commands.h"
#include "cli/instance_act.h"

namespace countersign::cli {

void add_retry(Command& root, Connection& connection) {
  struct RetryOptions {
    std::string reference, reason;
    std::size_t activation = 0;
  };
  const auto options = std::make_shared<RetryOptions>();
  Command& command = root.add("retry", "try again what an incident stopped");
  command.argument(options->reference, "REF", "the instance's reference or id")
      .option(options->reason, "--reason", "TEXT", "what was mended; it is recorded", Command::Need::required)
      .number(options->activation, "--activation", "N",
              "this open step alone (else every one that stands still)");
  add_connection(command, connection, Writes::yes);
  command.example("countersign retry EXP-2026-14 --reason 'li.na has a manager now'")
      .runs([options, &connection](Console& console) {
        json::object body{{"act", "retry"}, {"reason", options->reason}};
        if (options->activation != 0) body["activation"] = options->activation;
        return act_on_instance(console, connection, options->reference, "/admin", body, "tried again");
      });
}

}  // namespace countersign::cli
