// What `countersign doctor` finds in the data folder. It only reads, beside a running daemon too.

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "cli/doctor_checks.h"
#include "cli/doctor_items.h"
#include "cli/installation.h"
#include "cli/report.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/sqlite_reader.h"
#include "web/disk_space.h"
#include "web/file_store.h"

namespace countersign::cli {
namespace {

using enum Finding::Grade;

constexpr std::size_t kPage = 200;
constexpr std::size_t kEachMax = 1'000;  // dead letters, incidents, webhooks that are looked at
constexpr std::uint64_t kFreeBytesLow = 1ULL << 30;
constexpr std::uint64_t kLogBytesHigh = 224ULL << 20;  // where the daemon refuses to write
constexpr std::size_t kListedEach = 20;
constexpr Duration kAheadMax = std::chrono::seconds(5);
constexpr Duration kMessageLate = std::chrono::minutes(1);
constexpr Duration kTimerLate = std::chrono::minutes(15);

// One finding for the rest of a long list.
void add_rest(const char* check, std::size_t found, Findings& findings) {
  if (found > kListedEach)
    findings.add(check, problem, fmt::format("{} more like these", found - kListedEach));
}

bool check_schema(const std::string& path, const Commands& commands, Findings& findings) {
  auto opened = sqlite::Connection::open(path, sqlite::Connection::Access::read_only, {});
  if (!opened) {
    findings.add("database", problem, opened.error().message);
    return false;
  }
  const auto version = sqlite::read_pragma(**opened, "PRAGMA user_version");
  if (!version) {
    findings.add("database", problem, version.error().message);
    return false;
  }
  const auto known = static_cast<std::int64_t>(sqlite::migrations().size());
  if (*version == known) return true;
  findings.add({.check = "database",
                .grade = problem,
                .text = fmt::format("its schema is version {}, this program's is {}", *version, known),
                .on = path,
                .why = *version < known ? "the daemon of this version has not started yet"
                                        : "a newer countersign has written it",
                .mend = {*version < known ? Remedy{.commands = {commands.serve()}}
                                          : Remedy{.words = "use that newer countersign"}}});
  return false;
}

// Dead messages; whose mail came back for good.
Bounces check_dead_letters(const Reader& reader, const Commands& commands, Findings& findings) {
  Bounces bounces;
  std::size_t found = 0;
  std::string cursor;
  do {
    const auto page = reader.outbox("dead", "", kPage, cursor);
    if (!page) {
      findings.add("outbox", problem, page.error().message);
      return bounces;
    }
    for (const OutboxRow& row : page->rows) {
      // "550 no such user": the server's last word on the address. Newest first.
      if (row.target == "mail" && row.last_error.starts_with("5"))
        bounces.emplace(row.recipient, row.last_error);
      if (++found > kListedEach) continue;
      findings.add(
          {.check = "outbox",
           .grade = problem,
           .text = fmt::format("message {} ({}) to {} was given up", row.id, row.kind,
                               row.recipient.empty() ? row.target : row.recipient.value),
           .on = fmt::format("outbox {}", row.id),
           .why = row.last_error,
           .mend = {{.words = "mend what the other side refused, then",
                     .commands = {commands.of_daemon({"outbox", "retry", std::to_string(row.id)})}},
                    {.words = "put it away unsent:",
                     .commands = {commands.of_daemon({"outbox", "drop", std::to_string(row.id)})}}}});
    }
    cursor = page->next_cursor;
  } while (!cursor.empty() && found < kEachMax);
  add_rest("outbox", found, findings);
  if (found == 0) findings.add("outbox", good, "no message was given up");
  return bounces;
}

// Messages that were tried and wait, by where they go: a mail server that is down, a secret that is missing.
void check_waiting_messages(const Reader& reader, const Commands& commands, Instant now, Findings& findings) {
  struct Queue {
    std::size_t waiting = 0;
    Instant oldest;
    std::string why;
  };
  std::map<std::string, Queue> queues;
  std::string cursor;
  std::size_t looked = 0;
  do {
    const auto page = reader.outbox("pending", "", kPage, cursor);
    if (!page) return findings.add("outbox", problem, page.error().message);
    for (const OutboxRow& row : page->rows) {
      ++looked;
      Queue& queue = queues[row.target];
      if (queue.waiting++ == 0 || row.created_at < queue.oldest) queue.oldest = row.created_at;
      if (queue.why.empty() && row.attempts > 0) queue.why = row.last_error;
    }
    cursor = page->next_cursor;
  } while (!cursor.empty() && looked < kEachMax);
  for (const auto& [target, queue] : queues) {
    if (queue.why.empty() || now - queue.oldest < kMessageLate) continue;
    findings.add(
        {.check = "outbox",
         .grade = problem,
         .text = fmt::format("{} wait, the oldest since {}", counted(queue.waiting, "message", "messages"),
                             format_rfc3339(queue.oldest)),
         .on = target,
         .why = queue.why,
         .mend = {{.words = "mend the server, connector or secret, then", .commands = {commands.reload()}}}});
  }
}

void check_inbound_of(const Reader& reader, const Commands& commands, Findings& findings) {
  std::size_t found = 0;
  for (const char* status : {"error", "held"}) {
    const auto page = reader.inbound("", status, kPage, "");
    if (!page) return findings.add("inbound", problem, page.error().message);
    for (const InboundRow& row : page->rows) {
      if (++found > kListedEach) continue;
      findings.add(
          {.check = "inbound",
           .grade = problem,
           .text = row.status == "held" ? "a webhook with a weak proof waits for an administrator"
                                        : "a webhook could not be applied",
           .on = fmt::format("inbound {} of {}", row.id, row.source),
           .why = row.error,
           .mend = {{.words = row.status == "held" ? "apply it after all:" : "mend the cause, then",
                     .commands = {commands.of_daemon({"inbound", "replay", std::to_string(row.id)})}},
                    {.words = "give it up:",
                     .commands = {commands.of_daemon({"inbound", "drop", std::to_string(row.id)})}}}});
    }
  }
  add_rest("inbound", found, findings);
  if (found == 0) findings.add("inbound", good, "every webhook was applied");
}

void check_schedules_of(const Reader& reader, const Commands& commands, Findings& findings) {
  const auto owed = reader.owed_starts(kListedEach);
  if (!owed) return findings.add("schedules", problem, owed.error().message);
  for (const OwedStartRow& start : *owed) {
    std::vector<std::string> again{"workflow", "retry", start.workflow.value, start.name};
    if (!start.person.empty()) again.insert(again.end(), {"--person", start.person.value});
    findings.add(
        {.check = "schedules",
         .grade = problem,
         .text = fmt::format("the start for {} was refused", start.period),
         .on = start.workflow.value + (start.person.empty() ? "" : " of " + start.person.value),
         .why = start.error,
         .mend = {{.words = "mend the cause, then", .commands = {commands.of_daemon(std::move(again))}}}});
  }
  if (owed->empty()) findings.add("schedules", good, "nothing owed");
}

void check_clock_of(const Reader& reader, const Commands& commands, Instant now, Findings& findings) {
  const auto newest = reader.newest_event_at();
  if (!newest) return findings.add("clock", problem, newest.error().message);
  if (*newest && **newest > now + kAheadMax) {
    findings.add({.check = "clock",
                  .grade = problem,
                  .text = "the machine's clock is behind the newest event",
                  .on = format_rfc3339(now),
                  .why = fmt::format("the newest event happened at {}; until then everything is stamped so",
                                     format_rfc3339(**newest)),
                  .mend = {{.commands = {"timedatectl set-ntp true", commands.reload()}}}});
  } else {
    findings.add("clock", good, "the clock is not behind the newest event");
  }
  const auto late = reader.due_timers(now - kTimerLate, 1);
  if (!late) return findings.add("timers", problem, late.error().message);
  if (late->empty()) return findings.add("timers", good, "none is late");
  findings.add({.check = "timers",
                .grade = problem,
                .text = "timers do not act",
                .on = late->front().instance.value,
                .why = fmt::format("one was due at {}: no daemon runs, its timers are paused, or the "
                                   "instance's version of its workflow no longer loads",
                                   format_rfc3339(late->front().due)),
                .mend = {{.words = "see that the daemon runs and the clock is right, then",
                          .commands = {commands.reload()}}}});
}

void check_log_size(const std::string& path, Findings& findings) {
  std::error_code none;
  const std::uintmax_t log = std::filesystem::file_size(path + "-wal", none);
  if (!none && log > kLogBytesHigh) {
    findings.add({.check = "disk",
                  .grade = problem,
                  .text = fmt::format("the write-ahead log has {} MB", log >> 20),
                  .on = path + "-wal",
                  .why = "something reads the database for long, so that it cannot be begun anew",
                  .mend = {{.commands = {"systemctl restart countersign"}}}});
  }
}

void check_uploads(const Reader& reader, const std::string& data, Findings& findings) {
  std::size_t files = 0;
  std::size_t lost = 0;
  std::string after;
  for (;;) {
    const auto page = reader.files(after, kPage);
    if (!page) return findings.add("uploads", problem, page.error().message);
    for (const FileRow& file : *page) {
      ++files;
      const std::string path = web::stored_path(data + "/files", file.sha256);
      std::error_code none;
      const std::uintmax_t size = std::filesystem::file_size(path, none);
      if (!none && size == file.size) continue;
      if (++lost > kListedEach) continue;
      findings.add({.check = "uploads",
                    .grade = problem,
                    .text = fmt::format("the upload '{}' is {}", file.name, none ? "lost" : "damaged"),
                    .on = file.id,
                    .why = none ? path + " is not there"
                                : fmt::format("{} has {} bytes and not {}", path, size, file.size),
                    .mend = {{.words = fmt::format("copy files/{0}/{1} of a backup to {2}",
                                                   file.sha256.substr(0, 2), file.sha256, path)}}});
    }
    if (page->size() < kPage) break;
    after = page->back().id;
  }
  add_rest("uploads", lost, findings);
  if (lost == 0) findings.add("uploads", good, counted(files, "file", "files") + ", all there");
}

}  // namespace

Outcome<std::string> data_folder(const Connection& connection) {
  if (!connection.data.empty()) return connection.data;
  const auto configuration = usable_configuration(connection.config);
  if (!configuration) return std::unexpected(configuration.error());
  return configuration->data;
}

void check_disk_space(const std::string& data, const Result<web::DiskSpace>& space, Findings& findings) {
  if (!space) return findings.add("disk", problem, space.error().message);
  const bool low = space->free_bytes < kFreeBytesLow;
  if (space->is_read_only || low) {
    findings.add(
        {.check = "disk",
         .grade = space->is_read_only || space->free_bytes < web::kDiskFreeBytesMin ? problem : warning,
         .text = space->is_read_only ? "read-only" : fmt::format("{} MB are free", space->free_bytes >> 20),
         .on = data,
         .why = space->is_read_only ? "nothing can be decided while nothing can be written"
                                    : "a full disk stops every decision",
         .mend = {space->is_read_only ? Remedy{.commands = {"mount -o remount,rw " + shell_word(data)}}
                                      : Remedy{.words = "make room; what is there:",
                                               .commands = {"df -h " + shell_word(data)}}}});
  } else {
    findings.add("disk", good, fmt::format("{} MB are free", space->free_bytes >> 20));
  }
}

bool check_data(const Connection& connection, const Files& files, Instant now, Findings& findings) {
  const auto data = data_folder(connection);
  if (!data) return false;  // said with the configuration
  const std::string path = database_path(*data);
  std::error_code none;
  if (!std::filesystem::exists(path, none)) return false;
  const Commands commands(connection);
  check_disk_space(*data, web::disk_space(*data), findings);
  check_log_size(path, findings);
  if (!check_schema(path, commands, findings)) return true;
  SqliteOptions options;
  options.path = path;
  const sqlite::SqliteReader reader(options);
  std::optional<Trial> trial;
  if (files.snapshot != nullptr) trial.emplace(reader, files.snapshot, now);
  const Ward ward{reader, files, commands, trial ? &*trial : nullptr, now};
  check_clock_of(reader, commands, now, findings);
  check_incidents_of(ward, findings);
  check_idle_steps(ward, findings);
  const Bounces bounces = check_dead_letters(reader, commands, findings);
  check_waiting_messages(reader, commands, now, findings);
  if (trial) {
    check_open_items(ward, bounces, findings);
    check_versions(ward, findings);
  } else {
    for (const char* check : {"items", "versions"}) {
      findings.add({.check = check,
                    .grade = warning,
                    .text = "not looked at",
                    .on = *data,
                    .why = files.obstacle,
                    .mend = {{.words = "correct that, then look again"}}});
    }
  }
  check_schedules_of(reader, commands, findings);
  check_inbound_of(reader, commands, findings);
  check_uploads(reader, *data, findings);
  return true;
}

}  // namespace countersign::cli
