#pragma once
// Mails that remind somebody, on their way out. A reminder is held in the queue kChaseTarget until five past
// the hour (by the person's clock; sooner where their work ends before); then everything that is held for the
// person leaves: as one mail that lists all, or as single mails where there are few. None leaves outside the
// person's working time, in their quiet hours, or beyond so many a day: those wait for the next moment that
// is allowed.
//
// A decision takes its reminder out as long as it is held (Transaction::drop_messages). Which reminders a
// digest carries, and its Message-ID, are stored with the row before anything is sent. Used on the writer's
// thread, but for may_leave_from.

#include <optional>
#include <string_view>
#include <vector>

#include "runtime/command_queue.h"
#include "runtime/execution.h"

namespace countersign {

// Of a row that carries others: one mail for several reminders.
inline constexpr std::string_view kDigestKind = "digest";

// Whether the row reminds somebody: quiet hours and the daily measure hold for it.
bool is_chasing(std::string_view kind);

// When a reminder that is due now is looked at.
Instant held_until(const Snapshot& snapshot, const Person& person, Instant now);
// `at` itself, or the next moment after it that is the person's working time and not quiet.
Instant may_leave_from(const Snapshot& snapshot, const PersonId& person, Instant at);

class Chasing {
 public:
  // All references outlive this.
  Chasing(Execution& execution, const Library& library, const Reader& reader)
      : execution_(execution), library_(library), reader_(reader) {}

  // When take() has something to give; nullopt for never.
  std::optional<Instant> next() const { return next_; }
  // Reads again what is held.
  void look(Instant now);
  // What is to be done now, at most `max` jobs. Whoever takes them calls settle() when they are done.
  std::vector<QueuedJob> take(Instant now, std::size_t max);
  // As look(), but after a failure a little later.
  void settle(Instant now);

 private:
  Result<void> release(Transaction& transaction, const PersonId& recipient, Instant now);

  Execution& execution_;
  const Library& library_;
  const Reader& reader_;
  std::optional<Instant> next_;
  bool failed_ = false;
};

// From when on the row could leave, so from when on it counts as tried: what chases not in nights and
// weekends.
Instant could_leave_at(const Snapshot& snapshot, const OutboxRow& row);

// Before a digest is sent for the first time: whatever it carries then stays in it, and it leaves with that
// or not at all. Nothing left: it is dropped.
Result<void> fix_digest(Transaction& transaction, std::int64_t digest, Instant now);
// After an attempt that surely delivered nothing: the next one leaves out what was decided meanwhile.
Result<void> reopen_digest(Transaction& transaction, std::int64_t digest);

struct FixedDigest {
  std::vector<std::int64_t> entries;  // outbox rows
  Instant at;
};
// nullopt while it is not fixed.
Result<std::optional<FixedDigest>> read_digest(const OutboxRow& row);

}  // namespace countersign
