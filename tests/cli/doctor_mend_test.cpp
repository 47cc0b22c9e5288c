// What doctor prints is run as it stands there, through a shell and against a daemon, and what it found is
// gone afterwards.

#include <chrono>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/doctor_fixture.h"

namespace countersign::cli::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class MendingByDoctor : public DoctorOverData {
 protected:
  // The first way whose words begin so.
  static PrintedRemedy way(const json::value& finding, const std::string& beginning) {
    for (PrintedRemedy& remedy : remedies_of(finding)) {
      if (remedy.words.starts_with(beginning)) return remedy;
    }
    ADD_FAILURE() << "no way begins with '" << beginning << "'";
    return {};
  }
  // Another workflow beside 'two'.
  void add_workflow(const std::string& name, const std::string& steps, const std::string& was = {},
                    const std::string& is = {}) {
    write_people(was, is);
    write("flows/" + name + ".yaml", "workflow: " + name +
                                         "\nstart: [form]\nform: {note: {type: text}}\n"
                                         "statuses: [approved, rejected]\nsteps:\n" +
                                         steps + "  - end: approved\n");
    close_store();
    open_store();
  }
};

TEST(WordsOfAShell, AreWhatWasQuoted) {
  for (const std::string& word :
       {std::string("plain-word.1"), std::string(""), std::string("the group 'temp' has no member"),
        std::string("$HOME `id` \"x\" \\ ; & | * ? ~ # !"), std::string("财务\ttwo  spaces")})
    EXPECT_THAT(words_in_shell("countersign retry " + shell_word(word)), ElementsAre("retry", word));
  EXPECT_EQ(shell_word("EXP-2026-14"), "EXP-2026-14");
}

TEST(CommandsOfDoctor, NameTheInstallationThatDoctorWasGivenButNoKey) {
  Connection connection;
  connection.config = "/etc/my files/c.yaml";
  connection.url = "http://10.0.0.1";
  connection.key = "csk_secret";
  const Commands commands(connection);
  EXPECT_EQ(commands.reload(), "countersign reload --config '/etc/my files/c.yaml' --url http://10.0.0.1");
  EXPECT_EQ(commands.of_files({"serve"}), "countersign serve --config '/etc/my files/c.yaml'");
}

TEST_F(MendingByDoctor, GivesEachOfSeveralItemsAwayWithACommandOfItsOwn) {
  decide(start(), "boss");
  serve();
  write_people("finance: [fin]", "finance: []");
  const json::value found = problem("items");
  EXPECT_EQ(string_at(found, "why"), "the group 'finance' has no active member");
  const PrintedRemedy remedy = way(found, "give each of them to somebody else");
  EXPECT_THAT(remedy.commands, SizeIs(2));
  EXPECT_THAT(remedy.rest, IsEmpty());
  run_commands(remedy);
  EXPECT_THAT(findings("items"), IsEmpty());
}

TEST_F(MendingByDoctor, CommandsStandOnLinesOfTheirOwn) {
  decide(start(), "boss");
  serve();
  write_people("finance: [fin]", "finance: []");
  std::size_t commands = 0;
  std::istringstream lines(doctor().out);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("countersign reassign ") == std::string::npos) continue;
    ++commands;
    EXPECT_THAT(line, StartsWith(std::string(26, ' ') + "countersign reassign i_"));
    EXPECT_EQ(run_line(line).code, 0) << line;
  }
  EXPECT_EQ(commands, 2U);
}

TEST_F(MendingByDoctor, ListsAFewCommandsAndSaysHowManyThereAre) {
  for (int i = 0; i < 12; ++i) start();
  write_people("boss@example.com}", "boss@example.com, active: false}");
  const PrintedRemedy remedy = way(problem("items"), "give each of them");
  EXPECT_THAT(remedy.commands, SizeIs(10));
  EXPECT_EQ(remedy.rest, "and 3 more: 'countersign inbox' lists what is open");
}

