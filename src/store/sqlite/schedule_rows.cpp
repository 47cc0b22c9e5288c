// How far schedules have come and which starts they owe: both sides of the store.

#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/sqlite_transaction.h"

namespace countersign::sqlite {

Result<void> SqliteTransaction::set_schedule(const ScheduleRow& row) {
  auto done = write(
      "INSERT INTO schedule(workflow, name, rule, until, period) VALUES(?, ?, ?, ?, ?) "
      "ON CONFLICT(workflow, name) DO UPDATE SET rule = excluded.rule, until = excluded.until, "
      "period = excluded.period",
      row.workflow.value, row.name, row.rule, row.until, row.period);
  if (!done) return done;
  return write("DELETE FROM owed_start WHERE workflow = ? AND name = ? AND period <> ?", row.workflow.value,
               row.name, row.period);
}

Result<void> SqliteTransaction::drop_schedule(const WorkflowId& workflow, std::string_view name) {
  auto done = write("DELETE FROM owed_start WHERE workflow = ? AND name = ?", workflow.value, name);
  if (!done) return done;
  return write("DELETE FROM schedule WHERE workflow = ? AND name = ?", workflow.value, name);
}

Result<void> SqliteTransaction::owe_start(const OwedStartRow& row) {
  return write(
      "INSERT INTO owed_start(workflow, name, person, period, due, error, failed_at) "
      "VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(workflow, name, person) DO UPDATE SET "
      "period = excluded.period, due = excluded.due, error = excluded.error, failed_at = excluded.failed_at",
      row.workflow.value, row.name, row.person.value, row.period, row.due, row.error, row.failed_at);
}

Result<void> SqliteTransaction::settle_start(const WorkflowId& workflow, std::string_view name,
                                             const PersonId& person) {
  return write("DELETE FROM owed_start WHERE workflow = ? AND name = ? AND person = ?", workflow.value, name,
               person.value);
}

Result<std::vector<ScheduleRow>> SqliteReader::schedules() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Rows rows =
      (**db).query("SELECT workflow, name, rule, until, period FROM schedule ORDER BY workflow, name");
  std::vector<ScheduleRow> found;
  while (rows.next()) {
    found.push_back({.workflow = WorkflowId(rows.string(0)),
                     .name = rows.string(1),
                     .rule = rows.string(2),
                     .until = rows.instant(3),
                     .period = rows.string(4)});
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return found;
}

Result<std::vector<OwedStartRow>> SqliteReader::owed_starts(std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Rows rows = (**db).query(
      "SELECT workflow, name, person, period, due, error, failed_at FROM owed_start "
      "ORDER BY workflow, name, person LIMIT ?",
      limit);
  std::vector<OwedStartRow> found;
  while (rows.next()) {
    found.push_back({.workflow = WorkflowId(rows.string(0)),
                     .name = rows.string(1),
                     .person = PersonId(rows.string(2)),
                     .period = rows.string(3),
                     .due = rows.instant(4),
                     .error = rows.string(5),
                     .failed_at = rows.instant(6)});
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return found;
}

}  // namespace countersign::sqlite
