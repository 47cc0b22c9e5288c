#pragma once
// Carries one core command through a store transaction: load, decide (with the facts it asks for), apply, and
// turn its effects into outbox rows.

#include <algorithm>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/random.h"
#include "core/decide.h"
#include "runtime/library.h"
#include "runtime/links.h"
#include "runtime/requests.h"
#include "store/prepared_change.h"
#include "store/store.h"

namespace countersign {

struct Executed {
  std::shared_ptr<const State> before;
  std::shared_ptr<const State> after;
  std::optional<Error> refusal;        // an incident was stored instead of what was asked
  std::optional<InstanceId> existing;  // a start whose business key an open instance has: that one
};

// Nothing about what was asked is wrong: the same may succeed later.
inline bool is_transient(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::storage;
}

// What a batch changed that the loop must look at after the commit.
struct Ripples {
  bool outbox = false;
  bool outbox_retried = false;  // an administrator wants something to be tried at once
  bool engine_rows = false;
  bool held_messages = false;  // of kChaseTarget: some were added, or became due
  bool timers_cleared = false;
  std::optional<Instant> earliest_timer;
};

// A command that was decided ahead of the transaction that carries it out. It holds as long as the instance
// and what is in force are the same then.
struct Rehearsed {
  StoredInstance place;
  Decision decision;
  PreparedChange prepared;
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const Absences> absences;
  Instant at;
};

// Used on the writer's thread only, but for what says otherwise.
class Execution {
 public:
  Execution(Library& library, const Links& links, RandomSource& random)
      : library_(library), links_(links), random_(random) {}

  std::expected<Executed, Refusal> run(Transaction& transaction, const InstanceId& instance,
                                       const Command& command, Instant now);
  // A new instance of the version in force, under the id given.
  std::expected<Executed, Refusal> start(Transaction& transaction, const InstanceId& instance,
                                         const Start& command,
                                         const std::shared_ptr<const Definition>& definition, Instant now);

  // Thread-safe. Decides the command against the instance as it was read. nullopt where that has to be done
  // inside the transaction: it is refused, raises an incident, or depends on what instances share.
  std::optional<Rehearsed> rehearse(const StoredInstance& place, const Command& command, Instant now) const;
  // nullopt where the rehearsal does not hold any more: run() decides anew.
  std::optional<std::expected<Executed, Refusal>> perform(Transaction& transaction,
                                                          const Rehearsed& rehearsed);
  // `at`: the time of what the batch decides itself. A rehearsal from before something that is committed does
  // not hold, so that the log's times rise from commit to commit.
  void begin_batch(Instant at) {
    committed_until_ = written_until_;
    written_until_ = std::max(written_until_, at);
  }

  // Thread-safe. The definition that an instance runs; corrupt where its version is nowhere.
  Result<std::shared_ptr<const Definition>> definition_of(const State& state) const;

  // For the loop, between batches.
  Ripples take_ripples() { return std::exchange(ripples_, {}); }
  void add_outbox_ripple() { ripples_.outbox = true; }
  void add_outbox_retried_ripple() { ripples_.outbox_retried = true; }
  void add_engine_rows_ripple() { ripples_.engine_rows = true; }
  void add_held_messages_ripple() { ripples_.held_messages = true; }

 private:
  std::expected<Executed, Refusal> decide_and_apply(Transaction& transaction,
                                                    const std::shared_ptr<const State>& before,
                                                    const Definition& definition, const Command& command,
                                                    Instant now);
  // Writes what was decided, with its effects.
  std::expected<Executed, Refusal> carry_out(Transaction& transaction, const Change& change,
                                             const Snapshot& snapshot, const std::vector<Effect>& effects,
                                             Instant now);
  Result<void> follow_events(Transaction& transaction, const State& state, std::span<const Event> events);

  Library& library_;
  const Links& links_;
  RandomSource& random_;
  Ripples ripples_;
  Instant committed_until_{};
  Instant written_until_{};
};

}  // namespace countersign
