#pragma once
// Messages between instances: outbox rows with target "engine". Consuming one and applying its command is one
// transaction, so each acts exactly once. Used on the writer's thread only.

#include "runtime/execution.h"
#include "runtime/request_job.h"

namespace countersign {

// Applies the row if it is still pending. A child that cannot be started tells its parent so. An Error is
// either transient (unavailable, storage) or nothing that time mends: the row is dead then, which the caller
// stores once this job is rolled back.
Result<void> consume_engine_row(const JobContext& context, const OutboxRow& row, Transaction& transaction,
                                Instant now);

inline constexpr int kChildDepthMax = 8;

}  // namespace countersign
