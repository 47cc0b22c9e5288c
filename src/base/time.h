#pragma once
// Instants and durations of the whole program: UTC, milliseconds. The core receives `now`; only the shell
// holds a Clock. Text is RFC 3339 in UTC, "2026-03-02T10:14:00Z", with milliseconds only where they are not
// zero.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.h"

namespace countersign {

using Duration = std::chrono::milliseconds;
using Instant = std::chrono::time_point<std::chrono::system_clock, Duration>;

std::string format_rfc3339(Instant at);
// Accepts any offset; more than three decimals of a second are cut off. Years 1 to 9999.
Result<Instant> parse_rfc3339(std::string_view text);

inline std::int64_t to_unix_ms(Instant at) {
  return at.time_since_epoch().count();
}
inline Instant from_unix_ms(std::int64_t ms) {
  return Instant(Duration(ms));
}

// Where the shell takes the time from. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

// Stands still until a test moves it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant now() const override;
  void set(Instant at);
  void advance(Duration by);

 private:
  mutable std::mutex mutex_;
  Instant now_;
};

}  // namespace countersign
