// validate on good and broken files, alone and as an installation.

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/file_kind.h"
#include "tests/cli/command_run.h"
#include "tests/store/temporary_folder.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kValidatedPeople =
    "people:\n  - {id: li.na, name: 李娜, manager: zhang.wei}\n  - {id: zhang.wei, name: 张伟}\ngroups:\n  "
    "admins: [li.na]\n  "
    "finance: "
    "[zhang.wei]\n";

constexpr const char* kValidatedWorkflow = R"(workflow: leave
title: Leave
statuses: [approved, rejected]
start:
  - form:
      by: group("finance")
form:
  days: {type: integer, required: true}
steps:
  - id: manager
    approve:
      by: requester.manager
  - end: approved
)";

class ValidateTest : public testing::Test {
 protected:
  ValidateTest() {
    std::filesystem::create_directory(folder.file("workflows"));
    std::filesystem::create_directory(folder.file("connectors"));
    write("countersign.yaml", "data: data\n");
    write("people.yaml", kValidatedPeople);
    write("workflows/leave.yaml", kValidatedWorkflow);
    write("connectors/email.yaml",
          "connector: email\nkind: email\nhost: mail.example.com\nfrom: approvals@example.com\n");
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
    return folder.file(name);
  }
  // The good workflow with one text replaced.
  std::string broken(const std::string& what, const std::string& by) {
    std::string text = kValidatedWorkflow;
    text.replace(text.find(what), what.size(), by);
    return write("workflows/leave.yaml", text);
  }

  TemporaryFolder folder;
};

TEST_F(ValidateTest, AWholeInstallationIsGood) {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"validate", folder.path()},
                                             {"validate", folder.file("countersign.yaml")},
                                             {"validate", "--config", folder.file("countersign.yaml")}}) {
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_EQ(ran.out, "1 configuration, 1 workflow, 1 connector, 2 people: no problems\n");
  }
}

TEST_F(ValidateTest, AWorkflowIsCheckedWithTheNearestConfiguration) {
  const Ran good = run({"validate", folder.file("workflows/leave.yaml")});
  EXPECT_EQ(good.code, 0) << good.out;
  EXPECT_EQ(good.out, "1 workflow: no problems\n");
  const std::string file = broken("group(\"finance\")", "group(\"finanze\")");
  const Ran bad = run({"validate", file});
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.out, HasSubstr(file + ":6:"));
  EXPECT_THAT(bad.out, HasSubstr("did you mean 'finance'?"));
  EXPECT_THAT(bad.out, HasSubstr("\n1 workflow: 1 error\n"));
}

TEST_F(ValidateTest, NamesArePassedOverWhereNobodyIsKnown) {
  TemporaryFolder alone;
  std::ofstream(alone.file("leave.yaml")) << kValidatedWorkflow;
  const Ran ran = run({"validate", alone.file("leave.yaml")});
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("there is no countersign.yaml: "));
}

TEST_F(ValidateTest, ReportsAllFilesAtOnceWithTheirPlaces) {
  broken("requester.manager", "requester.manger");
  write("connectors/crm.yaml", "connector: crm\noutbound: {}\nunknown: 1\n");
  const Ran ran = run({"validate", folder.path()});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("leave.yaml:12:"));
  EXPECT_THAT(ran.out, HasSubstr("crm.yaml:3:1: error"));
  EXPECT_THAT(ran.out, HasSubstr("1 configuration, 1 workflow, 2 connectors, 2 people: "));
}

// A broken file of people ended the check in silence: "1 configuration: 1 error".
TEST_F(ValidateTest, SaysWhatWasNotCheckedForWantOfSomethingElse) {
  write("people.yaml", "people:\n  - {id: ben, nmae: Ben}\n");
  const Ran ran = run({"validate", folder.path()});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(
      ran.out,
      HasSubstr("workflows and connectors were not checked, because the file of people has errors: "));
}

TEST_F(ValidateTest, PrintsJsonForPrograms) {
  broken("integer", "integre");
  const Ran ran = run({"validate", folder.file("workflows/leave.yaml"), "--format", "json"});
  EXPECT_EQ(ran.code, 1);
  const auto report = parse_json(ran.out);
  ASSERT_TRUE(report) << ran.out;
  EXPECT_EQ(string_at(*report, "checked"), "1 workflow");
  const json::array& all = find(*report, "diagnostics")->as_array();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(find(all.front(), "line")->as_int64(), 8);
  EXPECT_EQ(string_at(all.front(), "severity"), "error");
}

