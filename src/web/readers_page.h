#pragma once
// The page of somebody who got a copy of a request, or was mentioned in a comment: what they may see of it,
// who has decided, what was said. Nothing on it decides; a comment is all that it takes. Reads the database.

#include "web/action_link.h"
#include "web/page_acts.h"

namespace countersign::web {

Presentation readers_presentation_of(const Surroundings& around, const OpenedLink& opened);

// `typed`: a comment that was not accepted, with why; `done`: one was, with this very request.
HttpReply show_readers_page(const Surroundings& around, const OpenedLink& opened, int status,
                            const TypedAct& typed, bool done);

// On the pool; the reply comes later.
void post_readers_page(const Surroundings& around, const Call& call, OpenedLink opened);

}  // namespace countersign::web
