#pragma once
// Verified webhooks: stored as they came, mapped by their connector, and applied to the instances they
// concern; what cannot be mapped, and what is proven too weakly, stays for replay. Used on the writer's
// thread only.

#include "runtime/request_job.h"

namespace countersign {

Answer apply_inbound(const JobContext& context, const InboundDelivery& delivery, Transaction& transaction,
                     Instant now);
// An event whose data stand as the connector declares them. invalid_input where they do not fit, or where a
// workflow that knows the event cannot take it.
Answer apply_connector_event(const JobContext& context, const ConnectorEvent& event, const FormContext& form,
                             Transaction& transaction, Instant now);
// Maps and applies a stored delivery again, with the connector and workflows of now.
Answer replay_inbound(const JobContext& context, std::int64_t id, Transaction& transaction, Instant now);
// Puts a stored delivery away that was not applied. conflict where it was.
Answer drop_inbound(const JobContext& context, std::int64_t id, const PersonId& by, Transaction& transaction);

}  // namespace countersign
