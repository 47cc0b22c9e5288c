#pragma once
// Steps that wait for people: approve, task and the requester's revision. Internal to the core.

#include "core/transition.h"

namespace countersign {

void open_approve(Transition& transition, ActivationId activation);
void open_task(Transition& transition, ActivationId activation);
void open_revise(Transition& transition, ActivationId activation);

// The ids of the task's checklist entries that are this item's to do; empty for other steps.
std::vector<std::string> entries_of(Transition& transition, const Item& item);

// After a vote: completes the step where the roster has decided, else calls up the next in line.
void count_votes(Transition& transition, ActivationId activation, const Actor& by, const std::string& comment,
                 const Fields& answers);

// Puts an item before somebody who was not on the roster when the step opened: an escalation or a reassignment.
// Returns its number; 0 where that person has an open item of the step already.
std::uint32_t open_item(Transition& transition, ActivationId activation, const Seat& seat,
                        std::vector<std::uint32_t> stands_for, bool waiting = false);

// Closes an open item: its timers go with it.
void close_item(Transition& transition, std::uint32_t item, ItemAct act, const Actor& by);
void close_items(Transition& transition, ActivationId activation, ItemAct act, const Actor& by);

}  // namespace countersign
