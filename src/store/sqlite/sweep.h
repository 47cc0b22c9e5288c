#pragma once
// Removes what was kept long enough, a bounded piece a call: idempotency records, messages that left or were
// dropped, webhooks that were applied, links of work items that closed, uploads that no instance named. Used
// by the writer, inside a transaction.

#include <string>

#include "store/sqlite/connection.h"
#include "store/sqlite/options.h"

namespace countersign::sqlite {

class Sweep {
 public:
  explicit Sweep(const SqliteOptions& options) : options_(options) {}
  Result<void> step(Connection& connection, Instant now);

 private:
  // The row up to which each table has been looked through; rows are in order of age.
  struct Progress {
    std::int64_t answers = 0;
    std::int64_t messages = 0;
    std::int64_t inbound = 0;
    std::string links;  // a hash: these are in no order of age, so all are looked through again and again
  };
  Result<void> links(Connection& connection, Instant older_than);
  Result<void> uploads(Connection& connection, Instant older_than);
  static Result<void> piece(Connection& connection, Sql window, Sql remove, Instant older_than,
                            std::int64_t& at);

  const SqliteOptions options_;
  Progress progress_;
};

}  // namespace countersign::sqlite
