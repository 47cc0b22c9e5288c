#pragma once
// Who may act on a work item in somebody else's place, because that person is away. The one answer that the
// policy function, messages, inboxes and explanations share. Pure, thread-safe.
//
// - The absence is the assignee's own and covers the request (absence.h). It does not cascade: where the
//   stand-in is away too, nobody stands in for them.
// - Never the requester of an approval, nobody who is on the step already, nobody who has voted there for
//   another.
// - A group's item waits for the whole group, which covers for its members; only where all of them are away
// do
//   their stand-ins act.

#include <optional>
#include <string>
#include <vector>

#include "core/decide.h"

namespace countersign {

struct StandIn {
  PersonId absent;
  PersonId stand_in;
  Instant until;
  bool operator==(const StandIn&) const = default;
};

struct StandInView {
  const Definition& definition;
  const Directory& directory;
  const Absences& absences;
  const State& state;
  Instant now;
};
StandInView stand_in_view(const Context& context, const State& state);

// Of an open or waiting item. `why_not`: one sentence for each absent person in whose place nobody stands.
std::vector<StandIn> stand_ins_of(const StandInView& view, const Item& item,
                                  std::vector<std::string>* why_not = nullptr);

// Until when that person is away for the request, by the absence that ends last, whoever stands in; nullopt
// where they are there.
std::optional<Instant> away_until(const StandInView& view, const PersonId& person);

// In whose place that person may act on the item; empty for nobody's.
PersonId acts_for(const StandInView& view, const Item& item, const PersonId& person);

// Whether that person may undo the adding of an approver: whoever added them, and who stands in for them now.
// Whoever added somebody in another's place has done so for them, and not for themselves.
bool has_added(const StandInView& view, const Item& added, const PersonId& person);

// Whether they count in the step by a seat of their own, so that they do not answer that item for a group: in
// the place of several who are late, theirs among them, it would be the one vote for all.
bool sits_for_themselves(const State& state, const Item& item, const PersonId& person);

// The people for whom that person may stand in somewhere at that moment, each once.
std::vector<PersonId> absent_people_of(const Directory& directory, const Absences& absences,
                                       const PersonId& stand_in, Instant at);

}  // namespace countersign
