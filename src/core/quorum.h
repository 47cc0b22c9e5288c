#pragma once
// What a roster needs, and what its votes amount to. This is the one place where either is said: an opening,
// a vote, an addition, a removal and a departure all count here. Internal to the core. Pure.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/definition.h"
#include "core/state.h"

namespace countersign {

// How many of `seats` must approve.
std::uint32_t approvals_needed(const Quorum& quorum, std::size_t seats);

// Whether this person's own seat has its vote, or any seat has theirs.
bool has_voted(const Roster& roster, const PersonId& person);

// What the votes so far amount to: approved as soon as it is reached, rejected as soon as it cannot be
// reached any more, or with the first rejection where there is a veto. Those added before or after somebody
// count into no quorum: an approval holds only once those after it have approved, and a rejection among them
// rejects the step. A step that is open has an open verdict, whatever happened last.
enum class Verdict { open, approved, rejected };
Verdict verdict_of(const Roster& roster);
// Of several groups: whether the seat's has its count, so that nobody else of it is asked.
bool is_settled(const Roster& roster, const Seat& seat);
// The seat with that work item, so also whoever a seat was added before or after (its `of`). nullptr: none.
const Seat* seat_of_item(const Roster& roster, std::uint32_t item);

// Whether the seat counts into the quorum: the step's own, and those added beside them.
bool counts(const Seat& seat);
// Whether the seat's answer is waited for, now or in its turn: its group has not its count yet, and whoever
// was added before or after somebody still has something to say about that answer.
bool is_needed(const Roster& roster, const Seat& seat);
// Whether somebody added so to that item has still to decide.
bool is_awaited(const Roster& roster, std::uint32_t item, AddedAs how);

// Changes who sits there, and counts again: a number stays, `all` and a percentage follow the seats, and
// neither falls below what must be waited for (Roster::at_least). Of other steps only the seats change.
void reseat(const Step& step, Roster& roster, const std::function<void(std::vector<Seat>&)>& change);

// Whoever has left and has not answered; those whom they had added and who have not answered go with them.
using HasLeft = std::function<bool(const Seat&)>;
// The roster with which the others go on. A departure decides nothing: where the votes would suffice without
// the seat, one more is waited for. nullopt: the others cannot reach it so.
std::optional<Roster> going_on_without(const Step& step, const Roster& roster, const HasLeft& has_left);
// The same where a rule says that they are passed over (`if_nobody: skip`): what their group needs falls to
// what the others can give, unless somebody has rejected. What the votes amount to then is for the caller.
Roster passing_over(const Step& step, const Roster& roster, const HasLeft& has_left);

}  // namespace countersign
