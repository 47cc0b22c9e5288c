// countersign doctor over the data folder: every finding says on what, why, and which command mends it.

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/doctor_checks.h"
#include "core/evolve.h"
#include "definition/configuration_loader.h"
#include "runtime/engine.h"
#include "runtime/workspace.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/cli/command_run.h"
#include "tests/store/temporary_folder.h"

namespace countersign::cli::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kDoctorPeople = R"(people:
  - {id: boss, name: Boss, mail: boss@example.com}
  - {id: rep, name: Rep, mail: rep@example.com, manager: boss}
  - {id: fin, name: Fin, mail: fin@example.com}
  - {id: adm, name: Adm, mail: adm@example.com}
groups:
  finance: [fin]
  admins: [adm]
)";
constexpr const char* kDoctorFlow = R"(workflow: two
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
    remind:
      - {after: 1 business day}
  - id: finance
    approve:
      by: group("finance")
      need: 1
  - end: approved
)";

// An installation with one instance that waits for its manager, and another that waits for finance.
class DoctorOverData : public ::testing::Test {
 protected:
  DoctorOverData() {
    write("countersign.yaml",
          "data: data\nworkflows: [flows]\nconnectors: [connectors]\npeople: people.yaml\n");
    write("connectors/email.yaml",
          "connector: email\nkind: email\nhost: mail.example.com\nfrom: approvals@example.com\n");
    write("people.yaml", kDoctorPeople);
    write("flows/two.yaml", kDoctorFlow);
    open_store();
    start();
    const std::string second = start();
    decide(second, "boss");
  }

