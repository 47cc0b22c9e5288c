#pragma once
// What waits for the writer: bounded, people's requests and the runtime's own jobs apart, so that neither
// shuts the other out. Thread-safe.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "base/time.h"
#include "runtime/engine.h"
#include "store/store.h"

namespace countersign {

struct QueuedJob {
  std::function<Result<void>(Transaction&, Instant now)> run;
  std::function<void(Result<void>)> done;  // after the commit
  std::size_t bytes = 0;
};

class CommandQueue {
 public:
  explicit CommandQueue(const EngineOptions& options) : options_(options) {}

  // False where it is full or closed: the job was not taken.
  bool push_request(QueuedJob& job);
  // Always taken until close(): these finish what was begun.
  bool push_internal(QueuedJob& job);

  // Waits until there is something, until `until` has come, or until wake() or close(); gives at most `max`
  // jobs, the runtime's own first.
  std::vector<QueuedJob> take(std::size_t max, std::optional<std::chrono::system_clock::time_point> until);
  std::vector<QueuedJob> take_now(std::size_t max);
  void wake();
  // No more requests; take() gives what is left and then nothing.
  void close();
  bool is_drained() const;
  std::size_t size() const;

 private:
  std::vector<QueuedJob> take_locked(std::size_t max);

  const EngineOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<QueuedJob> requests_;
  std::deque<QueuedJob> internal_;
  std::size_t bytes_ = 0;
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace countersign
