#include "runtime/due_timers.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace countersign {
namespace {

constexpr Duration kReadAgainAfter = std::chrono::seconds(5);

}  // namespace

TimerKey key_of(const TimerRow& row) {
  return {ActivationId(row.activation), row.item, static_cast<TimerKind>(row.kind), row.rule};
}

std::optional<Instant> DueTimers::next() const {
  if (!next_) return std::nullopt;
  return std::max(*next_, from_);
}

void DueTimers::look(Instant now) {
  std::erase_if(resting_, [&](const auto& entry) { return entry.second <= now; });
  // So many rows that one of them does not rest.
  const auto rows = reader_.due_timers(Instant::max(), resting_.size() + 1);
  if (!rows) {
    spdlog::error("cannot read the next timer: {}", rows.error().message);
    next_ = now + kReadAgainAfter;
    return;
  }
  next_.reset();
  for (const auto& [timer, until] : resting_) expect(until);
  const auto first =
      std::find_if(rows->begin(), rows->end(), [&](const TimerRow& row) { return !rests(row); });
  if (first != rows->end()) expect(first->due);
}

std::vector<TimerRow> DueTimers::take(Instant now, std::size_t max) {
  std::vector<TimerRow> taken;
  std::erase_if(resting_, [&](const auto& entry) { return entry.second <= now; });
  auto rows = reader_.due_timers(now, max + resting_.size());
  if (!rows) {
    spdlog::error("cannot read the due timers: {}", rows.error().message);
    next_ = now + kReadAgainAfter;
    return taken;
  }
  for (TimerRow& row : *rows) {
    if (taken.size() == max) break;
    if (!rests(row)) taken.push_back(std::move(row));
  }
  // What was expected was rolled back, or rests.
  if (taken.empty()) look(now);
  return taken;
}

}  // namespace countersign
