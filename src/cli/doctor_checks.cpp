#include "cli/doctor_checks.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/installation.h"
#include "cli/report.h"
#include "cli/shown.h"
#include "definition/secrets.h"
#include "runtime/deliverability.h"
#include "runtime/workspace.h"
#include "store/sqlite/start_checks.h"

namespace countersign::cli {
namespace {

using enum Finding::Grade;

// How many of a long list are named.
constexpr std::size_t kNamed = 5;
// Pages of open instances that are looked through for incidents, of 200 each.
constexpr int kPagesMax = 50;

void check_people(const Directory& directory, Findings& findings) {
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
  findings.add("people", warning,
               "without a mail address or a channel, so nothing can be sent to: " + named(without));
}

// A name means the year that the configuration lists, also after that year: nobody may have thought of it.
void check_ledgers(const Snapshot& snapshot, const std::string& file, Instant now, Findings& findings) {
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
       .mend =
           fmt::format("write the year {} and its amount under 'ledgers', then countersign reload", year)});
}

bool can_go_on(const Outcome<ApiReply>& reply, const std::string& check, Findings& findings) {
  if (reply) return true;
  findings.is_unreachable = findings.is_unreachable || reply.error().code == ExitCode::unreachable;
  findings.add(check, problem, reply.error().message);
  return false;
}

void check_incidents(ApiClient& client, Findings& findings) {
  std::vector<std::string> stopped;
  std::size_t open = 0;
  std::string cursor;
  int pages = 0;
  do {
    const auto reply =
        client.get("/api/v1/instances", {{"ended", "false"}, {"limit", "200"}, {"cursor", cursor}});
    if (!can_go_on(reply, "instances", findings)) return;
    for (const json::value& row : list_at(reply->body, "instances")) {
      ++open;
      if (!string_at(row, "incident").empty()) stopped.push_back(string_at(row, "reference"));
    }
    cursor = string_at(reply->body, "next_cursor");
  } while (!cursor.empty() && ++pages < kPagesMax);
  const std::string looked = cursor.empty() ? "open" : "newest open";
  if (stopped.empty()) {
    return findings.add("instances", good, fmt::format("of {} {} ones none stands still", open, looked));
  }
  findings.add("instances", problem,
               fmt::format("of {} {} ones {} stand still: {} ('countersign show' says why, 'retry' "
                           "goes on)",
                           open, looked, stopped.size(), named(stopped)));
}

// A list that should be empty.
void check_empty(ApiClient& client, const std::string& check, const std::string& path,
                 const std::string& status, const std::string& member, std::string_view bad,
                 Findings& findings) {
  const auto reply = client.get(path, {{"status", status}, {"limit", "200"}});
  if (!can_go_on(reply, check, findings)) return;
  std::vector<std::string> ids;
  for (const json::value& row : list_at(reply->body, member)) ids.push_back(shown_at(row, "id"));
  if (ids.empty()) return findings.add(check, good, fmt::format("none {}", bad));
  const bool more = !string_at(reply->body, "next_cursor").empty();
  findings.add(check, problem,
               fmt::format("{}{} {}: {} ('countersign {} list --status {}')", ids.size(),
                           more ? " or more" : "", bad, named(ids), check, status));
}

// Starts that a schedule was refused.
void check_schedules(ApiClient& client, Findings& findings) {
  const auto reply = client.get("/api/v1/workflows");
  if (!can_go_on(reply, "schedules", findings)) return;
  std::size_t schedules = 0;
  std::vector<std::string> owed;
  for (const json::value& workflow : list_at(reply->body, "workflows")) {
    for (const json::value& trigger : list_at(workflow, "triggers")) {
      if (shown_at(trigger, "kind") != "schedule") continue;
      ++schedules;
      for (const json::value& start : list_at(trigger, "owed")) {
        const std::string person = shown_at(start, "person");
        owed.push_back(fmt::format("{}{}", person.empty() ? "" : person + ": ", shown_at(start, "error")));
      }
    }
  }
  if (owed.empty()) {
    return findings.add("schedules", good,
                        fmt::format("{}, nothing owed", counted(schedules, "schedule", "schedules")));
  }
  findings.add(
      "schedules", problem,
      fmt::format(
          "{} refused: {} (mend the cause, then 'countersign workflow retry' or a reload tries again)",
          counted(owed.size(), "start was", "starts were"), named(owed)));
}

void check_clock(ApiClient& client, Findings& findings) {
  const auto reply = client.get("/metrics");
  if (!can_go_on(reply, "timers", findings)) return;
  if (reply->text.find("\ncountersign_timers_paused 1") != std::string::npos) {
    findings.add({.check = "timers",
                  .grade = problem,
                  .text = "paused",
                  .on = "daemon",
                  .why = "the clock jumped: check the machine's time first",
                  .mend = "countersign reload"});
  } else {
    findings.add("timers", good, "running");
  }
}

}  // namespace

