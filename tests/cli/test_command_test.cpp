// countersign test, explain and graph on the files of a small installation.

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/workflow_files.h"
#include "tests/cli/command_run.h"
#include "tests/cli/fake_daemon.h"
#include "tests/store/temporary_folder.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kHolidayPeople = R"(people:
  - {id: ben, name: Ben, mail: ben@example.com, manager: mia}
  - {id: mia, name: Mia, mail: mia@example.com}
groups:
  hr: [mia]
)";

constexpr const char* kHolidayWorkflow = R"(workflow: holiday
title: Holiday request
start:
  - form:
form:
  days: {type: integer, required: true, min: 1, max: 30}
statuses: [granted, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
      return_to: []
    remind:
      - {after: 1 business day}
  - id: hr
    when: form.days > 10
    approve:
      by: group("hr")
      need: 1
      return_to: []
  - end: granted
)";

constexpr const char* kScenarios = R"(scenarios:
  - name: granted
    steps:
      - start: {by: ben, form: {days: 5}}
        expect: {asked: mia}
      - approve: mia
        expect: {status: granted}
  - name: rejected
    steps:
      - start: {by: ben, form: {days: 5}}
      - reject: {by: mia, comment: no}
        expect: {status: rejected}
)";

class TestCommand : public testing::Test {
 protected:
  TestCommand() {
    std::filesystem::create_directory(folder.file("workflows"));
    std::filesystem::create_directory(folder.file("connectors"));
    write("people.yaml", kHolidayPeople);
    write("workflows/holiday.yaml", kHolidayWorkflow);
    write("workflows/holiday.test.yaml", kScenarios);
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
    return folder.file(name);
  }
  void configure() { write("countersign.yaml", "data: data\n"); }

  TemporaryFolder folder;
};

TEST_F(TestCommand, PlaysFoldersFilesAndInstallations) {
  const std::string all_passed = "2 scenarios: all passed\n";
  for (const char* path : {"workflows", "workflows/holiday.test.yaml", "workflows/holiday.yaml"}) {
    const Ran ran = run({"test", folder.file(path)});
    EXPECT_EQ(ran.code, 0) << path << ran.out << ran.err;
    EXPECT_EQ(ran.out, all_passed);
  }
  configure();
  EXPECT_EQ(run({"test", folder.path()}).out, all_passed);
  EXPECT_EQ(run({"test", "--config", folder.file("countersign.yaml")}).out, all_passed);
}

