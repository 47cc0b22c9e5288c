#pragma once
// The feed of all events as a stream (text/event-stream, WHATWG HTML section 9.2). A stream sleeps until
// something was committed; without news it says so every `kHeartbeat`, so that a broken connection is
// noticed.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"

namespace countersign::web {

// Wakes streams. Thread-safe. The heartbeat has a thread of its own that runs only while somebody listens.
struct FeedSignal {
  static constexpr std::size_t kStreamsMax = 64;

  explicit FeedSignal(Duration heartbeat = std::chrono::seconds(15));
  ~FeedSignal();
  FeedSignal(const FeedSignal&) = delete;
  FeedSignal& operator=(const FeedSignal&) = delete;

  // Ends the heartbeat and forgets whoever waits: nothing is called back any more.
  void stop();

  // Something was committed: every waiting stream looks again. Cheap where nobody listens.
  void notify();
  // Calls `look` once, on some thread: at the next notify(), or with `late` true after the heartbeat. At once
  // with `late` where notify() was called since `seen` was taken.
  void wait(std::uint64_t seen, std::function<void(bool late)> look);
  std::uint64_t seen() const;

  // False where kStreamsMax streams are open.
  bool open();
  void closed();

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace countersign::web
