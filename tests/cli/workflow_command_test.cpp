// countersign workflow: versions, diff and migrate against a daemon that answers from a table.

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/command_run.h"
#include "tests/cli/fake_daemon.h"
#include "tests/store/temporary_folder.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kBefore =
    "workflow: t\nstatuses: [done]\nsteps:\n  - id: a\n    wait: 1 day\n  - end: done\n";
constexpr const char* kAfter =
    "workflow: t\nstatuses: [done]\nsteps:\n  - id: a\n    wait: 2 days\n  - end: done\n";

constexpr const char* kPlan = R"({"version":"bbbb2222bbbb2222","instances":[
  {"id":"i_01","reference":"T-1","version":"aaaa1111aaaa1111","moves":true,"obstacles":[],"fills":["days"]},
  {"id":"i_02","reference":"T-2","version":"aaaa1111aaaa1111","moves":false,"obstacles":[
    "step 'legal' is gone, and with it whatever stood in the list that it was in"],"fills":["days"]}],
  "next_cursor":null})";

FakeReply answer(const FakeRequest& request) {
  if (request.target.starts_with("/api/v1/workflows/t/migration")) return {200, kPlan};
  if (request.target == "/api/v1/workflows/t/versions") {
    return {200, R"({"versions":[
      {"version":"aaaa1111aaaa1111","first_used_at":"2026-03-02T10:14:00Z","in_force":false,"in_use":true},
      {"version":"bbbb2222bbbb2222","first_used_at":null,"in_force":true,"in_use":false}],"next_cursor":null})"};
  }
  if (request.target == "/api/v1/workflows/t/versions/aaaa") {
    return {200, write_json(json::object{{"source", kBefore}})};
  }
  if (request.target == "/api/v1/workflows/t") return {200, write_json(json::object{{"source", kAfter}})};
  if (request.target == "/api/v1/workflows/t/schedules/month/retry") {
    return {200, R"({"instances":[{"id":"i_03","person":"li.na","existed":false}]})"};
  }
  if (request.method == "POST") return {200, R"({"id":"i_01","reference":"T-1","status":"running"})"};
  return {404, R"({"detail":"the test expected no such request"})", "application/problem+json"};
}

class WorkflowCommand : public testing::Test {
 protected:
  Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "workflow");
    return test::run(std::move(arguments),
                     {{"COUNTERSIGN_URL", daemon.url()}, {"COUNTERSIGN_KEY", "csk_test"}});
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
    return folder.file(name);
  }
  FakeDaemon daemon{answer};
  TemporaryFolder folder;
};

