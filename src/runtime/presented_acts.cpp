// What the page of a work item offers beside deciding it. The core's policy has the last word.

#include "runtime/presented_acts.h"

#include "core/guest.h"
#include "core/policy.h"
#include "core/questions.h"
#include "core/stand_in.h"

namespace countersign {
namespace {

May may_of(const Step& step) {
  if (const auto* approve = std::get_if<Approve>(&step.kind)) return approve->may;
  if (const auto* task = std::get_if<Task>(&step.kind))
    return {task->may.transfer, task->may.delegate, false};
  return {false, false, false};
}

// What the core is asked with: it decides nothing here, so facts are not needed.
Context context_of(const Presenting& presenting) {
  static const Facts kNoFacts;
  Context context{*presenting.definition, *presenting.snapshot.directory, presenting.snapshot.calendars,
                  kNoFacts, presenting.now};
  context.absences = presenting.absences;
  return context;
}

// While the item is open or waiting.
void add_item_acts(PresentedActs& acts, const Presenting& presenting, const Item& item, const Step& step) {
  const PersonId& reader = presenting.reader;
  const Directory& directory = *presenting.snapshot.directory;
  const Context context = context_of(presenting);
  const StandInView view = stand_in_view(context, presenting.state);
  const bool stands_in = acts_for(view, item, reader) != PersonId();
  if (is_claimed(directory, item) && item.assignee != reader && !stands_in) {
    acts.claimed_by = directory.name_of(item.assignee);
    return;
  }
  for (const auto& [other, each] : presenting.state.items) {
    if (each.activation == item.activation && each.added && has_added(view, each, reader))
      acts.added.push_back({other, each.version, directory.name_of(each.assignee), *each.added});
  }
  if (item.status != ItemStatus::open) return;
  acts.claim = !is_claimed(directory, item) && directory.is_member(reader, item.group);
  acts.release =
      !item.group.empty() && (item.assignee == reader || (is_claimed(directory, item) && stands_in));
  const May may = may_of(step);
  acts.transfer = may.transfer && item.added != AddedAs::opinion;
  acts.delegate = may.delegate && !item.added;
  acts.add = may.add && !item.added && item.stands_for.empty();
}

// Asks the core, which is to do it.
void add_acts_of_request(PresentedActs& acts, const Presenting& presenting, const WorkItemRow& row) {
  const Context context = context_of(presenting);
  const PersonId& reader = presenting.reader;
  const Actor by{.kind = Actor::Kind::person, .person = reader, .channel = "link"};
  const auto would = [&](const Command& command) { return would_accept(context, presenting.state, command); };
  if (row.status == ItemStatus::decided && row.decided_by == reader)
    acts.take_back = would(TakeBack{row.number, by, {}});
  if (presenting.state.requester != reader) return;
  acts.nudge = would(Nudge{by});
  acts.withdraw = would(Withdraw{by, {}});
  acts.cancel = would(Cancel{by, {}});
}

}  // namespace

PresentedActs presented_acts(const Presenting& presenting, const WorkItemRow& row, const Step& step) {
  PresentedActs acts;
  const PersonId& reader = presenting.reader;
  const auto item = presenting.state.items.find(row.number);
  const bool is_known = presenting.snapshot.directory->find(reader) != nullptr;
  if (item != presenting.state.items.end() && !is_guest(reader))
    add_item_acts(acts, presenting, item->second, step);
  if (is_known && !is_guest(reader)) add_acts_of_request(acts, presenting, row);
  // Somebody who is not asked yet, or any more, still has a say. What people write to each other is not for
  // guests.
  acts.comment = !presenting.state.ended && is_known && !is_guest(reader);
  return acts;
}

}  // namespace countersign
