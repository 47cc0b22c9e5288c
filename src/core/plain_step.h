#pragma once
// What each kind of step does when it opens. Internal to the core.

#include "core/transition.h"

namespace countersign {

void open_kind(Transition& transition, ActivationId activation, const Step& step);

// Deeper values could be stored and never read again (cel::decode has a limit).
bool is_storable(const cel::Value& value);

// An event that a wait's `where` accepts: `data` completes the waiting step.
bool event_matches(Transition& transition, const WaitEvent& event, const Step& step, FrameId frame,
                   const cel::Value& data);
// An event's data as the fields of a result.
Fields fields_of_event(const cel::Value& data);

}  // namespace countersign
