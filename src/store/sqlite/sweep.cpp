#include "store/sqlite/sweep.h"

#include <vector>

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

Result<void> Sweep::links(Connection& connection, Instant older_than) {
  std::string last;
  {
    Rows rows = connection.query(
        "SELECT max(token_hash) FROM (SELECT token_hash FROM link WHERE token_hash > ? ORDER BY token_hash "
        "LIMIT 200)",
        Blob{progress_.links});
    if (rows.next() && !rows.is_null(0)) last = rows.string(0);
    if (auto done = rows.done(); !done) return done;
  }
  if (!last.empty()) {
    auto done = connection.run(
        "DELETE FROM link WHERE token_hash > ?1 AND token_hash <= ?2 AND created_at < ?3 AND (EXISTS(SELECT "
        "1 "
        "FROM instance i JOIN work_item w ON w.instance = i.n AND w.number = link.item WHERE i.id = "
        "link.instance AND w.closed_at < ?3) OR link.item = 0 AND EXISTS(SELECT 1 FROM instance i WHERE i.id "
        "= link.instance AND i.ended_at < ?3))",
        Blob{progress_.links}, Blob{last}, older_than);
    if (!done) return done;
  }
  progress_.links = std::move(last);
  return {};
}

// Given up first, where nobody finds it any more, and its content removed by a later piece, after that has
// been committed: whatever a crash leaves undone is done again. Content that another row has too stays.
Result<void> Sweep::uploads(Connection& connection, Instant older_than) {
  if (!options_.remove_upload) return {};
  struct GivenUp {
    std::string id, sha256;
    bool shared;
  };
  std::vector<GivenUp> given_up;
  {
    Rows rows = connection.query(
        "SELECT id, sha256, EXISTS(SELECT 1 FROM file o WHERE o.sha256 = file.sha256 AND o.use <> 2) "
        "FROM file WHERE use <> 1 AND use = 2 LIMIT 50");
    while (rows.next()) given_up.push_back({rows.string(0), rows.string(1), rows.integer(2) != 0});
    if (auto done = rows.done(); !done) return done;
  }
  for (const GivenUp& file : given_up) {
    if (!file.shared && !options_.remove_upload(file.sha256, older_than)) continue;
    if (auto done = connection.run("DELETE FROM file WHERE id = ?", file.id); !done) return done;
  }
  return connection.run(
      "UPDATE file SET use = 2 WHERE id IN (SELECT id FROM file WHERE use <> 1 AND use = 0 AND created_at < "
      "? "
      "ORDER BY created_at LIMIT 50)",
      older_than);
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
  done = links(connection, now - options_.keep_links);
  if (!done) return done;
  done = uploads(connection, now - options_.keep_uploads);
  if (!done) return done;
  return piece(connection,
               "SELECT max(id), max(received_at) FROM "
               "(SELECT id, received_at FROM inbound WHERE id > ? ORDER BY id LIMIT 500)",
               "DELETE FROM inbound WHERE id > ? AND id <= ? AND received_at < ? AND status = 'applied' AND "
               "id <> (SELECT max(id) FROM inbound)",
               now - options_.keep_inbound, progress_.inbound);
}

}  // namespace countersign::sqlite
