#pragma once
// Whether somebody can decide what is open. Internal to `countersign doctor`.

#include <map>
#include <string>

#include "cli/doctor_checks.h"
#include "store/store.h"

namespace countersign::cli {

// People to whom the newest mail came back for good, and with which answer.
using Bounces = std::map<PersonId, std::string>;

// Open work items that nobody can decide: the person is gone, the group is empty, `only` of their stage names
// none of those who are asked, no message reaches them. Those of one cause are one finding.
void check_open_items(const Reader& reader, const std::shared_ptr<const Snapshot>& snapshot, Instant now,
                      const Bounces& bounces, Findings& findings);

// Open steps that wait for people and ask none, without an incident that says so.
void check_idle_steps(const Reader& reader, Findings& findings);

}  // namespace countersign::cli
