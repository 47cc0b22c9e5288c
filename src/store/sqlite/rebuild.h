#pragma once
// What is derived from the event log, made anew from it: instances, snapshots, work items, timers, claims,
// counters, and what ledgers have reserved and spent. Offline: whoever calls holds the data folder's lock.
//
// The log is replayed into a database beside the real one, and both are compared row by row. Not made anew
// (docs/architecture.md): the outbox, webhooks, links, keys, and what administrators and the configuration
// posted on ledgers, which count as given. An instance whose events were erased keeps the rows that it has.

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "store/sqlite/connection.h"

namespace countersign::sqlite {

struct RebuiltTable {
  std::string name;
  std::uint64_t rows = 0;               // that the log gives
  std::uint64_t missing = 0;            // of those: not in the table, or not so
  std::uint64_t surplus = 0;            // rows of the table that the log does not give, or not so
  std::vector<std::string> examples{};  // keys of some of both
};

struct RebuildReport {
  std::uint64_t instances = 0;
  std::uint64_t events = 0;
  std::uint64_t erased = 0;  // instances that keep their rows
  std::vector<RebuiltTable> tables;
  std::vector<std::string> problems;  // what the log itself does not allow to make anew
  bool is_equal() const;
};

// Replays the log of `main` into a new database at `scratch_path`, which the caller removes.
Result<RebuildReport> replay_log(Connection& main, const std::string& scratch_path, RandomSource& random);
// With the scratch database attached to `main` as "rebuilt": fills in what differs.
Result<void> compare_with_log(Connection& main, RebuildReport& report);
// Inside a transaction: the tables become what the log gives.
Result<void> take_over_log(Connection& main);

}  // namespace countersign::sqlite
