#include "store/prepared_change.h"

#include "core/event_codec.h"
#include "store/event_hash.h"

namespace countersign {

PreparedChange prepare_change(const Change& change, std::string_view head, RandomSource& random) {
  PreparedChange prepared;
  prepared.head = head;
  prepared.events.reserve(change.events.size());
  std::string salts(change.events.size() * kSaltBytes, '\0');
  random.fill({reinterpret_cast<unsigned char*>(salts.data()), salts.size()});
  EventRow row;  // the envelope, which is what is hashed
  row.instance = change.after->id;
  row.hash = prepared.head;
  for (const Event& event : change.events) {
    EncodedEvent encoded = encode_event(event.body);
    PreparedEvent& made = prepared.events.emplace_back();
    made.seq = row.seq = event.seq;
    made.at = row.at = event.at;
    made.type = encoded.type;
    row.type = encoded.type;
    made.version = row.version = encoded.version;
    made.actor = row.actor = actor_in_envelope(event.body);
    made.salt = salts.substr((prepared.events.size() - 1) * kSaltBytes, kSaltBytes);
    made.payload = std::move(encoded.payload);
    made.payload_hash = row.payload_hash = as_text(payload_hash(made.salt, made.payload));
    row.previous_hash = std::move(row.hash);
    made.hash = row.hash = as_text(envelope_hash(row));
  }
  prepared.snapshot = encode_state(*change.after);
  return prepared;
}

}  // namespace countersign
