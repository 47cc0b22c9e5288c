// Load on a real daemon over its own interfaces:
//   countersign_load BINARY [SCENARIO...] [--count N] [--folder DIR] [--smoke]
// --decisions N is short for: decisions --count N. Scenarios: decisions, timers, deliveries, mail, million;
// all but million where none is named. Prints figures and their ratios to a yardstick of the same run;
// --smoke is small and fails only where something is broken or absurdly slow. What each measures:
// docs/benchmarks.md.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <signal.h>
#include <unistd.h>

#include "tests/bench/load_steps.h"

namespace countersign::bench {
namespace {

struct Scenario {
  const char* name;
  bool (*run)(const LoadOptions& options);
  bool is_usual;
  bool is_kept = false;  // its database in a folder that was named
};
constexpr Scenario kScenarios[] = {{"decisions", run_decisions, true},
                                   {"timers", run_timers, true},
                                   {"deliveries", run_deliveries, true},
                                   {"mail", run_mail, true},
                                   {"million", run_million, false, true}};

int usage() {
  std::fprintf(stderr,
               "usage: countersign_load BINARY [decisions|timers|deliveries|mail|million...] [--count N] "
               "[--folder DIR] [--smoke]\n");
  return 2;
}

int run(int argc, char** argv) {
  LoadOptions options;
  options.binary = argv[1];
  std::string folder =
      std::filesystem::temp_directory_path().string() + "/countersign-load-" + std::to_string(getpid());
  std::vector<const Scenario*> chosen;
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--smoke") {
      options.smoke = true;
    } else if (word == "--count" && has_value) {
      options.count = std::strtoul(argv[++i], nullptr, 10);
    } else if (word == "--decisions" && has_value) {
      options.count = std::strtoul(argv[++i], nullptr, 10);
      chosen.push_back(&kScenarios[0]);
    } else if (word == "--folder" && has_value) {
      folder = argv[++i];
      options.keep = true;
    } else {
      const std::size_t before = chosen.size();
      for (const Scenario& scenario : kScenarios) {
        if (word == scenario.name) chosen.push_back(&scenario);
      }
      if (chosen.size() == before) return usage();
    }
  }
  const bool all = chosen.empty();
  for (const Scenario& scenario : kScenarios) {
    // The smoke run keeps the long scenario working, with a small database.
    if (all && (scenario.is_usual || options.smoke)) chosen.push_back(&scenario);
  }
  bool good = true;
  for (const Scenario* scenario : chosen) {
    std::printf("--- %s\n", scenario->name);
    options.folder = folder + "/" + scenario->name;
    good = scenario->run(options) && good;
    std::error_code ignored;
    if (!options.keep || !scenario->is_kept) std::filesystem::remove_all(options.folder, ignored);
    std::filesystem::remove(folder, ignored);  // where nothing is kept in it
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
  if (argc < 2) return countersign::bench::usage();
  signal(SIGPIPE, SIG_IGN);
  return countersign::bench::run(argc, argv);
}
