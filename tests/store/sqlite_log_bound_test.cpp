// The write-ahead log stays bounded, whoever writes or reads.

#include <sqlite3.h>

#include "store/audit.h"
#include "tests/store/sample_process.h"
#include "tests/store/sqlite_store_fixture.h"

namespace countersign {
namespace {

using sample::at;
using sample::id_of;

// Limits a hundred times smaller than the daemon's.
SqliteOptions small_limits() {
  SqliteOptions options;
  options.checkpoint_frames = 50;
  options.wal_handoff_bytes = 640 << 10;
  options.wal_refuse_bytes = 2240 << 10;
  return options;
}

std::vector<Job> starts(int first, int count) {
  std::vector<Job> jobs;
  for (int i = 0; i < count; ++i) jobs.push_back(sample::start_job(id_of(first + i)));
  return jobs;
}

// A program beside the daemon that holds a read open.
class LongReader {
 public:
  explicit LongReader(const std::string& path) {
    sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_exec(db_, "BEGIN; SELECT count(*) FROM instance", nullptr, nullptr, nullptr);
  }
  ~LongReader() { sqlite3_close(db_); }

 private:
  sqlite3* db_ = nullptr;
};

TEST(SqliteLogBound, ALongBurstOfWritesKeepsTheLogSmall) {
  SqliteUnderTest test(small_limits());
  const auto& options = test.options();
  std::uint64_t written = 0;
  for (int batch = 0; batch < 120; ++batch) {
    for (const auto& outcome : test.store().run(starts(batch * 20, 20)))
      ASSERT_TRUE(outcome) << outcome.error().message;
    written = test.store().figures().database_bytes;
  }
  EXPECT_GT(written, options.wal_refuse_bytes);
  // A batch that begins below the limit may end above it.
  EXPECT_LE(test.store().wal_bytes_peak(), options.wal_refuse_bytes + (1 << 20));
  EXPECT_GT(test.store().figures().checkpoints, 5U);
  EXPECT_EQ(verify(test.reader())->problem, "");
}

TEST(SqliteLogBound, ALongReaderStopsWritesAtTheLimitAndTheyGoOnWhenItEnds) {
  SqliteUnderTest test(small_limits());
  ASSERT_TRUE(test.run(sample::start_job(id_of(0))));
  auto reader = std::make_unique<LongReader>(test.path());
  int batch = 1;
  Result<void> outcome;
  for (; outcome && batch < 500; ++batch) outcome = test.store().run(starts(batch * 20, 20)).front();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::unavailable);
  // At most one batch beyond.
  EXPECT_LE(test.store().wal_bytes_peak(), test.options().wal_refuse_bytes + (1 << 20));
  EXPECT_TRUE(*test.reader().instance(id_of(0)));
  reader.reset();
  // The refused attempt has woken the checkpointer; a client that comes again is served before long.
  for (int attempt = 0; attempt < 100'000; ++attempt, std::this_thread::yield()) {
    outcome = test.store().run(starts(batch * 20, 1)).front();
    if (outcome) break;
  }
  EXPECT_TRUE(outcome);
  EXPECT_LT(test.store().figures().wal_bytes, test.options().wal_handoff_bytes);
}

TEST(SqliteLogBound, AReadThatTakesTooLongIsInterruptedAndTheNextIsServed) {
  SqliteOptions options;
  // Over before it begins: whoever looks at the clock even once is too late.
  options.read_timeout = std::chrono::milliseconds(-1);
  SqliteUnderTest test(options);
  for (const auto& done : test.store().run(starts(0, 600))) ASSERT_TRUE(done);
  const auto slow = test.reader().instances({.stage = "none such"}, 10, "");
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(test.reader().instance_by_reference("EXP-9"));
}

}  // namespace
}  // namespace countersign
