// The scenarios beside the workflows that come with the product pass, and reach every outcome of every step.
#include <algorithm>
#include <filesystem>

#include "scenario/run.h"
#include <gtest/gtest.h>

#include "definition/configuration.h"
#include "definition/connector_files.h"
#include "tests/source_folder.h"

namespace countersign::scenario {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_ending(const std::string& folder, const std::string& ending) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

// Of the files in that folder.
Result<RunResult> run_folder(const std::string& folder) {
  const auto connectors = load_connector_files({source_folder() + "/connectors"});
  if (!connectors) return std::unexpected(connectors.error());
  auto around = std::make_shared<Snapshot>();
  around->connectors = connectors->connectors;
  around->directory = *Directory::build({}, {});
  around->calendars = default_configuration().calendars;
  return run_files(
      files_ending(source_folder() + "/" + folder, ".test.yaml"),
      [&](const std::string&) -> Result<std::shared_ptr<const Snapshot>> { return around; }, "");
}

TEST(ShippedScenarios, PassAndReachEveryWay) {
  const auto ran = run_folder("workflows");
  ASSERT_TRUE(ran) << ran.error().message;
  EXPECT_TRUE(ran->passed() && ran->coverage.is_complete()) << report_text(*ran, {.coverage = true});
}

// Acts that people rarely mean to do at once: stories/NAME.test.yaml beside small workflows made for them.
TEST(HardStories, ArePlayedAsWritten) {
  const auto ran = run_folder("tests/scenario/stories");
  ASSERT_TRUE(ran) << ran.error().message;
  EXPECT_EQ(ran->files.size(), 47U);
  EXPECT_GE(ran->count(), 40U);
  EXPECT_TRUE(ran->passed()) << report_text(*ran, {});
}

TEST(ShippedScenarios, StandBesideEveryWorkflow) {
  const std::string folder = source_folder() + "/workflows";
  for (const std::string& file : files_ending(folder, ".yaml")) {
    if (file.ends_with(".test.yaml")) continue;
    const std::string scenarios = file.substr(0, file.size() - 5) + ".test.yaml";
    EXPECT_TRUE(fs::exists(scenarios)) << scenarios << " is missing";
  }
}

}  // namespace
}  // namespace countersign::scenario
