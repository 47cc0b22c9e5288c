#include "store/sqlite/sweep.h"

namespace countersign::sqlite {

// `window` gives the last row and the youngest time of the next 500 rows behind `at`.
Result<void> Sweep::piece(Connection& connection, Sql window, Sql remove, Instant older_than,
                          std::int64_t& at) {
  std::int64_t last = 0;
  bool end = true;
  {
    Rows rows = connection.query(window, at);
    if (rows.next() && !rows.is_null(0)) {
      last = rows.integer(0);
      end = rows.instant(1) >= older_than;
    }
    if (auto done = rows.done(); !done) return done;
  }
  if (last != 0) {
    if (auto done = connection.run(remove, at, last, older_than); !done) return done;
  }
  at = end ? 0 : last;
  return {};
}

Result<void> Sweep::step(Connection& connection, Instant now) {
  auto done = piece(connection,
                    "SELECT max(n), max(created_at) FROM "
                    "(SELECT n, created_at FROM idempotency WHERE n > ? ORDER BY n LIMIT 500)",
                    "DELETE FROM idempotency WHERE n > ? AND n <= ? AND created_at < ?",
                    now - options_.keep_answers, progress_.answers);
  if (!done) return done;
  // The newest row stays, so that an id is never given twice.
  done = piece(connection,
               "SELECT max(id), max(created_at) FROM "
               "(SELECT id, created_at FROM outbox WHERE id > ? ORDER BY id LIMIT 500)",
               "DELETE FROM outbox WHERE id > ? AND id <= ? AND created_at < ? AND status IN (1, 3) AND "
               "id <> (SELECT max(id) FROM outbox)",
               now - options_.keep_messages, progress_.messages);
  if (!done) return done;
  return piece(connection,
               "SELECT max(id), max(received_at) FROM "
               "(SELECT id, received_at FROM inbound WHERE id > ? ORDER BY id LIMIT 500)",
               "DELETE FROM inbound WHERE id > ? AND id <= ? AND received_at < ? AND status = 'applied' AND "
               "id <> (SELECT max(id) FROM inbound)",
               now - options_.keep_inbound, progress_.inbound);
}

}  // namespace countersign::sqlite
