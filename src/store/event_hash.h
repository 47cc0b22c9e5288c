#pragma once
// The hashes that bind the event log together. The canonical bytes are specified in
// docs/design/0003-event-log.md, so that another program can verify a log. Pure functions.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "core/event.h"
#include "store/rows.h"

namespace countersign {

inline constexpr std::size_t kSaltBytes = 16;
// What stands as the previous hash of an instance's first event and of a stream's first block: 32 zero bytes.
std::string_view first_previous_hash();

// Who acted, as far as the envelope says it: kind and channel, "person link"; "" where the event names
// nobody. The person stands in the payload, which can be erased.
std::string actor_in_envelope(const EventBody& body);

Digest payload_hash(std::string_view salt, std::string_view payload);
// Over the envelope's members as the row holds them; `position`, payload, salt and `hash` are not part of it.
Digest envelope_hash(const EventRow& row);
// `event_hashes`: those of the block's events one behind the other, 32 bytes each, in the order of their
// position.
Digest block_hash(std::string_view stream, std::uint64_t n, std::string_view event_hashes,
                  std::string_view previous_hash);

}  // namespace countersign
