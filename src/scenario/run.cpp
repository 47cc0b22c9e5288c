#include "scenario/run.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "scenario/scenario_loader.h"
#include <fmt/format.h>

#include "base/text.h"

namespace countersign::scenario {
namespace {

std::string workflow_file(const std::string& scenario_file) {
  return scenario_file.substr(0, scenario_file.size() - kScenarioEnding.size()) + ".yaml";
}

bool is_chosen(const std::string& file, const std::string& name, const std::string& filter) {
  return filter.empty() || lower_ascii(file + ": " + name).find(lower_ascii(filter)) != std::string::npos;
}

}  // namespace

std::size_t RunResult::count() const {
  std::size_t number = 0;
  for (const FileResult& file : files) number += file.scenarios.size();
  return number;
}
std::size_t RunResult::failed() const {
  std::size_t number = 0;
  for (const FileResult& file : files) {
    number += static_cast<std::size_t>(
        std::ranges::count_if(file.scenarios, [](const ScenarioResult& result) { return !result.passed(); }));
  }
  return number;
}
bool RunResult::has_broken_files() const {
  return std::ranges::any_of(files, [](const FileResult& file) { return file.diagnostics.has_errors(); });
}

Result<RunResult> run_files(const std::vector<std::string>& files, const Surroundings& installation,
                            const std::string& filter) {
  const auto begun = std::chrono::steady_clock::now();
  const auto scratch = Scratch::make();
  if (!scratch) return std::unexpected(scratch.error());
  RunResult run;
  for (const std::string& path : files) {
    const auto around = installation(path);
    if (!around) return std::unexpected(around.error());
    auto loaded = load_scenarios(path, **around);
    if (!loaded) return std::unexpected(loaded.error());
    FileResult result;
    result.file = path;
    result.diagnostics = std::move(loaded->diagnostics);
    if (loaded->file) {
      const ScenarioFile& file = *loaded->file;
      result.source = file.source;
      run.coverage.add(file.snapshot->workflow(file.workflow), workflow_file(path));
      for (const Scenario& scenario : file.scenarios) {
        if (!is_chosen(path, scenario.name.text, filter)) {
          ++result.left_out;
          continue;
        }
        result.scenarios.push_back(play(file, scenario, **scratch, run.coverage));
      }
    }
    run.files.push_back(std::move(result));
  }
  run.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun);
  return run;
}

}  // namespace countersign::scenario
