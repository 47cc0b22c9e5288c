// countersign audit: checks the event log in the database file, or exports it through the API.

#include "store/audit.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/export_check.h"
#include "cli/installation.h"
#include "cli/instance_act.h"
#include "cli/shown.h"
#include "cli/version.h"
#include "store/sqlite/sqlite_reader.h"

namespace countersign::cli {
namespace {

struct VerifyOptions {
  std::string file, config, data;
  bool json = false;
};

Outcome<ExitCode> verify_export(Console& console, const VerifyOptions& options) {
  if (!options.data.empty() || !options.config.empty()) {
    return failed(ExitCode::wrong_use, "FILE is an export: --data and --config are for the database");
  }
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return failed(ExitCode::wrong_use, fmt::format("cannot read {}", options.file));
  const ExportReport report = check_export(file);
  const ExitCode code = report.verified() ? ExitCode::done : ExitCode::not_so;
  if (options.json) {
    print_json(console,
               json::object{{"verified", report.verified()},
                            {"events", report.events},
                            {"instances", report.instances},
                            {"erased", report.erased},
                            {"cut_short", report.cut_short},
                            {"problem", report.verified() ? json::value() : json::value(report.problem)}});
    return code;
  }
  if (!report.verified())
    return failed(code, fmt::format("{} does not verify: {}", options.file, report.problem));
  console.out << fmt::format("{} verifies: {} events of {} instances", options.file, report.events,
                             report.instances);
  if (report.erased > 0) console.out << fmt::format(", {} of them with erased content", report.erased);
  if (report.cut_short > 0)
    console.out << fmt::format("; of {} instances the beginning stands in an earlier export",
                               report.cut_short);
  console.out << '\n';
  return code;
}

Outcome<ExitCode> verify_log(Console& console, const VerifyOptions& options) {
  if (!options.file.empty()) return verify_export(console, options);
  std::string data = options.data;
  if (data.empty()) {
    const auto configuration = usable_configuration(options.config);
    if (!configuration) return std::unexpected(configuration.error());
    data = configuration->data;
  }
  SqliteOptions sqlite;
  sqlite.path = database_path(data);
  std::error_code ignored;
  if (!std::filesystem::exists(sqlite.path, ignored)) {
    return failed(ExitCode::wrong_use,
                  fmt::format("there is no database at {}: name its folder with --data", sqlite.path));
  }
  const sqlite::SqliteReader reader(sqlite);
  const auto report = verify(reader);
  if (!report)
    return failed(ExitCode::not_so, fmt::format("cannot verify {}: {}", sqlite.path, report.error().message));
  if (options.json) {
    print_json(console,
               json::object{{"verified", report->verified()},
                            {"events", report->events},
                            {"blocks", report->blocks},
                            {"instances", report->instances},
                            {"erased", report->erased},
                            {"problem", report->verified() ? json::value() : json::value(report->problem)}});
    return report->verified() ? ExitCode::done : ExitCode::not_so;
  }
  if (!report->verified())
    return failed(ExitCode::not_so, fmt::format("{} does not verify: {}", sqlite.path, report->problem));
  console.out << fmt::format("{} verifies: {} events of {} instances in {} blocks", sqlite.path,
                             report->events, report->instances, report->blocks);
  if (report->erased > 0) console.out << fmt::format(", {} of them with erased content", report->erased);
  console.out << '\n';
  return ExitCode::done;
}

struct ExportOptions {
  std::string to, after, instance;
};

// Where the lines go: a file that must not exist, or standard output.
Outcome<std::unique_ptr<std::ofstream>> open_target(const std::string& path) {
  if (path.empty()) return std::unique_ptr<std::ofstream>();
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return failed(ExitCode::conflict, fmt::format("cannot write {}: it exists", path));
  }
  auto file = std::make_unique<std::ofstream>(path, std::ios::binary);
  if (!*file) return failed(ExitCode::wrong_use, fmt::format("cannot write {}", path));
  return file;
}

// One page; where the next begins is left in `place`, which is "" at the end.
struct Source {
  std::string path;
  std::string place;
  bool of_one_instance = false;
};
constexpr std::size_t kPage = 1000;

Outcome<json::array> next_page(ApiClient& client, Source& source, bool& at_end) {
  const auto reply =
      client.get(source.path, {{"after", source.place}, {"limit", std::to_string(kPage)}, {"proof", "true"}});
  if (!reply) return std::unexpected(reply.error());
  json::array events = list_at(reply->body, "events");
  const std::string next = shown_at(reply->body, source.of_one_instance ? "next_after" : "cursor");
  at_end = events.size() < kPage || next.empty();
  if (!next.empty()) source.place = next;
  if (source.of_one_instance && !events.empty()) source.place = shown_at(events.back(), "seq");
  return events;
}

Outcome<ExitCode> export_log(Console& console, const Connection& connection, const ExportOptions& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  Source source{"/api/v1/events", options.after, false};
  if (!options.instance.empty()) {
    const auto id = instance_id(*client, options.instance);
    if (!id) return std::unexpected(id.error());
    source = {instance_path(*id, "/events"), options.after, true};
  }
  const auto file = open_target(options.to);
  if (!file) return std::unexpected(file.error());
  std::ostream& out = *file ? static_cast<std::ostream&>(**file) : console.out;
  std::uint64_t count = 0;
  for (bool at_end = false; !at_end;) {
    const auto events = next_page(*client, source, at_end);
    if (!events) return std::unexpected(events.error());
    for (const json::value& event : *events) out << write_json(event) << '\n';
    count += events->size();
  }
  // The last line says what the export is, so that a reader can tell that it is complete.
  out << write_json(json::object{{"export",
                                  {{"events", count},
                                   {"after", options.after},
                                   {"cursor", source.place},
                                   {"instance", options.instance},
                                   {"program", fmt::format("countersign {}", kVersion)}}}})
      << '\n';
  out.flush();
  if (!out)
    return failed(ExitCode::not_so,
                  fmt::format("cannot write {}", options.to.empty() ? "the export" : options.to));
  if (*file) {
    console.out << fmt::format("{} events in {}; the next export goes on with --after {}\n", count,
                               options.to, source.place.empty() ? "''" : source.place);
  }
  return ExitCode::done;
}

}  // namespace

