#pragma once
// Somebody else is asked instead: what transfer and an administrator's reassignment share. Internal to the
// core.

#include "core/transition.h"

namespace countersign {

// The item closes as reassigned, and a new one in the same place is before `to`: what it stands for, what was
// added to it and whose turn it is stay as they are. Whoever was asked in its place goes on being asked, in
// the place of the new one; opinions that were asked for it are not needed any more.
void hand_over(Transition& transition, std::uint32_t item, const PersonId& to, const Actor& by,
               const std::string& comment);

// "the work item is closed", with why; refused where it is. nullptr then.
const Item* find_open_item(Transition& transition, std::uint32_t item, std::string_view act);

// Of a group's item that nobody has claimed: it is the actor's from here on.
void take_from_group(Transition& transition, std::uint32_t item, const Actor& by);

// Refuses where somebody who has the item open may not do so; whether they may.
bool admit(Transition& transition, std::optional<Error> refusal);
bool admit(Transition& transition, std::optional<Rejection> refusal);

}  // namespace countersign
