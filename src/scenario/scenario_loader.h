#pragma once
// Scenario files: NAME.test.yaml beside the workflow NAME.yaml, with the same strict diagnostics as every
// other file. The workflows of the folder, their messages and tables are loaded with it. The form of the file
// is in docs/workflow-reference.md, "Scenarios". Reads files; the functions are thread-safe.

#include <optional>
#include <string>

#include "scenario/scenario.h"

#include "definition/diagnostic.h"

namespace countersign::scenario {

struct LoadedScenarios {
  std::optional<ScenarioFile> file;  // nullopt where there are errors
  Diagnostics diagnostics;
};

// `installation`: connectors, and the people, calendars and budgets where the file brings none of its own.
// Its workflows are not looked at. An Error where a file cannot be read at all.
Result<LoadedScenarios> load_scenarios(const std::string& path, const Snapshot& installation);

// "workflows/expense-approval.test.yaml" tests "expense-approval".
inline constexpr std::string_view kScenarioEnding = ".test.yaml";
std::string tested_workflow(const std::string& path);

}  // namespace countersign::scenario
