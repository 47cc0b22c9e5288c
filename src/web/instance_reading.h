#pragma once
// An instance with everything that is needed to show it, read in one go. Blocks: for pool threads.

#include <memory>
#include <optional>
#include <vector>

#include "runtime/presentation.h"
#include "web/backend.h"

namespace countersign::web {

struct InstanceReading {
  State state;
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const Absences> absences;
  std::shared_ptr<const Definition> definition;  // nullptr where its version is not known any more
  std::vector<WorkItemRow> items;                // by number
  const Reader* store = nullptr;                 // budgets that texts speak of are read there

  // Refers to this reading.
  Presenting presenting(const PersonId& reader, Instant now) const;
  // nullptr where there is none.
  const WorkItemRow* item(std::uint32_t number) const;
};

// Whether that person may read the instance (core/questions.h).
bool may_read(const InstanceReading& reading, const PersonId& person, Instant now);

// not_found where there is no such instance.
Result<InstanceReading> read_instance(const Backend& backend, const InstanceId& id);
// Whether the text is an id and no reference.
bool is_instance_id(std::string_view text);
// The id itself, or that of the instance with this reference.
Result<InstanceId> instance_named(const Backend& backend, const std::string& id_or_reference);

}  // namespace countersign::web
