#pragma once
// From a connector's event to the start of an instance. Pure, thread-safe.

#include <expected>
#include <optional>

#include "core/decide.h"

namespace countersign {

// nullopt where the trigger's `when` does not hold. A Rejection says what of the event does not fit: an
// unknown requester, a value that a field does not take.
std::expected<std::optional<Start>, Rejection> start_from_event(const Context& context,
                                                                const Trigger& trigger,
                                                                const cel::Value& event);

}  // namespace countersign
