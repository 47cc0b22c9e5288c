// What moves on ledgers: postings of instances, guarded; what the configuration says; administrators'
// corrections.

#include <fmt/format.h>

#include "store/sqlite/ledger_rows.h"
#include "store/sqlite/sqlite_transaction.h"

namespace countersign::sqlite {
namespace {

// By how much a posting changes each part, in minor units.
struct Moved {
  std::int64_t amount = 0;
  std::int64_t reserved = 0;
  std::int64_t spent = 0;
};

Moved moved_by(LedgerAct act, std::int64_t units) {
  switch (act) {
    case LedgerAct::opened:
    case LedgerAct::changed:
    case LedgerAct::adjusted:
    case LedgerAct::supplemented:
    case LedgerAct::transferred_in:
      return {.amount = units};
    case LedgerAct::transferred_out:
      return {.amount = -units};
    case LedgerAct::reserved:
      return {.reserved = units};
    case LedgerAct::released:
      return {.reserved = -units};
    case LedgerAct::spent:
      return {.reserved = -units, .spent = units};
  }
  return {};
}

// What is available must suffice for it where the ledger is strict.
bool takes(LedgerAct act, std::int64_t units) {
  switch (act) {
    case LedgerAct::reserved:
    case LedgerAct::transferred_out:
      return true;
    case LedgerAct::changed:
    case LedgerAct::adjusted:
      return units < 0;
    default:
      return false;
  }
}

struct Posting {
  LedgerAct act = LedgerAct::reserved;
  std::int64_t units = 0;
  Instant at;
  std::string_view instance;
  std::string_view step;
  std::string_view by;
  std::string_view reason;
};

// False where the guard fails: nothing was written then.
Result<bool> post(Connection& db, std::string_view name, std::uint32_t year, std::string_view currency,
                  const Posting& posting) {
  const Moved moved = moved_by(posting.act, posting.units);
  std::int64_t ledger = 0;
  std::int64_t available = 0;
  {
    Rows rows = db.query(
        "UPDATE ledger SET amount = amount + ?1, reserved = reserved + ?2, spent = spent + ?3 "
        "WHERE name = ?4 AND year = ?5 AND currency = ?6 AND reserved + ?2 >= 0 "
        "AND (?7 = 0 OR strict = 0 OR amount + ?1 - reserved - ?2 - spent - ?3 >= 0) "
        "RETURNING n, amount - reserved - spent",
        moved.amount, moved.reserved, moved.spent, name, year, currency, takes(posting.act, posting.units));
    const bool found = rows.next();
    if (found) {
      ledger = rows.integer(0);
      available = rows.integer(1);
      while (rows.next()) {
      }
    }
    if (auto done = rows.done(); !done) return passed_on(done);
    if (!found) return false;
  }
  auto done = db.run(
      "INSERT INTO posting(ledger, at, act, amount, available, instance, step, by, reason) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
      ledger, posting.at, to_string(posting.act), posting.units, available, posting.instance, posting.step,
      posting.by, posting.reason);
  if (!done) return passed_on(done);
  return true;
}

std::string joined_items(const ItemPath& items) {
  return fmt::format("{}", fmt::join(items, "/"));
}

// `listed` follows the file even where only the kind or the statuses change.
Result<void> set_row(Connection& db, const StoredLedger& stored, const LedgerSettings& wanted,
                     std::int64_t listed) {
  const Ledger& ledger = stored.ledger;
  if (ledger.current && ledger.strict == wanted.strict && ledger.spending == wanted.spending &&
      stored.listed == listed) {
    return {};
  }
  auto done = db.run("UPDATE ledger SET current = 0 WHERE name = ? AND current = 1 AND n <> ?", wanted.name,
                     stored.n);
  if (!done) return done;
  return db.run("UPDATE ledger SET strict = ?, spending = ?, current = 1, listed = ? WHERE n = ?",
                wanted.strict, joined_statuses(wanted.spending), listed, stored.n);
}

Result<void> open_ledger(Connection& db, const LedgerSettings& wanted, std::int64_t listed, Instant at) {
  auto done = db.run("UPDATE ledger SET current = 0 WHERE name = ? AND current = 1", wanted.name);
  if (!done) return done;
  done = db.run(
      "INSERT INTO ledger(name, year, currency, strict, current, spending, listed, amount, reserved, spent) "
      "VALUES(?, ?, ?, ?, 1, ?, ?, 0, 0, 0)",
      wanted.name, wanted.year, wanted.currency, wanted.strict, joined_statuses(wanted.spending), listed);
  if (!done) return done;
  auto posted = post(db, wanted.name, wanted.year, wanted.currency,
                     {.act = LedgerAct::opened, .units = listed, .at = at});
  if (!posted) return passed_on(posted);
  return {};
}

}  // namespace

Result<void> write_posting(Batch& batch, const Change& change, const Event& event,
                           const LedgerPosted& posted) {
  Connection& db = batch.connection();
  const Money& money = posted.amount.as_money();
  auto units = minor_units(money.amount, money.currency);
  if (!units) return passed_on(units);
  const std::string& instance = change.after->id.value;
  auto done = post(db, posted.ledger, posted.year, money.currency,
                   {.act = posted.act,
                    .units = *units,
                    .at = event.at,
                    .instance = instance,
                    .step = posted.reservation.step});
  if (!done) return passed_on(done);
  if (!*done) {
    batch.fail_guard();
    return fail(ErrorCode::conflict,
                fmt::format("cannot post {} ({}) of {} on the ledger '{}': it has changed meanwhile",
                            money.to_text(), to_string(posted.act), instance, posted.ledger));
  }
  const std::string items = joined_items(posted.reservation.items);
  if (posted.act == LedgerAct::reserved) {
    return db.run(
        "INSERT INTO reservation(instance, step, items, ledger, amount, since) "
        "SELECT ?, ?, ?, n, ?, ? FROM ledger WHERE name = ? AND year = ?",
        instance, posted.reservation.step, items, *units, event.at, posted.ledger, posted.year);
  }
  if (posted.act == LedgerAct::released || posted.act == LedgerAct::spent) {
    return db.run("DELETE FROM reservation WHERE instance = ? AND step = ? AND items = ?", instance,
                  posted.reservation.step, items);
  }
  return {};
}

Result<std::vector<std::string>> SqliteTransaction::set_ledgers(const std::vector<LedgerSettings>& ledgers,
                                                                Instant at) {
  std::vector<std::string> problems;
  if (auto ready = batch_.before_write(); !ready) return passed_on(ready);
  for (const LedgerSettings& wanted : ledgers) {
    const std::string title = ledger_title(wanted.name, wanted.year);
    auto listed = minor_units(wanted.amount, wanted.currency);
    if (!listed) return passed_on(listed);
    auto stored = find_ledger(db_, wanted.name, std::to_string(wanted.year));
    if (!stored) return passed_on(stored);
    if (!*stored) {
      if (auto opened = open_ledger(db_, wanted, *listed, at); !opened) return passed_on(opened);
      continue;
    }
    const Ledger& ledger = (*stored)->ledger;
    if (ledger.currency != wanted.currency) {
      problems.push_back(
          fmt::format("the ledger {} stays as it is: its currency is {}, and cannot become {}; use "
                      "another name or year",
                      title, ledger.currency, wanted.currency));
      continue;
    }
    // The kind first: a ledger that becomes soft may get less than it has given away.
    if (auto set = set_row(db_, **stored, wanted, (*stored)->listed); !set) return passed_on(set);
    const std::int64_t difference = *listed - (*stored)->listed;
    if (difference == 0) continue;
    auto posted = post(db_, wanted.name, wanted.year, wanted.currency,
                       {.act = LedgerAct::changed, .units = difference, .at = at});
    if (!posted) return passed_on(posted);
    if (!*posted) {
      problems.push_back(
          fmt::format("the ledger {} keeps its amount: with {} {}, less would remain than is "
                      "reserved and spent ({} and {})",
                      title, wanted.amount.to_text(), wanted.currency, ledger.reserved.to_text(),
                      ledger.spent.to_text()));
      continue;
    }
    auto noted = db_.run("UPDATE ledger SET listed = ? WHERE n = ?", *listed, (*stored)->n);
    if (!noted) return passed_on(noted);
  }
  std::vector<std::int64_t> gone;
  {
    Rows rows = db_.query("SELECT n, name, year FROM ledger WHERE current = 1");
    while (rows.next()) {
      const bool is_listed = std::any_of(ledgers.begin(), ledgers.end(), [&](const LedgerSettings& each) {
        return each.name == rows.text(1) && each.year == static_cast<std::uint32_t>(rows.integer(2));
      });
      if (!is_listed) gone.push_back(rows.integer(0));
    }
    if (auto done = rows.done(); !done) return passed_on(done);
  }
  for (const std::int64_t n : gone) {
    if (auto done = db_.run("UPDATE ledger SET current = 0 WHERE n = ?", n); !done) return passed_on(done);
  }
  return problems;
}

Result<Ledger> SqliteTransaction::adjust_ledger(const LedgerAdjustment& adjustment, Instant at) {
  auto stored = find_ledger(db_, adjustment.name, adjustment.year);
  if (!stored) return passed_on(stored);
  if (!*stored) {
    return fail(ErrorCode::not_found, fmt::format("there is no ledger '{}'{}{}", adjustment.name,
                                                  adjustment.year.empty() ? "" : " of ", adjustment.year));
  }
  const Ledger& ledger = (*stored)->ledger;
  auto units = minor_units(adjustment.by, ledger.currency);
  if (!units) return passed_on(units);
  if (auto ready = batch_.before_write(); !ready) return passed_on(ready);
  const std::string& by = adjustment.person.empty() ? adjustment.authenticated : adjustment.person.value;
  auto posted =
      post(db_, ledger.name, ledger.year, ledger.currency,
           {.act = LedgerAct::adjusted, .units = *units, .at = at, .by = by, .reason = adjustment.reason});
  if (!posted) return passed_on(posted);
  if (!*posted) {
    return fail(ErrorCode::conflict,
                fmt::format("cannot take {} {} off the ledger {}: {} are available, and it is strict",
                            (-adjustment.by).to_text(), ledger.currency,
                            ledger_title(ledger.name, ledger.year), ledger.available().to_text()));
  }
  auto after = find_ledger(db_, ledger.name, std::to_string(ledger.year));
  if (!after) return passed_on(after);
  return (*after)->ledger;
}

}  // namespace countersign::sqlite
