// Starts and decisions over HTTP beside the bare SQLite loop.

#include <chrono>
#include <cstdio>
#include <thread>

#include "tests/bench/bare_loop.h"
#include "tests/bench/load_steps.h"

namespace countersign::bench {
namespace {

// Start, then decide what was started, over and over.
Run pairs(LoadDaemon& daemon, std::size_t clients, std::size_t count) {
  std::vector<std::string> started(clients);
  std::size_t left = count;
  Run run;
  run.before = daemon.figures();
  run.result = run_load(
      daemon.port(), clients,
      [&](std::size_t i) {
        if (!started[i].empty()) {
          std::string request = decision_request(daemon, started[i], "boss");
          started[i].clear();
          return request;
        }
        if (left == 0) return std::string();
        --left;
        return start_request(daemon, R"({"amount":"1280.50","note":"load"})");
      },
      [&](std::size_t i, const LoadReply& reply) {
        if (reply.status == 201) started[i] = text_member(reply.body, "id");
      });
  run.after = daemon.figures();
  return run;
}

void print_idle(LoadDaemon& daemon) {
  const ProcessFigures idle = daemon.figures();
  std::this_thread::sleep_for(std::chrono::seconds(5));
  const ProcessFigures later = daemon.figures();
  std::printf("idle for 5 s                       %8.0f wake-ups, %.0f ms CPU\n",
              static_cast<double>(later.voluntary_switches - idle.voluntary_switches),
              (later.cpu_seconds - idle.cpu_seconds) * 1000);
}

}  // namespace

bool run_decisions(const LoadOptions& options) {
  const std::size_t decisions = options.count_or(20'000, 2000);
  LoadDaemon daemon(options.binary, options.folder);
  std::printf("ready after %.0f ms, %.0f MB resident\n", daemon.start_seconds() * 1000,
              daemon.figures().resident_mb);
  const double bare_before = measure_bare_loop(options.folder + "/bare-before/loop.db", decisions, 100);
  std::vector<std::string> ids;
  const Run starts = start_many(daemon, 64, decisions, ids);
  print("starts, 64 clients", starts);
  const Run decided = decide_many(daemon, 64, ids);
  print("decisions, 64 clients", decided);
  const double bare_after = measure_bare_loop(options.folder + "/bare-after/loop.db", decisions, 100);
  const Run paired = pairs(daemon, 16, decisions / 4);
  print("start + decision, 16 clients", paired);
  std::vector<std::string> few;
  start_many(daemon, 1, decisions / 20, few);
  const Run single = decide_many(daemon, 1, few);
  print("decisions, 1 client", single);
  const double bare = (bare_before + bare_after) / 2;
  const double rate = decided.result.rate();
  const double ratio = rate / bare;
  std::printf("bare SQLite loop, batches of 100   %8.0f /s (%.0f before, %.0f after)\n", bare, bare_before,
              bare_after);
  std::printf("decisions : bare loop              %8.2f\n", ratio);
  std::printf("start + decision pairs             %8.0f /s\n", paired.result.rate() / 2);
  std::printf("resident under load                %8.0f MB, WAL %.0f MB\n", daemon.figures().resident_mb,
              daemon.wal_mb());
  if (!options.smoke) print_idle(daemon);
  const std::size_t failures =
      starts.result.failures + decided.result.failures + paired.result.failures + single.result.failures;
  if (failures > 0) {
    std::printf("FAILED: %zu requests were not answered with success\n", failures);
    return false;
  }
  // Far below what is measured on a quiet machine: only a broken path is that slow.
  if (options.smoke && (ratio < 0.05 || rate < 200)) {
    std::printf("FAILED: %.0f decisions a second, %.2f of the bare loop\n", rate, ratio);
    return false;
  }
  return true;
}

}  // namespace countersign::bench
