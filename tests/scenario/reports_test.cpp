// What is printed of scenarios that fail and of files that have mistakes: reports/NAME.yaml, played beside
// the workflow 'leave', gives reports/NAME.expected. COUNTERSIGN_REWRITE_GOLDENS=1 writes those files anew.
#include <algorithm>
#include <cstdlib>

#include "definition/workflow_files.h"
#include "tests/scenario/scenario_fixture.h"
#include "tests/source_folder.h"

namespace countersign::scenario::testing {
namespace {

namespace fs = std::filesystem;

std::string corpus_folder() {
  return source_folder() + "/tests/scenario/reports";
}

std::vector<std::string> corpus() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(corpus_folder())) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

// A link's token is the same in every run only as long as nothing else draws a random number.
std::string without_tokens(std::string text) {
  constexpr std::string_view kLink = "approve.example.com/a/";
  for (std::size_t at = text.find(kLink); at != std::string::npos; at = text.find(kLink, at + 1)) {
    const std::size_t begin = at + kLink.size();
    text.replace(begin, text.find_first_of(" \n", begin) - begin, "TOKEN");
  }
  return text;
}

class Reports : public ScenarioTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(Reports, ArePrintedExactlySo) {
  const std::string text = read_file(corpus_folder() + "/" + GetParam() + ".yaml").value();
  // Files that bring people of their own have them; all others get the usual ones.
  const RunResult ran = text.starts_with("people:") ? run_text(text) : run(text.substr(text.find('\n') + 1));
  EXPECT_FALSE(ran.passed());
  const std::string found = without_tokens(report(ran));
  const std::string expected_file = corpus_folder() + "/" + GetParam() + ".expected";
  const char* rewrite = std::getenv("COUNTERSIGN_REWRITE_GOLDENS");
  if (rewrite != nullptr && std::string_view(rewrite) == "1") {
    std::ofstream(expected_file, std::ios::binary) << found;
    return;
  }
  EXPECT_EQ(found, read_file(expected_file).value_or(""));
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Corpus, Reports, ::testing::ValuesIn(corpus()), test_name);

TEST_F(ScenarioTest, AScenarioFileStandsBesideItsWorkflow) {
  fs::rename(folder.file("leave.yaml"), folder.file("leaves.yaml"));
  const RunResult ran = run("  - {name: one, steps: []}\n");
  EXPECT_FALSE(ran.passed());
  EXPECT_THAT(report(ran),
              ::testing::HasSubstr("leave.test.yaml:1:1: error[CS130]: there is no workflow 'leave' "
                                   "beside this file"));
}

TEST_F(ScenarioTest, AWorkflowWithErrorsIsReportedInItsOwnLines) {
  std::string broken = kWorkflow;
  broken.replace(broken.find("requester.manager"), 17, "requester.manger ");
  write("leave.yaml", broken);
  const RunResult ran = run("  - {name: one, steps: []}\n");
  EXPECT_FALSE(ran.passed());
  EXPECT_THAT(report(ran), ::testing::HasSubstr("leave.yaml:20:21: error[CS014]"));
}

}  // namespace
}  // namespace countersign::scenario::testing
