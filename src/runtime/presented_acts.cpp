// What the page of a work item offers beside deciding it. The core's policy has the last word.

#include "runtime/presented_acts.h"

#include "core/guest.h"

namespace countersign {
namespace {

May may_of(const Step& step) {
  if (const auto* approve = std::get_if<Approve>(&step.kind)) return approve->may;
  if (const auto* task = std::get_if<Task>(&step.kind))
    return {task->may.transfer, task->may.delegate, false};
  return {false, false, false};
}

}  // namespace

PresentedActs presented_acts(const State& state, const Step& step, std::uint32_t number,
                             const PersonId& reader, const Directory& directory) {
  PresentedActs acts;
  const auto found = state.items.find(number);
  if (found == state.items.end() || is_guest(reader)) return acts;
  const Item& item = found->second;
  const auto name = [&](const PersonId& id) { return directory.name_of(id); };
  if (!item.group.empty() && !item.assignee.empty() && item.assignee != reader) {
    acts.claimed_by = name(item.assignee);
    return acts;
  }
  for (const auto& [other, each] : state.items) {
    if (each.activation == item.activation && each.added && each.added_by == reader)
      acts.added.push_back({other, name(each.assignee), *each.added});
  }
  if (item.status != ItemStatus::open) return acts;
  acts.claim = !item.group.empty() && item.assignee.empty();
  acts.release = !item.group.empty() && item.assignee == reader;
  const May may = may_of(step);
  acts.transfer = may.transfer && item.added != AddedAs::opinion;
  acts.delegate = may.delegate && !item.added;
  acts.add = may.add && !item.added && item.stands_for.empty();
  return acts;
}

}  // namespace countersign
