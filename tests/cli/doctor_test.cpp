// countersign doctor over the data folder: every finding says on what, why, and what mends it.

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/evolve.h"
#include "tests/cli/doctor_fixture.h"

namespace countersign::cli::test {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// The commands of all ways.
std::vector<std::string> commands_of(const json::value& finding) {
  std::vector<std::string> commands;
  for (const PrintedRemedy& remedy : remedies_of(finding))
    commands.insert(commands.end(), remedy.commands.begin(), remedy.commands.end());
  return commands;
}

TEST_F(DoctorOverData, FindsNothingWhereAllIsWellThoughNoDaemonRuns) {
  const Ran ran = doctor();
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2 open work items, somebody can decide each"));
  const auto daemon = findings("daemon");
  ASSERT_EQ(daemon.size(), 1U);
  EXPECT_EQ(string_at(daemon.front(), "grade"), "warning");
  EXPECT_EQ(commands_of(daemon.front()),
            std::vector<std::string>{"countersign serve --config " + folder_.file("countersign.yaml")});
}

TEST_F(DoctorOverData, FindsAPersonWhoLeftAndNamesTheCommand) {
  std::string people = kDoctorPeople;
  people.replace(people.find("boss@example.com}"), 17, "boss@example.com, active: false}");
  write("people.yaml", people);
  const json::value found = problem("items");
  EXPECT_EQ(string_at(found, "text"), "nobody can decide manager");
  EXPECT_EQ(string_at(found, "why"), "boss has left");
  EXPECT_THAT(commands_of(found),
              ElementsAre(AllOf(StartsWith("countersign reassign i_"),
                                HasSubstr(" --to adm --reason 'boss has left' --config "))));
}

// As versions before this one could leave it: the only item of an open step closed, and nothing said so.
TEST_F(DoctorOverData, FindsAStepThatAsksNobody) {
  const auto items = store_->reader().open_items({}, 100);
  ASSERT_FALSE(items->empty());
  const OpenItemRow& item = items->front();
  run_job([&](Transaction& writes) -> Result<void> {
    const auto before = writes.load(item.instance);
    auto after = std::make_shared<State>(**before);
    std::vector<Event> events;
    const auto emit = [&](EventBody body) {
      events.push_back(Event{after->seq + 1, clock_.now(), std::move(body)});
      evolve(*after, events.back());
    };
    for (const auto& [key, timer] : (*before)->timers) emit(TimerCleared{key});
    emit(ItemChanged{.item = item.number, .act = ItemAct::supersede, .status = ItemStatus::superseded});
    return writes.apply(Change{*before, after, events});
  });
  const json::value found = problem("steps");
  EXPECT_EQ(string_at(found, "text"), "a step waits for people and asks nobody");
  const std::string reference = string_at(found, "on");
  EXPECT_THAT(commands_of(found), ElementsAre(StartsWith("countersign retry " + reference +
                                                         " --reason 'nobody was asked' --config ")));
  Caller caller;
  caller.admin = true;
  caller.actor = Actor{.kind = Actor::Kind::person, .person = PersonId("adm"), .channel = "cli"};
  engine_->submit(RetryRequest{item.instance, 0, "nobody was asked"}, std::move(caller),
                  [&](const Answer& answer) { EXPECT_TRUE(answer) << answer.error().error.message; });
  engine_->drain();
  EXPECT_TRUE(findings("steps").empty());
}

// A people file that was emptied by mistake gave a problem for each of the items.
TEST_F(DoctorOverData, SaysOnceWhatManyItemsHaveInCommon) {
  for (int i = 0; i < 6; ++i) start();
  write("people.yaml",
        "people:\n  - {id: adm, name: Adm, mail: adm@example.com}\n"
        "groups:\n  finance: [adm]\n  admins: [adm]\n");
  const json::value found = problem("items");
  EXPECT_EQ(string_at(found, "text"), "7 work items wait for people who are not in the directory any more");
  EXPECT_THAT(string_at(found, "on"), EndsWith(" and 2 more"));
  EXPECT_EQ(string_at(found, "why"), "boss is not in the directory");
  const auto remedies = remedies_of(found);
  ASSERT_EQ(remedies.size(), 2U);
  EXPECT_THAT(remedies[0].words, StartsWith("put boss back into "));
  EXPECT_THAT(remedies[0].commands, ElementsAre(StartsWith("countersign reload ")));
  EXPECT_THAT(remedies[1].commands, SizeIs(7));
  EXPECT_THAT(remedies[1].commands, Each(StartsWith("countersign reassign i_")));
}

constexpr const char* kDoctorLevels = R"(workflow: levels
start: [form]
statuses: [done, rejected]
steps:
  - id: all
    gates:
      - stage: first
        only: group("finance")
        steps:
          - id: look
            task: {for: person("boss")}
  - end: done
)";

