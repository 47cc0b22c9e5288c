#pragma once
// Steps that wait for people: approve, task and the requester's revision. Internal to the core.

#include "core/transition.h"

namespace countersign {

void open_approve(Transition& transition, ActivationId activation);
void open_task(Transition& transition, ActivationId activation);
void open_revise(Transition& transition, ActivationId activation);

// Whether the step waits for its people still: what happens inside a command may have ended it.
bool is_being_decided(const Transition& transition, ActivationId activation);

// After a vote: completes the step where the roster has decided, else calls up the next in line.
void count_votes(Transition& transition, ActivationId activation, const Actor& by,
                 const std::string& comment);

// Whether the item's answer is waited for: an item that stands for others only where none of them is open any
// more (they were replaced), an opinion never.
bool is_in_charge(const State& state, const Item& item);

struct ItemPlace {
  std::vector<std::uint32_t> stands_for;
  std::vector<std::string> entries;  // of a task's checklist
  bool waiting = false;              // not yet their turn
  // As Item has them.
  std::optional<AddedAs> added = std::nullopt;
  PersonId added_by = {};
  std::uint32_t of = 0;
  PersonId transferred_by = {};
  std::string note = {};
};

// Whether that person or group has an open item of the step, other than one for an opinion.
bool is_asked_already(const State& state, const Activation& activation, const Seat& seat);

// Puts an item before somebody. Returns its number; 0 where that person has an open item of the step already.
std::uint32_t open_item(Transition& transition, ActivationId activation, const Seat& seat, ItemPlace place);

// That item waits for others now, so it is not late, and whoever was asked in its place is asked for the
// rest.
void stand_for_no_longer(Transition& transition, ActivationId activation, std::uint32_t item,
                         const Actor& by);

// A waiting item's turn has come: whoever it is before is asked.
void call_up(Transition& transition, std::uint32_t item);

// Closes an open item: its timers and the opinions that its person asked for go with it.
void close_item(Transition& transition, std::uint32_t item, ItemAct act, const Actor& by,
                const std::string& comment = {});
// Opinions that were asked for this item are not needed any more.
void close_opinions(Transition& transition, ActivationId activation, std::uint32_t item, const Actor& by);
void close_items(Transition& transition, ActivationId activation, ItemAct act, const Actor& by);

}  // namespace countersign
