// The corpus: every file under good/ loads without an error, and every file under broken/ gives exactly the
// diagnostics of its .expected file. COUNTERSIGN_REWRITE_GOLDENS=1 writes those files anew.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "definition/workflow_files.h"
#include "definition/workflow_loader.h"
#include "tests/definition/sample_catalogue.h"

namespace countersign {
namespace {

namespace fs = std::filesystem;

std::string folder(std::string_view name) {
  return std::string(COUNTERSIGN_SOURCE_DIR) + "/tests/definition/" + std::string(name);
}

std::vector<std::string> corpus(std::string_view name) {
  std::vector<std::string> stems;
  for (const auto& entry : fs::directory_iterator(folder(name))) {
    if (entry.path().extension() == ".yaml") stems.push_back(entry.path().stem().string());
  }
  std::ranges::sort(stems);
  return stems;
}

std::string read(const std::string& path) {
  return read_file(path).value_or("");
}

std::string diagnostics_of(const std::string& stem) {
  const MessageTexts messages = read_message_files(folder("broken")).value();
  const std::string text = read(folder("broken") + "/" + stem + ".yaml");
  return load_workflow("workflows/" + stem + ".yaml", text, messages, testing::sample_catalogue())
      .diagnostics.to_text();
}

class Broken : public ::testing::TestWithParam<std::string> {};

TEST_P(Broken, GivesExactlyTheExpectedDiagnostics) {
  const std::string expected_file = folder("broken") + "/" + GetParam() + ".expected";
  const std::string found = diagnostics_of(GetParam());
  EXPECT_NE(found.find("error[CS"), std::string::npos) << "a broken file gives at least one error";
  const char* rewrite = std::getenv("COUNTERSIGN_REWRITE_GOLDENS");
  if (rewrite != nullptr && std::string_view(rewrite) == "1") {
    std::ofstream(expected_file, std::ios::binary) << found;
    return;
  }
  EXPECT_EQ(found, read(expected_file));
}

class Good : public ::testing::TestWithParam<std::string> {};

TEST_P(Good, LoadsWithoutDiagnostics) {
  const MessageTexts messages = read_message_files(folder("good")).value();
  const std::string text = read(folder("good") + "/" + GetParam() + ".yaml");
  const LoadedWorkflow loaded =
      load_workflow("workflows/" + GetParam() + ".yaml", text, messages, testing::sample_catalogue());
  EXPECT_EQ(loaded.diagnostics.to_text(), "");
  ASSERT_NE(loaded.definition, nullptr);
  EXPECT_EQ(loaded.definition->id.value, GetParam());
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Corpus, Broken, ::testing::ValuesIn(corpus("broken")), test_name);
INSTANTIATE_TEST_SUITE_P(Corpus, Good, ::testing::ValuesIn(corpus("good")), test_name);

TEST(Corpus, HasAnExpectedFileForEveryBrokenFileAndNoOther) {
  std::vector<std::string> expected;
  for (const auto& entry : fs::directory_iterator(folder("broken"))) {
    if (entry.path().extension() == ".expected") expected.push_back(entry.path().stem().string());
  }
  std::ranges::sort(expected);
  EXPECT_EQ(expected, corpus("broken"));
}

}  // namespace
}  // namespace countersign