// `only` binds everybody, and whoever was asked may have left the group that it names.
TEST_F(DoctorOverData, FindsWorkThatOnlyKeepsFromWhoeverIsAsked) {
  std::string people = kDoctorPeople;
  people.replace(people.find("finance: [fin]"), 14, "finance: [fin, boss]");
  write("people.yaml", people);
  write("flows/levels.yaml", kDoctorLevels);
  close_store();
  open_store();
  ask(StartRequest{WorkflowId("levels"), PersonId("rep"), json::object()}, "rep");
  EXPECT_THAT(findings("items"), IsEmpty()) << "boss is named";
  write("people.yaml", kDoctorPeople);
  const json::value found = problem("items");
  EXPECT_EQ(string_at(found, "text"), "nobody can decide look");
  EXPECT_EQ(string_at(found, "why"), "'only' of its stage does not name boss");
  EXPECT_THAT(commands_of(found), ElementsAre(HasSubstr(" --to fin --reason ")));
}

TEST_F(DoctorOverData, FindsAnEmptyGroup) {
  std::string people = kDoctorPeople;
  people.replace(people.find("fin@example.com}"), 16, "fin@example.com, active: false}");
  write("people.yaml", people);
  const json::value found = problem("items");
  EXPECT_EQ(string_at(found, "why"), "the group 'finance' has no active member");
}

TEST_F(DoctorOverData, FindsAGroupWhoseMembersHaveAllDecided) {
  const auto items = store_->reader().open_items({}, 100);
  const auto asked = std::ranges::find(*items, "finance", &OpenItemRow::group);
  ASSERT_NE(asked, items->end());
  run_job([&](Transaction& writes) -> Result<void> {
    const auto before = writes.load(asked->instance);
    auto after = std::make_shared<State>(**before);
    Roster roster = after->activations.at(ActivationId(asked->activation)).roster;
    roster.needed = 2;
    roster.seats.push_back({.person = PersonId("fin"),
                            .vote = Seat::Vote::approved,
                            .by = PersonId("fin"),
                            .decided = after->seq});
    const std::vector<Event> events{
        {after->seq + 1, clock_.now(), RosterSet{ActivationId(asked->activation), roster}}};
    evolve(*after, events.front());
    return writes.apply(Change{*before, after, events});
  });
  EXPECT_THAT(string_at(problem("items"), "why"),
              HasSubstr("whoever is in the group 'finance' has decided there"));
}

TEST_F(DoctorOverData, FindsAnAddressThatBounces) {
  const auto rows = store_->reader().outbox("pending", "mail", 50, "");
  std::int64_t to_boss = 0;
  for (const OutboxRow& row : rows->rows) {
    if (row.recipient.value == "boss") to_boss = row.id;
  }
  run_job([&](Transaction& writes) {
    return writes.finish_outbox(to_boss, OutboxStatus::dead, "550 5.1.1 no such user");
  });
  const json::value item = problem("items");
  EXPECT_THAT(string_at(item, "why"), HasSubstr("mail to boss <boss@example.com> comes back: 550"));
  const json::value letter = problem("outbox");
  EXPECT_THAT(commands_of(letter),
              ElementsAre(StartsWith("countersign outbox retry " + std::to_string(to_boss) + " "),
                          StartsWith("countersign outbox drop " + std::to_string(to_boss) + " ")));
}

TEST_F(DoctorOverData, FindsMailThatCannotLeave) {
  std::filesystem::remove(folder_.file("connectors/email.yaml"));
  const auto lacking = findings("delivery");
  ASSERT_EQ(lacking.size(), 1U);
  EXPECT_THAT(string_at(lacking.front(), "text"), HasSubstr("no mail can leave"));
  const auto remedies = remedies_of(lacking.front());
  ASSERT_EQ(remedies.size(), 1U);
  EXPECT_THAT(remedies.front().words,
              HasSubstr("connectors/email.yaml with the lines 'connector: email', 'kind: email'"));
  EXPECT_THAT(findings("outbox"), IsEmpty()) << "it was not tried yet";
  const auto rows = store_->reader().outbox("pending", "mail", 50, "");
  ASSERT_FALSE(rows->rows.empty());
  run_job([&](Transaction& writes) {
    return writes.retry_outbox(rows->rows.front().id, clock_.now() + std::chrono::hours(1),
                               "there is no mail connector 'email'");
  });
  const auto waiting = findings("outbox");
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(string_at(waiting.front(), "on"), "mail");
  EXPECT_THAT(string_at(waiting.front(), "text"), HasSubstr("wait, the oldest since"));
  EXPECT_EQ(string_at(waiting.front(), "why"), "there is no mail connector 'email'");
}

