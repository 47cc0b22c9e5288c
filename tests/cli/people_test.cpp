// people check and people import.

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/people_loader.h"
#include "tests/cli/command_run.h"
#include "tests/store/temporary_folder.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;

class PeopleTest : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
    return folder.file(name);
  }
  std::string read(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(folder.file(name)).rdbuf();
    return text.str();
  }

  TemporaryFolder folder;
  const std::string good =
      "id,name,mail,manager,locale,approval_limit,department,active,groups,channel.feishu,attribute.cost_"
      "center\n"
      "li.na,李娜,li.na@example.com,zhang.wei,zh-CN,,sales,,sales,ou_1,0042\n"
      "zhang.wei,\"Zhang, \"\"Wei\"\"\",,,,50000.00,true,true,sales;finance,,\n"
      "no,Ola: # Nordmann,,,nb,,,false,,,\n";
};

TEST_F(PeopleTest, ImportWritesTheSamePeopleAsYaml) {
  const Ran ran = run({"people", "import", write("staff.csv", good)});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_EQ(ran.out, folder.file("people.yaml") + " has 3 people and 2 groups\n");
  EXPECT_EQ(read("people.yaml"), R"(# Made of staff.csv by 'countersign people import'.
people:
  - {id: li.na, name: 李娜, mail: li.na@example.com, manager: zhang.wei, locale: zh-CN, department: sales, channels: {feishu: "ou_1"}, attributes: {cost_center: "0042"}}
  - {id: zhang.wei, name: "Zhang, \"Wei\"", approval_limit: 50000.00, department: "true"}
  - {id: "no", name: "Ola: # Nordmann", locale: nb, active: false}
groups:
  sales: [li.na, zhang.wei]
  finance: [zhang.wei]
)");
  const Ran checked = run({"people", "check", folder.file("people.yaml")});
  EXPECT_EQ(checked.out, folder.file("people.yaml") + " has 3 people and 2 groups: no problems\n")
      << checked.err;
}

TEST_F(PeopleTest, ImportReplacesAFileOnlyWhenTold) {
  const std::string csv = write("staff.csv", good);
  write("people.yaml", "people: []\n");
  const Ran ran = run({"people", "import", csv});
  EXPECT_EQ(ran.code, 5);
  EXPECT_EQ(read("people.yaml"), "people: []\n");
  EXPECT_EQ(run({"people", "import", csv, "--force"}).code, 0);
  EXPECT_NE(read("people.yaml"), "people: []\n");
  EXPECT_FALSE(std::filesystem::exists(folder.file("people.yaml.new")));
}

TEST_F(PeopleTest, ImportWritesNothingWhereTheFileHasErrors) {
  const std::string csv = write("staff.csv", "id,name,manager\nli.na,李娜,nobody\n");
  const Ran ran = run({"people", "import", csv});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr(csv + ":2:"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("people.yaml")));
}

TEST_F(PeopleTest, ImportPrintsOnRequestAndWantsCsv) {
  const Ran ran = run({"people", "import", write("staff.csv", "id,name\na,A\n"), "--to", "-"});
  EXPECT_EQ(ran.out, "# Made of staff.csv by 'countersign people import'.\npeople:\n  - {id: a, name: A}\n");
  EXPECT_EQ(run({"people", "import", write("people.yaml", "people: []\n")}).code, 2);
  EXPECT_EQ(run({"people", "import", folder.file("nowhere.csv")}).code, 2);
  EXPECT_EQ(
      run({"people", "import", folder.file("staff.csv"), "--to", folder.file("no/such/people.yaml")}).code,
      2);
}

TEST_F(PeopleTest, CheckPrintsWhatIsWrong) {
  const std::string file = write("people.yaml", "people:\n  - {id: li.na, name: 李娜, manger: x}\n");
  const Ran ran = run({"people", "check", file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr(file + ":2:"));
  EXPECT_THAT(ran.out, HasSubstr("did you mean 'manager'?"));
}

}  // namespace
}  // namespace countersign::cli::test
