#pragma once
// What the core would answer if something were asked of an instance now, as its files are: so that doctor
// proposes only what is accepted. Nothing is changed. Internal to `countersign doctor`; used by one thread.

#include <memory>
#include <optional>

#include "core/stand_in.h"
#include "runtime/library.h"
#include "store/store.h"

namespace countersign::cli {

class Trial {
 public:
  // `reader` outlives it.
  Trial(const Reader& reader, std::shared_ptr<const Snapshot> snapshot, Instant now);

  const Snapshot& snapshot() const { return *snapshot_; }
  const Directory& directory() const { return *snapshot_->directory; }
  const Absences& absences() const { return absences_; }

  // nullptr where it cannot be read.
  std::shared_ptr<const State> state(const InstanceId& id) const;
  // The version that the instance runs; nullptr where it does not load.
  std::shared_ptr<const Definition> definition(const State& state) const;
  std::shared_ptr<const Definition> definition(const WorkflowId& workflow, const std::string& version) const {
    return library_.version(workflow, version);
  }
  Context context(const Definition& definition) const;

  // The instance as it would be afterwards; nullptr where it is refused or stands still for it, and where
  // that depends on what instances share (budgets, numbers).
  std::shared_ptr<const State> after(const State& before, const countersign::Command& command) const;
  // The same after `retry` at each step that stands still: one at which nothing stands still any more.
  std::shared_ptr<const State> after_retry(const State& before) const;
  // Whether the instance would stand still there again as soon as those who are asked agree: what comes next
  // cannot be reached. What they would have to fill in is not known, and then nothing is said.
  bool stops_on_answer(const State& before, ActivationId activation) const;

 private:
  std::vector<PersonId> asked(const Item& item) const;

  const Reader& reader_;
  std::shared_ptr<const Snapshot> snapshot_;
  Library library_;
  Absences absences_;
  Instant now_;
};

// An administrator, as the commands are typed by one.
Actor administrator();

// An administrator of the directory who would be given the item; empty where there is none. `first`: whom to
// try before them, empty for nobody.
PersonId new_assignee(const Trial& trial, const State& state, std::uint32_t item, const PersonId& first = {});

}  // namespace countersign::cli
