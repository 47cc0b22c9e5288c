#include "runtime/closed_item.h"

#include <fmt/format.h>

namespace countersign {
namespace {

// To whom it was handed on, where that is known for certain and the work is still theirs.
std::optional<WorkItemRow> successor_of(const WorkItemRow& closed, const Reader& reader) {
  WorkItemFilter filter;
  filter.instance = closed.instance.value;
  filter.status = to_string(ItemStatus::open);
  std::optional<WorkItemRow> found;
  std::string cursor;
  do {
    const auto page = reader.work_items(filter, 1000, cursor);
    if (!page) return std::nullopt;
    for (const WorkItemRow& row : page->rows) {
      const bool is_from_them = !row.transferred_by.empty() && row.transferred_by == closed.decided_by;
      if (row.step != closed.step || row.number <= closed.number || !is_from_them) continue;
      if (found) return std::nullopt;  // several were: one cannot be told from the other
      found = row;
    }
    cursor = page->next_cursor;
  } while (!cursor.empty());
  return found;
}

// "" where there is nothing to say but that it is closed.
std::string words_of(const WorkItemRow& closed, const Reader& reader, const Directory& directory) {
  if (closed.status == ItemStatus::decided)
    return fmt::format("is already decided ({} by {}", closed.outcome, directory.name_of(closed.decided_by));
  if (closed.status == ItemStatus::advised)
    return fmt::format("is already answered (by {}", directory.name_of(closed.decided_by));
  if (closed.status != ItemStatus::reassigned) return {};
  const auto now = successor_of(closed, reader);
  if (!now) return "is with somebody else now (handed on";
  return fmt::format("is with {} now (handed on",
                     now->assignee.empty() ? "the group " + now->group : directory.name_of(now->assignee));
}

}  // namespace

std::string fate_of(const WorkItemRow& closed, const Reader& reader, const Directory& directory) {
  const std::string words = words_of(closed, reader, directory);
  if (words.empty()) return {};
  return fmt::format("{} {}: it {}, {})", closed.reference, closed.step, words,
                     format_rfc3339(closed.closed_at.value_or(closed.opened_at)));
}

}  // namespace countersign
