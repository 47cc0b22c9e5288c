// countersign serve: hands over to the daemon.

#include "cli/commands.h"

namespace countersign::cli {

void add_serve(Command& root, const Serve& serve) {
  const auto options = std::make_shared<ServeOptions>();
  root.add("serve", "run the daemon")
      .describe(
          "Serves until SIGTERM or SIGINT, then finishes what is in flight. SIGHUP reads workflows, "
          "connectors and "
          "people again; so does a change of their files. At the first start it leaves an administrator's "
          "API key in "
          "DATA/admin.key, which the other commands find there.")
      .option(options->config, "--config", "FILE",
              "the configuration (else ./countersign.yaml, else the defaults)")
      .option(options->data, "--data", "DIR",
              "where the database and files are (else the configuration's data)")
      .option(options->listen, "--listen", "HOST:PORT", "where to listen (else the configuration's listen)")
      .flag(options->dev, "--dev",
            "for trying out: loopback only, and messages go to the mailbox at /dev/mailbox instead of out")
      .example("countersign serve --dev --data /tmp/countersign", "look around without sending anything")
      .example("countersign serve --config /etc/countersign/countersign.yaml")
      .runs([options, serve](Console& console) -> Outcome<ExitCode> {
        console.out.flush();
        return static_cast<ExitCode>(serve(*options));
      });
}

}  // namespace countersign::cli
