#pragma once
// CONNECTOR.NAME, or NAME of an event declared under `events`. Internal.

#include <optional>

#include "definition/loading.h"

namespace countersign {

struct NamedEvent {
  std::string connector;  // "" for a declared event
  std::string name;
  const std::vector<Field>* data = nullptr;  // nullptr: not declared, any member may be read
};

// Looks it up; what is unknown is reported, and nullopt.
std::optional<NamedEvent> find_event(const Loading& loading, std::string_view text, SourceSpan at);

}  // namespace countersign
