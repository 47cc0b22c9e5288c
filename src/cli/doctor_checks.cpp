#include "cli/doctor_checks.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/installation.h"
#include "cli/report.h"
#include "cli/shown.h"
#include "store/sqlite/start_checks.h"

namespace countersign::cli {
namespace {

using enum Finding::Grade;

// How many of a long list are named.
constexpr std::size_t kNamed = 5;
// Pages of open instances that are looked through for incidents, of 200 each.
constexpr int kPagesMax = 50;
// So many that stand still are listed one by one.
constexpr std::size_t kStandingShown = 20;

bool can_go_on(const Outcome<ApiReply>& reply, const std::string& check, Findings& findings) {
  if (reply) return true;
  findings.is_unreachable = findings.is_unreachable || reply.error().code == ExitCode::unreachable;
  findings.add(check, problem, reply.error().message);
  return false;
}

// Without the data folder nobody can tell beforehand whether a retry helps.
Finding standing_still(const json::value& row, const Commands& commands) {
  const std::string reference = string_at(row, "reference", string_at(row, "id"));
  return {.check = "instances",
          .grade = problem,
          .text = "stands still",
          .on = reference,
          .why = string_at(row, "incident"),
          .mend = {{.words = "mend that, then",
                    .commands = {
                        commands.of_daemon({"retry", reference, "--reason", "what stopped it is mended"})}}}};
}

void check_incidents(ApiClient& client, const Commands& commands, Findings& findings) {
  std::size_t stopped = 0;
  std::size_t open = 0;
  std::string cursor;
  int pages = 0;
  do {
    const auto reply =
        client.get("/api/v1/instances", {{"ended", "false"}, {"limit", "200"}, {"cursor", cursor}});
    if (!can_go_on(reply, "instances", findings)) return;
    for (const json::value& row : list_at(reply->body, "instances")) {
      ++open;
      if (string_at(row, "incident").empty()) continue;
      if (++stopped <= kStandingShown) findings.add(standing_still(row, commands));
    }
    cursor = string_at(reply->body, "next_cursor");
  } while (!cursor.empty() && ++pages < kPagesMax);
  if (stopped > kStandingShown) {
    findings.add({.check = "instances",
                  .grade = problem,
                  .text = counted(stopped - kStandingShown, "more stands still", "more stand still"),
                  .mend = {{.words = "the column INCIDENT says why:",
                            .commands = {commands.of_daemon({"list", "--open"})}}}});
  }
  if (stopped > 0) return;
  const std::string looked = cursor.empty() ? "open" : "newest open";
  findings.add("instances", good, fmt::format("of {} {} ones none stands still", open, looked));
}

// A list that should be empty.
void check_empty(ApiClient& client, const std::string& check, const std::string& path,
                 const std::string& status, const std::string& member, std::string_view bad,
                 const Commands& commands, Findings& findings) {
  const auto reply = client.get(path, {{"status", status}, {"limit", "200"}});
  if (!can_go_on(reply, check, findings)) return;
  std::vector<std::string> ids;
  for (const json::value& row : list_at(reply->body, member)) ids.push_back(shown_at(row, "id"));
  if (ids.empty()) return findings.add(check, good, fmt::format("none {}", bad));
  const bool more = !string_at(reply->body, "next_cursor").empty();
  findings.add({.check = check,
                .grade = problem,
                .text = fmt::format("{}{} {}: {}", ids.size(), more ? " or more" : "", bad, named(ids)),
                .mend = {{.words = "each with its cause:",
                          .commands = {commands.of_daemon({check, "list", "--status", status})}}}});
}

// Starts that a schedule was refused.
void check_schedules(ApiClient& client, const Commands& commands, Findings& findings) {
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
      {.check = "schedules",
       .grade = problem,
       .text = fmt::format("{} refused: {}", counted(owed.size(), "start was", "starts were"), named(owed)),
       .mend = {{.words = "mend the causes, then what is owed is tried again with",
                 .commands = {commands.reload()}}}});
}

void check_clock(ApiClient& client, const Commands& commands, Findings& findings) {
  const auto reply = client.get("/metrics");
  if (!can_go_on(reply, "timers", findings)) return;
  if (reply->text.find("\ncountersign_timers_paused 1") != std::string::npos) {
    findings.add(
        {.check = "timers",
         .grade = problem,
         .text = "paused",
         .on = "daemon",
         .why = "the clock jumped",
         .mend = {{.words = "see that the machine's time is right, then", .commands = {commands.reload()}}}});
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

void check_pages_of_database(const Connection& connection, Findings& findings) {
  const auto folder = data_folder(connection);
  if (!folder) return findings.add("database", problem, folder.error().message);
  const std::string& data = *folder;
  const auto damage = sqlite::find_damage(database_path(data));
  if (!damage) return findings.add("database", problem, damage.error().message);
  if (damage->empty()) return findings.add("database", good, database_path(data) + " is whole");
  for (const std::string& line : *damage) {
    findings.add(
        {.check = "database",
         .grade = problem,
         .text = "damaged",
         .on = database_path(data),
         .why = line,
         .mend = {{.words = fmt::format("stop the daemon and copy a backup to {}", database_path(data))}}});
  }
}

void check_daemon(Console& console, const Connection& connection, bool data_checked, Findings& findings) {
  const Commands commands(connection);
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
                         .mend = {{.commands = {commands.serve()}}}});
  }
  if (!can_go_on(ready, "daemon", findings)) return;
  findings.add("daemon", good, open->settings().url + " is ready");
  check_clock(*open, commands, findings);
  if (data_checked) return;
  auto client = connect(console, connection);
  if (!client) return findings.add("key", problem, client.error().message);
  check_incidents(*client, commands, findings);
  check_schedules(*client, commands, findings);
  check_empty(*client, "outbox", "/api/v1/admin/outbox", "dead", "outbox", "given up after all tries",
              commands, findings);
  check_empty(*client, "inbound", "/api/v1/admin/inbound", "error", "inbound", "that could not be applied",
              commands, findings);
  check_empty(*client, "inbound", "/api/v1/admin/inbound", "held", "inbound",
              "whose proof is weak, so that an admin decides", commands, findings);
}

}  // namespace countersign::cli
