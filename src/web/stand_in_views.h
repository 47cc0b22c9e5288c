#pragma once
// Who stands in for whom on an open work item, as the API shows it.

#include "base/json.h"
#include "web/instance_reading.h"

namespace countersign::web {

// Adds "stand_ins" (who may act in whose place until when) and "stand_in_notes" (why nobody does) to an open
// item's object; nothing where the item is closed.
void add_stand_ins(json::object& shown, const InstanceReading& reading, const WorkItemRow& row, Instant now);

// Whether that person may answer the open item in somebody's place.
bool acts_in_place(const InstanceReading& reading, const WorkItemRow& row, const PersonId& person,
                   Instant now);

}  // namespace countersign::web
