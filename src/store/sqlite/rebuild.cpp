#include "store/sqlite/rebuild.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "core/event_codec.h"
#include "core/evolve.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/sqlite_transaction.h"

namespace countersign::sqlite {
namespace {

constexpr std::uint64_t kExamplesMax = 5;

// One table: how its rows are told apart and compared. `mine` leaves out what the log cannot give.
struct DerivedTable {
  const char* name;
  Sql count, missing, surplus, missing_keys, surplus_keys, remove, add;
  Sql forgotten;  // columns of the table that are not among those that are written again
};

#define GIVEN(table, columns) "SELECT " columns " FROM rebuilt." table
#define STORED(table, columns, mine) "SELECT " columns " FROM main." table " WHERE " mine
#define DERIVED_TABLE(table, keys, columns, mine)                                                         \
  DerivedTable {                                                                                          \
    table, Sql("SELECT count(*) FROM rebuilt." table),                                                    \
        Sql("SELECT count(*) FROM (" GIVEN(table, columns) " EXCEPT " STORED(table, columns, mine) ")"),  \
        Sql("SELECT count(*) FROM (" STORED(table, columns, mine) " EXCEPT " GIVEN(table, columns) ")"),  \
        Sql("SELECT json_array(" keys                                                                     \
            ") FROM (" GIVEN(table, columns) " EXCEPT " STORED(table, columns, mine) ") LIMIT ?"),        \
        Sql("SELECT json_array(" keys                                                                     \
            ") FROM (" STORED(table, columns, mine) " EXCEPT " GIVEN(table, columns) ") LIMIT ?"),        \
        Sql("DELETE FROM main." table " WHERE (" keys ") IN (SELECT " keys                                \
            " FROM (" STORED(table, columns, mine) " EXCEPT " GIVEN(table, columns) "))"),                \
        Sql("INSERT OR REPLACE INTO main." table "(" columns                                              \
            ") " GIVEN(table, columns) " EXCEPT " STORED(table, columns, mine)),                          \
        Sql("SELECT group_concat(name, ', ') FROM pragma_table_info('" table "') WHERE instr(', " columns \
            ",', ', ' || name || ',') = 0")                                                               \
  }

constexpr std::array kDerived{
    DERIVED_TABLE("instance", "n",
                  "n, id, workflow, version, reference, key, status, ended, requester, stage, round, seq, "
                  "started_at, changed_at, ended_at, incident",
                  "n NOT IN (SELECT n FROM rebuilt.kept)"),
    // One that another version of the program wrote is written anew when it is next read.
    DERIVED_TABLE(
        "snapshot", "instance", "instance, codec, head, state",
        "instance NOT IN (SELECT n FROM rebuilt.kept) AND codec = (SELECT value FROM rebuilt.codec)"),
    DERIVED_TABLE("work_item", "instance, number",
                  "instance, number, activation, step, assignee, candidates, status, version, round, "
                  "opened_at, due, closed_at, outcome, decided_by, channel, comment, added, added_by, "
                  "transferred_by, on_behalf_of",
                  "instance NOT IN (SELECT n FROM rebuilt.kept)"),
    DERIVED_TABLE("timer", "due, instance, activation, item, kind, rule",
                  "due, instance, activation, item, kind, rule",
                  "instance NOT IN (SELECT n FROM rebuilt.kept)"),
    DERIVED_TABLE("file_use", "file, instance, seq", "file, instance, seq",
                  "instance NOT IN (SELECT n FROM rebuilt.kept)"),
    DERIVED_TABLE("claim", "scope, key", "scope, key, holder", "holder NOT IN (SELECT id FROM rebuilt.kept)"),
    DERIVED_TABLE("counter", "scope", "scope, value", "1"),
    DERIVED_TABLE("reservation", "instance, step, items", "instance, step, items, ledger, amount, since",
                  "instance NOT IN (SELECT id FROM rebuilt.kept)"),
};

#define LEDGER_COLUMNS "n, name, year, currency, amount, reserved, spent"
constexpr Sql kLedgersWrong("SELECT count(*) FROM (SELECT " LEDGER_COLUMNS
                            " FROM rebuilt.ledger EXCEPT SELECT " LEDGER_COLUMNS " FROM main.ledger)");
constexpr Sql kLedgerNames("SELECT name || ' ' || year FROM (SELECT " LEDGER_COLUMNS
                           " FROM rebuilt.ledger EXCEPT SELECT " LEDGER_COLUMNS " FROM main.ledger) LIMIT ?");

Result<std::uint64_t> counted(Connection& db, Sql sql) {
  Rows rows = db.query(sql);
  const std::uint64_t count = rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
  if (auto done = rows.done(); !done) return passed_on(done);
  return count;
}

// A row is written whole or not at all: a column that this file does not name would lose what stands in it.
Result<void> refuse_half_rows(Connection& db, const DerivedTable& table) {
  Rows rows = db.query(table.forgotten);
  const std::string forgotten = rows.next() && !rows.is_null(0) ? rows.string(0) : "";
  if (auto done = rows.done(); !done) return done;
  if (forgotten.empty()) return {};
  return fail(
      ErrorCode::internal,
      fmt::format("cannot rebuild {}: nobody has said how {} follows from the event log, and it would "
                  "be lost; this is a mistake in the program, the database is as it was",
                  table.name, forgotten));
}

Result<void> add_examples(Connection& db, Sql sql, std::vector<std::string>& examples) {
  Rows rows = db.query(sql, kExamplesMax);
  while (rows.next()) examples.push_back(rows.string(0));
  return rows.done();
}

// Replays what `main` holds.
class Replay {
 public:
  Replay(Connection& main, Connection& scratch, RandomSource& random)
      : main_(main), scratch_(scratch), cache_(1), batch_(scratch, cache_, random, Savepoints::none) {}

