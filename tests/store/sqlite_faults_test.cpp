// Failing disks: whatever happens, what was acknowledged is there and the log verifies.

#include <atomic>

#include "store/audit.h"
#include "store/sqlite/start_checks.h"
#include "tests/store/faulty_disk.h"
#include "tests/store/sample_process.h"
#include "tests/store/sqlite_store_fixture.h"

namespace countersign {
namespace {

using sample::at;
using sample::id_of;

// What callers were told, by instance: the last event number.
using Acknowledged = std::map<InstanceId, std::uint64_t>;

// Batches of starts and decisions over a handful of instances; gives what was acknowledged.
class Workload {
 public:
  void run_batch(SqliteStore& store, int number) {
    std::vector<Job> jobs;
    std::vector<InstanceId> ids;
    for (int i = 0; i < 2; ++i) {
      ids.push_back(id_of(number * 10 + i));
      jobs.push_back(sample::start_job(ids.back()));
    }
    for (const auto& [id, seq] : acknowledged_) {
      if (jobs.size() == 4) break;
      ids.push_back(id);
      jobs.push_back(sample::decide_job(id, "zhao.lei", at(number)));
    }
    const auto outcomes = store.run(jobs);
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (!outcomes[i]) continue;
      auto& seq = acknowledged_[ids[i]];
      seq = seq == 0 ? 5 : seq + 6;
    }
  }
  Acknowledged acknowledged() const {
    const std::lock_guard lock(mutex_);
    return acknowledged_;
  }

 private:
  mutable std::mutex mutex_;
  Acknowledged acknowledged_;
};

// A database that was left by a fault, opened on a good disk. What was not acknowledged may be there all the
// same.
void expect_whole(const std::string& path, const Acknowledged& acknowledged) {
  auto store = SqliteStore::open({.path = path});
  ASSERT_TRUE(store) << store.error().message;
  const Reader& reader = (*store)->reader();
  for (const auto& [id, seq] : acknowledged) {
    const auto state = reader.instance(id);
    ASSERT_TRUE(state) << state.error().message;
    ASSERT_TRUE(*state) << id.value << " was acknowledged and is gone";
    EXPECT_GE((*state)->seq, seq) << id.value;
    EXPECT_EQ(reader.work_items({.status = "open", .instance = id.value}, 10, "")->rows.size(), 1U);
  }
  const auto report = verify(reader);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->problem, "");
  EXPECT_TRUE(sqlite::find_damage(path)->empty());
}

SqliteOptions on(FaultyDisk& disk, const TemporaryFolder& folder, std::atomic<std::size_t>& fatal) {
  SqliteOptions options;
  options.path = folder.file("countersign.db");
  options.vfs = disk.name();
  options.checkpoint_frames = 20;
  options.on_fatal = [&fatal](const Error&) { ++fatal; };
  return options;
}

TEST(SqliteFaults, WhicheverOperationFailsWhatWasAcknowledgedIsThere) {
  // Until a whole run passes without meeting its fault.
  bool met = true;
  for (std::int64_t number = 0; met; ++number) {
    SCOPED_TRACE("operation " + std::to_string(number) + " fails");
    const TemporaryFolder folder;
    FaultyDisk disk;
    std::atomic<std::size_t> fatal{0};
    Workload workload;
    {
      auto store = SqliteStore::open(on(disk, folder, fatal));
      ASSERT_TRUE(store) << store.error().message;
      disk.fail_after(number);
      for (int batch = 0; batch < 3 && fatal == 0; ++batch) workload.run_batch(**store, batch);
      met = disk.has_failed();
      if (!met) {
        EXPECT_EQ(workload.acknowledged().size(), 6U);
      }
    }
    expect_whole(folder.file("countersign.db"), workload.acknowledged());
    if (HasFatalFailure()) return;
  }
}

TEST(SqliteFaults, AfterALostFsyncNothingMoreIsAcknowledged) {
  const TemporaryFolder folder;
  FaultyDisk disk;
  std::atomic<std::size_t> fatal{0};
  auto options = on(disk, folder, fatal);
  options.checkpoint_frames = 1'000'000;
  auto store = SqliteStore::open(options);
  ASSERT_TRUE(store);
  Job job = sample::start_job(id_of(1));
  ASSERT_TRUE((*store)->run(std::span(&job, 1)).front());
  EXPECT_EQ(fatal, 0U);
  disk.fail_next_sync();
  for (int attempt = 0; attempt < 3; ++attempt) {
    job = sample::decide_job(id_of(1), "zhao.lei", at(attempt));
    const auto outcome = (*store)->run(std::span(&job, 1)).front();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::storage);
    EXPECT_EQ(fatal, 1U);
  }
  // Reads show what was acknowledged, and nothing else.
  EXPECT_EQ((*(*store)->reader().instance(id_of(1)))->seq, 5U);
}

TEST(SqliteFaults, AFullDiskFailsTheBatchAndHeals) {
  const TemporaryFolder folder;
  FaultyDisk disk;
  std::atomic<std::size_t> fatal{0};
  auto store = SqliteStore::open(on(disk, folder, fatal));
  ASSERT_TRUE(store);
  Workload workload;
  workload.run_batch(**store, 0);
  ASSERT_EQ(workload.acknowledged().size(), 2U);
  disk.set_full(true);
  for (int batch = 1; batch <= 3; ++batch) workload.run_batch(**store, batch);
  EXPECT_EQ(workload.acknowledged().size(), 2U);
  Job job = sample::start_job(id_of(99));
  const auto refused = (*store)->run(std::span(&job, 1)).front();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::storage);
  // Reads go on.
  EXPECT_TRUE(*(*store)->reader().instance(id_of(0)));
  disk.set_full(false);
  workload.run_batch(**store, 4);
  EXPECT_EQ(workload.acknowledged().size(), 4U);
  EXPECT_TRUE(fatal == 0);
  store->reset();
  expect_whole(folder.file("countersign.db"), workload.acknowledged());
}

TEST(SqliteFaults, ALossOfPowerLosesNothingThatWasAcknowledged) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const TemporaryFolder folder;
    const TemporaryFolder after;
    FaultyDisk disk;
    std::atomic<std::size_t> fatal{0};
    Workload workload;
    Acknowledged at_the_cut;
    auto store = SqliteStore::open(on(disk, folder, fatal));
    ASSERT_TRUE(store);
    workload.run_batch(**store, 0);
    disk.cut_power_after(static_cast<std::int64_t>(seed * 7 % 160), seed,
                         [&] { at_the_cut = workload.acknowledged(); });
    for (int batch = 1; batch < 200 && !disk.was_cut(); ++batch) workload.run_batch(**store, batch);
    ASSERT_TRUE(disk.was_cut());
    disk.restore_into(after.path());
    expect_whole(after.file("countersign.db"), at_the_cut);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace countersign
