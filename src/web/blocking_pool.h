#pragma once
// Two threads for what may block: reads of the database, files, a reload. Thread-safe.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace countersign::web {

class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads = 2, std::size_t waiting_max = 2048);
  // Runs what waits, then ends.
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // False where too much waits already or the pool ends: `work` is not run then.
  [[nodiscard]] bool run(std::function<void()> work);
  // Takes no more work and returns when all of it has run.
  void stop();

 private:
  void serve();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace countersign::web