  Result<RebuildReport> run() {
    auto done = scratch_.execute(
        "CREATE TABLE kept(n INTEGER PRIMARY KEY, id TEXT NOT NULL); CREATE TABLE codec(value INTEGER); "
        "BEGIN;");
    if (done) done = scratch_.run("INSERT INTO codec(value) VALUES(?)", kSnapshotVersion);
    if (done) done = read_instances();
    for (auto each = ids_.begin(); done && each != ids_.end(); ++each)
      done = replay(each->first, each->second);
    if (done) done = copy_ledgers();
    if (done) done = replay_shared();
    if (done) done = scratch_.execute("COMMIT;");
    if (!done) return passed_on(done);
    return std::move(report_);
  }

 private:
  // The id of an instance stands in its row; where that is lost, in its snapshot.
  Result<void> read_instances() {
    {
      Rows rows = main_.query(
          "SELECT e.instance, i.id, s.state FROM (SELECT DISTINCT instance FROM event) e LEFT JOIN instance "
          "i "
          "ON i.n = e.instance LEFT JOIN snapshot s ON s.instance = e.instance AND i.n IS NULL");
      while (rows.next()) {
        const std::int64_t n = rows.integer(0);
        if (!rows.is_null(1)) {
          ids_[n] = InstanceId(rows.string(1));
          continue;
        }
        const auto state = rows.is_null(2) ? Result<State>(fail(ErrorCode::not_found, "there is none"))
                                           : decode_state(rows.text(2));
        if (state) {
          ids_[n] = state->id;
        } else {
          report_.problems.push_back(fmt::format(
              "the row of instance number {} is lost, and its snapshot does not tell its id ({}); "
              "restore a backup",
              n, state.error().message));
        }
      }
      if (auto done = rows.done(); !done) return done;
    }
    report_.instances = ids_.size();
    return {};
  }

  Result<void> keep(std::int64_t n, const InstanceId& id) {
    return scratch_.run("INSERT INTO kept(n, id) VALUES(?, ?)", n, id.value);
  }

