#pragma once
// Moving open instances to another version of their workflow. An instance can be moved where every open step
// exists in the other version with the same kind and inside steps of the same kinds, so that rosters, work
// items and timers stay as they are, where nothing that the rest of the way reads is missing for good, and
// where those who are asked may still act. Steps are matched by name: an id, else the path. Pure.
//
// Expressions of the other version read its fields without asking whether they are there, so the form has to
// fit it as well: what it lacks is filled in from `default` and `computed` when it is moved, and a field that
// must be filled in and has neither is in the way, unless a step lets people fill it in.
//
// An open approval that counts by another rule there (need, veto, order, seats) is in the way once somebody
// has voted in it; before that, its votes will be counted by the new rule.

#include <map>
#include <string>
#include <vector>

#include "core/decide.h"

namespace countersign {

struct MigrationPlan {
  Migrated event;                      // without `by` and `reason`; of use only without obstacles
  std::vector<std::string> obstacles;  // why it cannot be moved, each a clause: "step 'legal' is gone"
  std::vector<std::string>
      fills;  // fields that would be filled in, where `default` or `computed` gives a value
  std::map<ActivationId, Roster> recounts;  // open approvals without votes that count by another rule there
};

// `from` is the version that `state` runs; `to` has the other as its definition.
MigrationPlan plan_migration(const Definition& from, const Context& to, const State& state);

}  // namespace countersign
