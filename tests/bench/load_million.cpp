// A daemon on a database of a million instances, a fifth of them open: its start, its decisions over random
// open ones beside the bare loop on a copy of the same file, and its reads.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <vector>

#include <unistd.h>

#include "store/sqlite/sqlite_reader.h"
#include "tests/bench/bare_loop.h"
#include "tests/bench/filled_database.h"
#include "tests/bench/load_steps.h"

namespace countersign::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<BareInstance> bare(std::span<const OpenInstance> instances) {
  std::vector<BareInstance> same;
  for (const OpenInstance& each : instances) same.push_back({each.n, each.seq, each.due, 0});
  return same;
}

Run decide(LoadDaemon& daemon, std::size_t clients, std::span<const OpenInstance> instances, double& wal_mb) {
  std::size_t next = 0;
  Run run;
  run.before = daemon.figures();
  run.result = run_load(
      daemon.port(), clients,
      [&](std::size_t) {
        if (next == instances.size()) return std::string();
        const OpenInstance& each = instances[next++];
        if (next % 500 == 0) wal_mb = std::max(wal_mb, daemon.wal_mb());
        return decision_request(daemon, each.id, each.assignee);
      },
      [](std::size_t, const LoadReply&) {});
  run.after = daemon.figures();
  return run;
}

double get_many(const LoadDaemon& daemon, std::size_t count,
                const std::function<std::string(std::size_t)>& path) {
  std::size_t asked = 0;
  const LoadResult result = run_load(
      daemon.port(), 1,
      [&](std::size_t) { return asked == count ? std::string() : get(path(asked++), daemon.key()); },
      [](std::size_t, const LoadReply&) {});
  return result.failures > 0 ? -1 : result.percentile_ms(50);
}

double microseconds(std::size_t times, const std::function<void(std::size_t)>& act) {
  const Clock::time_point begin = Clock::now();
  for (std::size_t i = 0; i < times; ++i) act(i);
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count() / static_cast<double>(times);
}

// Straight from the file, without HTTP.
bool print_reads(const std::string& database, std::span<const OpenInstance> instances) {
  SqliteOptions options;
  options.path = database;
  const sqlite::SqliteReader reader(options);
  bool found = true;
  const auto inbox = [&](std::size_t limit) {
    return microseconds(2000, [&](std::size_t i) {
      const std::string& person = instances[i % instances.size()].assignee;
      const auto page = reader.work_items({.assignee = person, .status = "open"}, limit, "");
      found = found && page && !page->rows.empty();
    });
  };
  const double first = inbox(1);
  const double fifty = inbox(50);
  std::printf("one person's inbox, from its index %8.0f us for the first item, %.0f us for 50\n", first,
              fifty);
  std::printf("next timer, from its index         %8.1f us\n", microseconds(20'000, [&](std::size_t) {
                const auto next = reader.next_timer();
                found = found && next && *next;
              }));
  if (!found) std::printf("FAILED: an inbox or the next timer was empty\n");
  return found;
}

// Copies the closed database and waits until it is on disk: the measurements do not share it with the
// copying.
void copy_database(const std::string& from, const std::string& to) {
  std::filesystem::create_directories(std::filesystem::path(to).parent_path());
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  for (const char* ending : {"-wal", "-shm"}) std::filesystem::remove(to + ending);
  sync();
}

bool is_verified(const LoadOptions& options) {
  const Clock::time_point begin = Clock::now();
  const bool verified =
      std::system((options.binary + " audit verify --data " + options.folder + "/data").c_str()) == 0;
  std::printf("audit verify took %.0f s\n", std::chrono::duration<double>(Clock::now() - begin).count());
  return verified;
}

void make_database(const LoadOptions& options, const LoadSetting& setting, std::size_t managers) {
  LoadDaemon(options.binary, options.folder, setting).stop();  // its keys, and the empty database
  const Clock::time_point begin = Clock::now();
  const std::size_t instances = options.count_or(1'000'000, 2000);
  fill_database(options.folder, instances, managers);
  std::printf("filled with %zu instances in %.0f s\n", instances,
              std::chrono::duration<double>(Clock::now() - begin).count());
}

}  // namespace

bool run_million(const LoadOptions& options) {
  const std::string database = options.folder + "/data/countersign.db";
  const std::string copy = options.folder + "/bare/loop.db";
  const std::size_t managers = options.smoke ? 10 : 1000;
  const LoadSetting setting = company_setting(managers);
  const std::string mark = options.folder + "/filled";  // what was interrupted begins anew
  if (!std::filesystem::exists(mark)) {
    std::filesystem::remove_all(options.folder);
    make_database(options, setting, managers);
    if (!is_verified(options)) return false;
    std::ofstream(mark) << "whole\n";
  }
  const std::vector<OpenInstance> open = read_open_instances(database);
  const std::span all(open);
  const std::size_t part = std::min<std::size_t>(20'000, open.size() / 5);
  copy_database(database, copy);
  std::printf("%.1f GB, %zu open instances\n",
              static_cast<double>(std::filesystem::file_size(database)) / 1e9, open.size());

  double wal_mb = 0;
  std::size_t failures = 0;
  {
    LoadDaemon daemon(options.binary, options.folder, setting);
    std::printf("start after a clean stop           %8.0f ms, %.0f MB resident\n",
                daemon.start_seconds() * 1000, daemon.figures().resident_mb);
    failures += decide(daemon, 64, all.subspan(0, part / 2), wal_mb).result.failures;
    daemon.kill_hard();
  }
  LoadDaemon daemon(options.binary, options.folder, setting);
  std::printf("start after kill -9                %8.0f ms, %.0f MB in the log\n",
              daemon.start_seconds() * 1000, daemon.wal_mb());
  const double nothing = get_many(daemon, 2000, [](std::size_t) { return std::string("/healthz"); });
  const double inbox = get_many(daemon, 2000, [&](std::size_t i) {
    return "/api/v1/work-items?status=open&limit=50&assignee=" + all[all.size() - 1 - i % part].assignee;
  });
  std::printf("one person's inbox over HTTP       %8.2f ms for 50 items, beside %.2f ms for /healthz\n",
              inbox, nothing);
  const double bare_before = measure_bare_loop(copy, bare(all.subspan(part, part)), 100);
  const Run decided = decide(daemon, 64, all.subspan(part, part), wal_mb);
  print("decisions, 64 clients", decided);
  const double bare_after = measure_bare_loop(copy, bare(all.subspan(2 * part, part)), 100);
  // As many again, without a pause for the checkpointer to catch up in.
  const Run again = decide(daemon, 64, all.subspan(2 * part, 2 * part), wal_mb);
  print("decisions, twice as many", again);
  const double loop = (bare_before + bare_after) / 2;
  std::printf("bare SQLite loop on a copy         %8.0f /s (%.0f before, %.0f after)\n", loop, bare_before,
              bare_after);
  std::printf("decisions : bare loop              %8.2f\n", decided.result.rate() / loop);
  std::printf("resident under load                %8.0f MB, WAL at most %.0f MB\n",
              daemon.figures().resident_mb, wal_mb);
  daemon.stop();
  const bool read = print_reads(database, all.last(part));
  failures += decided.result.failures + again.result.failures + (inbox < 0 || nothing < 0 ? 1 : 0);
  if (failures > 0) std::printf("FAILED: %zu requests were not answered with success\n", failures);
  return failures == 0 && read;
}

}  // namespace countersign::bench
