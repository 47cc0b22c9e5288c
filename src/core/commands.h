#pragma once
// One function for each command of command.h; decide() chooses. Internal to the core. Each may stop the
// transition.

#include "core/transition.h"

namespace countersign {

// Existing where the business key is an open instance's.
std::optional<Existing> start(Transition& transition, const Start& command);
void decide_item(Transition& transition, const Decide& command);
void deliver_event(Transition& transition, const DeliverEvent& command);
void effect_done(Transition& transition, const EffectDone& command);
void child_ended(Transition& transition, const ChildEnded& command);
void comment(Transition& transition, const Comment& command);
void withdraw(Transition& transition, const Withdraw& command);
void cancel(Transition& transition, const Cancel& command);
void retry(Transition& transition, const Retry& command);
void reassign(Transition& transition, const Reassign& command);
void take_back(Transition& transition, const TakeBack& command);
void skip(Transition& transition, const Skip& command);
void jump_to(Transition& transition, const Jump& command);
void view(Transition& transition, const View& command);
void transfer(Transition& transition, const Transfer& command);
void delegate(Transition& transition, const Delegate& command);
void add_approver(Transition& transition, const AddApprover& command);
void remove_approver(Transition& transition, const RemoveApprover& command);
void claim_item(Transition& transition, const ClaimItem& command);
void release_item(Transition& transition, const ReleaseItem& command);
void nudge(Transition& transition, const Nudge& command);
void send_copies(Transition& transition, const SendCopies& command);
void directory_changed(Transition& transition);
// The state is one of the new version afterwards, while the transition keeps the old one: nothing may follow.
void migrate(Transition& transition, const Migrate& command);

}  // namespace countersign
