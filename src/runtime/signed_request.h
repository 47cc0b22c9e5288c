#pragma once
// A connector's call as the request that goes over the wire: its idempotency key, and the signature that the
// receiver checks. Pure, thread-safe.

#include <string>

#include "core/outbound_call.h"
#include "delivery/transfer.h"

namespace countersign {

// `key`: the outbox row's own, the same for every attempt; `now` is signed. invalid_input for a secret that
// the scheme cannot sign with.
Result<HttpRequest> signed_request(HttpCall call, const std::string& key, Instant now);

}  // namespace countersign
