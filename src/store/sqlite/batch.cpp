#include "store/sqlite/batch.h"

#include "store/event_hash.h"

namespace countersign::sqlite {

Result<BlockHead> read_block_head(Connection& connection, const std::string& stream) {
  Rows rows = connection.query("SELECT n, hash FROM block WHERE stream = ? ORDER BY n DESC LIMIT 1", stream);
  if (rows.next()) return BlockHead{static_cast<std::uint64_t>(rows.integer(0)), rows.string(1)};
  if (auto done = rows.done(); !done) return passed_on(done);
  return BlockHead{0, std::string(first_previous_hash())};
}

void Batch::begin_job() {
  savepoint_open_ = false;
  wrote_ = false;
  guard_failed_ = false;
  touched_before_job_ = touched_.size();
  hashes_before_job_ = event_hashes_.size();
}

Result<void> Batch::before_write() {
  if (savepoints_ == Savepoints::none) {
    wrote_ = true;
    return {};
  }
  if (savepoint_open_) return {};
  if (auto done = connection_.run("SAVEPOINT job"); !done) return done;
  savepoint_open_ = true;
  return {};
}

Result<void> Batch::keep_job() {
  if (!savepoint_open_) return {};
  savepoint_open_ = false;
  return connection_.run("RELEASE job");
}

Result<void> Batch::undo_job() {
  for (std::size_t i = touched_before_job_; i < touched_.size(); ++i) cache_.evict(touched_[i]);
  touched_.resize(touched_before_job_);
  event_hashes_.resize(hashes_before_job_);
  if (!savepoint_open_) return {};
  savepoint_open_ = false;
  if (auto done = connection_.run("ROLLBACK TO job"); !done) return done;
  return connection_.run("RELEASE job");
}

void Batch::add_event_hash(std::int64_t position, std::string_view hash) {
  if (event_hashes_.empty()) first_position_ = position;
  event_hashes_.append(hash);
}

void Batch::mark_target(std::string_view name) {
  if (!targets_.contains(name)) targets_.emplace(name);
}

Result<BlockHead> Batch::finish(const std::string& stream, const BlockHead& head) {
  for (const std::string& name : targets_) {
    std::int64_t next_at = kNever;
    {
      Rows rows = connection_.query(
          "SELECT next_at FROM outbox WHERE target = ? AND status = 0 AND blocked = 0 ORDER BY next_at LIMIT "
          "1",
          name);
      if (rows.next()) next_at = rows.integer(0);
      if (auto done = rows.done(); !done) return passed_on(done);
    }
    auto done = next_at == kNever
                    ? connection_.run("DELETE FROM target WHERE name = ?", name)
                    : connection_.run(
                          "INSERT INTO target(name, next_at) VALUES(?, ?) ON CONFLICT(name) DO UPDATE "
                          "SET next_at = excluded.next_at WHERE next_at <> excluded.next_at",
                          name, next_at);
    if (!done) return passed_on(done);
  }
  if (event_hashes_.empty()) return head;
  BlockHead next{head.n + 1, {}};
  next.hash = as_text(block_hash(stream, next.n, event_hashes_, head.hash));
  auto done = connection_.run(
      "INSERT INTO block(stream, n, first_position, events, previous_hash, hash) VALUES(?, ?, ?, ?, ?, ?)",
      stream, next.n, first_position_, event_hashes_.size() / sizeof(Digest), Blob{head.hash},
      Blob{next.hash});
  if (!done) return passed_on(done);
  return next;
}

void Batch::evict_touched() {
  for (const InstanceId& instance : touched_) cache_.evict(instance);
  touched_.clear();
}

}  // namespace countersign::sqlite
