// Load over HTTP against a real daemon, every answer after fsync, beside a bare SQLite loop in the same run:
//   countersign_load BINARY [--decisions N] [--folder DIR] [--smoke]
// Prints figures and their ratios; --smoke is small and fails only where something is broken or absurdly
// slow.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/bench/bare_loop.h"
#include "tests/bench/load_client.h"
#include "tests/bench/load_daemon.h"

namespace countersign::bench {
namespace {

std::string id_of(const std::string& body) {
  const std::size_t at = body.find("\"id\":\"");
  return at == std::string::npos ? "" : body.substr(at + 6, body.find('"', at + 6) - at - 6);
}

const std::string kStart = R"({"requester":"rep","form":{"amount":"1280.50","note":"load"}})";
const std::string kDecision = R"({"outcome":"approved","version":1})";

// The one work item of the load workflow: the frame is 1, the activation 2, the item 3.
std::string decision_path(const std::string& instance) {
  return "/api/v1/work-items/" + instance + ".3/decision";
}

struct Run {
  LoadResult result;
  ProcessFigures before;
  ProcessFigures after;
  double cpu_us_each() const {
    return (after.cpu_seconds - before.cpu_seconds) * 1e6 / static_cast<double>(result.requests);
  }
};

Run start_many(LoadDaemon& daemon, std::size_t clients, std::size_t count, std::vector<std::string>& ids) {
  std::size_t left = count;
  Run run;
  run.before = daemon.figures();
  run.result = run_load(
      daemon.port(), clients,
      [&](std::size_t) {
        return left == 0 ? std::string()
                         : (--left, post("/api/v1/workflows/load/instances", daemon.key(), "", kStart));
      },
      [&](std::size_t, const LoadReply& reply) { ids.push_back(id_of(reply.body)); });
  run.after = daemon.figures();
  return run;
}

Run decide_many(LoadDaemon& daemon, std::size_t clients, std::vector<std::string> ids) {
  Run run;
  run.before = daemon.figures();
  run.result = run_load(
      daemon.port(), clients,
      [&](std::size_t) {
        if (ids.empty()) return std::string();
        const std::string path = decision_path(ids.back());
        ids.pop_back();
        return post(path, daemon.key(), "boss", kDecision);
      },
      [](std::size_t, const LoadReply&) {});
  run.after = daemon.figures();
  return run;
}

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
          const std::string path = decision_path(started[i]);
          started[i].clear();
          return post(path, daemon.key(), "boss", kDecision);
        }
        if (left == 0) return std::string();
        --left;
        return post("/api/v1/workflows/load/instances", daemon.key(), "", kStart);
      },
      [&](std::size_t i, const LoadReply& reply) {
        if (reply.status == 201) started[i] = id_of(reply.body);
      });
  run.after = daemon.figures();
  return run;
}

void print(const char* what, const Run& run) {
  std::printf("%-34s %8.0f /s   p50 %6.2f ms  p99 %6.2f ms   %5.0f us CPU each   %zu failed\n", what,
              run.result.rate(), run.result.percentile_ms(50), run.result.percentile_ms(99),
              run.cpu_us_each(), run.result.failures);
  std::fflush(stdout);
}

int run(int argc, char** argv) {
  std::string folder =
      std::filesystem::temp_directory_path().string() + "/countersign-load-" + std::to_string(getpid());
  std::size_t decisions = 20'000;
  bool smoke = false;
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--smoke") == 0) smoke = true;
    if (std::strcmp(argv[i], "--decisions") == 0 && i + 1 < argc)
      decisions = std::strtoul(argv[++i], nullptr, 10);
    if (std::strcmp(argv[i], "--folder") == 0 && i + 1 < argc) folder = argv[++i];
  }
  if (smoke) decisions = 2000;
  std::size_t failures = 0;
  double ratio = 0;
  double rate = 0;
  {
    LoadDaemon daemon(argv[1], folder);
    std::printf("ready after %.0f ms, %.0f MB resident\n", daemon.start_seconds() * 1000,
                daemon.figures().resident_mb);
    const double bare_before = measure_bare_loop(folder + "/bare-before/loop.db", decisions, 100);
    std::vector<std::string> ids;
    const Run starts = start_many(daemon, 64, decisions, ids);
    print("starts, 64 clients", starts);
    const Run decided = decide_many(daemon, 64, ids);
    print("decisions, 64 clients", decided);
    const double bare_after = measure_bare_loop(folder + "/bare-after/loop.db", decisions, 100);
    const Run paired = pairs(daemon, 16, decisions / 4);
    print("start + decision, 16 clients", paired);
    std::vector<std::string> few;
    start_many(daemon, 1, decisions / 20, few);
    const Run single = decide_many(daemon, 1, few);
    print("decisions, 1 client", single);
    const double bare = (bare_before + bare_after) / 2;
    rate = decided.result.rate();
    ratio = rate / bare;
    std::printf("bare SQLite loop, batches of 100   %8.0f /s (%.0f before, %.0f after)\n", bare, bare_before,
                bare_after);
    std::printf("decisions : bare loop              %8.2f\n", ratio);
    std::printf("start + decision pairs             %8.0f /s\n", paired.result.rate() / 2);
    std::printf("resident under load                %8.0f MB, WAL %.0f MB\n", daemon.figures().resident_mb,
                daemon.wal_mb());
    failures =
        starts.result.failures + decided.result.failures + paired.result.failures + single.result.failures;
    if (!smoke) {
      const ProcessFigures idle = daemon.figures();
      std::this_thread::sleep_for(std::chrono::seconds(5));
      const ProcessFigures later = daemon.figures();
      std::printf("idle for 5 s                       %8.0f wake-ups, %.0f ms CPU\n",
                  static_cast<double>(later.voluntary_switches - idle.voluntary_switches),
                  (later.cpu_seconds - idle.cpu_seconds) * 1000);
    }
  }
  std::filesystem::remove_all(folder);
  if (failures > 0) {
    std::printf("FAILED: %zu requests were not answered with success\n", failures);
    return 1;
  }
  // Far below what is measured on a quiet machine: only a broken path is that slow.
  if (smoke && (ratio < 0.05 || rate < 200)) {
    std::printf("FAILED: %.0f decisions a second, %.2f of the bare loop\n", rate, ratio);
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: countersign_load BINARY [--decisions N] [--folder DIR] [--smoke]\n");
    return 2;
  }
  return countersign::bench::run(argc, argv);
}
