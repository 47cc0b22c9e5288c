// The queries that the engine lives on are served by an index alone, whatever the size of the tables.

#include <algorithm>
#include <mutex>

#include <sqlite3.h>

#include "tests/store/sample_process.h"
#include "tests/store/sqlite_store_fixture.h"

namespace countersign {
namespace {

using sample::at;
using sample::id_of;

// Collects the SQL that every connection of this program runs.
class Tape {
 public:
  static int attach(sqlite3* db, const char**, const sqlite3_api_routines*) {
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, &Tape::note, nullptr);
  }
  static void start() {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&Tape::attach));
    const std::lock_guard lock(mutex);
    statements.clear();
  }
  static std::vector<std::string> stop() {
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&Tape::attach));
    const std::lock_guard lock(mutex);
    return std::exchange(statements, {});
  }

 private:
  static int note(unsigned, void*, void* statement, void*) {
    const std::lock_guard lock(mutex);
    statements.emplace_back(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
    return 0;
  }
  static inline std::mutex mutex;
  static inline std::vector<std::string> statements;
};

std::string plan_of(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
  sqlite3_stmt* statement = nullptr;
  std::string plan;
  if (sqlite3_prepare_v2(db, ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &statement, nullptr) == SQLITE_OK) {
    while (sqlite3_step(statement) == SQLITE_ROW) {
      plan += reinterpret_cast<const char*>(sqlite3_column_text(statement, 3));
      plan += '\n';
    }
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return plan;
}

bool is_query(const std::string& sql) {
  return sql.starts_with("SELECT") || sql.starts_with("UPDATE") || sql.starts_with("DELETE FROM");
}

struct Access {
  const char* name;
  std::function<void(SqliteUnderTest&)> call;
  const char* index;  // named in the plan
};

class SqlitePlans : public testing::TestWithParam<Access> {};

TEST_P(SqlitePlans, UseAnIndexAndNeverWalkOrSort) {
  Tape::start();
  std::vector<std::string> statements;
  SqliteUnderTest test;
  (void)test.run(sample::start_job(id_of(1), {.claim_key = "k", .counter = 1}));
  (void)test.run([](Transaction& transaction) -> Result<void> {
    if (auto id = transaction.add_outbox(sample::message("mail", at(0), "thread")); !id) {
      return std::unexpected(id.error());
    }
    return {};
  });
  (void)Tape::stop();
  Tape::start();
  GetParam().call(test);
  statements = Tape::stop();
  // Of keys there are few, and no index.
  std::erase_if(statements, [](const std::string& sql) {
    return !is_query(sql) || sql.find("FROM api_key") != std::string::npos;
  });
  ASSERT_FALSE(statements.empty());
  std::string all;
  for (const std::string& sql : statements) {
    const std::string plan = plan_of(test.path(), sql);
    all += plan;
    // A scan in an index's own order, ended by LIMIT, is a walk from its first entry only.
    if (sql.find("LIMIT 1") == std::string::npos && sql.find("FROM target ") == std::string::npos) {
      EXPECT_EQ(plan.find("SCAN"), std::string::npos) << sql << '\n' << plan;
    }
    EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << sql << '\n' << plan;
  }
  EXPECT_NE(all.find(GetParam().index), std::string::npos) << all;
}

INSTANTIATE_TEST_SUITE_P(
    OfTheEngine, SqlitePlans,
    testing::Values(
        Access{"AbsencesFromACalendar",
               [](SqliteUnderTest& test) {
                 (void)test.run([](Transaction& transaction) -> Result<void> {
                   (void)transaction.absences_from(PersonId("li.na"), "outlook", at(1));
                   return {};
                 });
               },
               "absence_source"},
        Access{"Inbox",
               [](SqliteUnderTest& test) {
                 (void)test.reader().work_items(
                     {.assignee = "li.na", .groups = {"finance"}, .status = "open"}, 50, "");
               },
               "work_item_inbox"},
        Access{"GroupInbox",
               [](SqliteUnderTest& test) {
                 (void)test.reader().work_items({.groups = {"finance"}, .status = "open"}, 50, "");
               },
               "work_item_group"},
        Access{"NextTimer", [](SqliteUnderTest& test) { (void)test.reader().next_timer(); }, "SCAN timer"},
        Access{"DueTimers", [](SqliteUnderTest& test) { (void)test.reader().due_timers(at(0), 100); },
               "USING PRIMARY KEY (due<?)"},
        Access{"DueOutbox", [](SqliteUnderTest& test) { (void)test.reader().due_outbox("mail", at(0), 100); },
               "USING INDEX outbox_due (target=? AND next_at<?)"},
        Access{"Instance", [](SqliteUnderTest& test) { (void)test.reader().instance(id_of(1)); },
               "sqlite_autoindex_instance_1 (id=?)"},
        Access{"ByReference",
               [](SqliteUnderTest& test) { (void)test.reader().instance_by_reference("EXP-1"); },
               "instance_reference"},
        Access{"Events", [](SqliteUnderTest& test) { (void)test.reader().events(id_of(1), 0, 100); },
               "event_of_instance"},
        Access{"Feed", [](SqliteUnderTest& test) { (void)test.reader().feed("", 100); },
               "USING INTEGER PRIMARY KEY (rowid>?)"},
        Access{"Link", [](SqliteUnderTest& test) { (void)test.reader().link(std::string(32, 'x')); },
               "SEARCH link USING PRIMARY KEY"},
        Access{"LinksOfAPerson",
               [](SqliteUnderTest& test) {
                 (void)test.run(
                     [](Transaction& writes) { return writes.revoke_links_of(PersonId("li.na")); });
               },
               "link_person (person=?)"},
        Access{"Claims", [](SqliteUnderTest& test) { (void)test.reader().asked(); }, "work_item_claimed"},
        Access{"InstancesOfAClaim",
               [](SqliteUnderTest& test) {
                 (void)test.reader().instances_asking(PersonId("li.na"), "finance", 100, "");
               },
               "work_item_claimed (assignee=? AND candidates=?)"},
        Access{"FileUses", [](SqliteUnderTest& test) { (void)test.reader().file_uses("f_1", 100); },
               "USING PRIMARY KEY (file=?)"},
        Access{"DeadLetters", [](SqliteUnderTest& test) { (void)test.reader().outbox("dead", "", 50, ""); },
               "outbox_stuck"},
        Access{"Decision",
               [](SqliteUnderTest& test) { (void)test.run(sample::decide_job(id_of(1), "zhao.lei", at(5))); },
               "SEARCH work_item USING PRIMARY KEY (instance=? AND number=?)"},
        Access{"HeldMessages",
               [](SqliteUnderTest& test) {
                 (void)test.run([](Transaction& writes) -> Result<void> {
                   (void)writes.held_messages(PersonId("li.na"), 10);
                   (void)writes.digest_entries(3);
                   return writes.postpone_messages(PersonId("li.na"), at(9));
                 });
               },
               "outbox_held"},
        Access{"Overdue", [](SqliteUnderTest& test) { (void)test.reader().open_items(at(0), 100); },
               "USING INDEX work_item_open (due<?)"},
        Access{"Waits", [](SqliteUnderTest& test) { (void)test.reader().decided_items(at(0), 100); },
               "work_item_decided"},
        Access{"Delivery",
               [](SqliteUnderTest& test) {
                 (void)test.run(
                     [](Transaction& writes) { return writes.finish_outbox(1, OutboxStatus::sent, ""); });
               },
               "outbox_order"},
        Access{"Dropping",
               [](SqliteUnderTest& test) {
                 (void)test.run([](Transaction& writes) -> Result<void> {
                   (void)writes.drop_messages(id_of(1), 3);
                   return writes.revoke_links(id_of(1), 3);
                 });
               },
               "link_of_item"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace countersign
