#include "runtime/clock_watch.h"

#include <ctime>

#include <fmt/format.h>

namespace countersign {

std::optional<std::string> ClockWatch::look(Instant wall, Duration uptime) {
  const Reading now{wall, uptime};
  if (!last_) {
    last_ = now;
    return std::nullopt;
  }
  const Duration drift = (wall - last_->wall) - (uptime - last_->uptime);
  last_ = now;
  if (drift >= -kBackMax && drift <= kForwardMax) return std::nullopt;
  jumped_ = true;
  return fmt::format(
      "the wall clock jumped by {} seconds against the machine's uptime: timers are paused until "
      "'countersign reload' says that {} is right",
      std::chrono::duration_cast<std::chrono::seconds>(drift).count(), format_rfc3339(wall));
}

Duration machine_uptime() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(now.tv_sec) +
                                              std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace countersign
