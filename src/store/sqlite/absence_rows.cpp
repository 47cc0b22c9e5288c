// Absences, and what is found and ended of one person: both sides of the store.

#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "store/sqlite/cursor.h"
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/sqlite_transaction.h"

#define COUNTERSIGN_ABSENCE_COLUMNS                                                           \
  "id, person, begins, ends, stand_in, workflows, up_to, reason, set_by, created_at, begun, " \
  "source, uid, said_begins, said_ends"

namespace countersign::sqlite {
namespace {

Result<RecordedAbsence> read_absence(const Rows& rows) {
  RecordedAbsence row;
  row.id = rows.integer(0);
  row.person = PersonId(rows.string(1));
  row.absence.from = rows.instant(2);
  row.absence.until = rows.instant(3);
  if (!rows.text(4).empty()) row.absence.stand_in = PersonId(rows.string(4));
  if (!rows.text(5).empty()) {
    for (const auto& id : split(rows.text(5), ' ')) row.absence.workflows.emplace_back(std::string(id));
  }
  if (!rows.text(6).empty()) {
    auto limit = parse_amount_limit(rows.text(6));
    if (!limit) {
      return std::unexpected(Error{ErrorCode::corrupt, limit.error().message, {}}.within(
          fmt::format("the stored absence {}", row.id)));
    }
    row.absence.up_to = std::move(*limit);
  }
  row.absence.reason = rows.string(7);
  row.set_by = PersonId(rows.string(8));
  row.created_at = rows.instant(9);
  row.begun = rows.integer(10) != 0;
  if (!rows.text(11).empty())
    row.origin = AbsenceOrigin{rows.string(11), rows.string(12), rows.instant(13), rows.instant(14)};
  return row;
}

Result<std::vector<RecordedAbsence>> read_absences(Rows rows) {
  std::vector<RecordedAbsence> found;
  while (rows.next()) {
    auto row = read_absence(rows);
    if (!row) return passed_on(row);
    found.push_back(std::move(*row));
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return found;
}

// Names in an index's order, each found from the one before: the statement gives the next name behind ?1.
Result<void> walk(Connection& db, Sql next, std::set<std::string>& names) {
  std::string last;
  for (;;) {
    Rows rows = db.query(next, last);
    std::string found;
    if (rows.next()) found = rows.string(0);
    if (auto done = rows.done(); !done) return done;
    if (found.empty()) return {};
    names.insert(found);
    last = std::move(found);
  }
}

constexpr Sql kNextOpen(
    "SELECT assignee FROM work_item WHERE assignee > ? AND assignee <> '' AND status = 1 ORDER BY assignee "
    "LIMIT 1");
constexpr Sql kNextWaiting(
    "SELECT assignee FROM work_item WHERE assignee > ? AND assignee <> '' AND status = 0 ORDER BY assignee "
    "LIMIT 1");
constexpr Sql kNextGroup(
    "SELECT candidates FROM work_item WHERE candidates > ? AND candidates <> '' AND status = 1 "
    "ORDER BY candidates LIMIT 1");
constexpr Sql kNextGroupWaiting(
    "SELECT candidates FROM work_item WHERE candidates > ? AND candidates <> '' AND status = 0 "
    "ORDER BY candidates LIMIT 1");
constexpr Sql kNextClaim(
    "SELECT assignee, candidates FROM work_item WHERE (assignee, candidates) > (?, ?) AND assignee <> '' AND "
    "candidates <> '' AND status < 2 ORDER BY assignee, candidates LIMIT 1");
constexpr Sql kNextLink("SELECT person FROM link WHERE person > ? AND revoked = 0 ORDER BY person LIMIT 1");
constexpr Sql kKeyHolders("SELECT DISTINCT person FROM api_key WHERE person <> '' AND revoked = 0");

constexpr Sql kInstancesOfPerson(
    "SELECT n, id FROM instance WHERE n > ?2 AND n IN ("
    "SELECT instance FROM work_item WHERE assignee = ?1 AND assignee <> '' AND status = 1 UNION "
    "SELECT instance FROM work_item WHERE assignee = ?1 AND assignee <> '' AND status = 0) "
    "ORDER BY n LIMIT ?3");
constexpr Sql kInstancesOfGroup(
    "SELECT n, id FROM instance WHERE n > ?2 AND n IN ("
    "SELECT instance FROM work_item WHERE candidates = ?1 AND candidates <> '' AND status = 1 UNION "
    "SELECT instance FROM work_item WHERE candidates = ?1 AND candidates <> '' AND status = 0) "
    "ORDER BY n LIMIT ?3");
constexpr Sql kInstancesOfClaim(
    "SELECT n, id FROM instance WHERE n > ?3 AND n IN (SELECT instance FROM work_item WHERE assignee = ?1 "
    "AND "
    "candidates = ?2 AND assignee <> '' AND candidates <> '' AND status < 2) ORDER BY n LIMIT ?4");

// As walk(), by two columns.
Result<void> walk_claims(Connection& db, std::vector<std::pair<PersonId, std::string>>& claims) {
  std::pair<std::string, std::string> last;
  for (;;) {
    Rows rows = db.query(kNextClaim, last.first, last.second);
    const bool found = rows.next();
    if (found) last = {rows.string(0), rows.string(1)};
    if (auto done = rows.done(); !done) return done;
    if (!found) return {};
    claims.emplace_back(PersonId(last.first), last.second);
  }
}

}  // namespace

Result<std::int64_t> SqliteTransaction::add_absence(const RecordedAbsence& row) {
  std::vector<std::string> workflows;
  for (const WorkflowId& id : row.absence.workflows) workflows.push_back(id.value);
  const std::string joined = join(workflows, " ");
  const std::string up_to = row.absence.up_to ? row.absence.up_to->to_text() : std::string();
  const std::string stand_in = row.absence.stand_in ? row.absence.stand_in->value : std::string();
  const AbsenceOrigin origin = row.origin.value_or(AbsenceOrigin{});
  auto done = write(
      "INSERT INTO absence(person, begins, ends, stand_in, workflows, up_to, reason, set_by, created_at, "
      "begun, source, uid, said_begins, said_ends) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.person.value, row.absence.from, row.absence.until, stand_in, joined, up_to, row.absence.reason,
      row.set_by.value, row.created_at, row.begun, origin.source, origin.uid, origin.from, origin.until);
  if (!done) return passed_on(done);
  return db_.last_rowid();
}

Result<std::vector<RecordedAbsence>> SqliteTransaction::absences_of(const PersonId& person, Instant at) {
  return read_absences(db_.query("SELECT " COUNTERSIGN_ABSENCE_COLUMNS
                                 " FROM absence WHERE person = ? AND ends > ? ORDER BY id",
                                 person.value, at));
}

Result<std::vector<RecordedAbsence>> SqliteTransaction::absences_from(const PersonId& person,
                                                                      std::string_view source, Instant at) {
  return read_absences(
      db_.query("SELECT " COUNTERSIGN_ABSENCE_COLUMNS
                " FROM absence WHERE person = ? AND source = ? AND source <> '' AND said_ends > ?",
                person.value, source, at));
}

// The row stays, so that no id is ever given twice.
Result<void> SqliteTransaction::end_absence(std::int64_t id, Instant at) {
  return write("UPDATE absence SET ends = ?1, begins = min(begins, ?1) WHERE id = ?2 AND ends > ?1", at, id);
}

Result<void> SqliteTransaction::retract_absence(std::int64_t id, Instant at) {
  if (auto ended = end_absence(id, at); !ended) return ended;
  return write("UPDATE absence SET said_ends = ?1 WHERE id = ?2 AND said_ends > ?1", at, id);
}

Result<void> SqliteTransaction::note_absence_begun(std::int64_t id) {
  return write("UPDATE absence SET begun = 1 WHERE id = ?", id);
}

Result<void> SqliteTransaction::note_absence_over(std::int64_t id) {
  return write("UPDATE absence SET begun = 2 WHERE id = ?", id);
}

Result<void> SqliteTransaction::note_directory(std::string_view revision) {
  return write("INSERT OR REPLACE INTO meta(name, value) VALUES('directory', ?)", revision);
}

Result<void> SqliteTransaction::revoke_links_of(const PersonId& person) {
  return write("UPDATE link SET revoked = 1 WHERE person = ? AND revoked = 0", person.value);
}

Result<std::vector<std::string>> SqliteTransaction::revoke_keys_of(const PersonId& person, Instant at) {
  std::vector<std::string> ids;
  if (person.empty()) return ids;
  {
    Rows rows = db_.query("SELECT id FROM api_key WHERE person = ? AND revoked = 0", person.value);
    while (rows.next()) ids.push_back(rows.string(0));
    if (auto done = rows.done(); !done) return passed_on(done);
  }
  for (const std::string& id : ids) {
    if (auto revoked = revoke_key(id, at); !revoked) return passed_on(revoked);
  }
  return ids;
}

Result<std::vector<RecordedAbsence>> SqliteReader::absences(Instant at) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  return read_absences((**db).query(
      "SELECT " COUNTERSIGN_ABSENCE_COLUMNS " FROM absence WHERE ends > ? OR begun = 1 ORDER BY id", at));
}

Result<Reader::Asked> SqliteReader::asked() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::set<std::string> people;
  std::set<std::string> groups;
  for (const Sql next : {kNextOpen, kNextWaiting, kNextLink}) {
    if (auto walked = walk(**db, next, people); !walked) return passed_on(walked);
  }
  for (const Sql next : {kNextGroup, kNextGroupWaiting}) {
    if (auto walked = walk(**db, next, groups); !walked) return passed_on(walked);
  }
  Rows rows = (**db).query(kKeyHolders);
  while (rows.next()) people.insert(rows.string(0));
  if (auto done = rows.done(); !done) return passed_on(done);
  Asked asked;
  for (const std::string& person : people) asked.people.emplace_back(person);
  asked.groups.assign(groups.begin(), groups.end());
  if (auto walked = walk_claims(**db, asked.claims); !walked) return passed_on(walked);
  return asked;
}

Result<std::string> SqliteReader::noted_directory() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Rows rows = (**db).query("SELECT value FROM meta WHERE name = 'directory'");
  std::string revision;
  if (rows.next()) revision = rows.string(0);
  if (auto done = rows.done(); !done) return passed_on(done);
  return revision;
}

Result<Page<InstanceId>> SqliteReader::instances_asking(const PersonId& person, std::string_view group,
                                                        std::size_t limit, std::string_view cursor) const {
  limit = page_limit(limit);
  const auto after = read_cursor(cursor, 1);
  if (!after) return std::unexpected(after.error());
  const std::int64_t last = after->empty() ? 0 : after->front();
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Rows rows = person.empty()  ? (**db).query(kInstancesOfGroup, group, last, limit + 1)
              : group.empty() ? (**db).query(kInstancesOfPerson, person.value, last, limit + 1)
                              : (**db).query(kInstancesOfClaim, person.value, group, last, limit + 1);
  Page<InstanceId> page;
  std::int64_t n = last;
  while (rows.next()) {
    if (page.rows.size() == limit) {
      page.next_cursor = make_cursor({n});
      break;
    }
    n = rows.integer(0);
    page.rows.emplace_back(rows.string(1));
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return page;
}

}  // namespace countersign::sqlite