TEST_F(ValidateTest, EveryMemberOfADiagnosticIsThere) {
  const std::string file = broken("requester.manager", "requester.manger");
  const Ran ran = run({"validate", file, "--json"});
  const auto report = parse_json(ran.out);
  ASSERT_TRUE(report) << ran.out;
  EXPECT_EQ(find(*report, "errors")->as_int64(), 1);
  EXPECT_EQ(find(*report, "warnings")->as_int64(), 0);
  const json::value& found = find(*report, "diagnostics")->as_array().at(0);
  EXPECT_EQ(string_at(found, "file"), file);
  EXPECT_EQ(find(found, "line")->as_int64(), 12);
  EXPECT_EQ(find(found, "column")->as_int64(), 21);
  EXPECT_EQ(find(found, "length")->as_int64(), 6);
  EXPECT_EQ(find(found, "end_line")->as_int64(), 12);
  EXPECT_EQ(find(found, "end_column")->as_int64(), 27);
  EXPECT_EQ(string_at(found, "severity"), "error");
  EXPECT_EQ(string_at(found, "code"), "CS014");
  EXPECT_EQ(string_at(found, "suggestion"), "manager");
  EXPECT_THAT(string_at(found, "message"), HasSubstr("unknown field 'manger'"));
  EXPECT_THAT(string_at(found, "fix"), HasSubstr("requester.manager")) << "the whole line, mended";
  EXPECT_THAT(string_at(found, "fix"), Not(HasSubstr("manger")));
}

TEST_F(ValidateTest, WarningsFailOnlyWhereTheyAreAskedTo) {
  const std::string file = broken("by: requester.manager", "by: [group(\"finance\")]\n      need: 2");
  const Ran warned = run({"validate", file});
  EXPECT_EQ(warned.code, 0) << warned.out;
  EXPECT_THAT(warned.out,
              HasSubstr("warning[CS150]: 2 must approve, and of those who are asked only 1 is active"));
  EXPECT_THAT(warned.out, HasSubstr("1 workflow: 1 warning\n"));
  EXPECT_EQ(run({"validate", file, "--strict"}).code, 1);
  EXPECT_EQ(run({"validate", file, "--strict", "--json"}).code, 1);
  EXPECT_EQ(run({"validate", folder.file("people.yaml"), "--strict"}).code, 0);
}

TEST_F(ValidateTest, ChecksConnectorsPeopleAndCsvAlone) {
  EXPECT_EQ(run({"validate", folder.file("people.yaml")}).out, "2 people: no problems\n");
  const std::string csv = write("staff.csv", "id,name,mail\nli.na,李娜,li.na@\n");
  const Ran ran = run({"validate", csv});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr(csv + ":2:"));
  const std::string connector = write("connectors/crm.yaml", "connector: crn\n");
  EXPECT_THAT(run({"validate", connector}).out, HasSubstr(connector + ":1:"));
}

TEST_F(ValidateTest, ABrokenConfigurationIsReportedAndEndsWithOne) {
  const std::string file = write("countersign.yaml", "lisen: 127.0.0.1:1\n");
  const Ran ran = run({"validate", file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr(file + ":1:1: error"));
  EXPECT_THAT(ran.out, HasSubstr("did you mean 'listen'?"));
}

TEST_F(ValidateTest, WhatCannotBeReadIsWrongUse) {
  EXPECT_EQ(run({"validate", folder.file("nowhere.yaml")}).code, 2);
  std::filesystem::create_directory(folder.file("empty"));
  EXPECT_EQ(run({"validate", folder.file("empty")}).code, 2) << "a folder without a file";
  EXPECT_EQ(run({"validate", write("notes.txt", "x\n")}).code, 2);
  EXPECT_EQ(run({"validate", "--format", "xml"}).code, 2);
  EXPECT_EQ(run({"validate", write("workflows/leave.test.yaml", "x: 1\n")}).code, 2);
}

TEST_F(ValidateTest, BytesThatAreNoYamlNeverEndTheProgram) {
  for (const auto* text :
       {"", "\t\t: [", "workflow: [1, 2\n", "workflow: &a [*a]\n", "\xff\xfe\x00", "--- a\n--- b\n"}) {
    const std::string file = write("workflows/leave.yaml", text);
    const Ran ran = run({"validate", file});
    EXPECT_EQ(ran.code, 1) << text << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("error[CS"));
  }
}

TEST(FileKind, IsToldByNameAndKeys) {
  EXPECT_EQ(kind_of_file("a/x.csv", ""), FileKind::people);
  EXPECT_EQ(kind_of_file("a/x.test.yaml", "workflow: x\n"), FileKind::scenario);
  EXPECT_EQ(kind_of_file("a/x.yaml", "# a\nworkflow: x\n"), FileKind::workflow);
  EXPECT_EQ(kind_of_file("a/x.yaml", "connector: x\n"), FileKind::connector);
  EXPECT_EQ(kind_of_file("a/x.yaml", "people:\n  - {id: a}\n"), FileKind::people);
  EXPECT_EQ(kind_of_file("a/x.yaml", "people: people.csv\n"), FileKind::configuration);
  EXPECT_EQ(kind_of_file("a/countersign.yaml", "people: people.csv\n"), FileKind::configuration);
  EXPECT_EQ(kind_of_file("a/x.yaml", "title: x\n"), FileKind::workflow);
  EXPECT_EQ(kind_of_file("a/messages/x.en.md", "x"), FileKind::other);
}

}  // namespace
}  // namespace countersign::cli::test
