#pragma once
// Seats of an approval that are asked anew, because their vote was taken back or is void. Internal to the
// core.

#include <functional>
#include <vector>

#include "core/transition.h"

namespace countersign {

// Sets `roster` on the activation without the votes of the seats that `which` names, and asks them anew; as
// well everybody without a vote whom nobody asks any more and who is needed again. Whoever was added before
// or after one of them stays so, and those who come after them wait again.
void reopen_seats(Transition& transition, ActivationId activation, Roster roster,
                  const std::function<bool(const Seat&)>& which);

// The same in two, for a record that stands between: what falls, and who is asked then.
using Hosts = std::vector<std::size_t>;  // by seat, where in the roster the one is that it was added to
Hosts void_seats(Transition& transition, ActivationId activation, Roster roster,
                 const std::function<bool(const Seat&)>& which);
void ask_void_seats(Transition& transition, ActivationId activation, const Hosts& hosts);

}  // namespace countersign
