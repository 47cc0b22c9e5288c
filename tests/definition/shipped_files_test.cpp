// The workflows and connectors that come with the product load without any diagnostic.
#include <filesystem>

#include <gtest/gtest.h>

#include "definition/connector_loader.h"
#include "definition/workflow_files.h"
#include "tests/source_folder.h"

namespace countersign {
namespace {

TEST(ShippedFiles, LoadWithoutDiagnostics) {
  const std::string root = source_folder();
  Catalogue catalogue;
  catalogue.calendars = {"office"};
  Diagnostics diagnostics;
  for (const auto& entry : std::filesystem::directory_iterator(root + "/connectors")) {
    if (entry.path().extension() != ".yaml") continue;
    const auto connector =
        load_connector(entry.path().string(), read_file(entry.path().string()).value(), diagnostics);
    if (connector) catalogue.connectors[entry.path().stem().string()] = outline_of(*connector);
  }
  const auto loaded = load_workflow_files({root + "/workflows"}, catalogue);
  ASSERT_TRUE(loaded) << loaded.error().message;
  diagnostics.append(loaded->diagnostics);
  EXPECT_EQ(diagnostics.to_text(), "");
  EXPECT_FALSE(loaded->files.empty());
}

}  // namespace
}  // namespace countersign
