// Instances and their events as they are read.

#include <limits>

#include "store/sqlite/cursor.h"
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/stored_state.h"

#define INSTANCE_COLUMNS                                                                                \
  "n, id, workflow, version, reference, key, status, ended, requester, stage, round, seq, started_at, " \
  "changed_at, "                                                                                        \
  "ended_at, incident"
// The filters that no index serves; the leading condition of each query picks the index.
#define INSTANCE_RESIDUE                                                                                     \
  " AND n < ?1 AND (?2 = '' OR workflow = ?2) AND (?3 = '' OR status = ?3) AND (?4 = '' OR requester = ?4)"  \
  " AND (?5 = '' OR stage = ?5) AND (?6 = '' OR reference = ?6) AND (?7 < 0 OR ended = ?7) ORDER BY n DESC " \
  "LIMIT ?8"
#define EVENT_COLUMNS                                                                                  \
  "e.position, i.id, e.seq, e.at, e.type, e.version, p.payload, e.hash, e.previous_hash, e.actor, "    \
  "e.payload_hash, "                                                                                   \
  "p.salt FROM event e JOIN instance i ON i.n = e.instance LEFT JOIN event_payload p ON p.position = " \
  "e.position"

namespace countersign::sqlite {
namespace {

constexpr Sql kInstancesByReference(
    "SELECT " INSTANCE_COLUMNS " FROM instance WHERE reference = ?6 AND reference <> ''" INSTANCE_RESIDUE);
constexpr Sql kInstancesByRequester("SELECT " INSTANCE_COLUMNS
                                    " FROM instance WHERE requester = ?4" INSTANCE_RESIDUE);
constexpr Sql kInstancesByWorkflow("SELECT " INSTANCE_COLUMNS
                                   " FROM instance WHERE workflow = ?2" INSTANCE_RESIDUE);
constexpr Sql kInstancesByAge("SELECT " INSTANCE_COLUMNS " FROM instance WHERE 1" INSTANCE_RESIDUE);

Sql instances_query(const InstanceFilter& filter) {
  if (!filter.reference.empty()) return kInstancesByReference;
  if (!filter.requester.empty()) return kInstancesByRequester;
  if (!filter.workflow.empty()) return kInstancesByWorkflow;
  return kInstancesByAge;
}

InstanceRow read_instance_row(const Rows& rows) {
  InstanceRow row;
  row.id.value = rows.text(1);
  row.workflow.value = rows.text(2);
  row.version = rows.text(3);
  row.reference = rows.text(4);
  row.key = rows.text(5);
  row.status = rows.text(6);
  row.ended = rows.flag(7);
  row.requester.value = rows.text(8);
  row.stage = rows.text(9);
  row.round = static_cast<std::uint32_t>(rows.integer(10));
  row.seq = static_cast<std::uint64_t>(rows.integer(11));
  row.started_at = rows.instant(12);
  row.changed_at = rows.instant(13);
  row.ended_at = rows.instant_or_none(14);
  row.incident = rows.text(15);
  return row;
}

EventRow read_event_row(const Rows& rows) {
  EventRow row;
  row.position = rows.integer(0);
  row.instance.value = rows.text(1);
  row.seq = static_cast<std::uint64_t>(rows.integer(2));
  row.at = rows.instant(3);
  row.type = rows.text(4);
  row.version = static_cast<std::uint32_t>(rows.integer(5));
  row.payload = rows.text(6);
  row.hash = rows.text(7);
  row.previous_hash = rows.text(8);
  row.actor = rows.text(9);
  row.payload_hash = rows.text(10);
  row.salt = rows.text(11);
  return row;
}

}  // namespace

Result<std::optional<State>> SqliteReader::instance(const InstanceId& id) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  auto stored = stored_state(**db, id);
  if (!stored) return passed_on(stored);
  if (!*stored) return std::optional<State>();
  return std::optional<State>(*(*stored)->state);
}

Result<std::optional<StoredInstance>> SqliteReader::stored_instance(const InstanceId& id) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return stored_state(**db, id);
}

Result<std::optional<InstanceId>> SqliteReader::instance_by_reference(std::string_view reference) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Rows rows = (**db).query(
      "SELECT id FROM instance WHERE reference = ? AND reference <> '' ORDER BY n LIMIT 1", reference);
  std::optional<InstanceId> found;
  if (rows.next()) found = InstanceId(rows.string(0));
  if (auto done = rows.done(); !done) return passed_on(done);
  return found;
}

