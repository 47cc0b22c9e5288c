// countersign absence: what it sends, what it prints, and calendar files.

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/command_run.h"
#include "tests/cli/fake_daemon.h"
#include "tests/store/temporary_folder.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;

const std::string kAbsenceSet =
    R"({"id":3,"person":"li.na","from":"2099-11-22T16:00:00Z","until":"2099-12-04T16:00:00Z",)"
    R"("stand_in":"wang.fang","workflows":[],"up_to":"10000 CNY","reason":null,"set_by":"li.na"})";

struct AbsenceDaemon {
  FakeDaemon daemon{[](const FakeRequest& request) -> FakeReply {
    if (request.method == "POST") return {201, kAbsenceSet, "application/json"};
    if (request.method == "DELETE") return {200, kAbsenceSet, "application/json"};
    return {200, R"({"absences":[)" + kAbsenceSet + R"(],"next_cursor":null})", "application/json"};
  }};
  Ran run(std::vector<std::string> arguments) const {
    return test::run(std::move(arguments),
                     {{"COUNTERSIGN_URL", daemon.url()}, {"COUNTERSIGN_KEY", "csk_test"}}, "");
  }
};

TEST(AbsenceCommand, SetsWhatItIsTold) {
  const AbsenceDaemon absent;
  const Ran ran = absent.run({"absence", "set", "li.na", "--from", "2099-11-23", "--until", "2099-12-04",
                              "--stand-in", "wang.fang", "--up-to", "10000 CNY", "--workflow", "travel"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(
      ran.out,
      "li.na is away from 2099-11-22 16:00 until 2099-12-04 16:00 UTC; wang.fang stands in for up to 10000 "
      "CNY (absence 3)\n");
  const FakeRequest request = absent.daemon.requests().at(0);
  EXPECT_EQ(request.target, "/api/v1/people/li.na/absences");
  EXPECT_EQ(request.body, R"({"until":"2099-12-04","workflows":["travel"],"from":"2099-11-23",)"
                          R"("stand_in":"wang.fang","up_to":"10000 CNY"})");
}

TEST(AbsenceCommand, ListsAndEnds) {
  const AbsenceDaemon absent;
  EXPECT_THAT(absent.run({"absence", "list", "li.na"}).out, HasSubstr("wang.fang"));
  const Ran ended = absent.run({"absence", "end", "li.na", "3"});
  EXPECT_EQ(ended.out, "absence 3 of li.na is over\n");
  EXPECT_EQ(absent.daemon.requests().at(1).method, "DELETE");
  EXPECT_EQ(absent.daemon.requests().at(1).target, "/api/v1/people/li.na/absences/3");
}

const std::string kAway =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
    "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Long ago\r\nDTSTART;VALUE=DATE:20010101\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Sea\r\nDTSTART;VALUE=DATE:20991123\r\n"
    "DTEND;VALUE=DATE:20991205\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

struct ImportingDaemon {
  FakeDaemon daemon{[](const FakeRequest&) -> FakeReply {
    std::string noted = kAbsenceSet;
    noted.insert(noted.size() - 1, R"(,"note":"fin acts then")");
    return {200,
            R"({"source":"away","added":[)" + noted + R"(],"changed":[],"ended":[)" + kAbsenceSet +
                R"(],"unchanged":[)" + kAbsenceSet + R"(],"stays_ended":[)" + kAbsenceSet + "]}",
            "application/json"};
  }};
  Ran run(std::vector<std::string> arguments, const std::string& input = "") const {
    return test::run(std::move(arguments),
                     {{"COUNTERSIGN_URL", daemon.url()}, {"COUNTERSIGN_KEY", "csk_test"}}, input);
  }
};

TEST(AbsenceCommand, ImportsACalendarInOneRequest) {
  const countersign::TemporaryFolder folder;
  const std::string path = folder.path() + "/away.ics";
  std::ofstream(path) << kAway;
  const ImportingDaemon importing;
  const Ran ran = importing.run({"absence", "import", path, "--person", "li.na", "--stand-in", "wang.fang"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "added: li.na is away from 2099-11-22 16:00 until 2099-12-04 16:00 UTC; wang.fang stands in for "
            "up to 10000 CNY (absence 3)\n"
            "ended: absence 3, which began or would have begun at 2099-11-22 16:00 UTC\n"
            "note: absence 3: fin acts then\n"
            "absences of li.na from 'away': 1 added, 0 changed, 1 ended, 1 unchanged; 1 stay ended, because "
            "somebody ended them\n");
  ASSERT_EQ(importing.daemon.requests().size(), 1U);
  EXPECT_EQ(importing.daemon.requests().at(0).target, "/api/v1/people/li.na/absences/import");
  EXPECT_EQ(importing.daemon.requests().at(0).body,
            R"({"source":"away","absences":[{"uid":"2","from":"2099-11-23","until":"2099-12-04",)"
            R"("reason":"Sea"}],"workflows":[],"stand_in":"wang.fang"})");
  std::ofstream(path) << "no calendar";
  EXPECT_EQ(importing.run({"absence", "import", path, "--person", "li.na"}).code, 1);
  EXPECT_EQ(importing.daemon.requests().size(), 1U);
}

TEST(AbsenceCommand, FollowsACalendarFromStandardInput) {
  const ImportingDaemon importing;
  EXPECT_EQ(importing.run({"absence", "import", "-", "--person", "li.na"}, kAway).code, 2)
      << "nothing names the calendar";
  EXPECT_EQ(importing.run({"absence", "import", "-", "--person", "li.na", "--source", "outlook"}, "").code, 1)
      << "what could not be fetched is no empty calendar";
  EXPECT_TRUE(importing.daemon.requests().empty());
  const Ran ran = importing.run({"absence", "import", "-", "--person", "li.na", "--source", "outlook",
                                 "--workflow", "travel", "--up-to", "10 CNY"},
                                kAway);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(importing.daemon.requests().at(0).body,
            R"({"source":"outlook","absences":[{"uid":"2","from":"2099-11-23","until":"2099-12-04",)"
            R"("reason":"Sea"}],"workflows":["travel"],"up_to":"10 CNY"})");
  std::string named = kAway;
  named.insert(named.find("BEGIN:VEVENT"), "X-WR-CALNAME:Li Na\r\n");
  EXPECT_EQ(importing.run({"absence", "import", "-", "--person", "li.na"}, named).code, 0);
  EXPECT_THAT(importing.daemon.requests().at(1).body, HasSubstr(R"("source":"Li Na")"));
  std::string daily = named;
  daily.insert(daily.find("SUMMARY:Long ago"), "RRULE:FREQ=DAILY\r\n");
  const Ran cut = importing.run({"absence", "import", "-", "--person", "li.na"}, daily);
  EXPECT_THAT(cut.out, HasSubstr("note: 'Long ago' repeats often: its next 60 occurrences are taken"));
}

}  // namespace
}  // namespace countersign::cli::test
