#pragma once
// Who is asked, and when their answers decide. Internal to the core; approval-step rules are named in
// docs/workflow-reference.md.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/definition.h"
#include "core/quorum.h"
#include "core/transition.h"

namespace countersign {

// Whom an approval never asks: whoever asks for it, and whoever has handed it in for them.
using Barred = std::vector<PersonId>;
Barred barred_from_approving(const State& state);

// Of the chains up to a limit among the people who are named.
struct Chains {
  std::string short_of;  // why nobody can end one of them; "": everybody who has to is there
  std::vector<std::vector<PersonId>> lines{};  // each with whoever's limit is enough at its end
  // Set by who asks: a chain without an end names those who are on it, and ends with the last of them; an end
  // that may not approve is left out. Of `if_nobody: skip`, which passes over whoever is missing.
  bool in_parts = false;
};
std::vector<PersonId> ends_of(const Chains& chains);
std::vector<PersonId> people_of(const Chains& chains);  // of all of them, each once
// A chain that the requester would end is whole where `self` speaks for them.
void excuse_requester(SelfRule self, const State& state, Chains& chains);
// The people and groups that `by` names, without repeats and without inactive people, each with its reason
// (the expression). Absent values name nobody. Stops with an incident where an expression fails.
// `chains`: takes up why a chain of managers has no end whose approval limit is enough. Then nobody is named,
// whoever stands beside it: a part of them would pass for enough. Without it that is a failure too.
std::vector<Seat> resolve_people(Transition& transition, const std::vector<Expression>& by, FrameId frame,
                                 const std::string& what, Chains* chains = nullptr);
// Drops everybody where somebody who ends a chain is not among them any more, for the same reason.
void keep_whole_chains(const Directory& directory, Chains& chains, std::vector<Seat>& seats);

// Groups replaced by their active members, without repeats.
std::vector<Seat> expand_groups(const Directory& directory, const std::vector<Seat>& seats);

// Groups in which nobody is active but those barred name nobody.
void drop_empty_groups(const Directory& directory, std::vector<Seat>& seats, const Barred& but = {});

// What `self` makes of the requester among the seats. `approved_by_rule`: nobody else was named, and the rule
// counts that as approved.
void apply_self_rule(Transition& transition, SelfRule rule, std::vector<Seat>& seats, bool& approved_by_rule);

// The seats of an approval after the rules `self` and group expansion. Where nobody is left, `if_nobody` says
// what happens instead.
struct Seating {
  std::vector<Seat> seats;
  enum class Instead { none, approve, reject, stand_still } instead = Instead::none;
  std::string why;                                           // of an `instead`
  std::map<std::string, std::uint32_t> needed_of{};          // of several groups: how many of each
  std::uint32_t needed = 0;                                  // of one alone: how many
  std::map<std::string, std::vector<PersonId>> on_chains{};  // as in Roster
};
// Under which Roster::on_chains keeps the chains that `if_nobody: {to: ...}` has named for that group.
std::string key_of_nobody_rule(const std::string& of_group);
// What if_nobody says where nobody is left to ask; `but` is never among the people that it names. `because`:
// why nobody is, where that needs saying.
Seating nobody_left(Transition& transition, const Step& step, NobodyRule rule,
                    const std::vector<Expression>& to, FrameId frame, const Barred& but,
                    const std::string& because = {});
Seating seat_approval(Transition& transition, const Step& step, const Approve& approve, FrameId frame);
Seating seat_task(Transition& transition, const Step& step, const Task& task, FrameId frame);

// What `if_nobody` of an approval or a task says now: nobody whom its `by` names is left.
Seating seat_nobody_left(Transition& transition, const Step& step, FrameId frame,
                         const std::string& because = {});

// Who sits where `self: to_manager` takes the requester off: the first manager up their line who may approve.
// nullopt where there is none.
inline constexpr std::string_view kInsteadOfRequester = "the requester's manager, instead of the requester";
std::optional<Seat> seat_instead_of_requester(const Transition& transition);

// The first active person up the requester's line who is not barred.
std::optional<PersonId> manager_up(const Transition& transition, const Barred& but = {});

// Whether somebody could answer for that person or group: active people but `but`.
bool can_be_asked(const Directory& directory, const Seat& seat, const Barred& but = {});
// Whether somebody could approve for a seat that is new on that roster: nobody who approves a request of
// their own, whom `only` does not admit, and of a group nobody who has voted there or sits there in person.
bool can_approve(Transition& transition, FrameId frame, const Roster& roster, const Seat& seat);
// Whether somebody could take part in the open step for that person or group, who is not on it yet: of an
// approval as above, of a task whom `only` admits.
bool can_take_part(Transition& transition, const Activation& activation, const Seat& seat);

// Whoever looks after the workflow: its `owner`, else the group "admins". Empty where there is neither.
std::vector<Seat> caretakers(Transition& transition);

}  // namespace countersign
