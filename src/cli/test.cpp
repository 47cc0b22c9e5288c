// countersign test: the scenarios beside workflows, played on the real engine without a daemon.

#include <fstream>

#include "scenario/run.h"
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "cli/commands.h"
#include "cli/scenario_files.h"

namespace countersign::cli {
namespace {

struct TestOptions {
  std::vector<std::string> paths;
  std::string config;
  std::string filter;
  std::string junit;
  bool coverage = false;
  bool require_coverage = false;
  bool verbose = false;
  bool json = false;
};

Outcome<void> write_junit(const std::string& file, const scenario::RunResult& run) {
  std::ofstream out(file, std::ios::binary);
  out << scenario::report_junit(run);
  out.close();
  if (out) return {};
  return failed(ExitCode::wrong_use, fmt::format("cannot write the report {}", file));
}

Outcome<ExitCode> test(Console& console, const TestOptions& options) {
  const auto files = scenario_files(options.paths, options.config);
  if (!files) return std::unexpected(files.error());
  // What the engine would log is part of what scenarios look at.
  spdlog::set_level(spdlog::level::off);
  Installations installations(options.config);
  const auto run = scenario::run_files(
      *files, [&](const std::string& file) { return installations.of(file); }, options.filter);
  if (!run) return failed(ExitCode::wrong_use, run.error().message);
  if (!options.junit.empty()) {
    if (auto written = write_junit(options.junit, *run); !written) return std::unexpected(written.error());
  }
  const bool lacks_coverage = options.require_coverage && !run->coverage.is_complete();
  if (options.json) {
    print_json(console, scenario::report_json(*run));
  } else {
    console.out << scenario::report_text(
        *run, {.verbose = options.verbose, .coverage = options.coverage || lacks_coverage});
  }
  if (run->passed() && run->count() == 0 && !options.filter.empty())
    return failed(ExitCode::not_so, fmt::format("no scenario is called anything like '{}'", options.filter));
  return run->passed() && !lacks_coverage ? ExitCode::done : ExitCode::not_so;
}

}  // namespace

void add_test(Command& root) {
  const auto options = std::make_shared<TestOptions>();
  root.add("test", "play the scenarios beside workflows")
      .describe(
          "Plays NAME.test.yaml beside each workflow NAME.yaml on the real engine, with a clock that the "
          "scenario "
          "moves, and with mail and calls that are recorded and never leave. A PATH is a scenario file, a "
          "workflow, "
          "or a folder of them; without PATH the workflows of the configuration. People, calendars and "
          "connectors "
          "are those of the nearest countersign.yaml above, where the scenario file brings none of its own. "
          "What is "
          "not as expected is shown at its line; exit code 1 where there is any. How scenarios are written: "
          "docs/workflow-reference.md.")
      .arguments(options->paths, "PATH", "what to play (else the whole installation)")
      .option(options->config, "--config", "FILE", "the configuration to play with")
      .option(options->filter, "--filter", "TEXT", "only scenarios whose FILE: NAME contains this")
      .flag(options->coverage, "--coverage", "list the outcomes of steps that no scenario reaches")
      .flag(options->require_coverage, "--require-coverage", "the same, and exit code 1 where there are any")
      .option(options->junit, "--junit", "FILE", "write the results as JUnit's XML, too")
      .flag(options->verbose, "--verbose", "tell what happened in every scenario")
      .flag(options->json, "--json", "print the results as JSON")
      .example("countersign test")
      .example("countersign test workflows/expense-approval.yaml --coverage")
      .example("countersign test workflows --filter reminder --verbose")
      .example("countersign test --require-coverage --junit results.xml", "in a build server")
      .runs([options](Console& console) { return test(console, *options); });
}

}  // namespace countersign::cli