std::string named(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kNamed);
  std::string text =
      join(std::vector<std::string>(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown)), ", ");
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

std::shared_ptr<const Snapshot> check_files(const Connection& connection, Instant now, Findings& findings) {
  Diagnostics diagnostics;
  const auto read = read_configuration(connection.config, diagnostics);
  if (!read) {
    findings.add("configuration", problem, read.error().message);
    return nullptr;
  }
  const std::string file = connection.config.empty() ? "countersign.yaml" : connection.config;
  if (!*read) {
    findings.add({.check = "configuration",
                  .grade = problem,
                  .text = problems_in_words(diagnostics),
                  .on = file,
                  .why = diagnostics.all().empty() ? "" : diagnostics.all().front().message,
                  .mend = "countersign validate " + file});
    return nullptr;
  }
  const Configuration& configuration = **read;
  findings.add("configuration", good,
               configuration.file.empty() ? "the defaults, without a file" : configuration.file);
  const auto workspace = load_workspace(configuration, nullptr);
  if (!workspace) {
    findings.add("files", problem, workspace.error().message);
    return nullptr;
  }
  // Workflows that name missing people or groups are among these.
  for (const Diagnostic& diagnostic : workspace->diagnostics.all()) {
    if (diagnostic.severity != Severity::error) continue;
    findings.add({.check = "files",
                  .grade = problem,
                  .text = diagnostic.message,
                  .on = diagnostic.file,
                  .why = fmt::format("{} at line {}", diagnostic.code, diagnostic.line),
                  .mend = "countersign validate " + diagnostic.file});
  }
  if (workspace->snapshot == nullptr) return nullptr;
  const Snapshot& snapshot = *workspace->snapshot;
  if (!workspace->diagnostics.has_errors()) {
    findings.add("files", workspace->diagnostics.all().empty() ? good : warning,
                 fmt::format("{}, {}: {}", counted(snapshot.workflows.size(), "workflow", "workflows"),
                             counted(snapshot.connectors.size(), "connector", "connectors"),
                             problems_in_words(workspace->diagnostics)));
  }
  check_people(*snapshot.directory, findings);
  check_ledgers(snapshot, file, now, findings);
  const Secrets secrets(configuration.secrets);
  const Diagnostics lacking =
      deliverability_of(configuration, snapshot, [&](const std::string& name) { return secrets.find(name); });
  for (const Diagnostic& each : lacking.all()) {
    findings.add({.check = "delivery",
                  .grade = problem,
                  .text = each.message,
                  .on = each.file,
                  .why = "",
                  .mend = "countersign validate && countersign reload"});
  }
  return workspace->snapshot;
}

void check_pages_of_database(const Connection& connection, Findings& findings) {
  const auto folder = data_folder(connection);
  if (!folder) return findings.add("database", problem, folder.error().message);
  const std::string& data = *folder;
  const auto damage = sqlite::find_damage(database_path(data));
  if (!damage) return findings.add("database", problem, damage.error().message);
  if (damage->empty()) return findings.add("database", good, database_path(data) + " is whole");
  for (const std::string& line : *damage) {
    findings.add({.check = "database",
                  .grade = problem,
                  .text = "damaged",
                  .on = database_path(data),
                  .why = line,
                  .mend = fmt::format("cp BACKUP {}", database_path(data))});
  }
}

void check_daemon(Console& console, const Connection& connection, bool data_checked, Findings& findings) {
  auto open = connect_without_key(console, connection);
  if (!open) return findings.add("daemon", problem, open.error().message);
  const auto ready = open->get("/readyz");
  // Not running, and not unwell.
  if (data_checked && !ready && ready.error().code == ExitCode::unreachable) {
    return findings.add({.check = "daemon",
                         .grade = warning,
                         .text = "does not answer",
                         .on = open->settings().url,
                         .why = ready.error().message,
                         .mend = "countersign serve"});
  }
  if (!can_go_on(ready, "daemon", findings)) return;
  findings.add("daemon", good, open->settings().url + " is ready");
  check_clock(*open, findings);
  if (data_checked) return;
  auto client = connect(console, connection);
  if (!client) return findings.add("key", problem, client.error().message);
  check_incidents(*client, findings);
  check_schedules(*client, findings);
  check_empty(*client, "outbox", "/api/v1/admin/outbox", "dead", "outbox", "given up after all tries",
              findings);
  check_empty(*client, "inbound", "/api/v1/admin/inbound", "error", "inbound", "that could not be applied",
              findings);
  check_empty(*client, "inbound", "/api/v1/admin/inbound", "held", "inbound",
              "whose proof is weak, so that an admin decides", findings);
}

}  // namespace countersign::cli
