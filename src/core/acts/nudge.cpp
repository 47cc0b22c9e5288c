// The requester asks to hurry.

#include <algorithm>

#include <fmt/format.h>

#include "core/calendar.h"
#include "core/commands.h"
#include "core/directory_change.h"
#include "core/people_step.h"

namespace countersign {

void nudge(Transition& transition, const Nudge& command) {
  const State& state = transition.state();
  const NudgeRule& rule = transition.definition().nudge;
  const auto no = [&](ErrorCode code, std::string_view why) {
    transition.refuse(code, fmt::format("cannot nudge anybody about {}: {}", state.reference, why));
  };
  if (command.by.kind != Actor::Kind::person || command.by.person.empty() ||
      command.by.person != state.requester) {
    return no(ErrorCode::forbidden, "only its requester does");
  }
  if (!rule.allowed) return no(ErrorCode::forbidden, "the workflow does not allow it (nudge: never)");
  if (state.ended) return no(ErrorCode::conflict, fmt::format("it has ended ({})", state.status));

  const Calendar& calendar = transition.context().calendar(transition.definition().calendar);
  std::vector<std::uint32_t> items;
  std::optional<Instant> earliest;
  bool is_asked = false;
  for (const auto& [number, item] : state.items) {
    if (item.status != ItemStatus::open || !is_in_charge(state, item)) continue;
    if (item.assignee == state.requester) continue;
    is_asked = true;
    if (item.nudges >= rule.at_most) continue;
    if (item.nudged_at) {
      const Result<Instant> again = add_time(calendar, *item.nudged_at, rule.every);
      if (!again) return no(ErrorCode::conflict, again.error().message);
      if (*again > transition.now()) {
        earliest = earliest ? std::min(*earliest, *again) : *again;
        continue;
      }
    }
    items.push_back(number);
  }
  if (!is_asked) return no(ErrorCode::conflict, "nobody but you is asked at the moment");
  if (items.empty() && earliest) {
    return no(ErrorCode::conflict, fmt::format("everybody was nudged less than {} ago; the next time is {}",
                                               to_words(rule.every), format_rfc3339(*earliest)));
  }
  if (items.empty())
    return no(ErrorCode::conflict,
              fmt::format("everybody was nudged {} times, and that is the most", rule.at_most));
  transition.emit(Nudged{items, command.by});
  for (const std::uint32_t number : items) {
    const Item item = transition.state().items.at(number);
    // Whoever is away is not asked to hurry: who stands in for them is.
    for (const Recipient& to : asked_now(transition, item)) {
      transition.request(Send{.kind = SendKind::nudge,
                              .to = to.person,
                              .group = to.group,
                              .item = number,
                              .count = item.nudges,
                              .from = command.by.person});
    }
  }
}

}  // namespace countersign
