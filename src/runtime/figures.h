#pragma once
// What is overdue and where requests wait, counted by workflow and step, and by person. Read when somebody
// asks; nothing is counted beside the work. Thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace countersign {

// How many rows are looked at. What lies beyond is not counted, and the figures say so.
inline constexpr std::size_t kOverdueMax = 20'000;
inline constexpr std::size_t kDecidedMax = 50'000;

// Of a step of a workflow, or of a person or group, over all workflows.
struct OverdueFigure {
  WorkflowId workflow;
  std::string step;
  PersonId person;
  std::string group;
  std::uint64_t items = 0;
  Instant oldest_due_at;
};
struct OverdueFigures {
  std::uint64_t items = 0;
  bool complete = true;
  std::vector<OverdueFigure> by_step, by_person;  // the most first
};
// Open work items whose due time is past. `workflow`: "" for all.
Result<OverdueFigures> overdue_figures(const Reader& reader, std::string_view workflow, Instant now,
                                       std::size_t limit = kOverdueMax);

struct WaitFigure {
  WorkflowId workflow;
  std::string step;
  PersonId person;
  std::uint64_t decided = 0;
  Duration median{};  // from being asked to deciding, by the clock
  Duration p90{};     // nine of ten took no longer
  Duration longest{};
  std::uint64_t open = 0;  // are asked now
  std::optional<Instant> oldest_open;
};
struct WaitFigures {
  bool complete = true;
  std::vector<WaitFigure> by_step, by_person;  // the longest median first
};
// Work items decided since then, and those that are open.
Result<WaitFigures> wait_figures(const Reader& reader, std::string_view workflow, Instant since,
                                 std::size_t limit = kDecidedMax);

// The smallest of the values that `percent` of them do not exceed; they are put in another order. 0 for none.
Duration quantile(std::vector<Duration>& values, int percent);

}  // namespace countersign
