// countersign workflow: versions of a workflow, what changed between two, and moving open instances.

#include <filesystem>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/report.h"
#include "cli/scenario_files.h"
#include "cli/shown.h"
#include "cli/table.h"
#include "cli/text_width.h"
#include "definition/workflow_diff.h"
#include "definition/workflow_files.h"
#include "runtime/workspace.h"
#include "web/uri_text.h"

namespace countersign::cli {
namespace {

std::string path_of(const std::string& workflow, std::string_view rest) {
  return fmt::format("/api/v1/workflows/{}{}", web::escape_segment(workflow), rest);
}

Outcome<ExitCode> versions(Console& console, const Connection& connection, const std::string& workflow) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get(path_of(workflow, "/versions"));
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  Table table({"VERSION", "FIRST USED (UTC)", ""});
  for (const json::value& row : list_at(reply->body, "versions")) {
    const std::string first = instant_at(row, "first_used_at");
    std::string notes = flag_at(row, "in_force") ? "in force" : "";
    if (flag_at(row, "in_use")) notes += notes.empty() ? "open instances" : ", open instances";
    table.add({shown_at(row, "version").substr(0, kVersionShown), first.empty() ? "never" : first, notes});
  }
  console.out << table.text();
  return ExitCode::done;
}

// What the file reads of what stands beside it, errors or not: a broken one can be compared too.
NamedFiles files_named_by(const std::string& file, const std::string& text, const MessageTexts& messages,
                          const TableTexts& tables) {
  const auto around = Installations("").of(file);
  return load_workflow(file, text, messages, around ? catalogue_of(**around) : Catalogue(), tables).named;
}

Outcome<VersionTexts> texts_of_file(const std::string& file) {
  auto text = read_file(file);
  if (!text) return failed(text.error());
  const std::string beside = std::filesystem::path(file).parent_path().string();
  const std::string folder = beside.empty() ? "." : beside;
  auto messages = read_message_files(folder);
  if (!messages) return failed(messages.error());
  auto tables = read_table_files(folder);
  if (!tables) return failed(tables.error());
  const NamedFiles named = files_named_by(file, *text, *messages, *tables);
  VersionTexts texts{std::move(*text), {}, {}};
  for (auto& [key, message] : *messages) {
    if (named.messages.contains(key.first))
      texts.messages.emplace(key.first + "." + key.second, std::move(message));
  }
  for (auto& [name, table] : *tables) {
    if (named.tables.contains(name)) texts.tables.emplace(name, std::move(table));
  }
  return texts;
}

NamedTexts texts_at(const json::value& body, std::string_view member) {
  NamedTexts texts;
  const json::value* found = find(body, member);
  if (found == nullptr || !found->is_object()) return texts;
  for (const auto& [name, text] : found->as_object()) {
    if (text.is_string()) texts.emplace(name, text.as_string().c_str());
  }
  return texts;
}

// A file's texts, or a version's: WORKFLOW for the one in force, WORKFLOW@VERSION for another.
Outcome<VersionTexts> texts_of(Console& console, const Connection& connection, const std::string& name) {
  std::error_code ignored;
  if (name.ends_with(".yaml") || std::filesystem::is_regular_file(name, ignored)) return texts_of_file(name);
  const std::size_t at = name.find('@');
  const std::string workflow = name.substr(0, at);
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get(
      at == std::string::npos ? path_of(workflow, "")
                              : path_of(workflow, "/versions/" + web::escape_segment(name.substr(at + 1))));
  if (!reply) return std::unexpected(reply.error());
  return VersionTexts{shown_at(reply->body, "source"), texts_at(reply->body, "messages"),
                      texts_at(reply->body, "tables")};
}

Outcome<ExitCode> diff(Console& console, const Connection& connection, const std::string& before,
                       const std::string& after) {
  const auto was = texts_of(console, connection, before);
  if (!was) return std::unexpected(was.error());
  const auto is = texts_of(console, connection, after);
  if (!is) return std::unexpected(is.error());
  const auto changes = workflow_changes(*was, *is);
  if (!changes) return failed(changes.error());
  if (connection.json) {
    print_json(console, json::object{{"changes", json::array(changes->begin(), changes->end())}});
    return ExitCode::done;
  }
  for (const std::string& change : *changes) console.out << printable(change) << '\n';
  if (changes->empty()) console.out << "nothing changed\n";
  return ExitCode::done;
}

struct MigrateOptions {
  std::string workflow, to, reason;
  bool apply = false;
};

struct Moved {
  json::array instances;
  std::size_t moved = 0;
  std::size_t refused = 0;
};

// One instance that would move: moves it where that is asked for.
Outcome<void> move_one(ApiClient& client, const MigrateOptions& options, const std::string& version,
                       const json::value& row, Moved& done) {
  json::object shown = row.as_object();
  bool moves = flag_at(row, "moves");
  if (moves && options.apply) {
    const json::object body{{"act", "migrate"}, {"version", version}, {"reason", options.reason}};
    const auto reply = client.post(
        fmt::format("/api/v1/instances/{}/admin", web::escape_segment(shown_at(row, "id"))), body);
    if (!reply && reply.error().code == ExitCode::unreachable) return std::unexpected(reply.error());
    if (!reply) {
      moves = false;
      shown["moves"] = false;
      shown["obstacles"] = json::array{reply.error().message};
    }
  }
  (moves ? done.moved : done.refused) += 1;
  done.instances.push_back(std::move(shown));
  return {};
}

void print_moves(Console& console, const MigrateOptions& options, const Moved& done) {
  Table table({"REFERENCE", "FROM VERSION", "", "FILLED IN"});
  for (const json::value& row : done.instances) {
    const bool moves = flag_at(row, "moves");
    table.add({shown_at(row, "reference"), shown_at(row, "version").substr(0, kVersionShown),
               !moves          ? "stays"
               : options.apply ? "moved"
                               : "would move",
               moves ? shown_at(row, "fills") : ""});
  }
  if (!table.empty()) console.out << table.text();
  // Whole, each on a line of its own: it is what one needs to go on.
  for (const json::value& row : done.instances) {
    if (flag_at(row, "moves")) continue;
    console.out << fmt::format("{} stays:\n", printable(shown_at(row, "reference")));
    for (const json::value& why : list_at(row, "obstacles"))
      console.out << fmt::format("  - {}\n", printable(std::string(why.as_string().c_str())));
  }
  console.out << fmt::format("{} {}, {} {}\n", counted(done.moved, "instance", "instances"),
                             options.apply ? "moved" : "would move", done.refused,
                             done.refused == 1 ? "stays" : "stay");
  if (!options.apply && done.moved > 0) console.err << "nothing was moved: --apply does it\n";
}

Outcome<ExitCode> migrate(Console& console, const Connection& connection, const MigrateOptions& options) {
  if (options.apply && options.reason.empty()) {
    return failed(ExitCode::wrong_use, "--apply needs --reason: it is recorded with every instance");
  }
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  // All pages before the first is moved, so that moving changes no page.
  json::array rows;
  std::string version, cursor;
  do {
    const auto reply = client->get(path_of(options.workflow, "/migration"),
                                   {{"version", options.to}, {"limit", "200"}, {"cursor", cursor}});
    if (!reply) return std::unexpected(reply.error());
    version = shown_at(reply->body, "version");
    for (const json::value& row : list_at(reply->body, "instances")) rows.push_back(row);
    cursor = shown_at(reply->body, "next_cursor");
  } while (!cursor.empty());
  Moved done;
  for (const json::value& row : rows) {
    if (auto moved = move_one(*client, options, version, row, done); !moved)
      return std::unexpected(moved.error());
  }
  if (connection.json) {
    print_json(console, json::object{{"version", version},
                                     {"applied", options.apply},
                                     {"moved", done.moved},
                                     {"refused", done.refused},
                                     {"instances", done.instances}});
  } else {
    print_moves(console, options, done);
  }
  return done.refused > 0 ? ExitCode::not_so : ExitCode::done;
}

struct OwedStart {
  std::string workflow, schedule, person;
};

Outcome<ExitCode> retry(Console& console, const Connection& connection, const OwedStart& owed) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->post(
      path_of(owed.workflow, fmt::format("/schedules/{}/retry", web::escape_segment(owed.schedule))),
      json::object{{"person", owed.person}});
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  for (const json::value& row : list_at(reply->body, "instances")) {
    const std::string person = shown_at(row, "person");
    console.out << fmt::format("{} {}{}\n", flag_at(row, "existed") ? "was started before:" : "started",
                               shown_at(row, "id"), person.empty() ? "" : " for " + person);
  }
  return ExitCode::done;
}

}  // namespace

