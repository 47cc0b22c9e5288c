#include "web/feed.h"

#include <chrono>
#include <condition_variable>
#include <thread>
#include <utility>

namespace countersign::web {

struct FeedSignal::Loop {
  using Moment = std::chrono::steady_clock::time_point;
  struct Waiting {
    Moment until;
    std::function<void(bool)> look;
  };

  const Duration heartbeat;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::vector<Waiting> waiting;
  std::uint64_t commits = 0;
  std::size_t streams = 0;
  bool stopping = false;
  std::thread thread;

  explicit Loop(Duration beat) : heartbeat(beat) {}

  void run() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (waiting.empty()) {
        wake.wait(lock);
        continue;
      }
      Moment first = Moment::max();
      for (const Waiting& each : waiting) first = std::min(first, each.until);
      if (wake.wait_until(lock, first) != std::cv_status::timeout) continue;
      const Moment now = std::chrono::steady_clock::now();
      std::vector<std::function<void(bool)>> late;
      std::erase_if(waiting, [&](Waiting& each) {
        if (each.until > now) return false;
        late.push_back(std::move(each.look));
        return true;
      });
      lock.unlock();
      for (const auto& look : late) look(true);
      lock.lock();
    }
  }
};

FeedSignal::FeedSignal(Duration heartbeat) : loop_(std::make_unique<Loop>(heartbeat)) {}

FeedSignal::~FeedSignal() {
  stop();
}

void FeedSignal::stop() {
  std::vector<Loop::Waiting> forgotten;
  {
    const std::lock_guard lock(loop_->mutex);
    loop_->stopping = true;
    forgotten.swap(loop_->waiting);
  }
  loop_->wake.notify_all();
  if (loop_->thread.joinable()) loop_->thread.join();
}

void FeedSignal::notify() {
  std::vector<Loop::Waiting> woken;
  {
    const std::lock_guard lock(loop_->mutex);
    ++loop_->commits;
    if (loop_->waiting.empty()) return;
    woken.swap(loop_->waiting);
  }
  for (const Loop::Waiting& each : woken) each.look(false);
}

std::uint64_t FeedSignal::seen() const {
  const std::lock_guard lock(loop_->mutex);
  return loop_->commits;
}

void FeedSignal::wait(std::uint64_t seen, std::function<void(bool)> look) {
  {
    const std::lock_guard lock(loop_->mutex);
    if (loop_->stopping) return;
    if (loop_->commits == seen) {
      loop_->waiting.push_back({std::chrono::steady_clock::now() + loop_->heartbeat, std::move(look)});
      if (!loop_->thread.joinable()) loop_->thread = std::thread([loop = loop_.get()] { loop->run(); });
      loop_->wake.notify_one();
      return;
    }
  }
  look(false);
}

bool FeedSignal::open() {
  const std::lock_guard lock(loop_->mutex);
  if (loop_->streams >= kStreamsMax) return false;
  ++loop_->streams;
  return true;
}

void FeedSignal::closed() {
  const std::lock_guard lock(loop_->mutex);
  --loop_->streams;
}

}  // namespace countersign::web