void add_audit(Command& root, Connection& connection) {
  Command& audit = root.add("audit", "check or export the event log");
  const auto verifying = std::make_shared<VerifyOptions>();
  audit.add("verify", "check that the event log was not changed afterwards")
      .describe(
          "Reads the database file itself, while a daemon may be running on it: every block, every "
          "instance's chain of "
          "events, and that each stored state is what its events say. Names the first bad entry; exit code 1 "
          "then. With FILE it checks an export instead, without a database: each event against its hashes "
          "and "
          "the event before it.")
      .argument(verifying->file, "FILE", "what 'countersign audit export' wrote", Command::Need::optional)
      .option(verifying->config, "--config", "FILE", "the daemon's configuration (else ./countersign.yaml)")
      .option(verifying->data, "--data", "DIR", "the data folder (else the configuration's)")
      .flag(verifying->json, "--json", "print the report as JSON")
      .example("countersign audit verify --data /var/lib/countersign")
      .example("countersign audit verify events.jsonl", "what an auditor was given")
      .runs([verifying](Console& console) { return verify_log(console, *verifying); });

  const auto exporting = std::make_shared<ExportOptions>();
  Command& exported = audit.add("export", "print the events of all instances, a JSON object a line");
  exported
      .describe(
          "Each event has its hashes, so that 'countersign audit verify FILE' can check the file by itself. "
          "The "
          "last line is no event: it holds their number and the cursor with which the next export goes on.")
      .option(exporting->to, "--to", "FILE", "into a new file instead of standard output")
      .option(exporting->after, "--after", "CURSOR", "only what came after an earlier export")
      .option(exporting->instance, "--instance", "REF", "of one instance");
  add_connection(exported, connection);
  exported.example("countersign audit export --to events.jsonl")
      .example("countersign audit export --instance EXP-2026-14")
      .runs(
          [exporting, &connection](Console& console) { return export_log(console, connection, *exporting); });
}

}  // namespace countersign::cli
