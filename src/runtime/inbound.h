#pragma once
// Verified webhooks: stored as they came, mapped by their connector, and applied to the instances they
// concern; what cannot be mapped stays for replay. Used on the writer's thread only.

#include "runtime/request_job.h"

namespace countersign {

Answer apply_inbound(const JobContext& context, const InboundDelivery& delivery, Transaction& transaction,
                     Instant now);
// Maps and applies a stored delivery again, with the connector and workflows of now.
Answer replay_inbound(const JobContext& context, std::int64_t id, Transaction& transaction, Instant now);

}  // namespace countersign