TEST_F(DoctorOverData, FindsSomebodyWhomNothingReaches) {
  std::string people = kDoctorPeople;
  people.replace(people.find(", mail: boss@example.com"), 24, "");
  write("people.yaml", people);
  EXPECT_THAT(string_at(problem("items"), "why"), HasSubstr("neither a mail address nor a channel"));
}

TEST_F(DoctorOverData, FindsWorkflowsThatNameAMissingGroup) {
  std::string people = kDoctorPeople;
  people.erase(people.find("  finance: [fin]\n"), 17);
  write("people.yaml", people);
  const auto files = findings("files");
  ASSERT_FALSE(files.empty());
  EXPECT_THAT(string_at(files.front(), "text"), HasSubstr("unknown group 'finance'"));
  EXPECT_THAT(string_at(files.front(), "on"), EndsWith("flows/two.yaml:15"));
  EXPECT_THAT(commands_of(files.front()), ElementsAre(StartsWith("countersign reload ")));
  const json::value version = problem("versions");
  EXPECT_THAT(string_at(version, "why"), HasSubstr("unknown group 'finance'"));
}

TEST_F(DoctorOverData, FindsABudgetOfAYearThatIsOver) {
  write("countersign.yaml",
        "data: data\nworkflows: [flows]\nconnectors: [connectors]\npeople: people.yaml\nledgers:\n"
        "  travel: {currency: EUR, year: 2001, amount: 100}\n"
        "  books: {currency: EUR, year: 2999, amount: 100}\n"
        "  tea: {currency: EUR, amount: 100}\n");
  const auto found = findings("ledgers");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(string_at(found.front(), "text"), "travel 2001 is of a year that is over");
  EXPECT_THAT(remedies_of(found.front()).at(0).words, HasSubstr("under 'ledgers'"));
}

TEST_F(DoctorOverData, FindsAClockBehindTheNewestEvent) {
  clock_.advance(std::chrono::hours(3));
  start();
  EXPECT_THAT(commands_of(problem("clock")),
              ElementsAre("timedatectl set-ntp true", StartsWith("countersign reload ")));
}

TEST_F(DoctorOverData, FindsTimersThatDoNotAct) {
  sql("UPDATE timer SET due = 1000;");
  EXPECT_THAT(string_at(problem("timers"), "why"), HasSubstr("one was due at 1970-01-01T00:00:01Z"));
}

TEST_F(DoctorOverData, AnEventASecondAheadIsNoClockThatIsWrong) {
  clock_.advance(std::chrono::hours(1) + std::chrono::seconds(1));
  start();
  EXPECT_THAT(doctor().out, HasSubstr("the clock is not behind the newest event"));
}

TEST(DoctorOverADisk, FindsOneThatIsFullNearlyFullReadOnlyOrGone) {
  const auto found = [](const Result<web::DiskSpace>& space) {
    Findings findings;
    check_disk_space("/var/lib/countersign", space, findings);
    EXPECT_EQ(findings.all.size(), 1U);
    return findings.all.front();
  };
  using enum Finding::Grade;
  const Finding full = found(web::DiskSpace{.free_bytes = 1 << 20});
  EXPECT_EQ(full.grade, problem);
  EXPECT_EQ(full.text, "1 MB are free");
  EXPECT_EQ(full.on, "/var/lib/countersign");
  EXPECT_EQ(full.why, "a full disk stops every decision");
  EXPECT_EQ(full.mend.at(0).commands, std::vector<std::string>{"df -h /var/lib/countersign"});
  EXPECT_EQ(found(web::DiskSpace{.free_bytes = web::kDiskFreeBytesMin}).grade, warning);
  const Finding locked = found(web::DiskSpace{.free_bytes = 1ULL << 40, .is_read_only = true});
  EXPECT_EQ(locked.grade, problem);
  EXPECT_EQ(locked.mend.at(0).commands, std::vector<std::string>{"mount -o remount,rw /var/lib/countersign"});
  EXPECT_EQ(found(fail(ErrorCode::storage, "cannot look at it")).text, "cannot look at it");
  EXPECT_EQ(found(web::DiskSpace{.free_bytes = 1ULL << 40}).grade, good);
}

