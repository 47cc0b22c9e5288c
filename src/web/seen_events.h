#pragma once
// Events as one reader sees them: the log holds what `visible_to` and `visible_from` keep from most people.
// Blocks: for pool threads.

#include <vector>

#include "base/json.h"
#include "web/access.h"
#include "web/backend.h"

namespace countersign::web {

// One object for each row, in their order; null for one of an instance that the key may not read. A key with
// the scope admin sees everything. For others, fields,
// answers, comments and decisions that the workflow keeps from them are taken out of `data`, and what was
// taken out of can carry no proof: its hash is over the whole.
json::array events_seen_by(const Backend& backend, const Principal& reader, const std::vector<EventRow>& rows,
                           bool with_proof);

}  // namespace countersign::web