void add_workflow(Command& root, Connection& connection) {
  Command& workflow = root.add("workflow", "list workflows, compare versions, move open instances");
  add_workflow_list(workflow, connection);

  const auto listed = std::make_shared<std::string>();
  Command& listing = workflow.add("versions", "list the versions that instances have run");
  listing.argument(*listed, "WORKFLOW", "the workflow's id");
  add_connection(listing, connection);
  listing.example("countersign workflow versions expense-approval")
      .runs([listed, &connection](Console& console) { return versions(console, connection, *listed); });

  struct Two {
    std::string before, after;
  };
  const auto two = std::make_shared<Two>();
  Command& comparing = workflow.add("diff", "say in words what changed between two versions");
  comparing
      .describe(
          "Each of the two is a file, WORKFLOW (the version in force) or WORKFLOW@VERSION, of which the "
          "first "
          "characters do. Two files are compared without the daemon.")
      .argument(two->before, "BEFORE", "the older one")
      .argument(two->after, "AFTER", "the newer one");
  add_connection(comparing, connection);
  comparing.example("countersign workflow diff expense-approval workflows/expense-approval.yaml")
      .example("countersign workflow diff expense-approval@5f3c81 expense-approval")
      .runs([two, &connection](Console& console) {
        return diff(console, connection, two->before, two->after);
      });

  const auto owed = std::make_shared<OwedStart>();
  Command& retrying = workflow.add("retry", "make a start again that a schedule was refused");
  retrying
      .describe(
          "A schedule goes on where one of its starts is refused, and owes that one: 'countersign doctor' "
          "and "
          "'countersign workflow list' name what is owed. When the cause is mended, this makes it at once, "
          "and "
          "says why where it is refused again. Where nobody could be named when the schedule ran, it starts "
          "all "
          "or none.")
      .argument(owed->workflow, "WORKFLOW", "the workflow's id")
      .argument(owed->schedule, "SCHEDULE", "the schedule's name: its 'id', else its 'every'")
      .option(owed->person, "--person", "ID", "for whom, where the schedule starts one for each person");
  add_connection(retrying, connection, Writes::yes);
  retrying.example("countersign workflow retry territory-plan quarter --person li.na")
      .runs([owed, &connection](Console& console) { return retry(console, connection, *owed); });

  const auto options = std::make_shared<MigrateOptions>();
  Command& moving = workflow.add("migrate", "move open instances to another version");
  moving
      .describe(
          "Running instances keep the version that they started with. This moves those that can be moved: "
          "every "
          "open step exists in the other version, does the same and stands in the same lists; work items, "
          "deadlines and answers stay as they are. Says of all others why they stay, and ends with exit code "
          "1 "
          "where there are any. Without --apply nothing is moved.")
      .argument(options->workflow, "WORKFLOW", "the workflow's id")
      .option(options->to, "--to", "VERSION", "the version to move to (the one in force)")
      .flag(options->apply, "--apply", "move them")
      .option(options->reason, "--reason", "TEXT", "why; it is recorded with each instance");
  add_connection(moving, connection, Writes::no);
  moving.example("countersign workflow migrate expense-approval")
      .example(
          "countersign workflow migrate expense-approval --apply --reason 'the legal step asks the right "
          "group "
          "now'")
      .runs([options, &connection](Console& console) { return migrate(console, connection, *options); });
}

}  // namespace countersign::cli
