#include "store/audit.h"
#include "store/sqlite/start_checks.h"
#include "tests/store/sample_process.h"
#include "tests/store/sqlite_store_fixture.h"

namespace countersign {
namespace {

using sample::id_of;

std::vector<Job> starts(int first, int count) {
  std::vector<Job> jobs;
  for (int i = 0; i < count; ++i) jobs.push_back(sample::start_job(id_of(first + i)));
  return jobs;
}

TEST(SqliteBackup, ABackupWhileWritingIsCompleteAndVerifies) {
  SqliteUnderTest test;
  for (const auto& done : test.store().run(starts(0, 2500))) ASSERT_TRUE(done);
  const TemporaryFolder elsewhere;
  const std::string path = elsewhere.file("countersign.db");
  int steps = 0;
  for (;; ++steps) {
    const auto complete = test.store().backup_step(path);
    ASSERT_TRUE(complete) << complete.error().message;
    if (*complete) break;
    EXPECT_FALSE(std::filesystem::exists(path));
    for (const auto& done : test.store().run(starts(2500 + steps * 5, 5))) ASSERT_TRUE(done);
  }
  EXPECT_GT(steps, 3);
  auto copy = SqliteStore::open({.path = path});
  ASSERT_TRUE(copy) << copy.error().message;
  // It holds all that had been written when its last step ran.
  EXPECT_TRUE(*(*copy)->reader().instance(id_of(2500 + steps * 5 - 1)));
  const auto report = verify((*copy)->reader());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problem, "");
  EXPECT_EQ(report->instances, static_cast<std::uint64_t>(2500 + steps * 5));
  EXPECT_TRUE(sqlite::find_damage(path)->empty());
}

TEST(SqliteBackup, AnExistingFileIsNeverOverwritten) {
  SqliteUnderTest test;
  const auto refused = test.store().backup_step(test.path());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST(SqliteBackup, AnUnfinishedBackupLeavesNothing) {
  const TemporaryFolder elsewhere;
  {
    SqliteUnderTest test;
    for (const auto& done : test.store().run(starts(0, 1000))) ASSERT_TRUE(done);
    ASSERT_FALSE(*test.store().backup_step(elsewhere.file("a.db")));
    EXPECT_EQ(test.store().backup_step(elsewhere.file("b.db")).error().code, ErrorCode::unavailable);
  }
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
}

}  // namespace
}  // namespace countersign
