#pragma once
// What a verified inbound message means to the workflows. Pure, thread-safe.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "core/connector.h"
#include "core/directory.h"

namespace countersign {

// A message as it was verified and parsed.
struct InboundMessage {
  json::value body;                            // as parse_json gives it
  std::map<std::string, std::string> headers;  // names in lower case
  std::string delivery_id;                     // the scheme's; "" where it has none
};

struct MappedEvent {
  std::size_t element = 0;  // which element of `each` it comes from
  std::string event;
  std::string key;  // "" for none
  // The same when the sender repeats itself; "" where neither the file nor the scheme has one. Two events of
  // one element share it, so what is remembered as done is (connector, event, delivery_id).
  std::string delivery_id;
  std::string order_key;                 // "" where order does not matter
  std::optional<std::int64_t> order_by;  // milliseconds for times; smaller is older
  cel::Value data;                       // a map of the event's fields; of a `whole` event the element itself
};

struct InboundMapping {
  std::vector<MappedEvent> events;
  // What could not be mapped: one for each element and event, the pointer is the element's ("/3"); the other
  // elements are mapped all the same. "element 3, deal_lost: cannot read 'amount': ..."
  std::vector<Error> errors;
  std::size_t ignored = 0;  // elements that are no event of interest
};

inline constexpr std::size_t kInboundElementsMax = 1000;

// An Error means that nothing could be looked at: `each` fails, is no list, or has too many elements.
Result<InboundMapping> map_inbound(const Inbound& inbound, const InboundMessage& message,
                                   const Directory& directory);

}  // namespace countersign
