#include "runtime/last_good.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "definition/configuration_loader.h"
#include "runtime/workspace.h"
#include "tests/store/temporary_folder.h"

namespace countersign::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorkflow = R"(workflow: one
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: manager
    approve: {by: requester.manager}
  - end: approved
)";

class LastGood : public ::testing::Test {
 protected:
  void SetUp() override {
    configuration.data = folder.path() + "/data";
    configuration.workflows = {folder.path() + "/workflows"};
    configuration.connectors = {folder.path() + "/connectors"};
    configuration.people = folder.path() + "/people.yaml";
    fs::create_directories(configuration.data);
    write("people.yaml", "people:\n  - {id: mia, name: Mia, mail: mia@example.com}\n");
    write("workflows/one.yaml", kWorkflow);
    write("workflows/messages/hello.en.md", "Hello\n");
  }
  void write(const std::string& name, const std::string& text) const {
    const fs::path path = fs::path(folder.path()) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  // As the daemon does it at its start.
  Workspace load_and_keep() const {
    std::shared_ptr<const Snapshot> before;
    if (const auto copies = last_good_of(configuration)) before = load_workspace(*copies, nullptr)->snapshot;
    auto workspace = load_workspace(configuration, before.get());
    EXPECT_TRUE(workspace) << workspace.error().message;
    EXPECT_TRUE(keep_last_good(configuration, workspace->diagnostics));
    return *workspace;
  }
  static std::string version_of(const Workspace& workspace, const std::string& id) {
    const auto found = workspace.snapshot->workflow(WorkflowId(id));
    return found == nullptr ? "" : found->version;
  }

  TemporaryFolder folder;
  Configuration configuration = default_configuration();
};

TEST_F(LastGood, IsNothingBeforeTheFirstLoad) {
  EXPECT_FALSE(last_good_of(configuration));
  load_and_keep();
  EXPECT_TRUE(last_good_of(configuration));
}

TEST_F(LastGood, StandsInForWhateverWasBrokenSince) {
  const std::string version = version_of(load_and_keep(), "one");
  write("workflows/one.yaml", "workflow: one\nsteps: [\n");
  write("people.yaml", "people: nobody\n");
  for (int start = 0; start < 2; ++start) {
    const Workspace again = load_and_keep();
    EXPECT_TRUE(again.diagnostics.has_errors());
    ASSERT_NE(again.snapshot, nullptr);
    EXPECT_EQ(version_of(again, "one"), version) << "the broken file is never kept";
    EXPECT_NE(again.snapshot->directory->find(PersonId("mia")), nullptr);
  }
}

TEST_F(LastGood, DoesNotBringBackWhatWasRemoved) {
  write("workflows/two.yaml", std::string(kWorkflow).replace(10, 3, "two"));
  EXPECT_NE(version_of(load_and_keep(), "two"), "");
  fs::remove(folder.path() + "/workflows/two.yaml");
  EXPECT_EQ(version_of(load_and_keep(), "two"), "");
  write("workflows/two.yaml", "workflow: two\nsteps: [\n");
  EXPECT_EQ(version_of(load_and_keep(), "two"), "") << "its copy went with it";
}

TEST_F(LastGood, KeepsTheVersionBeforeTheMistakeAndNotTheOneAtTheStart) {
  load_and_keep();
  write("workflows/one.yaml", std::string(kWorkflow) + "# a better one\n");
  const std::string better = version_of(load_and_keep(), "one");
  write("workflows/one.yaml", "workflow: one\n");
  EXPECT_EQ(version_of(load_and_keep(), "one"), better);
}

}  // namespace
}  // namespace countersign::testing