TEST_F(MendingByDoctor, ProposesNobodyWhoWouldBeRefused) {
  std::string people = kDoctorPeople;
  people.replace(people.find("admins: [adm]"), 13, "admins: [rep]");  // who asked for it
  people.replace(people.find("boss@example.com}"), 17, "boss@example.com, active: false}");
  write("people.yaml", people);
  const auto remedies = remedies_of(problem("items"));
  ASSERT_EQ(remedies.size(), 1U);
  EXPECT_THAT(remedies.front().commands, IsEmpty());
  EXPECT_THAT(remedies.front().words, HasSubstr("--to PERSON"));
}

TEST_F(MendingByDoctor, PutsPeopleBack) {
  serve();
  write("people.yaml",
        "people:\n  - {id: rep, name: Rep, mail: rep@example.com}\n"
        "  - {id: fin, name: Fin, mail: fin@example.com}\n"
        "  - {id: adm, name: Adm, mail: adm@example.com}\n"
        "groups:\n  finance: [fin]\n  admins: [adm]\n");
  const PrintedRemedy remedy = way(problem("items"), "put boss back into");
  write("people.yaml", kDoctorPeople);
  run_commands(remedy);
  EXPECT_THAT(findings("items"), IsEmpty());
}

constexpr const char* kAsksFinance =
    "  - {id: check, approve: {by: 'group(\"finance\")', need: 1, if_nobody: fail}}\n";

TEST_F(MendingByDoctor, SaysWhatToMendBeforeAnIncidentIsRetried) {
  add_workflow("stops", kAsksFinance);
  serve();
  write_people("finance: [fin]", "finance: []");
  reload();
  start("stops");
  const json::value found = problem("instances");
  EXPECT_THAT(string_at(found, "why"), HasSubstr("nobody can be asked for check"));
  const PrintedRemedy remedy =
      way(found, "where people or groups are the cause: mend " + folder_.file("people.yaml"));
  ASSERT_EQ(remedy.commands.size(), 2U);
  EXPECT_EQ(run_line(remedy.commands.back()).code, 5) << "the cause is there";
  write("people.yaml", kDoctorPeople);
  run_commands(remedy);
  EXPECT_THAT(findings("instances"), IsEmpty());
}

TEST_F(MendingByDoctor, SaysThatRetryHelpsOnceTheCauseIsMended) {
  add_workflow("stops", kAsksFinance);
  serve();
  write_people("finance: [fin]", "finance: []");
  reload();
  start("stops");
  write("people.yaml", kDoctorPeople);
  reload();
  const auto remedies = remedies_of(problem("instances"));
  ASSERT_EQ(remedies.size(), 1U);
  EXPECT_THAT(remedies.front().words, HasSubstr("is mended"));
  EXPECT_THAT(remedies.front().commands, ElementsAre(StartsWith("countersign retry ")));
  run_commands(remedies.front());
  EXPECT_THAT(findings("instances"), IsEmpty());
}

// The step that was answered stands still for the next: a retry asks again there, and the next answer stops
// it.
TEST_F(MendingByDoctor, SaysWhatToMendWhereTheNextAnswerWouldStopItAgain) {
  add_workflow("next",
               "  - {id: first, approve: {by: 'person(\"boss\")'}}\n"
               "  - {id: second, approve: {by: 'group(\"leg\" + \"al\")', need: 1}}\n",
               "finance: [fin]", "finance: [fin]\n  legal: [fin]");
  serve();
  const std::string id = start("next");
  write("people.yaml", kDoctorPeople);
  reload();
  decide(id, "boss");
  const json::value found = problem("instances");
  EXPECT_THAT(string_at(found, "why"), HasSubstr("there is no group 'legal'"));
  const PrintedRemedy remedy = way(found, "where people or groups are the cause");
  write_people("finance: [fin]", "finance: [fin]\n  legal: [fin]");
  EXPECT_THAT(remedies_of(problem("instances")), SizeIs(1));
  run_commands(remedy);
  EXPECT_THAT(findings("instances"), IsEmpty());
  decide(id, "boss");
  EXPECT_THAT(findings("instances"), IsEmpty()) << "it goes on";
}

