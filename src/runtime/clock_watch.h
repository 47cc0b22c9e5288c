#pragma once
// Notices a wall clock that jumps: backwards by more than 5 seconds, or forward by more than 15 minutes
// beyond what the machine's own uptime says. Timers then wait for somebody to say that the clock is right, so
// that a wrong clock expires nothing. Not thread-safe.

#include <optional>
#include <string>

#include "base/time.h"

namespace countersign {

class ClockWatch {
 public:
  static constexpr Duration kBackMax = std::chrono::seconds(5);
  static constexpr Duration kForwardMax = std::chrono::minutes(15);

  // `wall` and `uptime` as read together. What is wrong, once, when a jump is seen.
  std::optional<std::string> look(Instant wall, Duration uptime);
  // The jump was looked at: what the clock says now is right.
  void accept() { jumped_ = false; }
  bool jumped() const { return jumped_; }

 private:
  struct Reading {
    Instant wall;
    Duration uptime;
  };
  std::optional<Reading> last_;
  bool jumped_ = false;
};

// Time since the machine started, suspension included (CLOCK_BOOTTIME).
Duration machine_uptime();

}  // namespace countersign
