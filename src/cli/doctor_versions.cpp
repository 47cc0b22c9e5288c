// Versions that open instances run: whether they load, and whether whom they name is there.

#include <fmt/format.h>

#include "base/text.h"
#include "cli/doctor_items.h"
#include "cli/report.h"
#include "cli/shown.h"
#include "runtime/workspace.h"

namespace countersign::cli {
namespace {

using enum Finding::Grade;

// An instance keeps its version, which names whom it named. Moving helps where the file says something else
// by now.
std::vector<Remedy> remedies_of_missing(const Ward& ward, const DefinitionRow& row) {
  const std::string move =
      ward.commands.of_daemon({"workflow", "migrate", row.workflow.value, "--apply", "--reason",
                               "the version in force names people who are there"});
  Remedy put_back{.words = fmt::format("write them into {}, then", ward.files.people()),
                  .commands = {ward.commands.reload()}};
  const auto in_force = ward.files.snapshot->workflow(row.workflow);
  if (in_force != nullptr && in_force->version != row.version) {
    return {{.words = "the file does not name them any more, so move the open requests to it:",
             .commands = {ward.commands.reload(), move}},
            std::move(put_back)};
  }
  return {std::move(put_back),
          {.words = fmt::format("name somebody else in {}, then move its open requests:",
                                ward.files.of_workflow(row.workflow)),
           .commands = {ward.commands.reload(), move}}};
}

}  // namespace

void check_versions(const Ward& ward, Findings& findings) {
  const auto rows = ward.reader.definitions_in_use();
  if (!rows) return findings.add("versions", problem, rows.error().message);
  std::size_t faults = 0;
  for (const DefinitionRow& row : *rows) {
    const auto missing = missing_names(row, *ward.files.snapshot);
    const std::string on = fmt::format("{} {}", row.workflow.value, row.version.substr(0, kVersionShown));
    if (!missing) {
      ++faults;
      findings.add(
          {.check = "versions",
           .grade = problem,
           .text = "a version that open instances run no longer loads",
           .on = on,
           .why = missing.error().message,
           .mend = {{.words = "put back what it names (connectors, calendars, other workflows), then",
                     .commands = {ward.commands.reload()}}}});
      continue;
    }
    if (missing->empty()) continue;
    ++faults;
    std::vector<std::string> named;
    for (const Diagnostic& each : *missing)
      named.push_back(fmt::format("line {}: {}", each.line, each.message));
    findings.add({.check = "versions",
                  .grade = problem,
                  .text = "a version that open instances run names somebody who is not there",
                  .on = on,
                  .why = join(named, "; "),
                  .mend = remedies_of_missing(ward, row)});
  }
  if (faults == 0)
    findings.add("versions", good, counted(rows->size(), "version", "versions") + " in use, all load");
}

}  // namespace countersign::cli