  void write(const std::string& name, const std::string& text) {
    const std::string path = folder_.file(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
  }
  void open_store() {
    std::filesystem::create_directories(folder_.file("data"));
    SqliteOptions options;
    options.path = database();
    auto opened = SqliteStore::open(options);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
    Configuration configuration = default_configuration();
    configuration.people = folder_.file("people.yaml");
    configuration.workflows = {folder_.file("flows")};
    configuration.connectors = {};
    auto workspace = load_workspace(configuration, nullptr);
    ASSERT_TRUE(workspace && workspace->snapshot) << "the installation does not load";
    ASSERT_FALSE(workspace->diagnostics.has_errors()) << workspace->diagnostics.to_text();
    library_ = std::make_unique<Library>(workspace->snapshot);
    load_versions_from(store_->reader(), *library_);
    engine_ = std::make_unique<Engine>(*store_, *library_, clock_, random_, links_);
  }
  void close_store() {
    engine_.reset();
    library_.reset();
    store_.reset();
  }
  std::string ask(Request request, const std::string& person) {
    Caller caller;
    caller.actor = Actor{.kind = Actor::Kind::person, .person = PersonId(person), .channel = "api"};
    std::string id;
    engine_->submit(std::move(request), std::move(caller), [&](const Answer& answer) {
      if (answer) id = string_at(*parse_json(answer->body), "id");
    });
    engine_->drain();
    return id;
  }
  std::string start() { return ask(StartRequest{WorkflowId("two"), PersonId("rep"), json::object()}, "rep"); }
  void decide(const std::string& id, const std::string& person) {
    const auto items = store_->reader().open_items({}, 100);
    for (const OpenItemRow& item : *items) {
      if (item.instance.value != id) continue;
      ask(DecisionRequest{item.instance, item.number, 1, "approved", {}, {}, {}, {}, {}}, person);
    }
  }
  void run_job(const Job& job) { ASSERT_TRUE(store_->run(std::span(&job, 1)).front()); }
  void sql(const std::string& script) {
    auto db = sqlite::Connection::open(database(), sqlite::Connection::Access::read_write, {});
    ASSERT_TRUE(db);
    const auto done = (*db)->execute("PRAGMA busy_timeout = 2000;" + script);
    ASSERT_TRUE(done) << done.error().message;
  }
  std::string database() const { return folder_.file("data/countersign.db"); }

  Ran doctor(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"doctor", "--config", folder_.file("countersign.yaml"), "--url",
                                       "http://127.0.0.1:1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  // The findings of a check that are not good.
  std::vector<json::object> findings(const std::string& check) const {
    const Ran ran = doctor({"--json"});
    std::vector<json::object> found;
    const auto report = parse_json(ran.out);
    EXPECT_TRUE(report) << ran.out << ran.err;
    if (!report) return found;
    for (const json::value& finding : find(*report, "findings")->as_array()) {
      if (string_at(finding, "check") == check && string_at(finding, "grade") != "ok")
        found.push_back(finding.as_object());
    }
    return found;
  }
  // The one finding of a check: a problem whose members say all.
  json::value problem(const std::string& check) const {
    const auto found = findings(check);
    EXPECT_EQ(found.size(), 1U) << check << ": " << doctor().out;
    if (found.empty()) return json::object();
    EXPECT_EQ(string_at(found.front(), "grade"), "problem");
    EXPECT_FALSE(string_at(found.front(), "on").empty());
    EXPECT_FALSE(string_at(found.front(), "why").empty());
    EXPECT_EQ(doctor().code, 1);
    return found.front();
  }

  TemporaryFolder folder_;
  ManualClock clock_{SystemClock().now() - std::chrono::hours(1)};
  SeededRandom random_{5};
  Links links_{std::string(32, 'k'), "http://127.0.0.1:8080"};
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<Library> library_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(DoctorOverData, FindsNothingWhereAllIsWellThoughNoDaemonRuns) {
  const Ran ran = doctor();
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2 open work items, somebody can decide each"));
  const auto daemon = findings("daemon");
  ASSERT_EQ(daemon.size(), 1U);
  EXPECT_EQ(string_at(daemon.front(), "grade"), "warning");
  EXPECT_EQ(string_at(daemon.front(), "mend"), "countersign serve");
}

TEST_F(DoctorOverData, FindsAPersonWhoLeftAndNamesTheCommand) {
  std::string people = kDoctorPeople;
  people.replace(people.find("boss@example.com}"), 17, "boss@example.com, active: false}");
  write("people.yaml", people);
  const json::value found = problem("items");
  EXPECT_EQ(string_at(found, "text"), "nobody can decide manager");
  EXPECT_EQ(string_at(found, "why"), "boss has left");
  EXPECT_THAT(string_at(found, "mend"), StartsWith("countersign reassign i_"));
  EXPECT_THAT(string_at(found, "mend"), HasSubstr(" --to adm --reason 'boss has left'"));
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
  EXPECT_EQ(string_at(found, "mend"), "countersign retry " + reference + " --reason 'nobody was asked'");
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
  EXPECT_THAT(string_at(found, "on"), testing::EndsWith(" and 2 more"));
  EXPECT_EQ(string_at(found, "why"), "boss is not in the directory");
  EXPECT_THAT(
      string_at(found, "mend"),
      StartsWith("put them back into the people file, then: countersign reload; or countersign reassign i_"));
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
  EXPECT_THAT(string_at(found, "mend"), HasSubstr(" --to fin --reason "));
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
  EXPECT_EQ(string_at(letter, "mend"), "countersign outbox retry " + std::to_string(to_boss));
}

TEST_F(DoctorOverData, FindsMailThatCannotLeave) {
  std::filesystem::remove(folder_.file("connectors/email.yaml"));
  const auto lacking = findings("delivery");
  ASSERT_EQ(lacking.size(), 1U);
  EXPECT_THAT(string_at(lacking.front(), "text"), HasSubstr("no mail can leave"));
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
  EXPECT_THAT(string_at(files.front(), "mend"), StartsWith("countersign validate "));
  const json::value version = problem("versions");
  EXPECT_THAT(string_at(version, "why"), HasSubstr("unknown group 'finance'"));
  EXPECT_THAT(string_at(version, "mend"), StartsWith("countersign workflow migrate two"));
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
  EXPECT_THAT(string_at(found.front(), "mend"), HasSubstr("under 'ledgers'"));
}

TEST_F(DoctorOverData, FindsAnIncident) {
  sql("UPDATE instance SET incident = 'no manager' WHERE n = 1;");
  const json::value found = problem("instances");
  EXPECT_EQ(string_at(found, "why"), "no manager");
  EXPECT_THAT(string_at(found, "mend"), StartsWith("countersign retry "));
}

TEST_F(DoctorOverData, FindsAClockBehindTheNewestEvent) {
  clock_.advance(std::chrono::hours(3));
  start();
  EXPECT_THAT(string_at(problem("clock"), "mend"), HasSubstr("countersign reload"));
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
  EXPECT_EQ(full.mend, "df -h /var/lib/countersign");
  EXPECT_EQ(found(web::DiskSpace{.free_bytes = web::kDiskFreeBytesMin}).grade, warning);
  const Finding locked = found(web::DiskSpace{.free_bytes = 1ULL << 40, .is_read_only = true});
  EXPECT_EQ(locked.grade, problem);
  EXPECT_EQ(locked.mend, "mount -o remount,rw /var/lib/countersign");
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
  EXPECT_THAT(string_at(found[1], "mend"), StartsWith("cp BACKUP/files/bb/"));
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
  EXPECT_EQ(string_at(problem("inbound"), "mend"),
            "countersign inbound replay 1, or countersign inbound drop 1");
  EXPECT_EQ(string_at(problem("schedules"), "why"), "nobody is the manager");
  EXPECT_EQ(string_at(problem("schedules"), "mend"), "countersign workflow retry two monthly --person rep");
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
