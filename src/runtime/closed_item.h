#pragma once
// What is said to whoever acts on a work item too late.

#include <string>

#include "core/directory.h"
#include "store/store.h"

namespace countersign {

// "CR-2026-4 legal: it is already decided (approved by Sun Li, 2026-03-02T09:14:00Z)": what has become of an
// item that somebody answered or handed on, who has it or did so, and when. "" for one that was closed
// otherwise. In English, for the API.
std::string fate_of(const WorkItemRow& closed, const Reader& reader, const Directory& directory);

}  // namespace countersign
