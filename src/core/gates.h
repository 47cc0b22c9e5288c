#pragma once
// Ordered levels whose work goes on at once and which open in order. Internal to the core.
//
// A level opens when its work is complete, its `when` holds and all before it are open. It is looked at after
// every event of the instance, and stays open while its step does, whatever becomes of `when` or the form. A
// send back inside a level leaves the others as they are; one that leaves the step (to the requester, or to a
// step before it) closes all of them with it, and the next visit begins anew.

#include "core/transition.h"

namespace countersign {

void open_gates(Transition& transition, ActivationId activation, const Gates& gates);

// Opens what levels can be opened now, and completes the steps whose levels are all open.
void look_at_gates(Transition& transition);

// Whether any level of the workflow has an `only`.
bool has_bounds(const Definition& definition);

// Whether the person may complete work that stands in the frame: the `only` of each level around it names
// them. It binds everybody, administrators included.
bool may_complete(Transition& transition, FrameId frame, const PersonId& person);
// Whether the person may pass over the step: the same for it and for every level of gates that stands in it.
// With `open`, an open activation of it, levels that are open already bind nobody any more.
bool may_pass_over(Transition& transition, FrameId frame, const Step& step, const PersonId& person,
                   ActivationId open = ActivationId());
// Why nobody goes to a step of that frame: the stage of a level whose turn it is not yet; "" where it is.
std::string closed_stage(const Transition& transition, FrameId frame);
// Takes whoever may not off the seats; a group stays where one of its members may.
void keep_admitted(Transition& transition, FrameId frame, std::vector<Seat>& seats);

}  // namespace countersign