TEST_F(TestCommand, ADifferenceIsShownAtItsLineAndEndsWithOne) {
  std::string broken = kScenarios;
  broken.replace(broken.find("status: granted"), 15, "status: rejected");
  const std::string file = write("workflows/holiday.test.yaml", broken);
  const Ran ran = run({"test", file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("FAILED " + file + ": granted\n" + file +
                                 ":7:26: error[CS140]: the status is not as expected\n"
                                 "  7 |         expect: {status: rejected}\n"
                                 "    |                          ^~~~~~~~\n"
                                 "  expected: rejected\n"
                                 "  found:    granted\n"
                                 "  what happened:\n"));
  EXPECT_THAT(ran.out, HasSubstr("03-02 09:00  HOLIDAY-2026-1 asks mia: manager\n"));
  EXPECT_THAT(ran.out, HasSubstr("2 scenarios: 1 passed, 1 failed\n"));
}

TEST_F(TestCommand, CoverageIsListedAndCanBeRequired) {
  const Ran listed = run({"test", folder.file("workflows"), "--coverage"});
  EXPECT_EQ(listed.code, 0);
  EXPECT_THAT(listed.out, HasSubstr("holiday: 3 of 6 ways reached\n"));
  EXPECT_THAT(listed.out, HasSubstr("workflows/holiday.yaml:15:5: not reached: hr: approved\n"));
  EXPECT_EQ(run({"test", folder.file("workflows"), "--require-coverage"}).code, 1);
  write("workflows/holiday.test.yaml", std::string(kScenarios) + R"(  - name: long ones
    steps:
      - start: {by: ben, form: {days: 20}}
        as: first
      - advance: 1 business day
        expect: {mail: [{to: mia, kind: reminder}]}
      - approve: mia
      - approve: mia
      - start: {by: ben, form: {days: 20}}
      - approve: mia
      - reject: {by: mia, comment: no}
)");
  const Ran complete = run({"test", folder.file("workflows"), "--require-coverage"});
  EXPECT_EQ(complete.code, 0) << complete.out;
}

TEST_F(TestCommand, FiltersTellsAndWritesReports) {
  const Ran filtered = run({"test", folder.file("workflows"), "--filter", "REJ", "--verbose"});
  EXPECT_EQ(filtered.code, 0) << filtered.err;
  EXPECT_THAT(filtered.out, HasSubstr("1 scenario: all passed, 1 left out\n"));
  EXPECT_THAT(filtered.out, HasSubstr("manager: rejected by mia ('no')\n"));
  EXPECT_EQ(run({"test", folder.file("workflows"), "--filter", "nothing"}).code, 1);
  const Ran as_json = run({"test", folder.file("workflows"), "--json", "--junit", folder.file("junit.xml")});
  const auto report = parse_json(as_json.out);
  ASSERT_TRUE(report) << as_json.out;
  EXPECT_EQ(find(*report, "scenarios")->as_int64(), 2);
  EXPECT_THAT(read_file(folder.file("junit.xml")).value(), HasSubstr("<testcase name=\"rejected\""));
}

TEST_F(TestCommand, WhatIsNotThereIsWrongUse) {
  EXPECT_EQ(run({"test", folder.file("nowhere")}).code, 2);
  EXPECT_EQ(run({"test", write("workflows/other.yaml", kHolidayWorkflow)}).code, 2) << "it has no scenarios";
  std::filesystem::create_directory(folder.file("empty"));
  EXPECT_EQ(run({"test", folder.file("empty")}).code, 2);
}

TEST_F(TestCommand, ExplainSaysWhoWouldBeAskedAndWhatDecidesThat) {
  const Ran ran =
      run({"explain", folder.file("workflows/holiday.yaml"), "--requester", "ben", "--form", "days=5"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("holiday for ben, where everybody agrees\n"));
  EXPECT_THAT(ran.out, HasSubstr("asks mia, by requester.manager\n"));
  EXPECT_THAT(ran.out, HasSubstr("because not: form.days > 10\n"));
  EXPECT_THAT(ran.out, HasSubstr("It ends: granted\n"));
  EXPECT_THAT(ran.out, HasSubstr("is done if form.days > 10: false\n"));
  const Ran longer = run({"explain", folder.file("workflows/holiday.yaml"), "--requester", "ben", "--form",
                          "days=11", "--assume", "hr=rejected", "--json"});
  const auto route = parse_json(longer.out);
  ASSERT_TRUE(route) << longer.out << longer.err;
  EXPECT_EQ(string_at(*route, "end"), "rejected");
  const Ran refused =
      run({"explain", folder.file("workflows/holiday.yaml"), "--requester", "ben", "--form", "days=0"});
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("/form/days"));
  EXPECT_EQ(run({"explain", folder.file("workflows/holiday.yaml")}).code, 2) << "who asks?";
}

TEST_F(TestCommand, ExplainTakesBudgetsFromTheConfigurationOrAsTheDaemonHasThem) {
  const std::string configuration = write("countersign.yaml", R"(workflows: [workflows]
connectors: [connectors]
people: people.yaml
ledgers:
  travel: {currency: CNY, amount: 1000}
)");
  std::string text = kHolidayWorkflow;
  text.replace(text.find("form.days > 10"), 14, "budget(\"travel\").available >= 100.00");
  write("workflows/holiday.yaml", text);
  const std::vector<std::string> asked{"explain", "holiday", "--requester", "ben",
                                       "--form",  "days=5",  "--config",    configuration};
  const Ran configured = run(asked);
  EXPECT_EQ(configured.code, 0) << configured.err;
  EXPECT_THAT(configured.out, HasSubstr("available >= 100.00: true"));
  const FakeDaemon daemon(
      FakeReply{200, R"({"ledgers":[{"name":"travel","available":"99.99"},{"name":"other"}]})"});
  std::vector<std::string> live = asked;
  live.emplace_back("--live");
  const Ran now = run(live, {{"COUNTERSIGN_URL", daemon.url()}, {"COUNTERSIGN_KEY", "csk_test"}});
  EXPECT_EQ(now.code, 0) << now.err;
  EXPECT_THAT(now.out, HasSubstr("available >= 100.00: false"));
}

// Neither said where it had looked, nor what was probably meant.
TEST_F(TestCommand, AWorkflowIsNamedByItsIdAndAMistypedOneIsFoundAgain) {
  const std::string configuration =
      write("countersign.yaml", "workflows: [workflows]\npeople: people.yaml\n");
  EXPECT_THAT(run({"graph", "holiday", "--config", configuration, "--format", "mermaid"}).out,
              HasSubstr("requester.manager"));
  const std::string hint =
      "there is no workflow 'holidy' in " + folder.file("workflows") + " (did you mean 'holiday'?)\n";
  const Ran graph = run({"graph", "holidy", "--config", configuration});
  EXPECT_EQ(graph.code, 1);
  EXPECT_EQ(graph.err, "countersign: " + hint);
  const FakeDaemon daemon(FakeReply{200, R"({"instances":[],"next_cursor":null})"});
  const Ran explain = run({"explain", "holidy", "--config", configuration},
                          {{"COUNTERSIGN_URL", daemon.url()}, {"COUNTERSIGN_KEY", "csk_test"}});
  EXPECT_NE(explain.code, 0);
  EXPECT_THAT(explain.err, HasSubstr("as a workflow it is not known either: " + hint));
  write("workflows/holiday.yaml", "workflow: holiday\ncalendar: office\n");
  EXPECT_THAT(run({"graph", folder.file("workflows/holiday.yaml")}).err,
              Not(HasSubstr("there is no countersign.yaml")));
  std::filesystem::remove(configuration);
  EXPECT_THAT(run({"graph", folder.file("workflows/holiday.yaml")}).err,
              HasSubstr("there is no countersign.yaml here"));
}

TEST_F(TestCommand, GraphDrawsEveryWay) {
  const Ran mermaid = run({"graph", folder.file("workflows/holiday.yaml"), "--format", "mermaid"});
  EXPECT_EQ(mermaid.code, 0) << mermaid.err;
  EXPECT_EQ(mermaid.out, R"(flowchart TD
  start(["form"])
  s0("manager<br/>requester.manager")
  s1("hr<br/>group(#quot;hr#quot;)<br/>if form.days #gt; 10")
  end_granted(["granted"])
  end_rejected(["rejected"])
  start --> s0
  s0 -->|"rejected"| end_rejected
  s0 -->|"approved"| s1
  s1 -->|"rejected"| end_rejected
  s1 -->|"approved"| end_granted
  s1 -.->|"skipped"| end_granted
)");
  const Ran dot = run({"graph", folder.file("workflows/holiday.yaml"), "--format", "dot"});
  EXPECT_THAT(dot.out, HasSubstr("digraph workflow {"));
  EXPECT_THAT(dot.out, HasSubstr("start -> s0 [label=\"\"];"));
  EXPECT_EQ(run({"graph", folder.file("workflows/holiday.yaml"), "--format", "png"}).code, 2);
  EXPECT_EQ(run({"graph", "no-such-workflow"}).code, 1);
}

}  // namespace
}  // namespace countersign::cli::test
