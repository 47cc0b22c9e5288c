// What a start accepts and what it refuses.

#include <fstream>

#include <sqlite3.h>
#include <unistd.h>

#include "store/audit.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/start_checks.h"
#include "tests/store/faulty_disk.h"
#include "tests/store/killed_process.h"
#include "tests/store/sample_process.h"
#include "tests/store/sqlite_store_fixture.h"

namespace countersign {
namespace {

using sample::at;
using sample::id_of;

// A daemon that stores `instances` and is killed.
bool killed_after(const SqliteOptions& options, int instances) {
  return run_and_kill([&] {
    auto store = SqliteStore::open(options);
    if (!store) return false;
    for (int i = 1; i <= instances; ++i) {
      Job job = sample::start_job(id_of(i));
      if (!(*store)->run(std::span(&job, 1)).front()) return false;
    }
    (void)store->release();  // no destructor may run
    return true;
  });
}

class SqliteStart : public testing::Test {
 protected:
  SqliteStart() { options_.path = folder_.file("countersign.db"); }
  void kill_after(int instances) { ASSERT_TRUE(killed_after(options_, instances)); }
  void stop_after(int instances) {
    auto store = SqliteStore::open(options_);
    ASSERT_TRUE(store) << store.error().message;
    for (int i = 1; i <= instances; ++i) {
      Job job = sample::start_job(id_of(i));
      ASSERT_TRUE((*store)->run(std::span(&job, 1)).front());
    }
  }
  void expect_refused(ErrorCode code, const std::string& words) {
    const auto store = SqliteStore::open(options_);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, code) << store.error().message;
    EXPECT_NE(store.error().message.find(words), std::string::npos) << store.error().message;
  }
  void execute(const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(options_.path.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

  TemporaryFolder folder_;
  SqliteOptions options_;
};

TEST_F(SqliteStart, ASecondDaemonIsRefusedAndTheFirstIsNamed) {
  auto first = SqliteStore::open(options_);
  ASSERT_TRUE(first);
  expect_refused(ErrorCode::unavailable, "process " + std::to_string(::getpid()) + " runs on it");
  first->reset();
  EXPECT_TRUE(SqliteStore::open(options_));
}

TEST_F(SqliteStart, WhatWasAcknowledgedIsThereAfterKill) {
  kill_after(20);
  auto store = SqliteStore::open(options_);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_TRUE(*(*store)->reader().instance(id_of(20)));
  EXPECT_EQ(verify((*store)->reader())->problem, "");
}

TEST_F(SqliteStart, ANewerSchemaIsRefusedNamingBothVersions) {
  stop_after(1);
  execute("PRAGMA user_version = 99");
  const std::string known = std::to_string(sqlite::migrations().size());
  expect_refused(ErrorCode::conflict, "is version 99, this program knows versions up to " + known);
}

TEST_F(SqliteStart, AnotherProgramsDatabaseIsRefused) {
  execute("CREATE TABLE theirs(a)");
  expect_refused(ErrorCode::corrupt, "another program made it");
}

TEST_F(SqliteStart, AFileThatIsNoDatabaseIsRefusedAndStays) {
  std::ofstream(options_.path) << "dear diary";
  expect_refused(ErrorCode::corrupt, "no SQLite database");
  EXPECT_EQ(std::filesystem::file_size(options_.path), 10U);
}

TEST_F(SqliteStart, AnEmptyFileIsNoNewDatabase) {
  std::ofstream(options_.path).close();
  expect_refused(ErrorCode::corrupt, "the file is empty");
}

TEST_F(SqliteStart, NothingEmptyIsBegunWhereADatabaseWas) {
  stop_after(1);
  std::filesystem::remove(options_.path);
  expect_refused(ErrorCode::corrupt, "it was there when the daemon ran last");
}

TEST_F(SqliteStart, NothingEmptyIsBegunBesideALog) {
  kill_after(3);
  std::filesystem::remove(options_.path);
  std::filesystem::remove(folder_.file("lock"));
  expect_refused(ErrorCode::corrupt, "its write-ahead log is there");
}

TEST_F(SqliteStart, ATruncatedLogIsFound) {
  kill_after(20);
  const std::string log = options_.path + "-wal";
  std::filesystem::resize_file(log, std::filesystem::file_size(log) / 2);
  expect_refused(ErrorCode::corrupt, "was cut off, swapped or removed");
}

TEST_F(SqliteStart, ARemovedLogIsFound) {
  kill_after(5);
  std::filesystem::remove(options_.path + "-wal");
  expect_refused(ErrorCode::corrupt, "was cut off, swapped or removed");
}

TEST_F(SqliteStart, ALogOfAnotherDatabaseIsFound) {
  stop_after(2);
  {
    const TemporaryFolder elsewhere;
    const SqliteOptions other{.path = elsewhere.file("countersign.db")};
    ASSERT_TRUE(killed_after(other, 5));
    std::filesystem::copy_file(other.path + "-wal", options_.path + "-wal");
  }
  expect_refused(ErrorCode::corrupt, "that this daemon did not write");
  // A refusal leaves the database as it was.
  std::filesystem::remove(options_.path + "-wal");
  auto store = SqliteStore::open(options_);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(verify((*store)->reader())->problem, "");
}

TEST_F(SqliteStart, ACopyOfAFolderAfterAKillIsAccepted) {
  kill_after(5);
  const TemporaryFolder copy;
  std::filesystem::copy(folder_.path(), copy.path());
  options_.path = copy.file("countersign.db");
  auto store = SqliteStore::open(options_);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_TRUE(*(*store)->reader().instance(id_of(5)));
}

TEST_F(SqliteStart, ADamagedPageIsFound) {
  stop_after(50);
  {
    std::fstream file(options_.path, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = std::filesystem::file_size(options_.path);
    for (std::uint64_t page = 5; page * 4096 < size; page += 3) {
      file.seekp(static_cast<std::streamoff>(page * 4096));
      file << std::string(64, '\xff');
    }
  }
  expect_refused(ErrorCode::corrupt, "it is damaged");
  EXPECT_FALSE(sqlite::find_damage(options_.path)->empty());
}

TEST_F(SqliteStart, AReadOnlyDatabaseIsRefused) {
  stop_after(1);
  FaultyDisk disk;
  disk.set_read_only(true);
  options_.vfs = disk.name();
  expect_refused(ErrorCode::storage, "it is read-only");
}

TEST_F(SqliteStart, AMigrationHappensWholeOrNotAtAll) {
  auto db = sqlite::Connection::open(options_.path, sqlite::Connection::Access::create, {});
  ASSERT_TRUE(db);
  const std::array<const char*, 2> steps{"CREATE TABLE one(a);", "CREATE TABLE two(a); CREATE TABLE one(b);"};
  ASSERT_FALSE(sqlite::migrate(**db, steps));
  EXPECT_EQ(*sqlite::read_pragma(**db, "PRAGMA user_version"), 1);
  EXPECT_EQ(*sqlite::read_pragma(**db, "SELECT count(*) FROM sqlite_schema"), 1);
  const std::array<const char*, 2> mended{"CREATE TABLE one(a);", "CREATE TABLE two(a);"};
  EXPECT_TRUE(sqlite::migrate(**db, mended));
  EXPECT_EQ(*sqlite::read_pragma(**db, "PRAGMA user_version"), 2);
}

// Files that requests named before were nobody's to see after the migration, until it looked into the log.
TEST_F(SqliteStart, TheFilesOfRequestsOfBeforeAreFoundInTheLog) {
  auto db = sqlite::Connection::open(options_.path, sqlite::Connection::Access::create, {});
  ASSERT_TRUE(db);
  constexpr std::size_t kBeforeFileUses = 7;
  ASSERT_TRUE(sqlite::migrate(**db, sqlite::migrations().first(kBeforeFileUses)));
  ASSERT_TRUE((**db).execute(R"sql(
INSERT INTO event(position, instance, seq, at, type, version, actor, payload_hash, previous_hash, hash)
  VALUES(1, 5, 1, 0, 'started', 1, '', x'', x'', x''), (2, 5, 2, 0, 'commented', 1, '', x'', x'', x''),
        (3, 5, 3, 0, 'form_changed', 1, '', x'', x'', x''), (4, 6, 1, 0, 'started', 1, '', x'', x'', x'');
INSERT INTO event_payload(position, salt, payload) VALUES
  (1, x'', '{"form":{"scan":{"id":"f_1","sha256":"00"},"lines":[{"bill":{"id":"f_2","sha256":"01"}}]}}'),
  (2, x'', '{"text":"{\"id\":\"f_3\",\"sha256\":\"02\"}"}'),
  (3, x'', '{"values":{"other":{"id":"f_4"},"id":"f_5"}}'),
  (4, x'', 'erased "f_6"');
)sql"));
  ASSERT_TRUE(sqlite::migrate(**db, sqlite::migrations()));
  EXPECT_EQ(*sqlite::read_pragma(**db, "SELECT count(*) FROM file_use"), 2);
  EXPECT_EQ(*sqlite::read_pragma(**db,
                                 "SELECT count(*) FROM file_use WHERE (file, instance, seq) IN "
                                 "(VALUES('f_1', 5, 1), ('f_2', 5, 1))"),
            2);
}

TEST_F(SqliteStart, AbsencesOfBeforeWereSetByHand) {
  {
    auto db = sqlite::Connection::open(options_.path, sqlite::Connection::Access::create, {});
    ASSERT_TRUE(db);
    constexpr std::size_t kBeforeOrigins = 8;
    ASSERT_TRUE(sqlite::migrate(**db, sqlite::migrations().first(kBeforeOrigins)));
    ASSERT_TRUE((**db).execute(
        "INSERT INTO absence(person, begins, ends, stand_in, workflows, up_to, reason, set_by, created_at, "
        "begun) VALUES('li.na', 1, 32503680000000, 'wang.fang', '', '', 'sea', 'li.na', 1, 1)"));
    ASSERT_TRUE(sqlite::migrate(**db, sqlite::migrations()));
    EXPECT_EQ(*sqlite::read_pragma(**db,
                                   "SELECT count(*) FROM absence WHERE source = '' AND uid = '' AND "
                                   "said_begins = 0 AND said_ends = 0 AND reason = 'sea' AND begun = 1"),
              1);
  }
}

TEST_F(SqliteStart, ASnapshotOfAnotherCodecIsFoldedFromTheEvents) {
  stop_after(2);
  execute(
      "UPDATE snapshot SET codec = 0, state = 'old' WHERE instance = 1; DELETE FROM snapshot WHERE instance "
      "= 2");
  auto store = SqliteStore::open(options_);
  ASSERT_TRUE(store) << store.error().message;
  for (int i = 1; i <= 2; ++i) {
    const auto state = (*store)->reader().instance(id_of(i));
    ASSERT_TRUE(state && *state);
    EXPECT_EQ((*state)->seq, 5U);
    Job job = sample::decide_job(id_of(i), "zhao.lei", at(5));
    EXPECT_TRUE((*store)->run(std::span(&job, 1)).front());
  }
  EXPECT_EQ(verify((*store)->reader())->problem, "");
}

}  // namespace
}  // namespace countersign
