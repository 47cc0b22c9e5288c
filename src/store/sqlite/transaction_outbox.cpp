// The outbox's write side. A row whose order_key has an earlier pending row is `blocked`: it stands in no
// queue until that one is finished, so that a queue's head can always leave.

#include <fmt/format.h>

#include "store/sqlite/outbox_row.h"
#include "store/sqlite/sqlite_transaction.h"

namespace countersign::sqlite {

OutboxRow read_outbox_row(const Rows& rows) {
  OutboxRow row;
  row.id = rows.integer(0);
  row.target = rows.text(1);
  row.order_key = rows.text(2);
  row.idempotency_key = rows.text(3);
  row.instance.value = rows.text(4);
  row.item = static_cast<std::uint32_t>(rows.integer(5));
  row.kind = rows.text(6);
  row.recipient.value = rows.text(7);
  row.payload = rows.text(8);
  row.nonce = rows.text(9);
  row.status = static_cast<OutboxStatus>(rows.integer(10));
  row.attempts = static_cast<std::uint32_t>(rows.integer(11));
  row.created_at = rows.instant(12);
  row.next_at = rows.instant(13);
  row.last_error = rows.text(14);
  return row;
}

// Exactly the earliest pending row of the key is free to leave.
Result<void> SqliteTransaction::settle_order(std::string_view order_key) {
  if (order_key.empty()) return {};
  std::int64_t first = 0;
  {
    Rows rows = db_.query(
        "SELECT id FROM outbox WHERE order_key = ? AND order_key <> '' AND status = 0 ORDER BY id LIMIT 1",
        order_key);
    if (rows.next()) first = rows.integer(0);
    if (auto done = rows.done(); !done) return done;
  }
  if (first == 0) return {};
  Rows rows = db_.query(
      "UPDATE outbox SET blocked = (id <> ?2) WHERE order_key = ?1 AND order_key <> '' AND status = 0 "
      "AND id IN (?2, (SELECT id FROM outbox WHERE order_key = ?1 AND order_key <> '' AND status = 0 AND id "
      "> ?2 "
      "ORDER BY id LIMIT 1)) RETURNING target",
      order_key, first);
  while (rows.next()) batch_.mark_target(rows.text(0));
  return rows.done();
}

Result<std::int64_t> SqliteTransaction::add_outbox(OutboxRow row) {
  if (auto ready = batch_.before_write(); !ready) return passed_on(ready);
  auto done = db_.run(
      "INSERT INTO outbox(target, order_key, idempotency_key, instance, item, kind, recipient, payload, "
      "nonce, "
      "status, blocked, attempts, created_at, next_at, last_error) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
      "?9, ?10, "
      "?2 <> '' AND EXISTS(SELECT 1 FROM outbox WHERE order_key = ?2 AND order_key <> '' AND status = 0), "
      "?11, ?12, ?13, ?14)",
      row.target, row.order_key, row.idempotency_key, row.instance.value, row.item, row.kind,
      row.recipient.value, row.payload, Blob{row.nonce}, static_cast<int>(row.status), row.attempts,
      row.created_at, row.next_at, row.last_error);
  if (!done) return passed_on(done);
  batch_.mark_target(row.target);
  return db_.last_rowid();
}

Result<void> SqliteTransaction::finish_outbox(std::int64_t id, OutboxStatus status, std::string_view detail) {
  if (auto ready = batch_.before_write(); !ready) return ready;
  std::string order_key;
  bool carries = false;
  {
    // Dropping is no attempt.
    Rows rows = db_.query(
        "UPDATE outbox SET status = ?2, last_error = ?3, attempts = attempts + (?2 <> 3), blocked = 0 "
        "WHERE id = ?1 AND (status = 0 OR (status = 2 AND ?2 = 3)) RETURNING target, order_key, kind = "
        "'digest'",
        id, static_cast<int>(status), detail);
    while (rows.next()) {
      batch_.mark_target(rows.text(0));
      order_key = rows.text(1);
      carries = rows.flag(2);
    }
    if (auto done = rows.done(); !done) return done;
  }
  if (carries) {
    auto done = db_.run(
        "UPDATE outbox SET status = ?2, last_error = ?3, attempts = attempts + (?2 <> 3), blocked = 0 "
        "WHERE digest = ?1 AND digest <> 0 AND (status = 0 OR (status = 2 AND ?2 = 3))",
        id, static_cast<int>(status), detail);
    if (!done) return done;
  }
  return settle_order(order_key);
}

Result<void> SqliteTransaction::retry_outbox(std::int64_t id, Instant next_at, std::string_view error) {
  if (auto ready = batch_.before_write(); !ready) return ready;
  Rows rows = db_.query(
      "UPDATE outbox SET attempts = attempts + 1, next_at = ?2, last_error = ?3 WHERE id = ?1 AND status = 0 "
      "RETURNING target",
      id, next_at, error);
  while (rows.next()) batch_.mark_target(rows.text(0));
  return rows.done();
}

Result<void> SqliteTransaction::hurry_outbox(Instant next_at) {
  if (auto ready = batch_.before_write(); !ready) return ready;
  // Reminders that are held for working time have not been tried yet.
  Rows rows = db_.query(
      "UPDATE outbox SET next_at = ?1 WHERE status = 0 AND blocked = 0 AND attempts > 0 AND next_at > ?1 "
      "RETURNING target",
      next_at);
  while (rows.next()) batch_.mark_target(rows.text(0));
  return rows.done();
}

Result<void> SqliteTransaction::revive_outbox(std::int64_t id, Instant next_at) {
  if (auto ready = batch_.before_write(); !ready) return ready;
  {
    Rows waiting = db_.query(
        "UPDATE outbox SET next_at = ?2 WHERE id = ?1 AND status = 0 AND blocked = 0 RETURNING target", id,
        next_at);
    bool is_waiting = false;
    while (waiting.next()) {
      is_waiting = true;
      batch_.mark_target(waiting.text(0));
    }
    if (auto done = waiting.done(); !done) return done;
    if (is_waiting) return {};
  }
  std::string order_key;
  {
    Rows rows = db_.query(
        "UPDATE outbox SET status = 0, attempts = 0, digest = 0, next_at = ?2, blocked = order_key <> '' AND "
        "EXISTS(SELECT 1 FROM "
        "outbox o WHERE o.order_key = outbox.order_key AND o.order_key <> '' AND o.status = 0 AND o.id < ?1) "
        "WHERE id = ?1 AND status IN (2, 3) RETURNING target, order_key, kind = 'digest'",
        id, next_at);
    bool found = false;
    bool carries = false;
    while (rows.next()) {
      found = true;
      batch_.mark_target(rows.text(0));
      order_key = rows.text(1);
      carries = rows.flag(2);
    }
    if (auto done = rows.done(); !done) return done;
    if (carries) {
      auto done = db_.run(
          "UPDATE outbox SET status = 0, attempts = 0, blocked = 1 WHERE digest = ? AND digest <> 0 AND "
          "status = 2",
          id);
      if (!done) return done;
    }
    if (!found) {
      Rows known = db_.query("SELECT 1 FROM outbox WHERE id = ?", id);
      const bool exists = known.next();
      if (auto done = known.done(); !done) return done;
      return exists ? fail(ErrorCode::conflict,
                           fmt::format("cannot retry message {}: it is neither dead nor dropped", id))
                    : fail(ErrorCode::not_found, fmt::format("cannot retry message {}: there is none", id));
    }
  }
  return settle_order(order_key);
}

Result<int> SqliteTransaction::drop_messages(const InstanceId& instance, std::uint32_t item) {
  if (auto ready = batch_.before_write(); !ready) return passed_on(ready);
  // On the path of every decision, so without RETURNING, which builds a table for its rows.
  std::vector<std::int64_t> pending;
  std::set<std::string> order_keys;
  {
    Rows rows = db_.query(
        "SELECT id, target, order_key FROM outbox WHERE instance = ? AND item = ? AND item <> 0 AND status = "
        "0",
        instance.value, item);
    while (rows.next()) {
      pending.push_back(rows.integer(0));
      batch_.mark_target(rows.text(1));
      if (!rows.text(2).empty()) order_keys.insert(rows.string(2));
    }
    if (auto done = rows.done(); !done) return passed_on(done);
  }
  for (const std::int64_t id : pending) {
    if (auto done = db_.run("UPDATE outbox SET status = 3, blocked = 0 WHERE id = ?", id); !done) {
      return passed_on(done);
    }
  }
  for (const std::string& order_key : order_keys) {
    if (auto done = settle_order(order_key); !done) return passed_on(done);
  }
  return static_cast<int>(pending.size());
}

Result<std::optional<OutboxRow>> SqliteTransaction::outbox_row(std::int64_t id) {
  Rows rows = db_.query("SELECT " COUNTERSIGN_OUTBOX_COLUMNS " FROM outbox WHERE id = ?", id);
  std::optional<OutboxRow> row;
  if (rows.next()) row = read_outbox_row(rows);
  if (auto done = rows.done(); !done) return passed_on(done);
  return row;
}

}  // namespace countersign::sqlite