Result<std::vector<InstanceRow>> SqliteReader::standing_instances(std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::vector<InstanceRow> found;
  Rows rows = (**db).query("SELECT " INSTANCE_COLUMNS
                           " FROM instance INDEXED BY instance_incident WHERE incident <> '' AND ended = 0 "
                           "ORDER BY n LIMIT ?",
                           limit);
  while (rows.next()) found.push_back(read_instance_row(rows));
  if (auto done = rows.done(); !done) return passed_on(done);
  return found;
}

Result<Page<InstanceRow>> SqliteReader::instances(const InstanceFilter& filter, std::size_t limit,
                                                  std::string_view cursor) const {
  const auto key = read_cursor(cursor, 1);
  if (!key) return std::unexpected(key.error());
  const std::int64_t before = key->empty() ? std::numeric_limits<std::int64_t>::max() : key->front();
  const int ended = filter.ended ? static_cast<int>(*filter.ended) : -1;
  limit = page_limit(limit);
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Page<InstanceRow> page;
  std::int64_t last = 0;
  Rows rows = (**db).query(instances_query(filter), before, filter.workflow, filter.status, filter.requester,
                           filter.stage, filter.reference, ended, limit + 1);
  while (rows.next()) {
    if (page.rows.size() == limit) {
      page.next_cursor = make_cursor({last});
      break;
    }
    page.rows.push_back(read_instance_row(rows));
    last = rows.integer(0);
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return page;
}

Result<Page<EventRow>> SqliteReader::events(const InstanceId& instance, std::uint64_t after_seq,
                                            std::size_t limit) const {
  limit = page_limit(limit);
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Page<EventRow> page;
  Rows rows = (**db).query("SELECT " EVENT_COLUMNS " WHERE i.id = ? AND e.seq > ? ORDER BY e.seq LIMIT ?",
                           instance.value, after_seq, limit + 1);
  while (rows.next()) {
    if (page.rows.size() == limit) {
      page.next_cursor = make_cursor({static_cast<std::int64_t>(page.rows.back().seq)});
      break;
    }
    page.rows.push_back(read_event_row(rows));
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return page;
}

Result<Page<EventRow>> SqliteReader::feed(std::string_view cursor, std::size_t limit) const {
  const auto key = read_cursor(cursor, 1);
  if (!key) return std::unexpected(key.error());
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Page<EventRow> page;
  Rows rows = (**db).query("SELECT " EVENT_COLUMNS " WHERE e.position > ? ORDER BY e.position LIMIT ?",
                           key->empty() ? 0 : key->front(), page_limit(limit));
  while (rows.next()) page.rows.push_back(read_event_row(rows));
  if (auto done = rows.done(); !done) return passed_on(done);
  page.next_cursor = page.rows.empty() ? std::string(cursor) : make_cursor({page.rows.back().position});
  return page;
}

Result<std::optional<Instant>> SqliteReader::newest_event_at() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Rows rows = (**db).query("SELECT at FROM event ORDER BY position DESC LIMIT 1");
  std::optional<Instant> newest;
  if (rows.next()) newest = rows.instant(0);
  if (auto done = rows.done(); !done) return passed_on(done);
  return newest;
}

Result<std::vector<BlockRow>> SqliteReader::blocks(std::string_view stream, std::uint64_t after_n,
                                                   std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::vector<BlockRow> blocks;
  Rows rows = (**db).query(
      "SELECT n, first_position, events, previous_hash, hash FROM block WHERE stream = ? AND n > ? ORDER BY "
      "n LIMIT ?",
      stream, after_n, page_limit(limit));
  while (rows.next()) {
    blocks.push_back({.stream = std::string(stream),
                      .n = static_cast<std::uint64_t>(rows.integer(0)),
                      .first_position = rows.integer(1),
                      .events = static_cast<std::uint64_t>(rows.integer(2)),
                      .previous_hash = rows.string(3),
                      .hash = rows.string(4)});
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return blocks;
}

Result<std::vector<std::string>> SqliteReader::streams() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::vector<std::string> names;
  // From name to name by the key, without walking over the blocks.
  std::string last;
  while (true) {
    Rows rows = (**db).query("SELECT stream FROM block WHERE stream > ? ORDER BY stream LIMIT 1", last);
    if (!rows.next()) {
      if (auto done = rows.done(); !done) return passed_on(done);
      return names;
    }
    names.push_back(rows.string(0));
    last = names.back();
  }
}

}  // namespace countersign::sqlite
