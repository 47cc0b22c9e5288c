#include "runtime/rehearsals.h"

#include <utility>

namespace countersign {

void Rehearsals::start() {
  running_ = true;
  thread_ = std::thread([this] { work(); });
}

void Rehearsals::stop() {
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Rehearsals::offer(std::shared_ptr<RequestJob> job) {
  {
    const std::lock_guard lock(mutex_);
    if (!running_) return;
    offered_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void Rehearsals::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return !offered_.empty() || !running_; });
    if (!running_) return;
    const auto job = std::exchange(offered_.back(), nullptr);
    offered_.pop_back();
    lock.unlock();
    job->rehearse(now_());
    lock.lock();
  }
}

}  // namespace countersign
