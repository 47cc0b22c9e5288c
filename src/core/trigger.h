#pragma once
// From a connector's event, or a schedule's due time, to the start of an instance. Pure, thread-safe.

#include <expected>
#include <optional>
#include <vector>

#include "core/decide.h"
#include "core/schedule.h"

namespace countersign {

// nullopt where the trigger's `when` does not hold. A Rejection says what of the event does not fit: an
// unknown requester, a value that a field does not take.
std::expected<std::optional<Start>, Rejection> start_from_event(const Context& context,
                                                                const Trigger& trigger,
                                                                const cel::Value& event);

// The active people for whom a schedule with `each` starts an instance, in the order of their ids. An Error
// where an expression of `each` fails.
Result<std::vector<PersonId>> people_of_schedule(const Context& context, const Trigger& trigger,
                                                 const Period& period);

// The start for this person and period; `person` is empty where the schedule has no `each`. Its `once` keeps
// a repeated run from starting twice. A Rejection says what does not fit.
std::expected<Start, Rejection> start_from_schedule(const Context& context, const Trigger& trigger,
                                                    const Period& period, const PersonId& person);

}  // namespace countersign
