// countersign event: sending an event that a workflow declares.

#include <fmt/format.h>

#include "cli/assignments.h"
#include "cli/commands.h"
#include "cli/instance_act.h"
#include "cli/shown.h"
#include "cli/text_width.h"

namespace countersign::cli {
namespace {

struct EventOptions {
  std::string name, key, workflow, instance;
  std::vector<std::string> data;
};

Outcome<ExitCode> send(Console& console, const Connection& connection, const EventOptions& options) {
  if (!options.instance.empty() && !(options.key.empty() && options.workflow.empty())) {
    return failed(ExitCode::wrong_use,
                  "--instance excludes --business-key and --workflow: it says whom the event reaches");
  }
  json::object data;
  if (const auto set = assign(data, options.data, "FIELD=VALUE"); !set) return std::unexpected(set.error());
  if (!options.instance.empty()) {
    return act_on_instance(console, connection, options.instance, "/events",
                           {{"name", options.name}, {"data", std::move(data)}}, "the event is delivered");
  }
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  json::object body{{"name", options.name}, {"data", std::move(data)}};
  if (!options.key.empty()) body["key"] = options.key;
  if (!options.workflow.empty()) body["workflow"] = options.workflow;
  const auto reply = client->post("/api/v1/events", body);
  if (!reply) return std::unexpected(reply.error());
  const json::array& reached = list_at(reply->body, "instances");
  if (connection.json) print_json(console, reply->body);
  if (reached.empty()) {
    return failed(
        ExitCode::not_so,
        options.key.empty()
            ? fmt::format("the event '{}' starts nothing; --business-key says which open instance it is for",
                          options.name)
            : fmt::format("no open instance has the key '{}', and the event '{}' starts nothing", options.key,
                          options.name));
  }
  if (!connection.json) {
    console.out << printable(fmt::format("{} reached {}", options.name, shown_at(reply->body, "instances")))
                << '\n';
  }
  for (const json::value& incident : list_at(reply->body, "incidents")) {
    console.err << printable(shown(incident)) << '\n';
  }
  return ExitCode::done;
}

}  // namespace

void add_event(Command& root, Connection& connection) {
  Command& event = root.add("event", "send an event that workflows declare");
  const auto options = std::make_shared<EventOptions>();
  Command& sending = event.add("send", "send an event by its business key");
  sending
      .describe(
          "In every workflow that declares the event under 'events' it reaches the open instance with that "
          "key; where there is none it starts one, if it stands under 'start'. Values are sent as text and "
          "read "
          "by the field's type; FIELD:=JSON sends JSON. Exit code 1 where it concerned nobody.")
      .argument(options->name, "NAME", "the event's name")
      .arguments(options->data, "FIELD=VALUE", "its data")
      .option(options->key, "--business-key", "KEY", "the business key of the instance")
      .option(options->workflow, "--workflow", "ID", "only to this workflow")
      .option(options->instance, "--instance", "REF", "instead: to this instance, by reference or id");
  add_connection(sending, connection, Writes::yes);
  sending
      .example(
          "countersign event send answered --business-key Q-2026-118 'summary=They want the annual plan'")
      .example("countersign event send paid --instance EXP-2026-14")
      .runs([options, &connection](Console& console) { return send(console, connection, *options); });
}

}  // namespace countersign::cli
