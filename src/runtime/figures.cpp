#include "runtime/figures.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace countersign {
namespace {

using StepKey = std::pair<std::string, std::string>;  // workflow, step
using WhoKey = std::pair<std::string, std::string>;   // person, group

struct Waits {
  std::vector<Duration> waited;
  std::uint64_t open = 0;
  std::optional<Instant> oldest_open;

  void add_open(Instant since) {
    ++open;
    oldest_open = std::min(oldest_open.value_or(since), since);
  }
  WaitFigure figure() {
    WaitFigure figure;
    figure.decided = waited.size();
    figure.median = quantile(waited, 50);
    figure.p90 = quantile(waited, 90);
    if (!waited.empty()) figure.longest = *std::ranges::max_element(waited);
    figure.open = open;
    figure.oldest_open = oldest_open;
    return figure;
  }
};

void count_overdue(OverdueFigure& figure, const OpenItemRow& row) {
  if (figure.items == 0 || *row.due_at < figure.oldest_due_at) figure.oldest_due_at = *row.due_at;
  ++figure.items;
}

template <class Key>
std::vector<OverdueFigure> most_first(std::map<Key, OverdueFigure>& counted) {
  std::vector<OverdueFigure> figures;
  for (auto& [key, figure] : counted) figures.push_back(std::move(figure));
  std::ranges::sort(figures, [](const OverdueFigure& a, const OverdueFigure& b) {
    return std::tie(b.items, a.workflow, a.step, a.person, a.group) <
           std::tie(a.items, b.workflow, b.step, b.person, b.group);
  });
  return figures;
}

void longest_first(std::vector<WaitFigure>& figures) {
  std::ranges::sort(figures, [](const WaitFigure& a, const WaitFigure& b) {
    return std::tie(b.median, b.p90, b.open, a.workflow, a.step, a.person) <
           std::tie(a.median, a.p90, a.open, b.workflow, b.step, b.person);
  });
}

}  // namespace

Duration quantile(std::vector<Duration>& values, int percent) {
  if (values.empty()) return Duration(0);
  const std::size_t rank = (values.size() * static_cast<std::size_t>(percent) + 99) / 100;
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::ranges::nth_element(values, nth);
  return *nth;
}

Result<OverdueFigures> overdue_figures(const Reader& reader, std::string_view workflow, Instant now,
                                       std::size_t limit) {
  const auto rows = reader.open_items(now, limit);
  if (!rows) return std::unexpected(rows.error());
  OverdueFigures figures;
  figures.complete = rows->size() < limit;
  std::map<StepKey, OverdueFigure> by_step;
  std::map<WhoKey, OverdueFigure> by_person;
  for (const OpenItemRow& row : *rows) {
    if (!workflow.empty() && row.workflow.value != workflow) continue;
    ++figures.items;
    OverdueFigure& step = by_step[{row.workflow.value, row.step}];
    step.workflow = row.workflow;
    step.step = row.step;
    count_overdue(step, row);
    OverdueFigure& who = by_person[{row.assignee.value, row.group}];
    who.person = row.assignee;
    who.group = row.group;
    count_overdue(who, row);
  }
  figures.by_step = most_first(by_step);
  figures.by_person = most_first(by_person);
  return figures;
}

Result<WaitFigures> wait_figures(const Reader& reader, std::string_view workflow, Instant since,
                                 std::size_t limit) {
  const auto decided = reader.decided_items(since, limit);
  if (!decided) return std::unexpected(decided.error());
  const auto open = reader.open_items({}, limit);
  if (!open) return std::unexpected(open.error());
  std::map<StepKey, Waits> by_step;
  std::map<std::string, Waits> by_person;
  for (const DecidedItemRow& row : *decided) {
    if (!workflow.empty() && row.workflow.value != workflow) continue;
    by_step[{row.workflow.value, row.step}].waited.push_back(row.waited);
    by_person[row.person.value].waited.push_back(row.waited);
  }
  for (const OpenItemRow& row : *open) {
    if (!workflow.empty() && row.workflow.value != workflow) continue;
    by_step[{row.workflow.value, row.step}].add_open(row.opened_at);
    if (!row.assignee.empty()) by_person[row.assignee.value].add_open(row.opened_at);
  }
  WaitFigures figures;
  figures.complete = decided->size() < limit && open->size() < limit;
  for (auto& [key, waits] : by_step) {
    WaitFigure figure = waits.figure();
    figure.workflow = WorkflowId(key.first);
    figure.step = key.second;
    figures.by_step.push_back(std::move(figure));
  }
  for (auto& [person, waits] : by_person) {
    WaitFigure figure = waits.figure();
    figure.person = PersonId(person);
    figures.by_person.push_back(std::move(figure));
  }
  longest_first(figures.by_step);
  longest_first(figures.by_person);
  return figures;
}

}  // namespace countersign
