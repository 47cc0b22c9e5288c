#pragma once
// A thread that works ahead of the writer: while a batch is being written it decides what waits behind it, so
// that the writer only has to write. What comes while the writer rests is not rehearsed: the detour would
// cost time.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/time.h"
#include "runtime/request_job.h"

namespace countersign {

// Thread-safe but for start() and stop().
class Rehearsals {
 public:
  // `now` is called on the thread of the rehearsals.
  explicit Rehearsals(std::function<Instant()> now) : now_(std::move(now)) {}
  ~Rehearsals() { stop(); }
  Rehearsals(const Rehearsals&) = delete;
  Rehearsals& operator=(const Rehearsals&) = delete;

  void start();
  // What is offered afterwards is left to the writer.
  void stop();
  void offer(std::shared_ptr<RequestJob> job);

 private:
  void work();

  const std::function<Instant()> now_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // The newest is rehearsed first: the writer comes from the other end, and the two would wait for each
  // other.
  std::vector<std::shared_ptr<RequestJob>> offered_;
  bool running_ = false;
  std::thread thread_;
};

}  // namespace countersign
