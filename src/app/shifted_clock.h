#pragma once
// The system's clock, moved ahead by hand: with --dev somebody who tries the product lets three days pass at
// once. Thread-safe.

#include <atomic>

#include "base/time.h"

namespace countersign {

class ShiftedClock final : public Clock {
 public:
  Instant now() const override { return system_.now() + Duration(ahead_ms_.load()); }
  void advance(Duration by) { ahead_ms_ += by.count(); }

 private:
  SystemClock system_;
  std::atomic<std::int64_t> ahead_ms_{0};
};

}  // namespace countersign