TEST_F(MendingByDoctor, MovesWhatStandsStillToAMendedWorkflow) {
  add_workflow("stops", kAsksFinance);
  serve();
  write_people("finance: [fin]", "finance: []");
  reload();
  start("stops");
  const PrintedRemedy remedy =
      way(problem("instances"),
          "where the workflow or one of its tables is the cause: mend " + folder_.file("flows/stops.yaml"));
  write("flows/stops.yaml",
        "workflow: stops\nstart: [form]\nform: {note: {type: text}}\nstatuses: [approved, rejected]\nsteps:\n"
        "  - {id: check, approve: {by: 'group(\"admins\")', need: 1, if_nobody: fail}}\n  - end: approved\n");
  run_commands(remedy);
  EXPECT_THAT(findings("instances"), IsEmpty());
}

TEST_F(MendingByDoctor, PassesOverAStepThatStandsStill) {
  add_workflow("stops", kAsksFinance);
  serve();
  write_people("finance: [fin]", "finance: []");
  reload();
  start("stops");
  const PrintedRemedy remedy = way(problem("instances"), "pass over check");
  EXPECT_THAT(remedy.commands, ElementsAre(StartsWith("countersign skip STOPS-")));
  run_commands(remedy);
  EXPECT_THAT(findings("instances"), IsEmpty());
}

TEST_F(MendingByDoctor, JumpsOverWhatCannotBePassedStepByStep) {
  add_workflow("stops", std::string(kAsksFinance) +
                            "  - {id: again, approve: {by: 'group(\"finance\")', need: 1, if_nobody: fail}}\n"
                            "  - {id: last, approve: {by: 'person(\"adm\")'}}\n");
  serve();
  write_people("finance: [fin]", "finance: []");
  reload();
  start("stops");
  const json::value found = problem("instances");
  const PrintedRemedy remedy = way(found, "let it go on at last instead");
  run_commands(remedy);
  EXPECT_THAT(findings("instances"), IsEmpty());
}

TEST_F(MendingByDoctor, GivesAwayTheWorkOfAStepThatLostItsPeople) {
  add_workflow("stops", kAsksFinance);
  start("stops");
  serve();
  write_people("finance: [fin]", "finance: []");
  reload();
  engine_->drain();
  const json::value found = problem("instances");
  const PrintedRemedy remedy = way(found, "give the work to somebody else");
  EXPECT_THAT(remedy.commands,
              ElementsAre(StartsWith("countersign reassign i_"), StartsWith("countersign retry ")));
  run_commands(remedy);
  EXPECT_THAT(findings("instances"), IsEmpty());
}

constexpr const char* kAsksFin =
    "  - {id: check, approve: {by: 'group(\"admins\")', need: 1}}\n"
    "  - {id: later, approve: {by: 'person(\"fin\")'}}\n";

TEST_F(MendingByDoctor, NamesWhatMendsAVersionThatNamesSomebodyWhoIsNotThere) {
  add_workflow("named", kAsksFin);
  start("named");
  serve();
  write("people.yaml",
        "people:\n  - {id: boss, name: Boss, mail: boss@example.com}\n"
        "  - {id: rep, name: Rep, mail: rep@example.com, manager: boss}\n"
        "  - {id: adm, name: Adm, mail: adm@example.com}\n"
        "groups:\n  finance: [adm]\n  admins: [adm]\n");
  reload();
  const json::value found = problem("versions");
  EXPECT_THAT(string_at(found, "why"), HasSubstr("unknown person 'fin'"));
  const PrintedRemedy otherwise = way(found, "name somebody else in " + folder_.file("flows/named.yaml"));
  const std::string mended =
      "workflow: named\nstart: [form]\nform: {note: {type: text}}\nstatuses: [approved, rejected]\nsteps:\n"
      "  - {id: check, approve: {by: 'group(\"admins\")', need: 1}}\n"
      "  - {id: later, approve: {by: 'person(\"adm\")'}}\n  - end: approved\n";
  write("flows/named.yaml", mended);
  // The file is mended by now: all that is left is to move what runs.
  const PrintedRemedy moving = way(problem("versions"), "the file does not name them any more");
  EXPECT_EQ(moving.commands, otherwise.commands);
  run_commands(moving);
  EXPECT_THAT(findings("versions"), IsEmpty());
}

