// countersign skip, countersign jump: an administrator changes the course of an instance.

#include "cli/commands.h"
#include "cli/instance_act.h"

namespace countersign::cli {

void add_skip(Command& root, Connection& connection) {
  struct SkipOptions {
    std::string reference, step, reason;
    std::size_t activation = 0;
  };
  const auto options = std::make_shared<SkipOptions>();
  Command& command = root.add("skip", "pass over an open step, as an administrator");
  command.argument(options->reference, "REF", "the instance's reference or id")
      .argument(options->step, "STEP", "the step that is open")
      .number(options->activation, "--activation", "N", "which one, where it is open several times")
      .option(options->reason, "--reason", "TEXT", "why; it is recorded", Command::Need::required);
  add_connection(command, connection, Writes::yes);
  command.example("countersign skip EXP-2026-14 finance --reason 'Finance is on the works outing'")
      .runs([options, &connection](Console& console) {
        json::object body{{"act", "skip"}, {"step", options->step}, {"reason", options->reason}};
        if (options->activation != 0) body["activation"] = options->activation;
        return act_on_instance(console, connection, options->reference, "/admin", body,
                               options->step + " is skipped");
      });
}

void add_jump(Command& root, Connection& connection) {
  struct JumpOptions {
    std::string reference, step, reason;
  };
  const auto options = std::make_shared<JumpOptions>();
  Command& command = root.add("jump", "go to another step, as an administrator");
  command.argument(options->reference, "REF", "the instance's reference or id")
      .argument(options->step, "STEP", "where it goes on; a step before the present one is asked again")
      .option(options->reason, "--reason", "TEXT", "why; it is recorded", Command::Need::required);
  add_connection(command, connection, Writes::yes);
  command.example("countersign jump EXP-2026-14 pay --reason 'Agreed by phone with finance'")
      .runs([options, &connection](Console& console) {
        const json::object body{{"act", "jump"}, {"step", options->step}, {"reason", options->reason}};
        return act_on_instance(console, connection, options->reference, "/admin", body,
                               "it goes on at " + options->step);
      });
}

}  // namespace countersign::cli
