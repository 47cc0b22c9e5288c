#pragma once
// What the dispatcher has done since it was started. A plain value.

#include <cstdint>

namespace countersign {

struct DispatcherFigures {
  std::uint64_t sent = 0;
  std::uint64_t retried = 0;
  std::uint64_t dead = 0;
  std::uint64_t in_flight = 0;
};

}  // namespace countersign
