// A thousand timers a second: how long after its time each one acts. The log's own time of an event is that
// of its batch's beginning, before decide and commit, so the lag that counts is measured by somebody who
// listens to the feed: events reach it after their fsync.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <unordered_map>

#include <sqlite3.h>

#include "base/time.h"
#include "tests/bench/feed_listener.h"
#include "tests/bench/load_steps.h"

namespace countersign::bench {
namespace {

constexpr const char* kWaiting = R"(workflow: load
start:
  - form:
form:
  at: {type: datetime, required: true}
statuses: [done]
steps:
  - wait: {until: form.at}
  - end: done
)";
constexpr Duration kApart{1};

double percentile(std::vector<double>& sorted, double p) {
  std::ranges::sort(sorted);
  const auto at = static_cast<std::size_t>(p / 100 * static_cast<double>(sorted.size()));
  return sorted.empty() ? 0 : sorted[std::min(at, sorted.size() - 1)];
}

void print_lag(const char* what, std::vector<double>& lags) {
  std::printf("%-34s p50 %6.1f ms  p99 %6.1f ms  most %6.1f ms, of %zu\n", what, percentile(lags, 50),
              percentile(lags, 99), percentile(lags, 100), lags.size());
}

// By instance: when the log says that it ended. Read from the file of a stopped daemon.
std::unordered_map<std::string, Instant> logged_ends(const std::string& path) {
  std::unordered_map<std::string, Instant> ends;
  sqlite3* database = nullptr;
  sqlite3_stmt* rows = nullptr;
  if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(
          database,
          "SELECT i.id, e.at FROM event e JOIN instance i ON i.n = e.instance WHERE e.type = 'ended'", -1,
          &rows, nullptr) == SQLITE_OK) {
    while (sqlite3_step(rows) == SQLITE_ROW) {
      ends.emplace(reinterpret_cast<const char*>(sqlite3_column_text(rows, 0)),
                   from_unix_ms(sqlite3_column_int64(rows, 1)));
    }
  }
  sqlite3_finalize(rows);
  sqlite3_close(database);
  return ends;
}

std::vector<double> lags_of(const std::unordered_map<std::string, Instant>& fired,
                            const std::unordered_map<std::string, Instant>& due) {
  std::vector<double> lags;
  for (const auto& [instance, at] : fired) {
    const auto asked = due.find(instance);
    if (asked != due.end()) lags.push_back(static_cast<double>((at - asked->second).count()));
  }
  return lags;
}

}  // namespace

bool run_timers(const LoadOptions& options) {
  const std::size_t count = options.count_or(10'000, 1000);
  LoadSetting setting = approval_setting();
  setting.workflow = kWaiting;
  LoadDaemon daemon(options.binary, options.folder, setting);
  FeedListener listener(daemon.port(), daemon.key());
  // Far enough ahead that all are started before, even on a busy machine.
  const Duration ahead = std::chrono::seconds(4) + Duration(count) * (options.smoke ? 4 : 1);
  const Instant first = SystemClock().now() + ahead;

  std::unordered_map<std::string, Instant> due;
  std::vector<Instant> asked(64);
  std::size_t begun = 0;
  const LoadResult starts = run_load(
      daemon.port(), asked.size(),
      [&](std::size_t i) {
        if (begun == count) return std::string();
        asked[i] = first + kApart * static_cast<Duration::rep>(begun++);
        return start_request(daemon, R"({"at":")" + format_rfc3339(asked[i]) + R"("})");
      },
      [&](std::size_t i, const LoadReply& reply) { due.emplace(text_member(reply.body, "id"), asked[i]); });
  const Duration spare = std::chrono::duration_cast<Duration>(first - SystemClock().now());
  if (starts.failures > 0 || spare < std::chrono::seconds(2)) {
    std::printf("FAILED: %zu of %zu starts failed, the last %lld ms before the first timer\n",
                starts.failures, count, static_cast<long long>(spare.count()));
    return false;
  }
  std::this_thread::sleep_until(first - spare / 2);  // the feed has caught up
  const ProcessFigures resting = daemon.figures();
  std::this_thread::sleep_until(first - Duration(100));
  const ProcessFigures before = daemon.figures();
  const Instant by = first + kApart * static_cast<Duration::rep>(count) + std::chrono::seconds(20);
  while (listener.ended() < count && SystemClock().now() < by) std::this_thread::sleep_for(Duration(50));
  const ProcessFigures after = daemon.figures();
  auto arrived = lags_of(listener.stop(), due);
  daemon.stop();
  auto logged = lags_of(logged_ends(options.folder + "/data/countersign.db"), due);

  std::printf("timers a second                    %8.0f for %.0f s\n",
              1000.0 / static_cast<double>(kApart.count()),
              static_cast<double>(count) * static_cast<double>(kApart.count()) / 1000);
  print_lag("from due to the event's time", logged);
  print_lag("from due to the reader of the feed", arrived);
  std::printf("CPU a timer, with the feed         %8.0f us; %.0f wake-ups in %.1f s before the first one\n",
              (after.cpu_seconds - before.cpu_seconds) * 1e6 / static_cast<double>(count),
              static_cast<double>(before.voluntary_switches - resting.voluntary_switches),
              static_cast<double>((spare / 2 - Duration(100)).count()) / 1000);
  if (arrived.size() != count || logged.size() != count) {
    std::printf("FAILED: of %zu timers %zu stand in the log, %zu were heard of\n", count, logged.size(),
                arrived.size());
    return false;
  }
  return true;
}

}  // namespace countersign::bench
