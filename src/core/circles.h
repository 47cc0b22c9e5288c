#pragma once
// Circles in which an instance goes round by itself: a deadline that has passed before its step opens, a call
// that fails at once and is made again, an answer to one's own message. Every round stores events and may
// send, so an instance that has come back to a step too often without anybody deciding stands still there.
// Counted in the state (Frame::returns), so that the same events always give the same. Internal to the core.

#include <optional>
#include <string>

#include "core/state.h"

namespace countersign {

// So many returns to one step of one list within so long: a circle may wait a minute, and not less for long.
inline constexpr Duration kReturnsWithin = std::chrono::hours(1);
inline constexpr std::uint32_t kReturnsMax = 100;
// Where each of them was caused by an event from outside, as an answer to what a round has sent may be.
inline constexpr std::uint32_t kHeardReturnsMax = 1000;

// Why what has just opened in the frame must not begin: which step was come back to, how often, within what
// time. nullopt where the circle is an honest one, or none.
std::optional<std::string> goes_in_circles(const State& state, FrameId frame, const Definition& definition,
                                           Instant now);

}  // namespace countersign
