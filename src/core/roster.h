#pragma once
// Who is asked, and when their answers decide. Internal to the core; approval-step rules are named in
// docs/workflow-reference.md.

#include <optional>
#include <string>
#include <vector>

#include "core/definition.h"
#include "core/transition.h"

namespace countersign {

// The people and groups that `by` names, without repeats and without inactive people, each with its reason
// (the expression). Absent values name nobody. Stops with an incident where an expression fails.
std::vector<Seat> resolve_people(Transition& transition, const std::vector<Expression>& by, FrameId frame,
                                 const std::string& what);

// Groups replaced by their active members, without repeats.
std::vector<Seat> expand_groups(const Directory& directory, const std::vector<Seat>& seats);

// Groups without an active member, or with `but` as the only one, name nobody.
void drop_empty_groups(const Directory& directory, std::vector<Seat>& seats, const PersonId& but);

// How many of `seats` must approve.
std::uint32_t approvals_needed(const Quorum& quorum, std::size_t seats);

// Whether this person's own seat has its vote, or they cast one for somebody else.
bool has_voted(const Roster& roster, const PersonId& person);

// What the votes so far amount to: approved as soon as it is reached, rejected as soon as it cannot be
// reached any more, or with the first rejection where there is a veto.
enum class Verdict { open, approved, rejected };
Verdict verdict_of(const Roster& roster);

// The seats of an approval after the rules `self` and group expansion. Where nobody is left, `if_nobody` says
// what happens instead.
struct Seating {
  std::vector<Seat> seats;
  enum class Instead { none, approve, reject, stand_still } instead = Instead::none;
  std::string why;  // of an `instead`
};
Seating seat_approval(Transition& transition, const Step& step, const Approve& approve, FrameId frame);
Seating seat_task(Transition& transition, const Step& step, const Task& task, FrameId frame);

// What `if_nobody` of an approval or a task says now: nobody whom its `by` names is left.
Seating seat_nobody_left(Transition& transition, const Step& step, FrameId frame);

// The first active person up the requester's line.
std::optional<PersonId> manager_up(const Transition& transition);

// Whether somebody could answer for that person or group: active people but `but`.
bool can_be_asked(const Directory& directory, const Seat& seat, const PersonId& but);

// Whoever looks after the workflow: its `owner`, else the group "admins". Empty where there is neither.
std::vector<Seat> caretakers(Transition& transition);

}  // namespace countersign
