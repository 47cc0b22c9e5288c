#pragma once
// What changes in the directory mean for open work: stand-ins are told and reminded, and the work of people
// who have left moves on. Internal to the core; docs/design/0016 has the rules.

#include <optional>
#include <string>
#include <vector>

#include "core/transition.h"

namespace countersign {

// Tells whoever stands in for the item's people now and was not told before.
void ask_stand_ins(Transition& transition, std::uint32_t item);

// At the end of every command: tells whoever has come to stand in for open work, and whoever does so no more.
// The form or the step's other work may have changed as well as an absence.
void tell_stand_ins(Transition& transition);

// Who is reminded of the item: its stand-ins while its people are away, else the person or the group.
struct Recipient {
  PersonId person;
  std::string group;
};
std::vector<Recipient> asked_now(Transition& transition, const Item& item);

// Moves the open work of people who are no active people of the directory any more, and of groups that have
// lost their last member. Of one step alone: of seats that are asked again after their people have left.
void move_on_from_leavers(Transition& transition);
void move_on_from_leavers(Transition& transition, ActivationId activation);

// Whether nobody can answer the open item: its person has left, or of its group nobody is there who may.
bool nobody_answers(Transition& transition, const Item& item);

// Whose turn it is where it is the requester's: the requester, or where they have left their manager, else
// whoever looks after the workflow. nullopt: nobody in particular asked, or nobody is left.
std::optional<Seat> seat_of_requester(Transition& transition);

}  // namespace countersign
