#pragma once
// A run of scenario files, and what is reported of it. Used by one thread.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scenario/coverage.h"
#include "scenario/player.h"
#include "scenario/scenario.h"

#include "definition/diagnostic.h"

namespace countersign::scenario {

struct FileResult {
  std::string file;
  SourceText source;
  Diagnostics diagnostics;  // errors: the file could not be played
  std::vector<ScenarioResult> scenarios;
  std::size_t left_out = 0;  // by the filter
};

struct RunResult {
  std::vector<FileResult> files;
  Coverage coverage;
  Duration took{};

  std::size_t count() const;
  std::size_t failed() const;
  bool has_broken_files() const;
  bool passed() const { return failed() == 0 && !has_broken_files(); }
};

// Plays the scenarios of all files whose name, or "FILE: NAME", contains `filter` without regard to case
// (ASCII). `installation` gives what stands around a file. An Error where a file cannot be read, or nowhere
// is room for the scenarios' databases.
using Surroundings = std::function<Result<std::shared_ptr<const Snapshot>>(const std::string& file)>;
Result<RunResult> run_files(const std::vector<std::string>& files, const Surroundings& installation,
                            const std::string& filter);

// ---- reports ----

struct ReportOptions {
  bool verbose = false;   // what happened in every scenario
  bool coverage = false;  // what was not reached
};
// Each failure with its line, and a summary.
std::string report_text(const RunResult& run, const ReportOptions& options);
json::value report_json(const RunResult& run);
// As JUnit's XML, which build servers read: a <testsuite> a file, a <testcase> a scenario.
std::string report_junit(const RunResult& run);

}  // namespace countersign::scenario
