#pragma once
// A change as its rows say it: encoded and hashed. It needs nothing of the database, so it can be made ahead
// of the transaction that writes it. Pure functions but for the salts.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "store/store.h"

namespace countersign {

struct PreparedEvent {
  std::uint64_t seq = 0;
  Instant at;
  std::string_view type;  // static
  std::uint32_t version = 1;
  std::string actor;
  std::string salt;
  std::string payload;  // JSON
  std::string payload_hash;
  std::string hash;  // of the envelope, which chains it to the one before
};

struct PreparedChange {
  std::string head;  // what the first event is chained to
  std::vector<PreparedEvent> events;
  std::string snapshot;  // of the state after

  const std::string& last_hash() const { return events.empty() ? head : events.back().hash; }
};

// `head`: the hash of the instance's last event before, first_previous_hash() for a new instance.
PreparedChange prepare_change(const Change& change, std::string_view head, RandomSource& random);

}  // namespace countersign