TEST_F(MendingByDoctor, PutsBackWhomAVersionNames) {
  add_workflow("named", kAsksFin);
  start("named");
  serve();
  write("people.yaml",
        "people:\n  - {id: boss, name: Boss, mail: boss@example.com}\n"
        "  - {id: rep, name: Rep, mail: rep@example.com, manager: boss}\n"
        "  - {id: adm, name: Adm, mail: adm@example.com}\n"
        "groups:\n  finance: [adm]\n  admins: [adm]\n");
  const PrintedRemedy remedy = way(problem("versions"), "write them into " + folder_.file("people.yaml"));
  write("people.yaml", kDoctorPeople);
  run_commands(remedy);
  EXPECT_THAT(findings("versions"), IsEmpty());
}

TEST_F(MendingByDoctor, ShowsTheFirstErrorOfAFileAndHowManyMoreThereAre) {
  write(
      "flows/broken.yaml",
      "workflow: broken\nstart: [form]\nstepz: []\nstatuses: [approved]\nsteps:\n  - {id: a, aprove: {}}\n");
  const auto found = findings("files");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(string_at(found.front(), "on"), EndsWith("flows/broken.yaml:3"));
  EXPECT_THAT(string_at(found.front(), "text"), HasSubstr("'stepz'"));
  const auto remedies = remedies_of(found.front());
  ASSERT_EQ(remedies.size(), 1U);
  EXPECT_EQ(remedies.front().words, "correct it, then");
  EXPECT_THAT(remedies.front().commands, ElementsAre(StartsWith("countersign reload")));
  EXPECT_THAT(remedies.front().rest,
              AllOf(StartsWith("and "), HasSubstr(" more error"), HasSubstr("countersign validate ")));
}

TEST_F(MendingByDoctor, NamesTheFilesWithWarnings) {
  for (int i = 0; i < 7; ++i) {
    write("flows/w" + std::to_string(i) + ".yaml",
          "workflow: w" + std::to_string(i) +
              "\nstart: [form]\nform: {note: {type: text}}\nstatuses: [approved, rejected]\nsteps:\n"
              "  - {id: check, approve: {by: 'group(\"finance\")', need: 2}}\n  - end: approved\n");
  }
  const auto found = findings("files");
  ASSERT_EQ(found.size(), 7U) << doctor().out;  // how many there are, five files, the rest
  EXPECT_THAT(string_at(found[0], "text"), StartsWith("8 workflows, 1 connector: "));
  EXPECT_THAT(string_at(found[1], "on"), EndsWith("flows/w0.yaml:6"));
  EXPECT_EQ(string_at(found[6], "text"), "2 more files have warnings");
  EXPECT_THAT(remedies_of(found[6]).at(0).commands, ElementsAre(StartsWith("countersign validate")));
}

TEST_F(MendingByDoctor, SaysWhatItCouldNotLookAtBesideABrokenFileOfPeople) {
  write("people.yaml", std::string(kDoctorPeople) + "oops: 1\n");
  EXPECT_THAT(string_at(findings("files").at(0), "on"), HasSubstr("people.yaml:"));
  for (const char* check : {"people", "items", "versions"}) {
    const auto found = findings(check);
    ASSERT_EQ(found.size(), 1U) << check;
    EXPECT_THAT(string_at(found.front(), "text"), StartsWith("not looked at"));
    EXPECT_THAT(string_at(found.front(), "why"), HasSubstr("people.yaml:9 has an error"));
  }
  EXPECT_THAT(string_at(findings("people").at(0), "text"), Not(HasSubstr("let in")))
      << "nothing was in force yet";
  write("data/last-good/people.yaml", kDoctorPeople);
  EXPECT_THAT(
      string_at(findings("people").at(0), "text"),
      HasSubstr("whoever was taken out of the file or changed in it since it last loaded is still let in"));
}

