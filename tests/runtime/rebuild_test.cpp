// What is derived from the event log is made anew from it, and is what was there.

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Groups, a loop, budgets, an order, chasing: whatever leaves rows behind.
constexpr const char* kSpend = R"(workflow: spend
key: form.note
start:
  - form:
form:
  note: {type: text, required: true}
  amount: {type: money, currency: CNY, required: true}
statuses: [approved, rejected]
steps:
  - id: hold
    budget:
      reserve: form.amount
      from: '"travel"'
    on:
      insufficient: {end: rejected}
  - id: manager
    approve:
      by: requester.manager
    due: 1 business day
    remind:
      - {after: 1 business day, every: 1 business day, at_most: 5}
    escalate:
      after: 2 business days
      to: group("finance")
  - id: both
    approve:
      by:
        - person("boss")
        - person("fin")
      need: all
      order: one_by_one
  - budget:
      commit: hold
  - end: approved
)";
constexpr const char* kPlain = R"(workflow: plain
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: finance
    approve:
      by: group("finance")
      need: 1
    remind:
      - {after: 1 business hour, every: 2 business hours, at_most: 5}
  - id: manager
    approve:
      by: requester.manager
  - end: approved
)";

constexpr const char* kScanned = R"(workflow: scanned
start:
  - form:
form:
  scan: {type: file}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
      show: [scan]
  - end: approved
)";

class RebuildTest : public EngineFixture {
 protected:
  // Random acts by random people at random times, the same for the same seed.
  void live(unsigned seed, int acts) {
    LedgerSettings travel;
    travel.name = "travel";
    travel.year = 2026;
    travel.currency = "CNY";
    travel.amount = Decimal::from_int(1'000'000);
    ASSERT_TRUE(run([&](Transaction& transaction) -> Result<void> {
      const auto set = transaction.set_ledgers({travel}, clock.now());
      return set ? Result<void>() : std::unexpected(set.error());
    }));
    load(kPlain);
    load(kSpend);
    load(kScanned);
    const AddFile scan{"f_1", std::string(64, '0'), "scan.pdf", "application/pdf", 3};
    ASSERT_EQ(ask(scan, by("rep")).status, 201);
    start("scanned", R"({"scan": "f_1"})");
    std::mt19937 dice(seed);
    std::vector<std::string> ids;
    for (int i = 0; i < acts; ++i) {
      const auto roll = dice() % 10;
      if (roll < 2 || ids.empty()) {
        const bool spends = dice() % 2 == 0;
        ids.push_back(spends ? start("spend", fmt_form(i)) : start("plain"));
      } else if (roll < 8) {
        const std::string& id = ids[dice() % ids.size()];
        const char* person = std::array{"boss", "fin", "rep"}[dice() % 3];
        const char* outcome =
            std::array{"approved", "approved", "rejected", "returned", "resubmitted"}[dice() % 5];
        if (dice() % 4 == 0) {
          hand_on(id, person,
                  dice() % 2 == 0 ? ItemActRequest::Act::transfer : ItemActRequest::Act::add_approver);
        } else {
          act(id, person, outcome);
        }
      } else {
        advance(std::chrono::minutes(30 + dice() % 1200));
      }
    }
  }
  Result<void> run(const Job& job) { return store->run(std::span(&job, 1)).front(); }
  static std::string fmt_form(int i) {
    return R"({"note": "n)" + std::to_string(i) + R"(", "amount": "10.50"})";
  }

  void act(const std::string& id, const std::string& person, const std::string& outcome) {
    for (const WorkItemRow& item : items(id)) {
      if (item.status != ItemStatus::open) continue;
      if (item.assignee.value != person && !(item.group == "finance" && person == "fin")) continue;
      (void)ask(
          DecisionRequest{InstanceId(id), item.number, item.version, outcome, "because", {}, {}, {}, {}},
          by(person));
      return;
    }
  }

  // To somebody who is not asked yet, or gets them beside.
  void hand_on(const std::string& id, const std::string& person, ItemActRequest::Act what) {
    for (const WorkItemRow& item : items(id)) {
      if (item.status != ItemStatus::open || item.assignee.value != person) continue;
      for (const char* to : {"fin", "boss", "adm"}) {
        const ItemActRequest request{.act = what,
                                     .instance = InstanceId(id),
                                     .item = item.number,
                                     .version = {},
                                     .people = {to},
                                     .where = AddedAs::beside,
                                     .comment = "knows more"};
        if (ask(request, by(person)).status == 200) return;
      }
    }
  }

