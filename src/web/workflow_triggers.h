#pragma once
// What starts a workflow, as the API shows it: for a schedule also when it is due next, which period ran
// last, and which starts it owes.

#include "base/json.h"
#include "runtime/library.h"
#include "store/store.h"

namespace countersign::web {

// How far all schedules have come. Read once for a list of workflows.
struct ScheduleProgress {
  std::vector<ScheduleRow> rows;
  std::vector<OwedStartRow> owed;
};
Result<ScheduleProgress> read_schedule_progress(const Reader& reader);

json::array triggers_json(const Snapshot& snapshot, const Definition& definition,
                          const ScheduleProgress& progress, Instant now);

}  // namespace countersign::web
