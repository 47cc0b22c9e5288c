#pragma once
// Somebody who listens to the daemon's feed of all events and notes when each instance's end arrives.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <unordered_map>

#include "base/time.h"

namespace countersign::bench {

class FeedListener {
 public:
  FeedListener(std::uint16_t port, const std::string& key);
  ~FeedListener();
  FeedListener(const FeedListener&) = delete;
  FeedListener& operator=(const FeedListener&) = delete;

  std::size_t ended() const { return ended_; }
  // Ends the listening. By instance: the wall clock when its last event was read here.
  std::unordered_map<std::string, Instant> stop();

 private:
  void listen();
  void take(std::string& text);

  int socket_ = -1;
  std::atomic<std::size_t> ended_{0};
  std::unordered_map<std::string, Instant> arrived_;
  std::thread thread_;
};

}  // namespace countersign::bench
