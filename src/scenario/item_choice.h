#pragma once
// Which work item somebody in a scenario means: an act names the person and, where that is not enough, the
// step.

#include <string>

#include "scenario/trial.h"

#include "store/rows.h"

namespace countersign::scenario {

// An open item.
struct ItemSought {
  const Trial& trial;
  InstanceId instance;
  PersonId person;   // whose it is: their own, their group's, or that of somebody for whom they stand in
  std::string step;  // "" for any
  bool expects_refusal = false;  // then one that is not theirs, or not open any more, will do
  bool or_waiting = false;       // where it is not yet their turn too
};
Result<WorkItemRow> find_item(const ItemSought& sought);

// The item that the person has decided last, for taking back. `expects_refusal`: or the last one at all.
Result<WorkItemRow> find_decided_item(const ItemSought& sought);

}  // namespace countersign::scenario
