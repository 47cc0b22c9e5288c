#pragma once
// The store of a single node: one SQLite database in WAL mode with synchronous=FULL, one writer, readers
// beside it, and a checkpointer of its own (docs/design/0004-store.md).
//
// run, backup_step and sweep belong to one thread (the engine's writer). reader() and figures() are
// thread-safe.

#include <atomic>
#include <memory>
#include <string>

#include "store/sqlite/backup.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/data_lock.h"
#include "store/sqlite/options.h"
#include "store/sqlite/rebuild.h"
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/state_cache.h"
#include "store/sqlite/sweep.h"
#include "store/store.h"

namespace countersign {

class SqliteStore final : public Store {
 public:
  // Opens the database, or makes it where there is none, and migrates its schema. Errors, after which nothing
  // has been changed: unavailable (another daemon runs on it), conflict (a newer schema), corrupt (damaged,
  // foreign, or without the write-ahead log it had), storage (read-only, no permission, full disk).
  static Result<std::unique_ptr<SqliteStore>> open(SqliteOptions options);
  // Copies the rest of the write-ahead log into the database and lets go of the lock.
  ~SqliteStore() override;

  using Store::run;
  std::vector<Result<void>> run(std::span<const Job> jobs, const MoreJobs& more) override;
  const Reader& reader() const override { return *reader_; }
  StoreFigures figures() const override;
  Result<bool> backup_step(const std::string& path) override;
  Result<void> sweep(Instant now) override;

  // Compares what is derived from the event log with the log; `apply`: makes it so where it differs. Before
  // the store serves anybody. The report says what differed (before it was made so).
  Result<sqlite::RebuildReport> rebuild(bool apply);

  // Largest size that the write-ahead log has had since the start.
  std::uint64_t wal_bytes_peak() const { return checkpointer_->wal_bytes_peak(); }

 private:
  SqliteStore(SqliteOptions options, std::unique_ptr<sqlite::DataLock> lock, std::uint64_t inode,
              std::unique_ptr<sqlite::Connection> writer);
  Result<void> start();

  using Body = std::function<Result<void>(sqlite::Batch&)>;
  Result<void> in_transaction(sqlite::Savepoints savepoints, const Body& body);
  Result<void> commit(sqlite::Batch& batch, const Body& body);
  // `more` adds to `jobs` and says whether it did. Sets `undo` where the batch has to begin anew with
  // savepoints: nothing of it is stored then.
  Result<void> run_batch(sqlite::Savepoints savepoints, const std::vector<const Job*>& jobs,
                         const std::function<bool()>& more, std::vector<Result<void>>& outcomes, bool& undo);
  enum class JobEnd { done, undo_batch, lost };  // lost: the whole transaction is
  JobEnd run_job(sqlite::Batch& batch, Transaction& transaction, const Job& job, Result<void>& outcome);
  void end_for_good(const Error& error);
  void mark_log();

  const SqliteOptions options_;
  std::unique_ptr<sqlite::DataLock> lock_;
  const std::uint64_t inode_;
  std::unique_ptr<sqlite::Connection> writer_;
  std::shared_ptr<RandomSource> random_;
  std::unique_ptr<sqlite::SqliteReader> reader_;
  std::unique_ptr<sqlite::Checkpointer> checkpointer_;
  std::unique_ptr<sqlite::Backup> backup_;
  sqlite::StateCache cache_;
  sqlite::Sweep sweep_;
  sqlite::BlockHead block_head_;
  int batches_with_savepoints_ = 0;     // to come
  std::uint32_t frames_of_commit_ = 0;  // set by SQLite's hook while a commit that wrote returns
  std::atomic<bool> dead_{false};       // nothing may be acknowledged any more
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> commands_{0};
  std::atomic<std::uint64_t> cache_hits_{0};
  std::atomic<std::uint64_t> cache_misses_{0};
};

}  // namespace countersign
