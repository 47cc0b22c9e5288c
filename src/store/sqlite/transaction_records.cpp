// Links, answers, webhooks, definitions, files and keys.

#include <charconv>
#include <compare>

#include <fmt/format.h>

#include "base/text.h"
#include "store/sqlite/record_rows.h"
#include "store/sqlite/sqlite_transaction.h"

namespace countersign::sqlite {
namespace {

std::optional<std::int64_t> as_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Senders stamp their events with a number, or with a time in any offset; anything else is ordered by its
// bytes.
bool is_older(std::string_view at, std::string_view seen) {
  const auto number = as_number(at);
  const auto number_seen = as_number(seen);
  if (number && number_seen) return *number < *number_seen;
  const auto time = parse_rfc3339(at);
  const auto time_seen = parse_rfc3339(seen);
  if (time && time_seen) return *time < *time_seen;
  return at < seen;
}

}  // namespace

Result<void> SqliteTransaction::add_link(const LinkRow& row) {
  return write(
      "INSERT INTO link(token_hash, instance, item, round, person, sent_to, created_at, revoked) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
      Blob{row.token_hash}, row.instance.value, row.item, row.round, row.person.value, row.sent_to,
      row.created_at, row.revoked);
}

Result<void> SqliteTransaction::revoke_links(const InstanceId& instance, std::uint32_t item) {
  return write("UPDATE link SET revoked = 1 WHERE instance = ? AND item = ? AND revoked = 0", instance.value,
               item);
}

Result<std::optional<IdempotencyRow>> SqliteTransaction::find_answer(std::string_view actor,
                                                                     std::string_view route,
                                                                     std::string_view key) {
  Rows rows = db_.query(
      "SELECT request_hash, status, answer, created_at FROM idempotency WHERE actor = ? AND route = ? AND "
      "key = ?",
      actor, route, key);
  std::optional<IdempotencyRow> row;
  if (rows.next()) {
    row = IdempotencyRow{.actor = std::string(actor),
                         .route = std::string(route),
                         .key = std::string(key),
                         .request_hash = rows.string(0),
                         .status = static_cast<int>(rows.integer(1)),
                         .answer = rows.string(2),
                         .created_at = rows.instant(3)};
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return row;
}

Result<void> SqliteTransaction::keep_answer(const IdempotencyRow& row) {
  return write(
      "INSERT INTO idempotency(actor, route, key, request_hash, status, answer, created_at) "
      "VALUES(?, ?, ?, ?, ?, ?, ?)",
      row.actor, row.route, row.key, Blob{row.request_hash}, row.status, row.answer, row.created_at);
}

Result<std::optional<InboundRow>> SqliteTransaction::find_inbound(std::string_view source,
                                                                  std::string_view delivery_id) {
  Rows rows =
      db_.query("SELECT " COUNTERSIGN_INBOUND_COLUMNS " FROM inbound WHERE source = ? AND delivery_id = ?",
                source, delivery_id);
  std::optional<InboundRow> row;
  if (rows.next()) row = read_inbound_row(rows);
  if (auto done = rows.done(); !done) return passed_on(done);
  return row;
}

Result<std::int64_t> SqliteTransaction::add_inbound(const InboundRow& row) {
  auto done = write(
      "INSERT INTO inbound(source, delivery_id, body_hash, headers, body, received_at, status, error, "
      "answer) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.source, row.delivery_id, Blob{row.body_hash}, row.headers, Blob{row.body}, row.received_at,
      row.status, row.error, row.answer);
  if (!done) return passed_on(done);
  return db_.last_rowid();
}

Result<void> SqliteTransaction::set_inbound(std::int64_t id, std::string_view status, std::string_view error,
                                            std::string_view answer) {
  auto done =
      write("UPDATE inbound SET status = ?, error = ?, answer = ? WHERE id = ?", status, error, answer, id);
  if (done && db_.changed_rows() == 0) {
    return fail(ErrorCode::not_found,
                fmt::format("cannot note the outcome of webhook {}: there is none", id));
  }
  return done;
}

Result<bool> SqliteTransaction::advance_order(std::string_view source, std::string_view key,
                                              std::string_view at) {
  {
    Rows rows = db_.query("SELECT at FROM inbound_order WHERE source = ? AND key = ?", source, key);
    if (rows.next() && is_older(at, rows.text(0))) return false;
    if (auto done = rows.done(); !done) return passed_on(done);
  }
  auto done = write(
      "INSERT INTO inbound_order(source, key, at) VALUES(?, ?, ?) ON CONFLICT(source, key) DO UPDATE "
      "SET at = excluded.at",
      source, key, at);
  if (!done) return passed_on(done);
  return true;
}

Result<void> SqliteTransaction::keep_definition(const DefinitionRow& row) {
  return write(
      "INSERT INTO definition(workflow, version, source, messages, first_used_at, tables) "
      "VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(workflow, version) DO NOTHING",
      row.workflow.value, row.version, row.source, row.messages, row.first_used_at, row.tables);
}

Result<void> SqliteTransaction::add_file(const FileRow& row) {
  return write(
      "INSERT INTO file(id, sha256, name, type, size, uploaded_by, created_at, use) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, 0)",
      row.id, row.sha256, row.name, row.type, row.size, row.uploaded_by.value, row.created_at);
}

Result<void> SqliteTransaction::add_key(const KeyRow& row) {
  const std::string scopes = join(row.scopes, " ");
  return write(
      "INSERT INTO api_key(id, hash, name, person, scopes, created_at, expires_at, last_used_at, revoked) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.id, Blob{row.hash}, row.name, row.person.value, scopes, row.created_at, row.expires_at,
      row.last_used_at, row.revoked_at ? to_unix_ms(*row.revoked_at) : 0);
}

// The column holds the time, 0 while the key is in force. The first revocation counts.
Result<void> SqliteTransaction::revoke_key(std::string_view id, Instant at) {
  auto done = write("UPDATE api_key SET revoked = iif(revoked = 0, ?, revoked) WHERE id = ?", at, id);
  if (done && db_.changed_rows() == 0) {
    return fail(ErrorCode::not_found, fmt::format("cannot revoke the key '{}': there is none", id));
  }
  return done;
}

}  // namespace countersign::sqlite
