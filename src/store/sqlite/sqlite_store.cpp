#include "store/sqlite/sqlite_store.h"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <new>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/log_position.h"
#include "store/sqlite/sqlite_transaction.h"

namespace countersign {

using sqlite::Batch;
using sqlite::passed_on;
using sqlite::Savepoints;

namespace {

constexpr int kGuardRetries = 3;
// How many batches have savepoints after one that had to begin anew, so that nobody can make every one run
// twice.
constexpr int kBatchesWithSavepoints = 16;
constexpr int kExitAfterIoError = 74;  // EX_IOERR of sysexits.h
constexpr std::chrono::milliseconds kHoldReadsMax{20};

std::uint64_t file_bytes(const std::string& path) {
  struct stat entry{};
  return ::stat(path.c_str(), &entry) == 0 ? static_cast<std::uint64_t>(entry.st_size) : 0;
}

}  // namespace

SqliteStore::~SqliteStore() {
  backup_.reset();
  checkpointer_.reset();
  reader_.reset();
  if (dead_) {
    // Closing would copy and sync the log: after a failed fsync nobody may try again.
    sqlite3_db_config(writer_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  writer_.reset();
  if (!dead_ && file_bytes(options_.path + "-wal") == 0) {
    lock_->set_mark({.database_inode = inode_, .boot_id = sqlite::current_boot_id(), .clean = 1, .log = {}});
  }
}

std::vector<Result<void>> SqliteStore::run(std::span<const Job> jobs, const MoreJobs& more) {
  std::vector<const Job*> all;
  for (const Job& job : jobs) all.push_back(&job);
  std::deque<std::vector<Job>> late;
  const auto ask = [&] {
    late.push_back(more ? more() : std::vector<Job>());
    for (const Job& job : late.back()) all.push_back(&job);
    return !late.back().empty();
  };
  std::vector<Result<void>> outcomes;
  bool undo = batches_with_savepoints_ > 0;
  Result<void> stored;
  if (!undo) stored = run_batch(Savepoints::none, all, ask, outcomes, undo);
  if (undo) {
    batches_with_savepoints_ =
        batches_with_savepoints_ > 0 ? batches_with_savepoints_ - 1 : kBatchesWithSavepoints;
    stored = run_batch(Savepoints::each_job, all, ask, outcomes, undo);
  }
  outcomes.resize(all.size());
  if (!stored) {
    outcomes.assign(all.size(), stored);
  } else {
    commands_.fetch_add(all.size(), std::memory_order_relaxed);
  }
  return outcomes;
}

Result<void> SqliteStore::run_batch(Savepoints savepoints, const std::vector<const Job*>& jobs,
                                    const std::function<bool()>& more, std::vector<Result<void>>& outcomes,
                                    bool& undo) {
  outcomes.clear();
  return in_transaction(savepoints, [&](Batch& batch) -> Result<void> {
    sqlite::SqliteTransaction transaction(batch);
    for (std::size_t next = 0; next < jobs.size() || more(); ++next) {
      Result<void>& outcome = outcomes.emplace_back();
      switch (run_job(batch, transaction, *jobs[next], outcome)) {
        case JobEnd::done:
          break;
        case JobEnd::undo_batch:
          undo = true;
          return fail(ErrorCode::internal, "the batch begins anew with savepoints");
        case JobEnd::lost:
          if (outcome) return fail(ErrorCode::storage, "the database lost the transaction");
          return outcome;
      }
    }
    return {};
  });
}

SqliteStore::JobEnd SqliteStore::run_job(Batch& batch, Transaction& transaction, const Job& job,
                                         Result<void>& outcome) {
  for (int attempt = 0; attempt <= kGuardRetries; ++attempt) {
    batch.begin_job();
    writer_->forget_failure();
    try {
      outcome = job(transaction);
    } catch (const std::bad_alloc&) {
      outcome = fail(ErrorCode::unavailable, "the command was dropped: not enough memory; try again");
    }
    const int failure = writer_->last_failure();
    if (sqlite::loses_transaction(failure) || !writer_->in_transaction()) {
      if (outcome) outcome = std::unexpected(writer_->failure(failure, "run a command"));
      return JobEnd::lost;
    }
    if (outcome && !batch.guard_failed()) {
      outcome = batch.keep_job();
      return outcome ? JobEnd::done : JobEnd::lost;
    }
    if (!batch.can_undo_job()) return JobEnd::undo_batch;
    if (auto undone = batch.undo_job(); !undone) {
      outcome = undone;
      return JobEnd::lost;
    }
    if (!batch.guard_failed()) return JobEnd::done;
  }
  outcome = fail(
      ErrorCode::unavailable,
      fmt::format("others kept changing what the command needs ({} attempts); try again", kGuardRetries + 1));
  return JobEnd::done;
}

Result<void> SqliteStore::in_transaction(Savepoints savepoints, const Body& body) {
  if (dead_) {
    return fail(ErrorCode::storage,
                fmt::format("the database {} failed before and takes no more writes; restart the "
                            "daemon",
                            options_.path));
  }
  if (auto entered = checkpointer_->enter_batch(); !entered) return entered;
  struct Leave {
    SqliteStore& store;
    ~Leave() { store.checkpointer_->leave_batch(store.frames_of_commit_); }
  } leave{*this};
  frames_of_commit_ = 0;
  Batch batch(*writer_, cache_, *random_, savepoints);
  Result<void> stored = commit(batch, body);
  if (!stored) {
    // SQLite may have rolled back by itself already.
    if (writer_->in_transaction()) (void)writer_->run("ROLLBACK");
    batch.evict_touched();
  }
  cache_hits_.fetch_add(batch.cache_hits(), std::memory_order_relaxed);
  cache_misses_.fetch_add(batch.cache_misses(), std::memory_order_relaxed);
  return stored;
}

Result<void> SqliteStore::commit(Batch& batch, const Body& body) {
  if (auto begun = writer_->run("BEGIN IMMEDIATE"); !begun) return begun;
  if (auto done = body(batch); !done) return done;
  auto head = batch.finish(options_.stream, block_head_);
  if (!head) return passed_on(head);
  // Short reads come right after each commit, just when the next one would begin the log anew: they wait for
  // this one.
  const bool reset = checkpointer_->awaits_reset();
  if (reset) reader_->pool().hold(kHoldReadsMax);
  const auto committed = writer_->run("COMMIT");
  if (reset) reader_->pool().release();
  if (!committed) {
    frames_of_commit_ = 0;
    // A full disk and a busy database are found before anything counts as committed, and pass. After anything
    // else nobody knows what a restart will find.
    const int primary = writer_->last_failure() & 0xff;
    if (primary != SQLITE_FULL && primary != SQLITE_BUSY) end_for_good(committed.error());
    return std::unexpected(committed.error());
  }
  block_head_ = std::move(*head);
  if (frames_of_commit_ != 0) {
    commits_.fetch_add(1, std::memory_order_relaxed);
    mark_log();
  }
  return {};
}

void SqliteStore::end_for_good(const Error& error) {
  dead_ = true;
  if (options_.on_fatal) {
    options_.on_fatal(error);
    return;
  }
  std::fprintf(stderr, "countersign: nothing more can be acknowledged: %s\n", error.message.c_str());
  std::_Exit(kExitAfterIoError);
}

void SqliteStore::mark_log() {
  lock_->set_mark({.database_inode = inode_,
                   .boot_id = sqlite::current_boot_id(),
                   .clean = 0,
                   .log = sqlite::log_position(*writer_)});
}

StoreFigures SqliteStore::figures() const {
  return {.wal_bytes = checkpointer_->wal_bytes(),
          .commits = commits_,
          .commands = commands_,
          .checkpoints = checkpointer_->passes(),
          .cache_hits = cache_hits_,
          .cache_misses = cache_misses_,
          .database_bytes = file_bytes(options_.path)};
}

Result<bool> SqliteStore::backup_step(const std::string& path) {
  if (backup_ && backup_->path() != path) {
    return fail(ErrorCode::unavailable,
                fmt::format("cannot write a backup to {}: one to {} is being written; wait for "
                            "its end",
                            path, backup_->path()));
  }
  if (!backup_) {
    auto begun = sqlite::Backup::begin(*writer_, path);
    if (!begun) return passed_on(begun);
    backup_ = std::move(*begun);
  }
  Result<bool> complete = backup_->step();
  if (!complete || *complete) backup_.reset();
  return complete;
}

Result<sqlite::RebuildReport> SqliteStore::rebuild(bool apply) {
  const std::string scratch = options_.path + ".rebuilt";
  const auto remove = [&] {
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) ::unlink((scratch + ending).c_str());
  };
  remove();
  auto report = sqlite::replay_log(*writer_, scratch, *random_);
  if (report) {
    Result<void> done = writer_->run("ATTACH DATABASE ? AS rebuilt", scratch);
    if (done) {
      done = sqlite::compare_with_log(*writer_, *report);
      if (done && apply && !report->is_equal()) {
        done = in_transaction(Savepoints::none,
                              [](Batch& batch) { return sqlite::take_over_log(batch.connection()); });
        cache_ = sqlite::StateCache(options_.cache_entries_max);
      }
      if (auto detached = writer_->run("DETACH DATABASE rebuilt"); done && !detached) done = detached;
    }
    if (!done) report = std::unexpected(std::move(done.error()).within("cannot compare with the event log"));
  }
  remove();
  return report;
}

Result<void> SqliteStore::sweep(Instant now) {
  return in_transaction(Savepoints::none, [&](Batch& batch) { return sweep_.step(batch.connection(), now); });
}

}  // namespace countersign
