#include "runtime/command_queue.h"

namespace countersign {

bool CommandQueue::push_request(QueuedJob& job) {
  {
    const std::lock_guard lock(mutex_);
    // A quarter of the room is the runtime's own.
    const bool full = requests_.size() >= options_.queue_commands_max / 4 * 3 ||
                      bytes_ + job.bytes > options_.queue_bytes_max / 4 * 3;
    if (closed_ || full) return false;
    bytes_ += job.bytes;
    requests_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

bool CommandQueue::push_internal(QueuedJob& job) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    bytes_ += job.bytes;
    internal_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

std::vector<QueuedJob> CommandQueue::take(std::size_t max,
                                          std::optional<std::chrono::system_clock::time_point> until) {
  std::unique_lock lock(mutex_);
  const auto something = [&] { return !requests_.empty() || !internal_.empty() || woken_ || closed_; };
  if (until) {
    changed_.wait_until(lock, *until, something);
  } else {
    changed_.wait(lock, something);
  }
  woken_ = false;
  return take_locked(max);
}

std::vector<QueuedJob> CommandQueue::take_now(std::size_t max) {
  const std::lock_guard lock(mutex_);
  return take_locked(max);
}

std::vector<QueuedJob> CommandQueue::take_locked(std::size_t max) {
  std::vector<QueuedJob> jobs;
  for (auto* queue : {&internal_, &requests_}) {
    while (!queue->empty() && jobs.size() < max) {
      bytes_ -= queue->front().bytes;
      jobs.push_back(std::move(queue->front()));
      queue->pop_front();
    }
  }
  return jobs;
}

void CommandQueue::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void CommandQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
}

bool CommandQueue::is_drained() const {
  const std::lock_guard lock(mutex_);
  return closed_ && requests_.empty() && internal_.empty();
}

std::size_t CommandQueue::size() const {
  const std::lock_guard lock(mutex_);
  return requests_.size() + internal_.size();
}

}  // namespace countersign
