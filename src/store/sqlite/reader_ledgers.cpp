// Ledgers as they are read: how they stand, who holds what, and what moved.

#include <limits>

#include "store/sqlite/cursor.h"
#include "store/sqlite/ledger_rows.h"
#include "store/sqlite/sqlite_reader.h"

namespace countersign::sqlite {

Result<std::vector<Ledger>> SqliteReader::ledgers() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::vector<Ledger> ledgers;
  Rows rows = (**db).query("SELECT " COUNTERSIGN_LEDGER_COLUMNS " FROM ledger ORDER BY name, year");
  while (rows.next()) ledgers.push_back(read_ledger_row(rows).ledger);
  if (auto done = rows.done(); !done) return passed_on(done);
  return ledgers;
}

Result<std::optional<Ledger>> SqliteReader::ledger(std::string_view name, std::string_view year) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  auto stored = find_ledger(**db, name, year);
  if (!stored) return passed_on(stored);
  if (!*stored) return std::optional<Ledger>();
  return std::optional<Ledger>(std::move((*stored)->ledger));
}

Result<Page<LedgerPostingRow>> SqliteReader::ledger_postings(std::string_view name, std::uint32_t year,
                                                             std::size_t limit,
                                                             std::string_view cursor) const {
  const auto key = read_cursor(cursor, 1);
  if (!key) return std::unexpected(key.error());
  const std::int64_t before = key->empty() ? std::numeric_limits<std::int64_t>::max() : key->front();
  limit = page_limit(limit);
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Page<LedgerPostingRow> page;
  auto stored = find_ledger(**db, name, std::to_string(year));
  if (!stored) return passed_on(stored);
  if (!*stored) return page;
  const std::string& currency = (*stored)->ledger.currency;
  Rows rows = (**db).query(
      "SELECT p.n, p.act, p.amount, p.available, p.at, p.instance, i.reference, p.step, p.by, p.reason "
      "FROM posting p LEFT JOIN instance i ON i.id = p.instance WHERE p.ledger = ? AND p.n < ? ORDER BY p.n "
      "DESC "
      "LIMIT ?",
      (*stored)->n, before, limit + 1);
  while (rows.next()) {
    if (page.rows.size() == limit) {
      page.next_cursor = make_cursor({page.rows.back().id});
      break;
    }
    LedgerPostingRow row;
    row.id = rows.integer(0);
    const auto act = ledger_act(rows.text(1));
    if (!act) return fail(ErrorCode::corrupt, "a posting has an unknown act: '" + rows.string(1) + "'");
    row.act = *act;
    row.amount = from_minor_units(rows.integer(2), currency);
    row.available = from_minor_units(rows.integer(3), currency);
    row.at = rows.instant(4);
    row.instance = InstanceId(rows.string(5));
    row.reference = rows.string(6);
    row.step = rows.string(7);
    row.by = rows.string(8);
    row.reason = rows.string(9);
    page.rows.push_back(std::move(row));
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return page;
}

Result<std::vector<LedgerReservationRow>> SqliteReader::ledger_reservations(std::string_view name,
                                                                            std::uint32_t year,
                                                                            std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::vector<LedgerReservationRow> held;
  auto stored = find_ledger(**db, name, std::to_string(year));
  if (!stored) return passed_on(stored);
  if (!*stored) return held;
  Rows rows = (**db).query(
      "SELECT r.instance, i.reference, i.requester, r.step, r.amount, r.since FROM reservation r "
      "LEFT JOIN instance i ON i.id = r.instance WHERE r.ledger = ? ORDER BY r.since LIMIT ?",
      (*stored)->n, page_limit(limit));
  while (rows.next()) {
    LedgerReservationRow row;
    row.instance = InstanceId(rows.string(0));
    row.reference = rows.string(1);
    row.requester = PersonId(rows.string(2));
    row.step = rows.string(3);
    row.amount = from_minor_units(rows.integer(4), (*stored)->ledger.currency);
    row.since = rows.instant(5);
    held.push_back(std::move(row));
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return held;
}

}  // namespace countersign::sqlite
