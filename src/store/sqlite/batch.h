#pragma once
// One transaction of the writer: what SqliteStore::run and the Transaction that its jobs see have in common.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "store/rows.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/state_cache.h"

namespace countersign::sqlite {

// The last block of our stream.
struct BlockHead {
  std::uint64_t n = 0;
  std::string hash;
};

Result<BlockHead> read_block_head(Connection& connection, const std::string& stream);

// Whether single jobs can be undone. A savepoint keeps a copy of every page that its job changes, which is a
// tenth of a decision's time, and hardly a job fails after it has written.
enum class Savepoints { none, each_job };

class Batch {
 public:
  Batch(Connection& connection, StateCache& cache, RandomSource& random, Savepoints savepoints)
      : connection_(connection), cache_(cache), random_(random), savepoints_(savepoints) {}

  Connection& connection() { return connection_; }
  StateCache& cache() { return cache_; }
  RandomSource& random() { return random_; }

  // A job's life. Its savepoint is opened with its first write, so that reads and rejections cost nothing.
  void begin_job();
  Result<void> before_write();
  Result<void> keep_job();
  // False where the job has written without a savepoint: then only the whole batch can be.
  bool can_undo_job() const { return !wrote_; }
  // Also forgets what the job put into the cache. An Error: the whole transaction is lost.
  Result<void> undo_job();
  void fail_guard() { guard_failed_ = true; }
  bool guard_failed() const { return guard_failed_; }

  void count_cache(bool hit) { ++(hit ? cache_hits_ : cache_misses_); }
  std::uint64_t cache_hits() const { return cache_hits_; }
  std::uint64_t cache_misses() const { return cache_misses_; }

  void touch(const InstanceId& instance) { touched_.push_back(instance); }
  void add_event_hash(std::int64_t position, std::string_view hash);
  void mark_target(std::string_view name);

  // Before the commit: what is written once a batch (the block, the targets' next times). Gives the new head.
  Result<BlockHead> finish(const std::string& stream, const BlockHead& head);
  // After a lost transaction: nothing in the cache may come from it.
  void evict_touched();

 private:
  Connection& connection_;
  StateCache& cache_;
  RandomSource& random_;
  std::uint64_t cache_hits_ = 0;
  std::uint64_t cache_misses_ = 0;
  const Savepoints savepoints_;
  bool savepoint_open_ = false;
  bool wrote_ = false;  // the running job, without a savepoint
  bool guard_failed_ = false;
  std::vector<InstanceId> touched_;
  std::size_t touched_before_job_ = 0;
  std::int64_t first_position_ = 0;
  std::string event_hashes_;
  std::size_t hashes_before_job_ = 0;
  std::set<std::string, std::less<>> targets_;
};

}  // namespace countersign::sqlite
