// countersign show: one instance with its form, its decisions and what is open.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/instance_act.h"
#include "cli/shown.h"
#include "cli/table.h"
#include "cli/text_width.h"

namespace countersign::cli {
namespace {

struct ShowOptions {
  std::string reference;
  bool events = false;
};

std::string who(const json::value& actor) {
  const std::string person = shown_at(actor, "person");
  const std::string name = person.empty() ? shown_at(actor, "kind") : person;
  const std::string for_whom = shown_at(actor, "on_behalf_of");
  return for_whom.empty() ? name : name + " for " + for_whom;
}

void print_line(Console& console, std::string_view name, const std::string& text) {
  if (!text.empty()) console.out << fmt::format("  {:<11}{}\n", name, printable(text));
}

void print_head(Console& console, const json::value& instance) {
  console.out << printable(
                     fmt::format("{}  {}", shown_at(instance, "reference"), shown_at(instance, "title")))
              << '\n';
  const std::string round = shown_at(instance, "round");
  print_line(console, "status", shown_at(instance, "status") + (round == "1" ? "" : ", round " + round));
  print_line(console, "stage", shown_at(instance, "stage"));
  print_line(console, "incident", shown_at(instance, "incident"));
  print_line(console, "requester", shown_at(instance, "requester"));
  print_line(console, "started", instant_at(instance, "started_at") + " UTC");
  const std::string ended = instant_at(instance, "ended_at");
  print_line(console, "ended", ended.empty() ? "" : ended + " UTC");
  print_line(console, "workflow",
             shown_at(instance, "workflow") + ", version " + shown_at(instance, "version").substr(0, 12));
  print_line(console, "id", shown_at(instance, "id"));
}

// A field a line, those without a value left out; a table's rows below it.
void print_fields(Console& console, std::string_view title, const json::value* fields) {
  if (fields == nullptr || !fields->is_object() || fields->as_object().empty()) return;
  console.out << '\n' << title << '\n';
  std::size_t widest = 0;
  for (const auto& field : fields->as_object())
    widest = std::max(widest, display_width(printable(field.key())));
  for (const auto& field : fields->as_object()) {
    const std::string name = printable(field.key());
    const std::string gap(widest - display_width(name) + 2, ' ');
    const json::value& value = field.value();
    const bool rows = value.is_array() && !value.as_array().empty() && value.as_array().front().is_object() &&
                      find(value.as_array().front(), "sha256") == nullptr;
    const std::string text = printable(shown(value));
    if (text.empty()) continue;
    if (!rows) {
      console.out << "  " << name << gap << text << '\n';
      continue;
    }
    console.out << "  " << name << '\n';
    for (const json::value& row : value.as_array())
      console.out << "    " << printable(write_json(row)) << '\n';
  }
}

void print_steps(Console& console, const json::value& instance) {
  Table decided({"STEP", "OUTCOME", "BY", "AT (UTC)", "COMMENT", ""});
  for (const json::value& step : list_at(instance, "steps")) {
    const json::value* by = find(step, "by");
    decided.add({shown_at(step, "step"), shown_at(step, "outcome"), by == nullptr ? "" : who(*by),
                 instant_at(step, "at"), shown_at(step, "comment"), flag_at(step, "voided") ? "void" : ""});
  }
  if (!decided.empty()) console.out << "\nSteps taken\n" << decided.text();
  Table passed({"STEP", "BY", "AT (UTC)", "REASON"});
  for (const json::value& step : list_at(instance, "passed_over")) {
    const json::value* by = find(step, "by");
    passed.add({shown_at(step, "step"), by == nullptr ? "" : who(*by), instant_at(step, "at"),
                shown_at(step, "reason")});
  }
  if (!passed.empty()) console.out << "\nSteps passed over\n" << passed.text();
  Table open({"STEP", "SINCE (UTC)", "DUE (UTC)", "INCIDENT"});
  for (const json::value& step : list_at(instance, "open_steps")) {
    open.add({shown_at(step, "step"), instant_at(step, "opened_at"), instant_at(step, "due_at"),
              shown_at(step, "incident")});
  }
  if (!open.empty()) console.out << "\nSteps open\n" << open.text();
  Table items({"ITEM", "STEP", "FOR", "STATUS", "OUTCOME", "BY", "CHANNEL"});
  for (const json::value& item : list_at(instance, "work_items")) {
    items.add({shown_at(item, "id"), shown_at(item, "step"), whose_at(item), shown_at(item, "status"),
               shown_at(item, "outcome"), shown_at(item, "decided_by"), shown_at(item, "channel")});
  }
  if (!items.empty()) console.out << "\nWork items\n" << items.text();
}

Outcome<ExitCode> print_events(Console& console, ApiClient& client, const std::string& id, bool as_json) {
  std::string after;
  Table table({"SEQ", "AT (UTC)", "EVENT", "DATA"});
  for (;;) {
    const auto reply = client.get(instance_path(id, "/events"), {{"after", after}, {"limit", "1000"}});
    if (!reply) return std::unexpected(reply.error());
    for (const json::value& event : list_at(reply->body, "events")) {
      if (as_json) {
        print_json(console, event);
      } else {
        table.add({shown_at(event, "seq"), instant_at(event, "at"), shown_at(event, "type"),
                   shown_at(event, "data")});
      }
    }
    after = shown_at(reply->body, "next_after");
    if (after.empty()) break;
  }
  if (!as_json) console.out << "\nEvents\n" << table.text();
  return ExitCode::done;
}

Outcome<ExitCode> show(Console& console, const Connection& connection, const ShowOptions& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto id = instance_id(*client, options.reference);
  if (!id) return std::unexpected(id.error());
  if (options.events && connection.json) return print_events(console, *client, *id, true);
  const auto reply = client->get(instance_path(*id));
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  print_head(console, reply->body);
  print_fields(console, "Form", find(reply->body, "form"));
  print_fields(console, "Variables", find(reply->body, "vars"));
  print_steps(console, reply->body);
  if (options.events) return print_events(console, *client, *id, false);
  return ExitCode::done;
}

}  // namespace

void add_show(Command& root, Connection& connection) {
  const auto options = std::make_shared<ShowOptions>();
  Command& command = root.add("show", "show one instance: its form, who decided what, what is open");
  command.argument(options->reference, "REF", "its reference, EXP-2026-14, or its id, i_...")
      .flag(options->events, "--events",
            "everything that happened, too; with --json only that, an event a line");
  add_connection(command, connection);
  command.example("countersign show EXP-2026-14")
      .example("countersign show EXP-2026-14 --events --json")
      .runs([options, &connection](Console& console) { return show(console, connection, *options); });
}

}  // namespace countersign::cli
