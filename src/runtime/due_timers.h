#pragma once
// Which timers are due. One that could not act (its definition is missing) rests for a while: it neither
// keeps the loop busy nor holds up the others. Not thread-safe.

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "core/state.h"
#include "store/store.h"

namespace countersign {

TimerKey key_of(const TimerRow& row);

class DueTimers {
 public:
  // `reader` outlives this.
  explicit DueTimers(const Reader& reader) : reader_(reader) {}

  // When take() has something to give; nullopt for never.
  std::optional<Instant> next() const;
  // Reads again which timer is next.
  void look(Instant now);
  // One was set.
  void expect(Instant due) { next_ = next_ ? std::min(*next_, due) : due; }
  // What is due and does not rest, earliest first. Whoever takes them calls look() when they have acted.
  std::vector<TimerRow> take(Instant now, std::size_t max);
  void rest(const TimerRow& row, Instant until) { resting_[{row.instance, key_of(row)}] = until; }
  // The store takes nothing: none of them acts before then.
  void pause(Instant until) { from_ = until; }

 private:
  bool rests(const TimerRow& row) const { return resting_.contains({row.instance, key_of(row)}); }

  const Reader& reader_;
  std::optional<Instant> next_;
  Instant from_{};
  std::map<std::pair<InstanceId, TimerKey>, Instant> resting_;
};

}  // namespace countersign