TEST_F(DoctorOverData, FindsALogThatGrowsAndGrows) {
  close_store();
  std::ofstream(database() + "-wal");
  std::filesystem::resize_file(database() + "-wal", 225 << 20);  // sparse
  EXPECT_EQ(string_at(problem("disk"), "on"), database() + "-wal");
}

TEST_F(DoctorOverData, FindsALostUploadAndADamagedOne) {
  const std::string there = "aa" + std::string(62, '0');
  write("data/files/aa/" + there, "four");
  for (const auto& [id, hash, size] : {std::tuple("f_1", there, 4), std::tuple("f_2", there, 5),
                                       std::tuple("f_3", "bb" + std::string(62, '0'), 4)}) {
    run_job([&](Transaction& writes) {
      return writes.add_file({id, hash, "bill.pdf", "application/pdf", static_cast<std::uint64_t>(size),
                              PersonId("rep"), clock_.now()});
    });
  }
  const auto found = findings("uploads");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(string_at(found[0], "on"), "f_2");
  EXPECT_EQ(string_at(found[0], "text"), "the upload 'bill.pdf' is damaged");
  EXPECT_EQ(string_at(found[1], "text"), "the upload 'bill.pdf' is lost");
  EXPECT_THAT(remedies_of(found[1]).at(0).words, StartsWith("copy files/bb/"));
}

TEST_F(DoctorOverData, FindsOwedStartsAndWebhooks) {
  run_job([&](Transaction& writes) -> Result<void> {
    InboundRow hook;
    hook.source = "crm";
    hook.delivery_id = "d1";
    hook.received_at = clock_.now();
    hook.status = "error";
    hook.error = "no such field";
    if (auto added = writes.add_inbound(hook); !added) return std::unexpected(added.error());
    if (auto set = writes.set_schedule({WorkflowId("two"), "monthly", "x", clock_.now(), "2026-03"}); !set)
      return set;
    return writes.owe_start({WorkflowId("two"), "monthly", PersonId("rep"), "2026-03", clock_.now(),
                             "nobody is the manager", clock_.now()});
  });
  EXPECT_THAT(commands_of(problem("inbound")), ElementsAre(StartsWith("countersign inbound replay 1 "),
                                                           StartsWith("countersign inbound drop 1 ")));
  EXPECT_EQ(string_at(problem("schedules"), "why"), "nobody is the manager");
  EXPECT_THAT(commands_of(problem("schedules")),
              ElementsAre(StartsWith("countersign workflow retry two monthly --person rep ")));
}

TEST_F(DoctorOverData, FindsASchemaOfAnotherVersion) {
  close_store();
  sql("PRAGMA user_version = 1;");
  EXPECT_THAT(string_at(problem("database"), "text"), HasSubstr("its schema is version 1"));
}

TEST_F(DoctorOverData, RebuildIsRefusedWhileADaemonRuns) {
  const Ran ran = doctor({"--rebuild"});
  EXPECT_EQ(ran.code, 5);
  EXPECT_THAT(ran.err, HasSubstr("stop the daemon first"));
}

TEST_F(DoctorOverData, RebuildProvesAndMends) {
  close_store();
  EXPECT_EQ(doctor({"--rebuild"}).code, 0);
  sql("UPDATE work_item SET assignee = 'mallory' WHERE number > 0; DELETE FROM timer;");
  const Ran dry = doctor({"--rebuild"});
  EXPECT_EQ(dry.code, 1);
  EXPECT_THAT(dry.out, HasSubstr("differs  work_item"));
  EXPECT_THAT(dry.out, HasSubstr("nothing was changed; --apply makes it as the log says"));
  EXPECT_EQ(doctor({"--rebuild", "--apply"}).code, 0);
  const Ran after = doctor({"--rebuild"});
  EXPECT_EQ(after.code, 0) << after.out;
  EXPECT_THAT(after.out, HasSubstr("everything is as the log says"));
  EXPECT_EQ(doctor({"--apply"}).code, 2) << "it goes with --rebuild";
}

}  // namespace
}  // namespace countersign::cli::test
