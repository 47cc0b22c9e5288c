#include "tests/bench/bare_loop.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <sqlite3.h>

#include "store/sqlite/sqlite_store.h"

namespace countersign::bench {
namespace {

class Loop {
 public:
  explicit Loop(const std::string& path) {
    check(sqlite3_open(path.c_str(), &database_));
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("PRAGMA cache_size=-32768");
  }
  ~Loop() {
    for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run(const char* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr));
    statements_.push_back(statement);
    return statement;
  }
  sqlite3_int64 number(const char* sql) {
    sqlite3_stmt* statement = prepare(sql);
    check(sqlite3_step(statement));
    const sqlite3_int64 value = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return value;
  }
  void step(sqlite3_stmt* statement) {
    const int result = sqlite3_step(statement);
    if (result != SQLITE_DONE) check(result);
    sqlite3_reset(statement);
  }

 private:
  void check(int result) {
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
    std::fprintf(stderr, "bare loop: %s\n", sqlite3_errmsg(database_));
    std::exit(1);
  }

  sqlite3* database_ = nullptr;
  std::vector<sqlite3_stmt*> statements_;
};

// What a decision that ends an instance of the load workflow writes: six events with their payloads, the
// snapshot, the instance, the work item and its timer changed, the request's message dropped where it was not
// sent yet, the requester's added, and a block for each commit.
double write_decisions(Loop& loop, const std::vector<BareInstance>& instances, int batch,
                       sqlite3_int64 first_block) {
  // Types and payloads as they stand in the daemon's log.
  struct Written {
    const char* type;
    const char* actor;
    const char* payload;
  };
  static constexpr Written kEvents[] = {
      {"item_changed", "person api",
       R"({"item":3,"act":"decide","status":"decided","outcome":"approved","by":{"kind":"person","person":"boss","channel":"api","authenticated":"key csk_pFIFjXXa"}})"},
      {"timer_cleared", "", R"({"timer":{"activation":2,"item":3,"kind":"remind"}})"},
      {"outcome_reached", "person api",
       R"({"activation":2,"outcome":"approved","by":{"kind":"person","person":"boss","channel":"api","authenticated":"key csk_pFIFjXXa"}})"},
      {"activation_closed", "", R"({"activation":2,"how":"completed"})"},
      {"frame_closed", "", R"({"frame":1,"reason":"left"})"},
      {"ended", "system", R"({"status":"approved","by":{"kind":"system"}})"},
  };
  sqlite3_stmt* event = loop.prepare(
      "INSERT INTO event VALUES(NULL, ?1, ?2, 1790000000000, ?3, 1, ?4, zeroblob(32), zeroblob(32), "
      "zeroblob(32))");
  sqlite3_stmt* payload = loop.prepare("INSERT INTO event_payload VALUES(NULL, zeroblob(16), ?1)");
  sqlite3_stmt* snapshot =
      loop.prepare("UPDATE snapshot SET head = zeroblob(32), state = hex(zeroblob(317)) WHERE instance = ?1");
  sqlite3_stmt* instance = loop.prepare(
      "UPDATE instance SET status = 'approved', ended = 1, seq = 12, changed_at = 1790000000001, ended_at = "
      "1790000000001 "
      "WHERE n = ?1");
  sqlite3_stmt* item = loop.prepare(
      "UPDATE work_item SET status = 2, closed_at = 1790000000001, outcome = 'approved', decided_by = "
      "'boss', channel = "
      "'api' WHERE instance = ?1 AND number = 3");
  sqlite3_stmt* timer = loop.prepare("DELETE FROM timer WHERE due = ?2 AND instance = ?1");
  sqlite3_stmt* drop =
      loop.prepare("UPDATE outbox SET status = 3, last_error = 'the item has closed' WHERE id = ?1");
  sqlite3_stmt* outbox = loop.prepare(
      "INSERT INTO outbox(id, target, order_key, idempotency_key, instance, item, kind, recipient, payload, "
      "nonce,"
      " status, blocked, attempts, created_at, next_at, last_error) "
      "VALUES(NULL, 'mail', '', 'i_01J0000000000000000000.12.1' || ?1, "
      "'i_01J0000000000000000000' || ?1, "
      "0, 'outcome', 'rep', '{\"kind\":\"outcome\"}', x'', 0, 0, 0, 1790000000000, 1790000000000, '')");
  sqlite3_stmt* block = loop.prepare("INSERT INTO block VALUES('1', ?1, 1, 6, zeroblob(32), zeroblob(32))");

  const auto begin = std::chrono::steady_clock::now();
  std::size_t done = 0;
  for (sqlite3_int64 commit = first_block; done < instances.size(); ++commit) {
    loop.run("BEGIN IMMEDIATE");
    for (int i = 0; i < batch && done < instances.size(); ++i, ++done) {
      const BareInstance& each = instances[done];
      for (int added = 1; added <= 6; ++added) {
        const Written& written = kEvents[added - 1];
        sqlite3_bind_int64(event, 1, each.n);
        sqlite3_bind_int64(event, 2, each.seq + added);
        sqlite3_bind_text(event, 3, written.type, -1, SQLITE_STATIC);
        sqlite3_bind_text(event, 4, written.actor, -1, SQLITE_STATIC);
        sqlite3_bind_text(payload, 1, written.payload, -1, SQLITE_STATIC);
        loop.step(event);
        loop.step(payload);
      }
      sqlite3_bind_int64(timer, 2, each.due);
      for (sqlite3_stmt* one : {snapshot, instance, item, timer, outbox}) {
        sqlite3_bind_int64(one, 1, each.n);
        loop.step(one);
      }
      if (each.outbox == 0) continue;
      sqlite3_bind_int64(drop, 1, each.outbox);
      loop.step(drop);
    }
    sqlite3_bind_int64(block, 1, commit);
    loop.step(block);
    loop.run("COMMIT");
  }
  return static_cast<double>(instances.size()) /
         std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

double measure_bare_loop(const std::string& path, std::size_t transitions, int batch) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  {
    SqliteOptions options;
    options.path = path;
    const auto made = SqliteStore::open(options);
    if (!made) {
      std::fprintf(stderr, "bare loop: %s\n", made.error().message.c_str());
      std::exit(1);
    }
  }
  Loop loop(path);
  // The started instances stand there before the measurement begins.
  sqlite3_stmt* started[] = {
      loop.prepare("INSERT INTO snapshot VALUES(?1, 1, zeroblob(32), hex(zeroblob(500)))"),
      loop.prepare("INSERT INTO instance VALUES(?1, 'i_01J0000000000000000000' || ?1, 'load', "
                   "'3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a', 'LOAD-2026-' || ?1, "
                   "'', 'running', 0, "
                   "'rep', '', 1, 6, 1790000000000, 1790000000000, NULL, '')"),
      loop.prepare("INSERT INTO work_item(instance, number, activation, step, assignee, candidates, status, "
                   "version, round, ope"
                   "ned_at, due, closed_at, outcome, decided_by, channel, comment) "
                   "VALUES(?1, 3, 2, 'manager', 'boss', '', 1, 1, 1, 1790000000000, "
                   "1790000000000, "
                   "NULL, '', '', '', '')"),
      loop.prepare("INSERT INTO timer VALUES(1790000000000 + ?1, ?1, 2, 3, 2, 0)"),
      loop.prepare("INSERT INTO outbox(id, target, order_key, idempotency_key, instance, item, kind, "
                   "recipient, payload, nonce,"
                   " status, blocked, attempts, created_at, next_at, last_error) "
                   "VALUES(?1, 'mail', '', 'i_01J0000000000000000000.6.1' || ?1, "
                   "'i_01J0000000000000000000' || ?1, 3, 'request', 'boss', '{\"kind\":\"request\"}', "
                   "zeroblob(16), 0, 0, 0, "
                   "1790000000000, 1790000000000, '')")};
  loop.run("BEGIN IMMEDIATE");
  for (std::size_t n = 1; n <= transitions; ++n) {
    for (sqlite3_stmt* one : started) {
      sqlite3_bind_int64(one, 1, static_cast<sqlite3_int64>(n));
      loop.step(one);
    }
  }
  loop.run("COMMIT");
  loop.run("PRAGMA wal_checkpoint(TRUNCATE)");

  std::vector<BareInstance> instances;
  for (std::size_t n = 1; n <= transitions; ++n) {
    const auto id = static_cast<std::int64_t>(n);
    instances.push_back({.n = id, .seq = 6, .due = 1790000000000 + id, .outbox = id});
  }
  return write_decisions(loop, instances, batch, 1);
}

double measure_bare_loop(const std::string& path, const std::vector<BareInstance>& instances, int batch) {
  Loop loop(path);
  return write_decisions(loop, instances, batch, loop.number("SELECT max(n) + 1 FROM block"));
}

}  // namespace countersign::bench
