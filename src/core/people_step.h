#pragma once
// Steps that wait for people: approve, task and the requester's revision. Internal to the core.

#include "core/transition.h"

namespace countersign {

void open_approve(Transition& transition, ActivationId activation);
void open_task(Transition& transition, ActivationId activation);
void open_revise(Transition& transition, ActivationId activation);

// After a vote: completes the step where the roster has decided, else calls up the next in line.
void count_votes(Transition& transition, ActivationId activation, const Actor& by,
                 const std::string& comment);

// Whether the item's answer is waited for: an item that stands for others only where none of them is open any
// more (they were replaced).
bool is_in_charge(const State& state, const Item& item);

struct ItemPlace {
  std::vector<std::uint32_t> stands_for;
  std::vector<std::string> entries;  // of a task's checklist
  bool waiting = false;              // not yet their turn
};

// Puts an item before somebody. Returns its number; 0 where that person has an open item of the step already.
std::uint32_t open_item(Transition& transition, ActivationId activation, const Seat& seat, ItemPlace place);

// Closes an open item: its timers go with it.
void close_item(Transition& transition, std::uint32_t item, ItemAct act, const Actor& by);
void close_items(Transition& transition, ActivationId activation, ItemAct act, const Actor& by);

}  // namespace countersign
