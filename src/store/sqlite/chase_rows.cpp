// Reminders that are held, and the mails that carry several of them: both sides of the store.

#include "store/sqlite/outbox_row.h"
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/sqlite_transaction.h"

namespace countersign::sqlite {
namespace {

constexpr Sql kDigestEntries("SELECT " COUNTERSIGN_OUTBOX_COLUMNS
                             " FROM outbox WHERE digest = ? AND digest <> 0 ORDER BY id");

Result<std::vector<OutboxRow>> all_outbox_rows(Rows rows) {
  std::vector<OutboxRow> found;
  while (rows.next()) found.push_back(read_outbox_row(rows));
  if (auto done = rows.done(); !done) return passed_on(done);
  return found;
}

}  // namespace

Result<std::vector<OutboxRow>> SqliteTransaction::held_messages(const PersonId& recipient,
                                                                std::size_t limit) {
  return all_outbox_rows(db_.query("SELECT " COUNTERSIGN_OUTBOX_COLUMNS
                                   " FROM outbox WHERE recipient = ? AND status = 0 AND target = 'chase' AND "
                                   "digest = 0 ORDER BY id LIMIT ?",
                                   recipient.value, limit));
}

Result<void> SqliteTransaction::postpone_messages(const PersonId& recipient, Instant next_at) {
  batch_.mark_target("chase");
  return write(
      "UPDATE outbox SET next_at = ?2 WHERE recipient = ?1 AND status = 0 AND target = 'chase' AND digest = "
      "0",
      recipient.value, next_at);
}

Result<void> SqliteTransaction::release_message(std::int64_t id, std::string_view target, Instant now) {
  batch_.mark_target("chase");
  batch_.mark_target(target);
  return write(
      "UPDATE outbox SET target = ?2, created_at = ?3, next_at = ?3 WHERE id = ?1 AND status = 0 AND target "
      "= "
      "'chase'",
      id, target, now);
}

Result<std::int64_t> SqliteTransaction::add_digest(OutboxRow digest, std::span<const std::int64_t> entries) {
  auto id = add_outbox(std::move(digest));
  if (!id) return id;
  batch_.mark_target("chase");
  for (const std::int64_t entry : entries) {
    // Blocked: it stands in no queue any more.
    auto done = db_.run(
        "UPDATE outbox SET digest = ?2, blocked = 1 WHERE id = ?1 AND status = 0 AND target = 'chase'", entry,
        *id);
    if (!done) return passed_on(done);
  }
  return id;
}

Result<std::vector<OutboxRow>> SqliteTransaction::digest_entries(std::int64_t digest) {
  return all_outbox_rows(db_.query(kDigestEntries, digest));
}

Result<void> SqliteTransaction::set_outbox_payload(std::int64_t id, std::string_view payload) {
  return write("UPDATE outbox SET payload = ? WHERE id = ? AND status = 0", payload, id);
}

Result<std::uint32_t> SqliteTransaction::chased(const PersonId& person, std::int64_t day) {
  Rows rows = db_.query("SELECT messages FROM chased WHERE person = ? AND day = ?", person.value, day);
  const std::uint32_t messages = rows.next() ? static_cast<std::uint32_t>(rows.integer(0)) : 0;
  if (auto done = rows.done(); !done) return passed_on(done);
  return messages;
}

Result<void> SqliteTransaction::count_chased(const PersonId& person, std::int64_t day, std::uint32_t more) {
  return write(
      "INSERT INTO chased(person, day, messages) VALUES(?1, ?2, ?3) ON CONFLICT(person) DO UPDATE SET "
      "messages = CASE WHEN day = excluded.day THEN messages ELSE 0 END + excluded.messages, day = "
      "excluded.day",
      person.value, day, more);
}

Result<std::vector<OutboxRow>> SqliteReader::digest_entries(std::int64_t digest) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return all_outbox_rows((**db).query(kDigestEntries, digest));
}

}  // namespace countersign::sqlite
