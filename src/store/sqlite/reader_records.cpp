// The outbox, links, webhooks, definitions, files and keys as they are read.

#include <limits>

#include "base/text.h"
#include "store/sqlite/cursor.h"
#include "store/sqlite/outbox_row.h"
#include "store/sqlite/record_rows.h"
#include "store/sqlite/sqlite_reader.h"

#define DEFINITION_COLUMNS \
  "d.workflow, d.version, d.source, d.messages, d.first_used_at, d.tables FROM definition d "
#define FILE_COLUMNS "id, sha256, name, type, size, uploaded_by, created_at FROM file "
#define KEY_COLUMNS \
  "id, hash, name, person, scopes, created_at, expires_at, last_used_at, revoked FROM api_key "

namespace countersign::sqlite {
namespace {

// One row or none.
template <class Row, class Read>
Result<std::optional<Row>> first_row(Rows rows, Read read) {
  std::optional<Row> row;
  if (rows.next()) row = read(rows);
  if (auto done = rows.done(); !done) return passed_on(done);
  return row;
}

template <class Row, class Read>
Result<std::vector<Row>> all_rows(Rows rows, Read read) {
  std::vector<Row> result;
  while (rows.next()) result.push_back(read(rows));
  if (auto done = rows.done(); !done) return passed_on(done);
  return result;
}

DefinitionRow read_definition_row(const Rows& rows) {
  return {.workflow = WorkflowId(rows.string(0)),
          .version = rows.string(1),
          .source = rows.string(2),
          .messages = rows.string(3),
          .first_used_at = rows.instant(4),
          .tables = rows.string(5)};
}

KeyRow read_key_row(const Rows& rows) {
  return {.id = rows.string(0),
          .hash = rows.string(1),
          .name = rows.string(2),
          .person = PersonId(rows.string(3)),
          .scopes = rows.text(4).empty() ? std::vector<std::string>() : split(rows.text(4), ' '),
          .created_at = rows.instant(5),
          .expires_at = rows.instant_or_none(6),
          .last_used_at = rows.instant_or_none(7),
          .revoked_at = rows.integer(8) == 0 ? std::nullopt : std::optional(rows.instant(8))};
}

FileRow read_file_row(const Rows& rows) {
  return {.id = rows.string(0),
          .sha256 = rows.string(1),
          .name = rows.string(2),
          .type = rows.string(3),
          .size = static_cast<std::uint64_t>(rows.integer(4)),
          .uploaded_by = PersonId(rows.string(5)),
          .created_at = rows.instant(6)};
}

std::int64_t outbox_status_from(std::string_view text) {
  if (text == "pending") return 0;
  if (text == "sent") return 1;
  if (text == "dead") return 2;
  if (text == "dropped") return 3;
  return -1;
}

// Newest first, below the cursor's id.
template <class Row>
Page<Row> page_of(std::vector<Row> rows, std::size_t limit) {
  Page<Row> page{.rows = std::move(rows), .next_cursor = {}};
  if (page.rows.size() > limit) {
    page.rows.resize(limit);
    page.next_cursor = make_cursor({page.rows.back().id});
  }
  return page;
}

}  // namespace

InboundRow read_inbound_row(const Rows& rows) {
  return {.id = rows.integer(0),
          .source = rows.string(1),
          .delivery_id = rows.string(2),
          .body_hash = rows.string(3),
          .headers = rows.string(4),
          .body = rows.string(5),
          .received_at = rows.instant(6),
          .status = rows.string(7),
          .error = rows.string(8),
          .answer = rows.string(9)};
}

Result<std::optional<LinkRow>> SqliteReader::link(std::string_view token_hash) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return first_row<LinkRow>(
      (**db).query(
          "SELECT instance, item, round, person, sent_to, created_at, revoked FROM link WHERE token_hash = ?",
          Blob{token_hash}),
      [&](const Rows& rows) {
        return LinkRow{.token_hash = std::string(token_hash),
                       .instance = InstanceId(rows.string(0)),
                       .item = static_cast<std::uint32_t>(rows.integer(1)),
                       .round = static_cast<std::uint32_t>(rows.integer(2)),
                       .person = PersonId(rows.string(3)),
                       .sent_to = rows.string(4),
                       .created_at = rows.instant(5),
                       .revoked = rows.flag(6)};
      });
}

Result<std::optional<KeyRow>> SqliteReader::key(std::string_view hash) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return first_row<KeyRow>((**db).query("SELECT " KEY_COLUMNS "WHERE hash = ?", Blob{hash}), read_key_row);
}

Result<std::vector<KeyRow>> SqliteReader::keys() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return all_rows<KeyRow>((**db).query("SELECT " KEY_COLUMNS "ORDER BY created_at, id"), read_key_row);
}

Result<std::vector<Reader::FileUse>> SqliteReader::file_uses(std::string_view id, std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Rows rows = (**db).query(
      "SELECT i.id, u.seq FROM file_use u JOIN instance i ON i.n = u.instance WHERE u.file = ? "
      "ORDER BY u.instance DESC, u.seq DESC LIMIT ?",
      id, limit);
  std::vector<FileUse> uses;
  while (rows.next())
    uses.push_back({InstanceId(rows.string(0)), static_cast<std::uint64_t>(rows.integer(1))});
  if (auto done = rows.done(); !done) return passed_on(done);
  return uses;
}

