// What `countersign doctor` says of the configuration and the files that it names.

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "cli/doctor_checks.h"
#include "cli/installation.h"
#include "cli/report.h"
#include "definition/secrets.h"
#include "runtime/deliverability.h"
#include "runtime/last_good.h"
#include "runtime/workspace.h"

namespace countersign::cli {
namespace {

using enum Finding::Grade;

// Of so many files each is named.
constexpr std::size_t kFilesNamed = 20;
constexpr std::size_t kWarnedFilesNamed = 5;

// The first of a file's diagnostics, and how many there are.
struct OfFile {
  Diagnostic first;
  std::size_t count = 0;
};

std::vector<OfFile> by_file(const Diagnostics& diagnostics, Severity severity) {
  std::vector<OfFile> files;
  for (Diagnostic& each : diagnostics.all()) {
    if (each.severity != severity) continue;
    if (files.empty() || files.back().first.file != each.file) files.push_back({std::move(each), 0});
    ++files.back().count;
  }
  return files;
}

// "people.yaml:4", as an editor opens it.
std::string place_of(const Diagnostic& diagnostic) {
  if (diagnostic.line == 0) return diagnostic.file;
  return fmt::format("{}:{}", diagnostic.file, diagnostic.line);
}

std::string message_of(const Diagnostic& diagnostic) {
  if (diagnostic.suggestion.empty()) return diagnostic.message;
  return fmt::format("{} (did you mean '{}'?)", diagnostic.message, diagnostic.suggestion);
}

// Of each file with errors the first.
void add_errors(const std::string& check, const Diagnostics& diagnostics, const Commands& commands,
                Findings& findings) {
  const std::vector<OfFile> files = by_file(diagnostics, Severity::error);
  for (std::size_t i = 0; i < std::min(files.size(), kFilesNamed); ++i) {
    const OfFile& each = files[i];
    Remedy remedy{.words = "correct it, then", .commands = {commands.reload()}};
    if (each.count > 1) {
      remedy.rest = fmt::format("and {}: {}", counted(each.count - 1, "more error", "more errors"),
                                commands.of_files({"validate", each.first.file}));
    }
    findings.add({.check = check,
                  .grade = problem,
                  .text = message_of(each.first),
                  .on = place_of(each.first),
                  .why = each.first.code,
                  .mend = {std::move(remedy)}});
  }
  if (files.size() > kFilesNamed) {
    findings.add(
        {.check = check,
         .grade = problem,
         .text = counted(files.size() - kFilesNamed, "more file has errors", "more files have errors"),
         .mend = {{.commands = {commands.of_files({"validate"})}}}});
  }
}

// The first warning of a few files.
void add_warnings(const Diagnostics& diagnostics, const Commands& commands, Findings& findings) {
  const std::vector<OfFile> files = by_file(diagnostics, Severity::warning);
  for (std::size_t i = 0; i < std::min(files.size(), kWarnedFilesNamed); ++i) {
    const OfFile& each = files[i];
    findings.add({.check = "files",
                  .grade = warning,
                  .text = message_of(each.first) +
                          (each.count > 1 ? fmt::format(" (and {} more in this file)", each.count - 1) : ""),
                  .on = place_of(each.first),
                  .why = each.first.code});
  }
  if (files.size() > kWarnedFilesNamed) {
    findings.add({.check = "files",
                  .grade = warning,
                  .text = counted(files.size() - kWarnedFilesNamed, "more file has warnings",
                                  "more files have warnings"),
                  .mend = {{.words = "all of them:", .commands = {commands.of_files({"validate"})}}}});
  }
}

void check_people(const Directory& directory, const std::string& file, const Commands& commands,
                  Findings& findings) {
  std::vector<std::string> without;
  std::size_t active = 0;
  for (const Person& person : directory.people()) {
    if (!person.active) continue;
    ++active;
    if (person.mail.empty() && person.channels.empty()) without.push_back(person.id.value);
  }
  if (active == 0) return findings.add("people", warning, "there is nobody who could be asked");
  if (without.empty()) {
    return findings.add("people", good,
                        counted(active, "active person", "active people") + ", all can be reached");
  }
  findings.add({.check = "people",
                .grade = warning,
                .text = "without a mail address or a channel, so nothing can be sent to: " + named(without),
                .on = file,
                .mend = {{.words = "write one for each of them, then", .commands = {commands.reload()}}}});
}

// A name means the year that the configuration lists, also after that year: nobody may have thought of it.
void check_ledgers(const Snapshot& snapshot, const std::string& file, Instant now, const Commands& commands,
                   Findings& findings) {
  const int year = static_cast<int>(date::year_month_day(snapshot.calendars.at("")->day_of(now)).year());
  std::vector<std::string> past;
  for (const LedgerSettings& ledger : snapshot.ledgers) {
    if (ledger.year != 0 && static_cast<int>(ledger.year) < year)
      past.push_back(ledger_title(ledger.name, ledger.year));
  }
  if (past.empty()) return;
  findings.add(
      {.check = "ledgers",
       .grade = warning,
       .text = fmt::format("{} {} of a year that is over", named(past), past.size() == 1 ? "is" : "are"),
       .on = file,
       .why = "what is requested now still takes from there",
       .mend = {{.words = fmt::format("write the year {} and its amount under 'ledgers', then", year),
                 .commands = {commands.reload()}}}});
}

Remedy mail_remedy(const Configuration& configuration, const Snapshot& snapshot, const Commands& commands) {
  const std::string& name = configuration.mail.connector;
  std::string words;
  for (const auto& [other, connector] : snapshot.connectors) {
    if (connector->mail && words.empty())
      words = fmt::format("write 'mail: {{connector: {}}}' into {}, then", other, configuration.file);
  }
  if (words.empty()) {
    words = fmt::format(
        "write {}/{}.yaml with the lines 'connector: {}', 'kind: email', 'host: ' with your mail server and "
        "'from: ' with the sender's address, then",
        configuration.connectors.empty() ? "connectors" : configuration.connectors.front(), name, name);
  }
  return {.words = std::move(words), .commands = {commands.reload()}};
}

void check_delivery(const Configuration& configuration, const Snapshot& snapshot, const Commands& commands,
                    Findings& findings) {
  const Secrets secrets(configuration.secrets);
  const Diagnostics lacking =
      deliverability_of(configuration, snapshot, [&](const std::string& name) { return secrets.find(name); });
  for (const Diagnostic& each : lacking.all()) {
    Remedy remedy{.words = "write what it lacks, then", .commands = {commands.reload()}};
    if (each.file == configuration.file) {
      remedy = mail_remedy(configuration, snapshot, commands);
    } else if (each.file == configuration.people) {
      remedy.words = fmt::format(
          "write that connector into {}, or take the channel out of {}, then",
          configuration.connectors.empty() ? "a folder under 'connectors'" : configuration.connectors.front(),
          configuration.people);
    }
    findings.add({.check = "delivery",
                  .grade = problem,
                  .text = message_of(each),
                  .on = each.file,
                  .why = each.code,
                  .mend = {std::move(remedy)}});
  }
}

// Nothing is in force by these files: what runs goes on with the copies of what loaded last.
void add_not_looked_at(const Files& files, const Commands& commands, Findings& findings) {
  const bool is_kept = files.configuration && last_good_of(*files.configuration).has_value();
  findings.add(
      {.check = "people",
       .grade = warning,
       .text = is_kept ? "not looked at; whoever was taken out of the file or changed in it since it last "
                         "loaded is still let in and asked as before"
                       : "not looked at",
       .on = files.people(),
       .why = is_kept ? files.obstacle + ", so that the last good file stays in force" : files.obstacle,
       .mend = {{.words = "correct it, then", .commands = {commands.reload()}}}});
}

// What is in force is put into `files`.
void check_what_is_named(const Configuration& configuration, const Commands& commands, Files& files,
                         Findings& findings) {
  const auto workspace = load_workspace(configuration, nullptr);
  if (!workspace) {
    files.obstacle = workspace.error().message;
    return findings.add({.check = "files",
                         .grade = problem,
                         .text = workspace.error().message,
                         .mend = {{.words = "mend it, then", .commands = {commands.reload()}}}});
  }
  add_errors("files", workspace->diagnostics, commands, findings);
  files.snapshot = workspace->snapshot;
  if (files.snapshot == nullptr) {
    const auto broken = by_file(workspace->diagnostics, Severity::error);
    files.obstacle =
        broken.empty() ? "the files do not load" : place_of(broken.front().first) + " has an error";
    return;
  }
  if (!workspace->diagnostics.has_errors()) {
    findings.add("files", workspace->diagnostics.all().empty() ? good : warning,
                 fmt::format("{}, {}: {}", counted(files.snapshot->workflows.size(), "workflow", "workflows"),
                             counted(files.snapshot->connectors.size(), "connector", "connectors"),
                             problems_in_words(workspace->diagnostics)));
  }
  add_warnings(workspace->diagnostics, commands, findings);
}

}  // namespace

std::string Files::of_workflow(const WorkflowId& workflow) const {
  const std::string name = workflow.value + ".yaml";
  if (!configuration) return name;
  for (const std::string& place : configuration->workflows) {
    std::error_code ignored;
    if (std::filesystem::path(place).filename() == name) return place;
    if (std::filesystem::exists(place + "/" + name, ignored)) return place + "/" + name;
  }
  return name;
}

Files check_files(const Connection& connection, Instant now, Findings& findings) {
  const Commands commands(connection);
  Files files;
  Diagnostics diagnostics;
  const auto read = read_configuration(connection.config, diagnostics);
  const std::string file = connection.config.empty() ? "countersign.yaml" : connection.config;
  if (!read) {
    files.obstacle = read.error().message;
    findings.add("configuration", problem, read.error().message);
  } else if (!*read) {
    files.obstacle = file + " has an error";
    add_errors("configuration", diagnostics, commands, findings);
  } else {
    files.configuration = **read;
    findings.add(
        "configuration", good,
        files.configuration->file.empty() ? "the defaults, without a file" : files.configuration->file);
    check_what_is_named(*files.configuration, commands, files, findings);
  }
  if (files.snapshot == nullptr) {
    add_not_looked_at(files, commands, findings);
    return files;
  }
  check_people(*files.snapshot->directory, files.people(), commands, findings);
  check_ledgers(*files.snapshot, file, now, commands, findings);
  check_delivery(*files.configuration, *files.snapshot, commands, findings);
  return files;
}

}  // namespace countersign::cli
