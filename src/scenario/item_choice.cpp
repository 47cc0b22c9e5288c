#include "scenario/item_choice.h"

#include <algorithm>

#include "scenario/guests.h"
#include <fmt/format.h>

#include "base/text.h"
#include "core/stand_in.h"
#include "runtime/presentation.h"

namespace countersign::scenario {
namespace {

std::string words(const std::vector<WorkItemRow>& items) {
  std::vector<std::string> parts;
  for (const WorkItemRow& item : items) {
    parts.push_back(fmt::format(
        "{} ({})", item.assignee.empty() ? "group " + item.group : written(item.assignee), item.step));
  }
  return join(parts, ", ");
}

// Whether the item may be answered by that person, though it is not their own.
bool may_be_for(const ItemSought& sought, const State& state, const Definition& definition,
                const WorkItemRow& row) {
  const Directory& directory = *sought.trial.snapshot().directory;
  if (row.assignee.empty() && directory.is_member(sought.person, row.group)) return true;
  const auto item = state.items.find(row.number);
  if (item == state.items.end()) return false;
  const auto absences = sought.trial.library().absences();
  const StandInView view{definition, directory, *absences, state, sought.trial.now()};
  return !acts_for(view, item->second, sought.person).empty();
}

std::optional<WorkItemRow> last_of(const std::vector<WorkItemRow>& items, const std::string& step) {
  const auto last = std::find_if(items.rbegin(), items.rend(),
                                 [&](const WorkItemRow& item) { return step.empty() || item.step == step; });
  return last == items.rend() ? std::nullopt : std::optional(*last);
}

}  // namespace

Result<WorkItemRow> find_item(const ItemSought& sought) {
  auto items = all_items(sought.trial.reader(), sought.instance);
  if (!items) return std::unexpected(items.error());
  const auto state = sought.trial.reader().instance(sought.instance);
  if (!state) return std::unexpected(state.error());
  const auto definition =
      *state ? sought.trial.library().version((*state)->workflow, (*state)->version) : nullptr;
  std::vector<WorkItemRow> open;
  std::vector<WorkItemRow> theirs;  // their own before what a group or an absent person leaves to them
  for (const WorkItemRow& item : *items) {
    if (!sought.step.empty() && item.step != sought.step) continue;
    const bool can_be =
        item.status == ItemStatus::open || (sought.or_waiting && item.status == ItemStatus::waiting);
    if (!can_be) continue;
    open.push_back(item);
    if (item.assignee == sought.person) {
      theirs.insert(theirs.begin(), item);
    } else if (definition != nullptr && may_be_for(sought, **state, *definition, item)) {
      theirs.push_back(item);
    }
  }
  if (theirs.size() > 1 && sought.step.empty() && theirs.front().step != theirs.back().step) {
    return fail(ErrorCode::invalid_input, fmt::format("{} is asked more than once ({}): write 'step'",
                                                      written(sought.person), words(theirs)));
  }
  if (!theirs.empty()) return theirs.front();
  if (sought.expects_refusal && !open.empty()) return open.front();
  if (sought.expects_refusal) {
    if (auto last = last_of(*items, sought.step)) return *last;
  }
  return fail(ErrorCode::not_found,
              open.empty() ? fmt::format("{} is not asked, and nobody else is", written(sought.person))
                           : fmt::format("{} is not asked; asked: {}", written(sought.person), words(open)));
}

Result<WorkItemRow> find_decided_item(const ItemSought& sought) {
  auto items = all_items(sought.trial.reader(), sought.instance);
  if (!items) return std::unexpected(items.error());
  std::vector<WorkItemRow> decided;
  for (const WorkItemRow& item : *items) {
    if (!sought.step.empty() && item.step != sought.step) continue;
    if (item.status == ItemStatus::decided && item.decided_by == sought.person) decided.push_back(item);
  }
  // An item is decided once: whoever decided twice has two.
  const auto last = std::ranges::max_element(decided, [](const WorkItemRow& one, const WorkItemRow& other) {
    return one.closed_at < other.closed_at || (one.closed_at == other.closed_at && one.number < other.number);
  });
  if (last != decided.end()) return *last;
  if (sought.expects_refusal) {
    if (auto any = last_of(*items, sought.step)) return *any;
  }
  return fail(ErrorCode::not_found, fmt::format("{} has decided nothing{}", written(sought.person),
                                                sought.step.empty() ? "" : " in " + sought.step));
}

}  // namespace countersign::scenario
