#pragma once
// Whether somebody can decide what is open, and what stands still. Internal to `countersign doctor`.

#include <functional>
#include <map>
#include <string>

#include "cli/doctor_checks.h"
#include "cli/doctor_trial.h"
#include "store/store.h"

namespace countersign::cli {

// People to whom the newest mail came back for good, and with which answer.
using Bounces = std::map<PersonId, std::string>;

// What the checks of instances look at.
struct Ward {
  const Reader& reader;
  const Files& files;
  const Commands& commands;
  const Trial* trial = nullptr;  // nullptr where the files do not load
  Instant now;
};

// Instances that stand still, with what has to be mended first, and what helps otherwise.
void check_incidents_of(const Ward& ward, Findings& findings);

// Versions that open instances run: whether they load, and whether whom they name is there.
void check_versions(const Ward& ward, Findings& findings);

// Open work items that nobody can decide: the person is gone, the group is empty, `only` of their stage names
// none of those who are asked, no message reaches them. Those of one cause are one finding. Then those that
// wait until somebody is back in whose place nobody may stand.
void check_open_items(const Ward& ward, const Bounces& bounces, Findings& findings);

// Of `items`, which somebody could decide, those whose people are away and in whose place nobody may stand
// although somebody was named. How many there are.
std::size_t check_absent(const Ward& ward, const std::vector<OpenItemRow>& items, Findings& findings);

// Whether those of the item's step whom `can_vote` names, and the votes there are, decide it in favour of the
// request without the item.
bool passes_without(const State& state, const OpenItemRow& item,
                    const std::function<bool(const Seat&)>& can_vote);

// Open steps that wait for people and ask none, without an incident that says so.
void check_idle_steps(const Ward& ward, Findings& findings);

// Commands that give items to somebody else: of the first few, with the rest in words.
class Reassigning {
 public:
  explicit Reassigning(const Ward& ward) : ward_(ward) {}
  // `first`: whom to try before the administrators, empty for nobody.
  void add(const InstanceId& instance, std::uint32_t item, const std::string& why,
           const PersonId& first = {});
  Remedy remedy() const;

 private:
  const Ward& ward_;
  Remedy made_;
  std::string nobody_;  // the first item for which nobody was found who would be given it
  std::size_t items_ = 0;
};

}  // namespace countersign::cli
