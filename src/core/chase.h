#pragma once
// Time in a step: due dates, deadlines, reminders, escalation and waits. Reminders and escalation count in
// the assignee's working calendar and rest outside it, everything else counts in the workflow's. Internal to
// the core.

#include <optional>
#include <string>

#include "core/transition.h"

namespace countersign {

// The instant that a due, deadline or wait rule gives, counted from `from`. A date stands for the end of that
// day's working time (of the day, where it is none). nullopt where it is absent, or stopped.
std::optional<Instant> instant_of(Transition& transition, const TimeRule& rule, Instant from, FrameId frame,
                                  const std::string& what);

// Timers of the whole activation: its deadline, and once it has asked somebody its escalation levels, which
// count in the working time of whoever is asked.
void set_activation_timers(Transition& transition, ActivationId activation);
void set_escalation_timers(Transition& transition, ActivationId activation);
// Timers of one item: its reminders.
void set_item_timers(Transition& transition, std::uint32_t item);
// Clears timers of the activation, or of one of its items.
void clear_timers(Transition& transition, ActivationId activation);
void clear_item_timers(Transition& transition, ActivationId activation, std::uint32_t item);

// A due timer acts: conflict where it is not set (any more).
void timer_due(Transition& transition, const TimerKey& timer);

}  // namespace countersign
