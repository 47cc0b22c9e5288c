// What a change says about work items, timers, claims and counters, as rows.

#include <set>

#include <fmt/format.h>

#include "store/sqlite/ledger_rows.h"
#include "store/sqlite/sqlite_transaction.h"

namespace countersign::sqlite {
namespace {

std::int64_t due_key(const std::optional<Instant>& due) {
  return due ? to_unix_ms(*due) : kNever;
}

// The name of a step is said when its activation opens; items that open later find it at the activation's
// earlier items, or in the log.
Result<std::string> step_name(Connection& db, const Change& change, std::int64_t n, ActivationId activation) {
  for (const Event& event : change.events) {
    const auto* opened = std::get_if<ActivationOpened>(&event.body);
    if (opened != nullptr && opened->activation == activation) return opened->name;
  }
  {
    Rows rows = db.query("SELECT step FROM work_item WHERE instance = ? AND activation = ? LIMIT 1", n,
                         activation.value);
    if (rows.next()) return rows.string(0);
    if (auto done = rows.done(); !done) return passed_on(done);
  }
  Rows rows = db.query(
      "SELECT p.payload ->> '$.name' FROM event e JOIN event_payload p ON p.position = e.position "
      "WHERE e.instance = ? AND e.type = 'activation_opened' AND p.payload ->> '$.activation' = ?",
      n, activation.value);
  if (rows.next()) return rows.string(0);
  if (auto done = rows.done(); !done) return passed_on(done);
  return std::string();
}

Result<void> insert_item(Connection& db, const Change& change, std::int64_t n, const Item& item) {
  auto step = step_name(db, change, n, item.activation);
  if (!step) return passed_on(step);
  return db.run(
      "INSERT INTO work_item(instance, number, activation, step, assignee, candidates, status, version, "
      "round, "
      "opened_at, due, closed_at, outcome, decided_by, channel, comment, added, added_by, transferred_by) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '', '', '', '', ?, ?, ?)",
      n, item.number, item.activation.value, *step, item.assignee.value, item.group,
      static_cast<int>(item.status), item.version, item.round, item.opened_at, due_key(item.due_at),
      item.added ? to_string(*item.added) : std::string_view(), item.added_by.value,
      item.transferred_by.value);
}

Result<void> close_item(Connection& db, const ItemChanged& change, Instant at, std::int64_t n) {
  const std::string_view outcome = change.act == ItemAct::remove ? kRemovedOutcome : change.outcome;
  return db.run(
      "UPDATE work_item SET status = ?, version = version + 1, closed_at = ?, outcome = ?, decided_by = ?, "
      "channel = ?, comment = ?, on_behalf_of = ? WHERE instance = ? AND number = ?",
      static_cast<int>(change.status), at, outcome, change.by.person.value, change.by.channel, change.comment,
      change.by.on_behalf_of.value, n, change.item);
}

Result<void> update_item(Connection& db, const Item& item, std::int64_t n) {
  return db.run(
      "UPDATE work_item SET assignee = ?, candidates = ?, status = ?, version = ?, round = ?, due = ? "
      "WHERE instance = ? AND number = ?",
      item.assignee.value, item.group, static_cast<int>(item.status), item.version, item.round,
      due_key(item.due_at), n, item.number);
}

Result<void> insert_timer(Connection& db, const TimerKey& key, Instant due, std::int64_t n) {
  return db.run("INSERT INTO timer(due, instance, activation, item, kind, rule) VALUES(?, ?, ?, ?, ?, ?)",
                due, n, key.activation.value, key.item, static_cast<int>(key.kind), key.rule);
}

Result<void> delete_timer(Connection& db, const TimerKey& key, Instant due, std::int64_t n) {
  return db.run(
      "DELETE FROM timer WHERE due = ? AND instance = ? AND activation = ? AND item = ? AND kind = ? AND "
      "rule = ?",
      due, n, key.activation.value, key.item, static_cast<int>(key.kind), key.rule);
}

}  // namespace

Result<void> write_work_items(Batch& batch, const Change& change, std::int64_t n) {
  Connection& db = batch.connection();
  const auto& open_after = change.after->items;
  std::set<std::uint32_t> inserted;
  for (const Event& event : change.events) {
    if (const auto* opened = std::get_if<ItemOpened>(&event.body)) {
      // As it is at the end of the command where it is open still.
      const auto after = open_after.find(opened->item.number);
      if (auto done = insert_item(db, change, n, after == open_after.end() ? opened->item : after->second);
          !done) {
        return done;
      }
      inserted.insert(opened->item.number);
    } else if (const auto* changed = std::get_if<ItemChanged>(&event.body)) {
      if (is_open(changed->status)) continue;
      if (auto done = close_item(db, *changed, event.at, n); !done) return done;
    }
  }
  const auto& open_before = change.before->items;
  for (const auto& [number, item] : open_after) {
    if (inserted.contains(number)) continue;
    const auto before = open_before.find(number);
    if (before != open_before.end() && before->second == item) continue;
    if (auto done = update_item(db, item, n); !done) return done;
  }
  return {};
}

Result<void> write_timers(Batch& batch, const Change& change, std::int64_t n) {
  Connection& db = batch.connection();
  const auto& before = change.before->timers;
  const auto& after = change.after->timers;
  for (const auto& [key, timer] : before) {
    const auto kept = after.find(key);
    if (kept != after.end() && kept->second.due == timer.due) continue;
    if (auto done = delete_timer(db, key, timer.due, n); !done) return done;
  }
  for (const auto& [key, timer] : after) {
    const auto known = before.find(key);
    if (known != before.end() && known->second.due == timer.due) continue;
    if (auto done = insert_timer(db, key, timer.due, n); !done) return done;
  }
  return {};
}

namespace {

constexpr std::string_view kFileId = "f_";  // how the ids of uploads begin

// Files that a value names: records with the id of an upload and the hash of a content.
void add_files(const cel::Value& value, std::set<std::string>& files) {
  if (value.is(cel::Kind::list)) {
    for (const cel::Value& each : value.as_list()) add_files(each, files);
  }
  if (!value.is(cel::Kind::map)) return;
  const cel::Value* id = value.as_map().find("id");
  const cel::Value* hash = value.as_map().find("sha256");
  if (id != nullptr && hash != nullptr && id->is(cel::Kind::string) && hash->is(cel::Kind::string) &&
      id->as_string().starts_with(kFileId)) {
    files.insert(std::string(id->as_string()));
    return;
  }
  for (const auto& [key, inner] : value.as_map()) add_files(inner, files);
}

// Only these events bring a file in; others repeat what they brought.
std::set<std::string> files_of(const Event& event) {
  std::set<std::string> files;
  const auto add = [&](const Fields& fields) {
    for (const auto& [name, value] : fields) add_files(value, files);
  };
  if (const auto* started = std::get_if<Started>(&event.body)) add(started->form);
  if (const auto* changed = std::get_if<FormChanged>(&event.body)) add(changed->values);
  if (const auto* item = std::get_if<ItemChanged>(&event.body)) add(item->fields);
  if (const auto* reached = std::get_if<OutcomeReached>(&event.body)) add(reached->fields);
  if (const auto* set = std::get_if<VarsSet>(&event.body)) add(set->values);
  return files;
}

}  // namespace

// What an instance names is never swept.
Result<void> write_file_uses(Batch& batch, std::span<const Event> events, std::int64_t n) {
  Connection& db = batch.connection();
  for (const Event& event : events) {
    for (const std::string& file : files_of(event)) {
      auto done = db.run("UPDATE file SET use = 1 WHERE id = ? AND use = 0", file);
      if (!done) return done;
      done =
          db.run("INSERT OR IGNORE INTO file_use(file, instance, seq) VALUES(?, ?, ?)", file, n, event.seq);
      if (!done) return done;
    }
  }
  return {};
}

Result<void> write_shared(Batch& batch, const Change& change) {
  Connection& db = batch.connection();
  const std::string& holder = change.after->id.value;
  const auto guarded = [&](Result<void> done, std::string_view what, std::string_view key) -> Result<void> {
    if (!done || db.changed_rows() == 1) return done;
    batch.fail_guard();
    return fail(ErrorCode::conflict,
                fmt::format("cannot take {} '{}' for {}: another instance has it", what, key, holder));
  };
  for (const Event& event : change.events) {
    Result<void> done;
    if (const auto* taken = std::get_if<ClaimTaken>(&event.body)) {
      done = guarded(
          db.run("INSERT INTO claim(scope, key, holder) VALUES(?, ?, ?) ON CONFLICT(scope, key) DO UPDATE "
                 "SET holder = excluded.holder WHERE holder = excluded.holder",
                 taken->scope, taken->key, holder),
          taken->scope, taken->key);
    } else if (const auto* freed = std::get_if<ClaimFreed>(&event.body)) {
      done = db.run("DELETE FROM claim WHERE scope = ? AND key = ? AND holder = ?", freed->scope, freed->key,
                    holder);
    } else if (const auto* counted = std::get_if<CounterTaken>(&event.body)) {
      done = guarded(db.run("INSERT INTO counter(scope, value) VALUES(?, ?) ON CONFLICT(scope) DO UPDATE "
                            "SET value = excluded.value WHERE value < excluded.value",
                            counted->scope, counted->value),
                     counted->scope, std::to_string(counted->value));
    }
    if (const auto* posted = std::get_if<LedgerPosted>(&event.body))
      done = write_posting(batch, change, event, *posted);
    if (!done) return done;
  }
  return {};
}

Result<FactValue> SqliteTransaction::fact(const FactKey& key) {
  FactValue value;
  if (key.kind == FactKey::Kind::claim) {
    Rows rows = db_.query(
        "SELECT holder, (SELECT reference FROM instance WHERE id = holder) FROM claim WHERE scope = ? AND "
        "key = ?",
        key.scope, key.key);
    if (rows.next()) {
      value.holder = InstanceId(rows.string(0));
      value.reference = rows.string(1);
    }
    if (auto done = rows.done(); !done) return passed_on(done);
  } else if (key.kind == FactKey::Kind::ledger) {
    auto stored = find_ledger(db_, key.scope, key.key);
    if (!stored) return passed_on(stored);
    if (*stored) value.ledger = std::move((*stored)->ledger);
  } else {
    Rows rows = db_.query("SELECT value FROM counter WHERE scope = ?", key.scope);
    value.next = rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) + 1 : 1;
    if (auto done = rows.done(); !done) return passed_on(done);
  }
  return value;
}

}  // namespace countersign::sqlite