  Result<void> replay(std::int64_t n, const InstanceId& id) {
    State state;
    state.id = id;
    std::string head;
    Instant last{};
    std::map<ActivationId, Event> opened;  // say the names of the steps
    Rows rows = main_.query(
        "SELECT e.seq, e.at, e.type, e.version, p.payload, e.hash FROM event e LEFT JOIN event_payload p ON "
        "p.position = e.position WHERE e.instance = ? ORDER BY e.seq",
        n);
    while (rows.next()) {
      ++report_.events;
      if (rows.is_null(4)) {
        ++report_.erased;
        return forget(n, id);
      }
      Event event{.seq = static_cast<std::uint64_t>(rows.integer(0)), .at = rows.instant(1), .body = {}};
      auto body = decode_event(rows.text(2), static_cast<std::uint32_t>(rows.integer(3)), rows.text(4));
      if (!body || event.seq != state.seq + 1) {
        report_.problems.push_back(fmt::format("event {} of {} cannot be replayed: {}; it keeps its rows",
                                               event.seq, id.value,
                                               body ? "those before it are missing" : body.error().message));
        return forget(n, id);
      }
      event.body = std::move(*body);
      if (auto done = step(n, state, event, opened); !done) return done;
      head = rows.string(5);
      last = event.at;
    }
    if (auto done = rows.done(); !done) return done;
    auto done = put_instance(batch_, n, state, last);
    if (!done) return done;
    done = scratch_.run("INSERT INTO snapshot(instance, codec, head, state) VALUES(?, ?, ?, ?)", n,
                        kSnapshotVersion, Blob{head}, encode_state(state));
    if (!done) return done;
    auto before = std::make_shared<State>();
    return write_timers(batch_,
                        {.before = before, .after = std::make_shared<const State>(state), .events = {}}, n);
  }

  // Half of an instance is none.
  Result<void> forget(std::int64_t n, const InstanceId& id) {
    if (auto done = scratch_.run("DELETE FROM work_item WHERE instance = ?", n); !done) return done;
    if (auto done = scratch_.run("DELETE FROM file_use WHERE instance = ?", n); !done) return done;
    return keep(n, id);
  }

  // Only what work items need of the states goes into the change: copying all of them for each event would
  // take most of the time.
  Result<void> step(std::int64_t n, State& state, const Event& event, std::map<ActivationId, Event>& opened) {
    auto before = std::make_shared<State>();
    before->items = state.items;
    evolve(state, event);
    auto after = std::make_shared<State>();
    after->items = state.items;
    if (const auto* activation = std::get_if<ActivationOpened>(&event.body))
      opened.emplace(activation->activation, event);
    std::vector<Event> events;
    if (const auto* item = std::get_if<ItemOpened>(&event.body)) {
      const auto step = opened.find(item->item.activation);
      if (step != opened.end()) events.push_back(step->second);
    }
    events.push_back(event);
    if (auto done = write_file_uses(batch_, std::span(&event, 1), n); !done) return done;
    return write_work_items(batch_, {.before = before, .after = after, .events = events}, n);
  }

  // As the configuration and administrators have posted; what instances moved comes from the log. Strictness
  // was settled when it happened.
  Result<void> copy_ledgers() {
    Rows rows = main_.query(
        "SELECT n, name, year, currency, current, spending, listed, (SELECT coalesce(sum(p.amount), 0) FROM "
        "posting p WHERE p.ledger = l.n AND p.instance = '') FROM ledger l");
    while (rows.next()) {
      auto done = scratch_.run(
          "INSERT INTO ledger(n, name, year, currency, strict, current, spending, listed, amount, reserved, "
          "spent) VALUES(?, ?, ?, ?, 0, ?, ?, ?, ?, 0, 0)",
          rows.integer(0), rows.text(1), rows.integer(2), rows.text(3), rows.integer(4), rows.text(5),
          rows.integer(6), rows.integer(7));
      if (!done) return done;
    }
    return rows.done();
  }

