// countersign doctor: what can be said of an installation, all at once.

#include <filesystem>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/doctor_checks.h"
#include "cli/shown.h"
#include "cli/text_width.h"

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

ExitCode print_findings(Console& console, const Findings& findings, bool as_json) {
  bool is_good = true;
  json::array rows;
  for (const Finding& finding : findings.all) {
    is_good = is_good && finding.grade != Finding::Grade::problem;
    rows.push_back({{"check", finding.check}, {"grade", to_string(finding.grade)}, {"text", finding.text}});
    if (!as_json) {
      console.out << fmt::format("{:<8} {:<14} {}\n", to_string(finding.grade), finding.check,
                                 printable(finding.text));
    }
  }
  if (as_json) print_json(console, json::object{{"good", is_good}, {"findings", std::move(rows)}});
  if (findings.is_unreachable) return ExitCode::unreachable;
  return is_good ? ExitCode::done : ExitCode::not_so;
}

}  // namespace

void add_doctor(Command& root, Connection& connection) {
  const auto check_database = std::make_shared<bool>(false);
  Command& command = root.add("doctor", "check the installation and the running daemon");
  command
      .describe(
          "Looks at the configuration, at all files that it names, at people without a mail address, and "
          "asks the daemon: "
          "whether it is ready, which instances stand still, which messages were given up, which webhooks "
          "could not be "
          "applied. Exit code 1 where there is a problem, 3 where the daemon cannot be reached.")
      .flag(*check_database, "--database",
            "read the whole database file for damage, too; it takes minutes for gigabytes");
  add_connection(command, connection);
  command.example("countersign doctor --config /etc/countersign/countersign.yaml")
      .runs([check_database, &connection](Console& console) -> Outcome<ExitCode> {
        Findings findings;
        check_files(connection, findings);
        if (*check_database) check_pages_of_database(connection, findings);
        check_daemon(console, connection, findings);
        return print_findings(console, findings, connection.json);
      });
}

}  // namespace countersign::cli
