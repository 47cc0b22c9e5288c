#pragma once
// Keeps the write-ahead log bounded: a thread with a connection of its own that copies committed pages into
// the database file while the writer goes on. The rules and what was measured: docs/design/0004-store.md.
//
// The writer calls enter_batch and leave_batch around each transaction; all else is the thread's.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "store/sqlite/connection.h"
#include "store/sqlite/options.h"

namespace countersign::sqlite {

class Checkpointer {
 public:
  // `page_bytes` of the database; `frames` that the log holds already; `fatal` is called (on the thread)
  // after a failed fsync or write.
  Checkpointer(const SqliteOptions& options, std::unique_ptr<Connection> connection, std::uint64_t page_bytes,
               std::uint32_t frames, std::function<void(const Error&)> fatal);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Before the writer's BEGIN: waits while the thread does the last piece of a pass. Above the refusal limit
  // the thread is woken and one attempt of it awaited; unavailable where that did not help.
  Result<void> enter_batch();
  // After COMMIT or ROLLBACK has returned. `frames` in the log after a commit that wrote, 0 otherwise.
  void leave_batch(std::uint32_t frames);

  // Whether the log is long and all of it is in the database file, so that the next commit begins it anew if
  // nobody reads it at that moment.
  bool awaits_reset();

  std::uint64_t wal_bytes() const { return bytes_of(frames_.load(std::memory_order_relaxed)); }
  std::uint64_t wal_bytes_peak() const { return bytes_of(frames_peak_.load(std::memory_order_relaxed)); }
  std::uint64_t passes() const { return passes_.load(std::memory_order_relaxed); }

 private:
  struct Pass {
    bool reached_end = false;
    bool progressed = false;
    std::uint32_t tail = 0;  // frames that are left to copy
  };

  std::uint64_t bytes_of(std::uint32_t frames) const { return frames * frame_bytes_; }
  void work();
  void catch_up();
  Pass pass();
  bool may_start() const;
  bool is_too_long() const;

  const SqliteOptions options_;
  const std::uint64_t frame_bytes_;
  std::unique_ptr<Connection> connection_;
  std::function<void(const Error&)> fatal_;

  std::atomic<std::uint32_t> frames_{0};
  std::atomic<std::uint32_t> frames_peak_{0};
  std::atomic<std::uint64_t> passes_{0};

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool wanted_ = false;         // a pass
  bool pausing_ = false;        // the writer is asked to stay out
  bool in_batch_ = false;       // the writer is in
  bool working_ = false;        // the thread is catching up
  std::uint64_t attempts_ = 0;  // how often it has
  bool awaits_commit_ = false;  // the last pass of a hand-off waits for the rule below
  bool failed_ = false;         // a pass failed for good
  std::uint32_t frames_at_pass_ = 0;
  std::uint32_t copied_ = 0;  // frames of the present log that are in the database file
  // The rule against the WAL-reset race: after a pass that reached the end none starts until a transaction
  // that began later has committed.
  std::uint64_t begun_ = 0;
  std::uint64_t committed_ = 0;       // number of the last transaction that committed frames
  std::uint64_t end_reached_at_ = 0;  // begun_ when a pass reached the end
  bool at_end_ = false;

  std::thread thread_;
};

}  // namespace countersign::sqlite
