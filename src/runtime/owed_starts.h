#pragma once
// Starts that a schedule owes (runtime/schedules.h), made again one by one when an administrator asks for it.
// Used on the writer's thread.

#include "runtime/request_job.h"

namespace countersign {

// The answer lists what was started. Several where nobody could be named when the schedule ran: then all or
// none. not_found where nothing such is owed; conflict where the schedule has changed since.
Answer retry_owed_start(const JobContext& context, const RetryOwedStart& request, Transaction& transaction,
                        Instant now);

}  // namespace countersign
