#pragma once
// Carries one core command through a store transaction: load, decide (with the facts it asks for), apply, and
// turn its effects into outbox rows. Used on the writer's thread only.

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/random.h"
#include "core/decide.h"
#include "runtime/library.h"
#include "runtime/links.h"
#include "runtime/requests.h"
#include "store/store.h"

namespace countersign {

struct Executed {
  std::shared_ptr<const State> before;
  std::shared_ptr<const State> after;
  std::optional<Error> refusal;        // an incident was stored instead of what was asked
  std::optional<InstanceId> existing;  // a start whose business key an open instance has: that one
};

// What a batch changed that the loop must look at after the commit.
struct Ripples {
  bool outbox = false;
  bool engine_rows = false;
  bool held_messages = false;  // of kChaseTarget: some were added, or became due
  bool timers_cleared = false;
  std::optional<Instant> earliest_timer;
};

class Execution {
 public:
  Execution(Library& library, const Links& links, RandomSource& random)
      : library_(library), links_(links), random_(random) {}

  std::expected<Executed, Refusal> run(Transaction& transaction, const InstanceId& instance,
                                       const Command& command, Instant now);
  // A new instance of the version in force, under the id given.
  std::expected<Executed, Refusal> start(Transaction& transaction, const InstanceId& instance,
                                         const Start& command, std::shared_ptr<const Definition> definition,
                                         Instant now);

  // The definition that an instance runs; corrupt where its version is nowhere.
  Result<std::shared_ptr<const Definition>> definition_of(const State& state) const;

  // For the loop, between batches.
  Ripples take_ripples() { return std::exchange(ripples_, {}); }
  void add_outbox_ripple() { ripples_.outbox = true; }
  void add_engine_rows_ripple() { ripples_.engine_rows = true; }
  void add_held_messages_ripple() { ripples_.held_messages = true; }

 private:
  std::expected<Executed, Refusal> decide_and_apply(Transaction& transaction,
                                                    std::shared_ptr<const State> before,
                                                    const Definition& definition, const Command& command,
                                                    Instant now);
  Result<void> follow_events(Transaction& transaction, const State& state, const std::vector<Event>& events);

  Library& library_;
  const Links& links_;
  RandomSource& random_;
  Ripples ripples_;
};

}  // namespace countersign