Result<std::optional<FileRow>> SqliteReader::file(std::string_view id) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return first_row<FileRow>((**db).query("SELECT " FILE_COLUMNS "WHERE id = ? AND use <> 2", id),
                            read_file_row);
}

Result<std::vector<FileRow>> SqliteReader::files(std::string_view after, std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return all_rows<FileRow>(
      (**db).query("SELECT " FILE_COLUMNS "WHERE id > ? ORDER BY id LIMIT ?", after, limit), read_file_row);
}

Result<std::optional<DefinitionRow>> SqliteReader::definition(const WorkflowId& workflow,
                                                              std::string_view version) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return first_row<DefinitionRow>(
      (**db).query("SELECT " DEFINITION_COLUMNS "WHERE d.workflow = ? AND d.version = ?", workflow.value,
                   version),
      read_definition_row);
}

Result<std::vector<DefinitionRow>> SqliteReader::definitions_of(const WorkflowId& workflow) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return all_rows<DefinitionRow>(
      (**db).query("SELECT " DEFINITION_COLUMNS "WHERE d.workflow = ? ORDER BY d.first_used_at, d.version",
                   workflow.value),
      read_definition_row);
}

Result<std::vector<DefinitionRow>> SqliteReader::definitions_in_use() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return all_rows<DefinitionRow>(
      (**db).query("SELECT " DEFINITION_COLUMNS
                   "WHERE EXISTS(SELECT 1 FROM instance i WHERE i.workflow = d.workflow "
                   "AND i.version = d.version AND i.ended = 0) ORDER BY d.workflow, d.first_used_at"),
      read_definition_row);
}

Result<Page<InboundRow>> SqliteReader::inbound(std::string_view source, std::string_view status,
                                               std::size_t limit, std::string_view cursor) const {
  const auto key = read_cursor(cursor, 1);
  if (!key) return std::unexpected(key.error());
  limit = page_limit(limit);
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  auto rows = all_rows<InboundRow>(
      (**db).query(
          "SELECT " COUNTERSIGN_INBOUND_COLUMNS " FROM inbound WHERE id < ? AND (?2 = '' OR source = ?2) "
          "AND (?3 = '' OR status = ?3) ORDER BY id DESC LIMIT ?4",
          key->empty() ? std::numeric_limits<std::int64_t>::max() : key->front(), source, status, limit + 1),
      read_inbound_row);
  if (!rows) return passed_on(rows);
  return page_of(std::move(*rows), limit);
}

Result<std::optional<InboundRow>> SqliteReader::inbound_row(std::int64_t id) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return first_row<InboundRow>(
      (**db).query("SELECT " COUNTERSIGN_INBOUND_COLUMNS " FROM inbound WHERE id = ?", id), read_inbound_row);
}

Result<std::vector<Reader::TargetDue>> SqliteReader::due_targets() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return all_rows<TargetDue>((**db).query("SELECT name, next_at FROM target ORDER BY next_at, name"),
                             [](const Rows& rows) { return TargetDue{rows.string(0), rows.instant(1)}; });
}

Result<std::vector<OutboxRow>> SqliteReader::due_outbox(std::string_view target, Instant at,
                                                        std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return all_rows<OutboxRow>((**db).query("SELECT " COUNTERSIGN_OUTBOX_COLUMNS
                                          " FROM outbox WHERE target = ? AND next_at <= ? AND status = 0 AND "
                                          "blocked = 0 ORDER BY next_at, id LIMIT ?",
                                          target, at, limit),
                             read_outbox_row);
}

Result<Page<OutboxRow>> SqliteReader::outbox(std::string_view status, std::string_view target,
                                             std::size_t limit, std::string_view cursor) const {
  const auto key = read_cursor(cursor, 1);
  if (!key) return std::unexpected(key.error());
  const std::int64_t wanted = outbox_status_from(status);
  if (wanted < 0 && !status.empty()) {
    return fail(
        ErrorCode::invalid_input,
        "'" + std::string(status) + "' is not a status of a message; use pending, sent, dead or dropped");
  }
  limit = page_limit(limit);
  const std::int64_t below = key->empty() ? std::numeric_limits<std::int64_t>::max() : key->front();
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  // What an admin looks for, dead and dropped messages, has an index of its own.
  const bool stuck = wanted == 2 || wanted == 3;
  auto rows = all_rows<OutboxRow>(
      (**db).query(stuck ? Sql("SELECT " COUNTERSIGN_OUTBOX_COLUMNS
                               " FROM outbox WHERE id < ?1 AND status = ?2 AND status IN (2, 3) AND "
                               "(?3 = '' OR target = ?3) ORDER BY id DESC LIMIT ?4")
                         : Sql("SELECT " COUNTERSIGN_OUTBOX_COLUMNS
                               " FROM outbox WHERE id < ?1 AND (?2 < 0 OR status = ?2) AND "
                               "(?3 = '' OR target = ?3) ORDER BY id DESC LIMIT ?4"),
                   below, wanted, target, limit + 1),
      read_outbox_row);
  if (!rows) return passed_on(rows);
  return page_of(std::move(*rows), limit);
}

}  // namespace countersign::sqlite
