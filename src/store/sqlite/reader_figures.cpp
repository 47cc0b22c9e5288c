// What figures and checks are counted from: each query walks one index from one end, so far as its limit
// goes.

#include "store/sqlite/sqlite_reader.h"

namespace countersign::sqlite {

Result<std::vector<OpenItemRow>> SqliteReader::open_items(std::optional<Instant> due_before,
                                                          std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::vector<OpenItemRow> found;
  Rows rows = (**db).query(
      "SELECT i.id, w.number, w.activation, i.workflow, i.reference, w.step, w.assignee, w.candidates, "
      "w.opened_at, w.due FROM work_item w INDEXED BY work_item_open JOIN instance i ON i.n = w.instance "
      "WHERE w.status = 1 AND w.due <= ? ORDER BY w.due, w.instance, w.number LIMIT ?",
      due_before ? to_unix_ms(*due_before) - 1 : kNever, limit);
  while (rows.next()) {
    OpenItemRow& row = found.emplace_back();
    row.instance = InstanceId(rows.string(0));
    row.number = static_cast<std::uint32_t>(rows.integer(1));
    row.activation = static_cast<std::uint32_t>(rows.integer(2));
    row.workflow = WorkflowId(rows.string(3));
    row.reference = rows.string(4);
    row.step = rows.string(5);
    row.assignee = PersonId(rows.string(6));
    row.group = rows.string(7);
    row.opened_at = rows.instant(8);
    if (rows.integer(9) != kNever) row.due_at = rows.instant(9);
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return found;
}

Result<std::vector<DecidedItemRow>> SqliteReader::decided_items(Instant since, std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::vector<DecidedItemRow> found;
  Rows rows = (**db).query(
      "SELECT i.workflow, w.step, CASE WHEN w.assignee = '' THEN w.decided_by ELSE w.assignee END, "
      "w.closed_at - w.opened_at FROM work_item w INDEXED BY work_item_decided JOIN instance i ON i.n = "
      "w.instance WHERE w.status = 2 AND w.closed_at >= ? ORDER BY w.closed_at DESC, w.instance DESC, "
      "w.number DESC LIMIT ?",
      since, limit);
  while (rows.next()) {
    found.push_back({.workflow = WorkflowId(rows.string(0)),
                     .step = rows.string(1),
                     .person = PersonId(rows.string(2)),
                     .waited = Duration(rows.integer(3))});
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return found;
}

}  // namespace countersign::sqlite