  // In the order in which it happened: what one instance freed another took.
  Result<void> replay_shared() {
    Rows rows = main_.query(
        "SELECT e.instance, e.seq, e.at, e.type, e.version, p.payload FROM event e JOIN event_payload p ON "
        "p.position = e.position WHERE e.type IN ('claim_taken', 'claim_freed', 'counter_taken', "
        "'ledger_posted') ORDER BY e.position");
    while (rows.next()) {
      const auto id = ids_.find(rows.integer(0));
      if (id == ids_.end()) continue;
      auto body = decode_event(rows.text(3), static_cast<std::uint32_t>(rows.integer(4)), rows.text(5));
      if (!body) continue;  // said already
      auto state = std::make_shared<State>();
      state->id = id->second;
      const std::vector<Event> events{
          {static_cast<std::uint64_t>(rows.integer(1)), rows.instant(2), std::move(*body)}};
      if (auto done = write_shared(batch_, {.before = state, .after = state, .events = events}); !done) {
        if (done.error().code != ErrorCode::conflict) return done;
        report_.problems.push_back(
            fmt::format("event {} of {}: {}", events.front().seq, id->second.value, done.error().message));
      }
    }
    return rows.done();
  }

  Connection& main_;
  Connection& scratch_;
  StateCache cache_;
  Batch batch_;
  std::map<std::int64_t, InstanceId> ids_;
  RebuildReport report_;
};

}  // namespace

bool RebuildReport::is_equal() const {
  return problems.empty() && std::ranges::none_of(tables, [](const RebuiltTable& table) {
           return table.missing != 0 || table.surplus != 0;
         });
}

Result<RebuildReport> replay_log(Connection& main, const std::string& scratch_path, RandomSource& random) {
  auto scratch = Connection::open(scratch_path, Connection::Access::create, {});
  if (!scratch) return passed_on(scratch);
  if (auto done = (*scratch)->execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;"); !done)
    return passed_on(done);
  if (auto done = migrate(**scratch, migrations()); !done) return passed_on(done);
  return Replay(main, **scratch, random).run();
}

Result<void> compare_with_log(Connection& main, RebuildReport& report) {
  for (const DerivedTable& table : kDerived) {
    if (auto done = refuse_half_rows(main, table); !done) return done;
    RebuiltTable found{.name = table.name};
    for (const auto& [sql, number] :
         {std::pair(table.count, &found.rows), std::pair(table.missing, &found.missing),
          std::pair(table.surplus, &found.surplus)}) {
      const auto count = counted(main, sql);
      if (!count) return std::unexpected(count.error());
      *number = *count;
    }
    if (found.missing != 0) {
      if (auto done = add_examples(main, table.missing_keys, found.examples); !done) return done;
    } else if (found.surplus != 0) {
      if (auto done = add_examples(main, table.surplus_keys, found.examples); !done) return done;
    }
    report.tables.push_back(std::move(found));
  }
  RebuiltTable ledgers{.name = "ledger"};
  const auto rows = counted(main, "SELECT count(*) FROM rebuilt.ledger");
  const auto wrong = counted(main, kLedgersWrong);
  if (!rows) return std::unexpected(rows.error());
  if (!wrong) return std::unexpected(wrong.error());
  ledgers.rows = *rows;
  ledgers.missing = *wrong;
  if (auto done = add_examples(main, kLedgerNames, ledgers.examples); !done) return done;
  report.tables.push_back(std::move(ledgers));
  return {};
}

Result<void> take_over_log(Connection& main) {
  for (const DerivedTable& table : kDerived) {
    if (auto done = main.run(table.remove); !done) return done;
    if (auto done = main.run(table.add); !done) return done;
  }
  return main.run(
      "UPDATE main.ledger SET amount = r.amount, reserved = r.reserved, spent = r.spent FROM rebuilt.ledger "
      "r "
      "WHERE r.n = ledger.n AND (ledger.amount, ledger.reserved, ledger.spent) <> (r.amount, r.reserved, "
      "r.spent)");
}

}  // namespace countersign::sqlite
