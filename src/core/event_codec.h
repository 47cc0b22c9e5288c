#pragma once
// Stored spelling of events and snapshots. Every event has a type and a version; decoders of old versions
// stay (samples under tests/golden/events). A snapshot has a codec version; one of another version is
// refolded from the events.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "core/event.h"
#include "core/state.h"

namespace countersign {

struct EncodedEvent {
  std::string_view type;
  std::uint32_t version = 1;
  std::string payload;  // JSON
};

EncodedEvent encode_event(const EventBody& body);
// Unknown type or version, or a payload that does not fit: corrupt.
Result<EventBody> decode_event(std::string_view type, std::uint32_t version, std::string_view payload);

inline constexpr std::uint32_t kSnapshotVersion =
    4;  // 2: State::received holds lists; 3: State::involved, Seat::by; 4: Frame::returns, State::heard
std::string encode_state(const State& state);
Result<State> decode_state(std::string_view snapshot);

}  // namespace countersign