TEST_F(MendingByDoctor, DoesNotSayOfStepsThatStandStillThatSomebodyIsAsked) {
  EXPECT_THAT(doctor().out, HasSubstr("2 open instances: no step waits for people without having asked any"));
  add_workflow("stops", kAsksFinance);
  write_people("finance: [fin]", "finance: []");
  reload();
  start("stops");
  EXPECT_THAT(doctor().out,
              HasSubstr("3 open instances, of which 1 is said above to stand still: no step waits"));
}

// The stand-in of whoever is away is the one who asked: nobody else may answer until they are back.
TEST_F(MendingByDoctor, FindsWorkOfSomebodyAwayInWhosePlaceNobodyMayStand) {
  serve();
  const std::string until = format_rfc3339(SystemClock().now() + std::chrono::hours(48)).substr(0, 10);
  const auto away = [&](const std::string& stand_in) {
    write_people("mail: boss@example.com}", "mail: boss@example.com, away: [{from: 2026-01-01, until: " +
                                                until + ", stand_in: " + stand_in + "}]}");
  };
  away("adm");
  EXPECT_THAT(findings("items"), IsEmpty()) << "adm answers";
  away("rep");
  const auto found = findings("items");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(string_at(found.front(), "grade"), "warning");
  EXPECT_THAT(string_at(found.front(), "text"),
              AllOf(StartsWith("manager waits until "), EndsWith(", when boss is back")));
  EXPECT_EQ(
      string_at(found.front(), "why"),
      "Boss is away, and nobody stands in: Rep is the requester, and nobody approves a request of their own");
  EXPECT_EQ(doctor().code, 0);
  run_commands(remedies_of(found.front()).at(0));
  EXPECT_THAT(findings("items"), IsEmpty());
}

TEST_F(MendingByDoctor, FindsWorkOfAGroupWhoseMembersAreAllAway) {
  run_job([&](Transaction& writes) -> Result<void> {
    RecordedAbsence away;
    away.person = PersonId("fin");
    away.absence = {.from = clock_.now() - std::chrono::hours(1),
                    .until = clock_.now() + std::chrono::hours(48),
                    .stand_in = PersonId("rep")};
    away.set_by = PersonId("fin");
    away.created_at = clock_.now();
    auto added = writes.add_absence(away);
    return added ? Result<void>() : std::unexpected(added.error());
  });
  const auto found = findings("items");
  ASSERT_EQ(found.size(), 1U) << doctor().out;
  EXPECT_THAT(
      string_at(found.front(), "text"),
      AllOf(StartsWith("finance waits until "), EndsWith(", when the first of the group 'finance' is back")));
  EXPECT_THAT(string_at(found.front(), "why"), HasSubstr("Rep is the requester"));
}

TEST_F(MendingByDoctor, DoesNotWaitForSomebodyAwayWhereOthersDecide) {
  add_workflow("either",
               "  - {id: check, approve: {by: ['person(\"boss\")', 'person(\"fin\")'], need: 1}}\n");
  const std::string until = format_rfc3339(SystemClock().now() + std::chrono::hours(48)).substr(0, 10);
  start("either");
  write(
      "people.yaml",
      "people:\n  - {id: boss, name: Boss, mail: boss@example.com, away: [{from: 2026-01-01, until: " +
          until +
          ", stand_in: rep}]}\n  - {id: rep, name: Rep, mail: rep@example.com}\n"
          "  - {id: fin, name: Fin, mail: fin@example.com}\n  - {id: adm, name: Adm, mail: adm@example.com}\n"
          "groups:\n  finance: [fin]\n  admins: [adm]\n");
  const auto found = findings("items");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(string_at(found.front(), "text"), StartsWith("manager waits until")) << "of 'two' alone";
}

}  // namespace
}  // namespace countersign::cli::test
