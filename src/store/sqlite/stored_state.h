#pragma once
// Reads an instance's state: from its snapshot, or folded from its events where the snapshot is missing or
// was written by another version of the codec.

#include <optional>

#include "store/sqlite/connection.h"
#include "store/sqlite/state_cache.h"

namespace countersign::sqlite {

// nullopt where there is no such instance. corrupt where the stored bytes do not make a state.
Result<std::optional<StoredInstance>> stored_state(Connection& connection, const InstanceId& instance);

}  // namespace countersign::sqlite