TEST_F(WorkflowCommand, MakesAStartAgainThatAScheduleOwes) {
  const Ran ran = run({"retry", "t", "month", "--person", "li.na"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "started i_03 for li.na\n");
}

TEST_F(WorkflowCommand, ListsVersionsWithTheirUse) {
  const Ran ran = run({"versions", "t"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("aaaa1111aaaa  2026-03-02 10:14  open instances"));
  EXPECT_THAT(ran.out, HasSubstr("bbbb2222bbbb  never             in force"));
}

TEST_F(WorkflowCommand, ComparesFilesAndVersions) {
  const std::string changed = "step 'a': wait was 1 day and is 2 days\n";
  EXPECT_EQ(run({"diff", write("a.yaml", kBefore), write("b.yaml", kAfter)}).out, changed);
  EXPECT_EQ(daemon.requests().size(), 0U) << "two files need no daemon";
  EXPECT_EQ(run({"diff", "t@aaaa", "t"}).out, changed);
  EXPECT_EQ(run({"diff", "t", write("b.yaml", kAfter)}).out, "nothing changed\n");
  EXPECT_EQ(run({"diff", "t@aaaa", "t", "--json"}).out,
            "{\"changes\":[\"step 'a': wait was 1 day and is 2 days\"]}\n");
  EXPECT_NE(run({"diff", folder.file("nowhere.yaml"), "t"}).code, 0);
}

// A changed table is a new version, of which nothing was said.
TEST_F(WorkflowCommand, ComparesTheTablesAndMessagesThatTheFilesName) {
  const std::string text =
      "workflow: t\nstatuses: [done]\nsteps:\n  - when: table(\"matrix\").size() > 1\n"
      "    notify: {to: requester, message: hello}\n  - end: done\n";
  for (const std::string side : {"old", "new"}) {
    std::filesystem::create_directories(folder.file(side + "/tables"));
    std::filesystem::create_directories(folder.file(side + "/messages"));
    write(side + "/t.yaml", text);
    write(side + "/tables/other.csv", "a:text\n" + side + "\n");
    write(side + "/messages/hello.en.md", "Hi\n\nThis is " + side + ".\n");
  }
  write("old/tables/matrix.csv", "region:text,discount:number\nnorth,1\nsouth,5.5\n");
  write("new/tables/matrix.csv", "region:text,discount:number\nnorth,1\nsouth,6.5\n");
  EXPECT_EQ(run({"diff", folder.file("old/t.yaml"), folder.file("new/t.yaml")}).out,
            "table 'matrix': discount in row 2 was '5.5' and is '6.5'\n"
            "message 'hello.en': the text changed, first in line 3: 'This is old.' is 'This is new.' now\n");
}

// Only `table("x")` and `message: x` as they are mostly written were seen; and what a comment says was too.
TEST_F(WorkflowCommand, ComparesWhatIsNamedInAnyWritingAndWhatConvertReads) {
  const std::string text = R"(workflow: t
statuses: [done]
start: [form]
form: {price: {type: money, currency: USD}}
# table("other") was read here
steps:
  - when: "table( \"matrix\" ).size() > 1"
    notify: {to: requester, "message": hello}
  - when: convert(form.price, "EUR") > money("5 EUR")
    notify: {to: requester, subject: s, text: 'read table("other")'}
  - end: nowhere
)";
  for (const std::string side : {"old", "new"}) {
    const std::string digit = side == "old" ? "1" : "2";
    std::filesystem::create_directories(folder.file(side + "/tables"));
    std::filesystem::create_directories(folder.file(side + "/messages"));
    write(side + "/t.yaml", text);
    write(side + "/tables/other.csv", "a:text\n" + side + "\n");
    write(side + "/tables/matrix.csv", "n:integer\n" + digit + "\n");
    write(side + "/tables/exchange_rates.csv", "from:text,to:text,rate:number\nUSD,EUR,0." + digit + "\n");
    write(side + "/messages/hello.en.md", "Hi " + digit + "\n\nText.\n");
  }
  EXPECT_EQ(run({"diff", folder.file("old/t.yaml"), folder.file("new/t.yaml")}).out,
            "table 'exchange_rates': rate in row 1 was '0.1' and is '0.2'\n"
            "table 'matrix': n in row 1 was '1' and is '2'\n"
            "message 'hello.en': the subject was 'Hi 1' and is 'Hi 2'\n")
      << "though both end with a status that there is not";
}

TEST_F(WorkflowCommand, SaysWhatWouldMoveAndMovesNothing) {
  const Ran ran = run({"migrate", "t"});
  EXPECT_EQ(ran.code, 1) << "one of them stays";
  EXPECT_THAT(ran.out, HasSubstr("T-1        aaaa1111aaaa  would move  days"));
  EXPECT_THAT(ran.out, HasSubstr("T-2        aaaa1111aaaa  stays"));
  EXPECT_THAT(ran.out,
              HasSubstr("T-2 stays:\n  - step 'legal' is gone, and with it whatever stood in the list"
                        " that it was in\n"))
      << "the whole of it";
  EXPECT_THAT(ran.out, HasSubstr("1 instance would move, 1 stays\n"));
  for (const FakeRequest& request : daemon.requests()) EXPECT_EQ(request.method, "GET");
}

TEST_F(WorkflowCommand, MovesOnlyWhatCanBeMoved) {
  EXPECT_EQ(run({"migrate", "t", "--apply"}).code, 2) << "a reason is needed";
  const Ran ran = run({"migrate", "t", "--apply", "--reason", "new legal team"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("1 instance moved, 1 stays\n"));
  std::vector<FakeRequest> posts;
  for (const FakeRequest& request : daemon.requests()) {
    if (request.method == "POST") posts.push_back(request);
  }
  ASSERT_EQ(posts.size(), 1U);
  EXPECT_EQ(posts[0].target, "/api/v1/instances/i_01/admin");
  EXPECT_EQ(posts[0].body, R"({"act":"migrate","version":"bbbb2222bbbb2222","reason":"new legal team"})");
}

}  // namespace
}  // namespace countersign::cli::test
