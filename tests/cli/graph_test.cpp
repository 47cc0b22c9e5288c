// Pictures of workflows: what boxes and arrows say.
#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/graph_of.h"
#include "definition/workflow_loader.h"
#include "tests/cli/command_run.h"
#include "tests/store/temporary_folder.h"

namespace countersign::cli::test {
namespace {

using ::testing::HasSubstr;

std::string mermaid_of(const std::string& text) {
  const LoadedWorkflow loaded = load_workflow("workflows/w.yaml", text, {}, Catalogue());
  EXPECT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
  return loaded.definition == nullptr ? std::string() : to_mermaid(graph_of(*loaded.definition, "en"));
}

// Levels were labelled by their position, and every level's work led out of the step by itself.
TEST(Graph, LevelsAreCalledByTheirStageAndComeTogetherInTheirBox) {
  const std::string drawn = mermaid_of(R"(workflow: w
statuses: [won, rejected]
start: [form]
form:
  confirmed: {type: boolean}
steps:
  - id: all
    gates:
      - stage: 2
        steps:
          - id: first
            approve: {by: requester.manager, return_to: []}
      - stage: 9.5
        when: form.confirmed
        only: group("finance")
        steps:
          - id: last
            approve: {by: group("finance"), need: 1, if_nobody: fail, return_to: []}
      - stage: 10
        when: form.confirmed
  - end: won
)");
  EXPECT_THAT(drawn, HasSubstr("s0 -->|\"stage 2\"| s1\n"));
  EXPECT_THAT(drawn,
              HasSubstr("s0 -->|\"stage 9.5, if form.confirmed, only group(#quot;finance#quot;)\"| s2\n"));
  EXPECT_THAT(drawn, HasSubstr("s0 -->|\"stage 10, if form.confirmed\"| s0\n"));
  EXPECT_THAT(drawn, HasSubstr("s1 -->|\"approved\"| s0\n"));
  EXPECT_THAT(drawn, HasSubstr("s2 -->|\"approved\"| s0\n"));
  EXPECT_THAT(drawn, HasSubstr("s0 --> end_won\n"));
}

// A `go` or `end` with a condition was drawn as if it had none, and what stands behind it not at all.
TEST(Graph, TwoWaysPartAtAConditionOfGoOrEnd) {
  const std::string drawn = mermaid_of(R"(workflow: w
statuses: [done, small, rejected]
start: [form]
form:
  n: {type: integer, required: true}
steps:
  - id: a
    approve: {by: requester.manager, return_to: []}
  - when: form.n < 5
    end: small
  - id: b
    approve: {by: requester.manager, return_to: []}
  - when: form.n > 100
    go: a
  - end: done
)");
  EXPECT_THAT(drawn, HasSubstr("s0 -->|\"approved\"| s1\n"));
  EXPECT_THAT(drawn, HasSubstr("s1 -->|\"yes\"| end_small\n"));
  EXPECT_THAT(drawn, HasSubstr("s1 -->|\"no\"| s2\n"));
  EXPECT_THAT(drawn, HasSubstr("s2 -->|\"approved\"| s3\n"));
  EXPECT_THAT(drawn, HasSubstr("s3 -->|\"yes\"| s0\n"));
  EXPECT_THAT(drawn, HasSubstr("s3 -->|\"no\"| end_done\n"));
  EXPECT_THAT(drawn, HasSubstr("form.n #lt; 5"));
}

// What a branch ends with decides nothing by itself: the outcomes are the block's.
TEST(Graph, BranchesMeetInTheirBox) {
  const std::string drawn = mermaid_of(R"(workflow: w
statuses: [done, rejected]
start: [form]
steps:
  - parallel:
      branches:
        x:
          - approve: {by: requester.manager}
        y:
          - approve: {by: requester.manager}
  - id: q
    approve: {by: requester.manager}
  - end: done
)");
  EXPECT_THAT(drawn, HasSubstr("s0 -->|\"x\"| s1\n"));
  EXPECT_THAT(drawn, HasSubstr("s1 -->|\"approved\"| s0\n"));
  EXPECT_THAT(drawn, HasSubstr("s2 -->|\"approved\"| s0\n"));
  EXPECT_THAT(drawn, HasSubstr("s0 --> s3\n"));
}

TEST(Graph, IsDrawnAsSvgByGraphviz) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("w.yaml")) << "workflow: w\nstatuses: [done]\nstart: [form]\n"
                                          "steps:\n  - {id: look, task: {for: requester}}\n  - end: done\n";
  const Ran drawn = run({"graph", folder.file("w.yaml")});
  if (std::system("command -v dot >/dev/null 2>&1") != 0) {
    EXPECT_EQ(drawn.code, 1);
    EXPECT_THAT(drawn.err, HasSubstr("install the package graphviz"));
    GTEST_SKIP() << "Graphviz' program 'dot' is not installed";
  }
  EXPECT_EQ(drawn.code, 0) << drawn.err;
  EXPECT_THAT(drawn.out, HasSubstr("<svg"));
  EXPECT_THAT(drawn.out, HasSubstr("look"));
}

}  // namespace
}  // namespace countersign::cli::test
