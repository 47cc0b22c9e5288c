#pragma once
// An administrator's acts on what leaves: try it again, or give it up. What a step waits for is never given
// up silently: the step goes on with `failed`. Used on the writer's thread only.

#include "runtime/request_job.h"

namespace countersign {

// not_found where there is no such row; conflict where it was sent, where a retry would do again what the
// instance has left behind, and where another instance waits for the row that is to be given up.
Answer act_on_outbox(const JobContext& context, const OutboxAct& act, const PersonId& by,
                     Transaction& transaction, Instant now);

}  // namespace countersign