  // The database's own connection: what a disk or a person with a shell might do to it.
  void damage(const char* script) {
    auto db = sqlite::Connection::open(folder_path() + "/countersign.db",
                                       sqlite::Connection::Access::read_write, {});
    ASSERT_TRUE(db);
    const auto done = (*db)->execute(std::string("PRAGMA busy_timeout = 2000;") + script);
    ASSERT_TRUE(done) << done.error().message;
  }
  std::string contents() {
    auto db = sqlite::Connection::open(folder_path() + "/countersign.db",
                                       sqlite::Connection::Access::read_only, {});
    EXPECT_TRUE(db);
    std::string all;
    const auto add = [&](sqlite::Rows rows) {
      while (rows.next()) all += rows.string(0) + "\n";
    };
    add((*db)->query(
        "SELECT json_array(n, id, workflow, version, reference, key, status, ended, requester, stage, "
        "round, seq, started_at, changed_at, ended_at, incident) FROM instance ORDER BY n"));
    add((*db)->query(
        "SELECT json_array(instance, number, activation, step, assignee, candidates, status, version, "
        "round, opened_at, due, closed_at, outcome, decided_by, channel, comment, added, added_by, "
        "transferred_by, on_behalf_of) FROM work_item "
        "ORDER BY instance, number"));
    add((*db)->query(
        "SELECT json_array(due, instance, activation, item, kind, rule) FROM timer ORDER BY due, "
        "instance, activation, item, kind, rule"));
    add((*db)->query("SELECT json_array(scope, key, holder) FROM claim ORDER BY scope, key"));
    add((*db)->query("SELECT json_array(file, instance, seq) FROM file_use ORDER BY file, instance, seq"));
    add((*db)->query("SELECT json_array(name, amount, reserved, spent) FROM ledger ORDER BY n"));
    add((*db)->query(
        "SELECT json_array(instance, step, items, ledger, amount, since) FROM reservation ORDER BY "
        "instance, step, items"));
    return all;
  }

  static std::string differences(const sqlite::RebuildReport& report) {
    std::string all;
    for (const std::string& problem : report.problems) all += problem + "\n";
    for (const sqlite::RebuiltTable& table : report.tables) {
      if (table.missing == 0 && table.surplus == 0) continue;
      all += table.name + ": " + std::to_string(table.missing) + "/" + std::to_string(table.surplus);
      for (const std::string& example : table.examples) all += " " + example;
      all += "\n";
    }
    return all;
  }
};

TEST_F(RebuildTest, GivesWhatIsThereWhateverPeopleDid) {
  live(11, 600);
  const auto report = store->rebuild(false);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->is_equal()) << differences(*report);
  EXPECT_GT(report->instances, 50U);
  EXPECT_GT(report->events, 1000U);
  EXPECT_THAT(contents(), AllOf(HasSubstr("\"beside\",\"boss\""), HasSubstr("\"\",\"\",\"boss\"")))
      << "somebody was added, and a work item handed over";
  for (const sqlite::RebuiltTable& table : report->tables) {
    EXPECT_GT(table.rows, 0U) << table.name << " was not put to the test";
  }
}

TEST_F(RebuildTest, RefusesToWriteRowsOfWhichItDoesNotKnowEveryColumn) {
  live(13, 60);
  damage("ALTER TABLE work_item ADD COLUMN told_by TEXT NOT NULL DEFAULT 'pigeon'");
  const std::string before = contents();
  for (const bool apply : {false, true}) {
    const auto report = store->rebuild(apply);
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().message, HasSubstr("cannot rebuild work_item: nobody has said how told_by"));
  }
  EXPECT_EQ(contents(), before);
}

TEST_F(RebuildTest, SaysWhatDiffersAndChangesNothingUntilItIsTold) {
  live(12, 200);
  const std::string before = contents();
  damage(
      "DELETE FROM timer; UPDATE work_item SET status = 1, assignee = 'mallory' WHERE number = (SELECT "
      "max(number) FROM work_item); UPDATE instance SET status = 'approved' WHERE n = 3; DELETE FROM claim; "
      "UPDATE ledger SET reserved = 0; DELETE FROM reservation; INSERT INTO timer VALUES(1, 1, 1, 1, 1, 1); "
      "DELETE FROM snapshot WHERE instance = 2;");
  const std::string damaged = contents();
  ASSERT_NE(damaged, before);
  const auto dry = store->rebuild(false);
  ASSERT_TRUE(dry) << dry.error().message;
  EXPECT_FALSE(dry->is_equal());
  EXPECT_EQ(contents(), damaged);
  for (const char* name : {"timer", "work_item", "instance", "claim", "ledger", "reservation", "snapshot"}) {
    const auto table = std::ranges::find(dry->tables, name, &sqlite::RebuiltTable::name);
    ASSERT_NE(table, dry->tables.end());
    EXPECT_GT(table->missing, 0U) << name;
    EXPECT_FALSE(table->examples.empty()) << name;
  }
  const auto applied = store->rebuild(true);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(contents(), before);
  const auto again = store->rebuild(false);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->is_equal()) << differences(*again);
}

TEST_F(RebuildTest, TheEngineGoesOnFromWhatWasMadeAnew) {
  live(13, 100);
  damage("DELETE FROM snapshot; DELETE FROM timer;");
  ASSERT_TRUE(store->rebuild(true));
  restart();
  const std::string id = start("plain");
  EXPECT_EQ(decide(id, "fin", "approved").status, 200);
  const auto report = store->rebuild(false);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->is_equal()) << differences(*report);
}

TEST_F(RebuildTest, AnEventThatIsGoneIsSaidAndItsInstanceKeepsItsRows) {
  live(14, 60);
  damage("DELETE FROM event WHERE instance = 1 AND seq = 2;");
  const std::string before = contents();
  const auto report = store->rebuild(true);
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->problems.size(), 1U);
  EXPECT_THAT(report->problems.front(), ::testing::HasSubstr("those before it are missing"));
  EXPECT_EQ(contents(), before);
}

}  // namespace
}  // namespace countersign::testing
