// countersign doctor: what can be said of an installation, all at once.

#include <filesystem>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/doctor_checks.h"
#include "cli/installation.h"
#include "cli/shown.h"
#include "cli/text_width.h"
#include "store/sqlite/sqlite_store.h"

namespace countersign::cli {
namespace {

std::string_view to_string(Finding::Grade grade) {
  switch (grade) {
    case Finding::Grade::good:
      return "ok";
    case Finding::Grade::warning:
      return "warning";
    case Finding::Grade::problem:
      return "problem";
  }
  return "";
}

json::array mend_json(const Finding& finding) {
  json::array ways;
  for (const Remedy& way : finding.mend) {
    ways.push_back({{"words", way.words},
                    {"commands", json::array(way.commands.begin(), way.commands.end())},
                    {"rest", way.rest}});
  }
  return ways;
}

// A command has a line of its own, so that it can be copied as it stands.
void print_mend(Console& console, const Finding& finding) {
  const auto line = [&](std::string_view text) {
    console.out << fmt::format("{:<26}{}\n", "", printable(text));
  };
  std::string_view lead = "mend:";
  for (const Remedy& way : finding.mend) {
    console.out << fmt::format("{:<24}{}{}{}\n", "", lead, way.words.empty() ? "" : " ",
                               printable(way.words));
    for (const std::string& command : way.commands) line(command);
    if (!way.rest.empty()) line(way.rest);
    lead = "or:";
  }
}

ExitCode print_findings(Console& console, const Findings& findings, bool as_json) {
  bool is_good = true;
  json::array rows;
  for (const Finding& finding : findings.all) {
    is_good = is_good && finding.grade != Finding::Grade::problem;
    rows.push_back({{"check", finding.check},
                    {"grade", to_string(finding.grade)},
                    {"text", finding.text},
                    {"on", finding.on},
                    {"why", finding.why},
                    {"mend", mend_json(finding)}});
    if (as_json) continue;
    const std::string on = finding.on.empty() ? "" : finding.on + ": ";
    console.out << fmt::format("{:<8} {:<14} {}\n", to_string(finding.grade), finding.check,
                               printable(on + finding.text));
    if (!finding.why.empty()) console.out << fmt::format("{:<24}why: {}\n", "", printable(finding.why));
    print_mend(console, finding);
  }
  if (as_json) print_json(console, json::object{{"good", is_good}, {"findings", std::move(rows)}});
  if (findings.is_unreachable) return ExitCode::unreachable;
  return is_good ? ExitCode::done : ExitCode::not_so;
}

struct DoctorOptions {
  bool check_database = false;
  bool rebuild = false;
  bool apply = false;
};

ExitCode print_rebuilt(Console& console, const sqlite::RebuildReport& report, const DoctorOptions& options,
                       bool as_json) {
  json::array tables;
  for (const sqlite::RebuiltTable& table : report.tables) {
    const bool same = table.missing == 0 && table.surplus == 0;
    tables.push_back({{"table", table.name},
                      {"rows", table.rows},
                      {"missing", table.missing},
                      {"surplus", table.surplus},
                      {"examples", json::array(table.examples.begin(), table.examples.end())}});
    if (as_json) continue;
    console.out << fmt::format("{:<8} {:<12} {} rows", same ? "ok" : "differs", table.name, table.rows);
    if (!same) {
      console.out << fmt::format(", {} missing or wrong, {} too many or wrong: {}", table.missing,
                                 table.surplus, printable(named(table.examples)));
    }
    console.out << '\n';
  }
  const bool equal = report.is_equal();
  if (as_json) {
    print_json(console,
               json::object{{"equal", equal},
                            {"applied", options.apply && !equal},
                            {"instances", report.instances},
                            {"events", report.events},
                            {"erased", report.erased},
                            {"tables", std::move(tables)},
                            {"problems", json::array(report.problems.begin(), report.problems.end())}});
  } else {
    for (const std::string& line : report.problems) console.out << "problem  " << printable(line) << '\n';
    console.out << fmt::format("{} events of {} instances: ", report.events, report.instances)
                << (equal           ? "everything is as the log says\n"
                    : options.apply ? "made as the log says\n"
                                    : "nothing was changed; --apply makes it as the log says\n");
  }
  return report.problems.empty() && (equal || options.apply) ? ExitCode::done : ExitCode::not_so;
}

Outcome<ExitCode> rebuild(Console& console, const Connection& connection, const DoctorOptions& options) {
  const auto data = data_folder(connection);
  if (!data) return std::unexpected(data.error());
  SqliteOptions sqlite;
  sqlite.path = database_path(*data);
  std::error_code none;
  if (!std::filesystem::exists(sqlite.path, none))
    return failed(ExitCode::wrong_use, fmt::format("there is no database {}", sqlite.path));
  auto store = SqliteStore::open(std::move(sqlite));
  if (!store) {
    return failed(store.error().code == ErrorCode::unavailable ? ExitCode::conflict : ExitCode::not_so,
                  fmt::format("cannot rebuild: {}; stop the daemon first", store.error().message));
  }
  const auto report = (*store)->rebuild(options.apply);
  if (!report) return failed(ExitCode::not_so, report.error().message);
  return print_rebuilt(console, *report, options, connection.json);
}

}  // namespace

void add_doctor(Command& root, Connection& connection) {
  const auto options = std::make_shared<DoctorOptions>();
  Command& command = root.add("doctor", "check the installation, its data and the running daemon");
  command
      .describe(
          "Looks at the configuration and all files that it names, at what the data folder holds and, where "
          "it "
          "runs, at the daemon: work items that nobody can decide, workflows that name missing people, "
          "messages "
          "that were given up, instances that stand still, webhooks that could not be applied, the clock, "
          "the "
          "disk, lost uploads. Each finding says on what, why, and what mends it: in words what has to be "
          "done by hand first, and each command on a line of its own. Exit code 1 where "
          "there is a problem. Without a data folder only the daemon is asked, and the exit code is 3 where "
          "it "
          "cannot be reached.")
      .flag(options->check_database, "--database",
            "read the whole database file for damage, too; it takes minutes for gigabytes")
      .flag(
          options->rebuild, "--rebuild",
          "instead: replay the event log and compare instances, work items, timers, claims and budgets with "
          "it; the daemon must not run")
      .flag(options->apply, "--apply", "with --rebuild: make them as the log says");
  add_connection(command, connection);
  command.example("countersign doctor --config /etc/countersign/countersign.yaml")
      .example("countersign doctor --rebuild --data /var/lib/countersign")
      .runs([options, &connection](Console& console) -> Outcome<ExitCode> {
        if (options->apply && !options->rebuild)
          return failed(ExitCode::wrong_use, "--apply goes with --rebuild");
        if (options->rebuild) return rebuild(console, connection, *options);
        Findings findings;
        const Instant now = SystemClock().now();
        const Files files = check_files(connection, now, findings);
        if (options->check_database) check_pages_of_database(connection, findings);
        const bool data_checked = check_data(connection, files, now, findings);
        check_daemon(console, connection, data_checked, findings);
        return print_findings(console, findings, connection.json);
      });
}

}  // namespace countersign::cli
