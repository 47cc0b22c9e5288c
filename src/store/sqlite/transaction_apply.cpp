// What a job writes about an instance: its row, its events and its snapshot.

#include <array>

#include <fmt/format.h>

#include "core/event_codec.h"
#include "store/event_hash.h"
#include "store/prepared_change.h"
#include "store/sqlite/sqlite_transaction.h"
#include "store/sqlite/stored_state.h"

namespace countersign::sqlite {
namespace {

std::string_view incident_of(const State& state) {
  for (const auto& [id, activation] : state.activations) {
    if (!activation.incident.empty()) return activation.incident;
  }
  return {};
}

std::unexpected<Error> guard_failed(Batch& batch, const State& state, std::string_view why) {
  batch.fail_guard();
  return fail(ErrorCode::conflict,
              fmt::format("cannot store event {} of {}: {}", state.seq, state.id.value, why));
}

Result<void> insert_instance(Batch& batch, const State& after, Instant changed_at) {
  auto done = batch.connection().run(
      "INSERT INTO instance(id, workflow, version, reference, key, status, ended, requester, stage, round, "
      "seq, "
      "started_at, changed_at, ended_at, incident) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      after.id.value, after.workflow.value, after.version, after.reference, after.key, after.status,
      after.ended, after.requester.value, after.stage, after.round, after.seq, after.started_at, changed_at,
      after.ended_at, incident_of(after));
  if (!done && done.error().code == ErrorCode::conflict) {
    return guard_failed(batch, after, "an instance with this id exists");
  }
  return done;
}

Result<void> update_instance(Batch& batch, const Change& change, std::int64_t n, Instant changed_at) {
  const State& after = *change.after;
  auto done = batch.connection().run(
      "UPDATE instance SET version = ?, status = ?, ended = ?, stage = ?, round = ?, seq = ?, changed_at = "
      "?, "
      "ended_at = ?, incident = ? WHERE n = ? AND seq = ?",
      after.version, after.status, after.ended, after.stage, after.round, after.seq, changed_at,
      after.ended_at, incident_of(after), n, change.before->seq);
  if (!done) return done;
  if (batch.connection().changed_rows() != 1) return guard_failed(batch, after, "it has changed meanwhile");
  return {};
}

}  // namespace

Result<void> put_instance(Batch& batch, std::int64_t n, const State& state, Instant changed_at) {
  return batch.connection().run(
      "INSERT INTO instance(n, id, workflow, version, reference, key, status, ended, requester, stage, "
      "round, "
      "seq, started_at, changed_at, ended_at, incident) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?)",
      n, state.id.value, state.workflow.value, state.version, state.reference, state.key, state.status,
      state.ended, state.requester.value, state.stage, state.round, state.seq, state.started_at, changed_at,
      state.ended_at, incident_of(state));
}

Result<AppliedInstance> write_instance(Batch& batch, const Change& change) {
  const State& before = *change.before;
  const Instant changed_at = change.events.back().at;
  if (before.seq == 0) {
    if (auto done = insert_instance(batch, *change.after, changed_at); !done) return passed_on(done);
    return AppliedInstance{batch.connection().last_rowid(), std::string(first_previous_hash())};
  }
  AppliedInstance instance;
  if (change.place != nullptr) {
    instance = {change.place->n, change.place->head};
  } else if (const StoredInstance* cached = batch.cache().find(before.id)) {
    instance = {cached->n, cached->head};
  } else {
    auto stored = stored_state(batch.connection(), before.id);
    if (!stored) return passed_on(stored);
    if (!*stored) return guard_failed(batch, before, "it is not stored");
    instance = {(*stored)->n, (*stored)->head};
  }
  if (auto done = update_instance(batch, change, instance.n, changed_at); !done) return passed_on(done);
  return instance;
}

Result<void> write_events(Batch& batch, const PreparedChange& change, std::int64_t n) {
  Connection& db = batch.connection();
  std::string_view previous = change.head;
  for (const PreparedEvent& event : change.events) {
    auto done = db.run(
        "INSERT INTO event(instance, seq, at, type, version, actor, payload_hash, previous_hash, hash) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        n, event.seq, event.at, event.type, event.version, event.actor, Blob{event.payload_hash},
        Blob{previous}, Blob{event.hash});
    if (!done) return done;
    const std::int64_t position = db.last_rowid();
    batch.add_event_hash(position, event.hash);
    done = db.run("INSERT INTO event_payload(position, salt, payload) VALUES(?, ?, ?)", position,
                  Blob{event.salt}, event.payload);
    if (!done) return done;
    previous = event.hash;
  }
  return {};
}

Result<std::shared_ptr<const State>> SqliteTransaction::load(const InstanceId& instance) {
  if (const StoredInstance* cached = batch_.cache().find(instance)) {
    batch_.count_cache(true);
    return cached->state;
  }
  batch_.count_cache(false);
  auto stored = stored_state(db_, instance);
  if (!stored) return passed_on(stored);
  if (!*stored) return std::shared_ptr<const State>();
  std::shared_ptr<const State> state = (*stored)->state;
  batch_.cache().put(instance, std::move(**stored));
  batch_.touch(instance);
  return state;
}

bool SqliteTransaction::is_newest(const InstanceId& instance, std::uint64_t seq) {
  const StoredInstance* cached = batch_.cache().find(instance);
  return cached == nullptr || cached->state->seq == seq;
}

Result<void> SqliteTransaction::apply(const Change& change) {
  const State& before = *change.before;
  const State& after = *change.after;
  if (change.events.empty()) return {};
  COUNTERSIGN_INVARIANT(after.seq == before.seq + change.events.size() &&
                            change.events.front().seq == before.seq + 1 &&
                            change.events.back().seq == after.seq,
                        "the events of a change must lead from the state before to the state after");
  if (auto ready = batch_.before_write(); !ready) return ready;
  auto instance = write_instance(batch_, change);
  if (!instance) return passed_on(instance);
  batch_.touch(after.id);
  PreparedChange made;
  if (change.prepared == nullptr) made = prepare_change(change, instance->head, batch_.random());
  const PreparedChange& prepared = change.prepared != nullptr ? *change.prepared : made;
  COUNTERSIGN_INVARIANT(prepared.head == instance->head,
                        "a change is made for the instance as it stands in the store");
  if (auto events = write_events(batch_, prepared, instance->n); !events) return events;
  auto done = db_.run(
      "INSERT INTO snapshot(instance, codec, head, state) VALUES(?, ?, ?, ?) ON CONFLICT(instance) DO UPDATE "
      "SET "
      "codec = excluded.codec, head = excluded.head, state = excluded.state",
      instance->n, kSnapshotVersion, Blob{prepared.last_hash()}, prepared.snapshot);
  if (!done) return done;
  if (done = write_work_items(batch_, change, instance->n); !done) return done;
  if (done = write_timers(batch_, change, instance->n); !done) return done;
  if (done = write_file_uses(batch_, change.events, instance->n); !done) return done;
  if (done = write_shared(batch_, change); !done) return done;
  batch_.cache().put(after.id, {instance->n, prepared.last_hash(), change.after});
  return {};
}

}  // namespace countersign::sqlite
