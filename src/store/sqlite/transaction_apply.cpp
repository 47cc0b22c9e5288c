// What a job writes about an instance: its row, its events and its snapshot.

#include <array>

#include <fmt/format.h>

#include "core/event_codec.h"
#include "store/event_hash.h"
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
  if (const CachedState* cached = batch.cache().find(before.id)) {
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

Result<void> write_events(Batch& batch, const Change& change, AppliedInstance& instance) {
  Connection& db = batch.connection();
  std::string salts(change.events.size() * kSaltBytes, '\0');
  batch.random().fill({reinterpret_cast<unsigned char*>(salts.data()), salts.size()});
  EventRow row;
  row.instance = change.after->id;
  for (std::size_t i = 0; i < change.events.size(); ++i) {
    const Event& event = change.events[i];
    const EncodedEvent encoded = encode_event(event.body);
    const std::string_view salt = std::string_view(salts).substr(i * kSaltBytes, kSaltBytes);
    row.seq = event.seq;
    row.at = event.at;
    row.type = encoded.type;
    row.version = encoded.version;
    row.actor = actor_in_envelope(event.body);
    row.payload_hash = as_text(payload_hash(salt, encoded.payload));
    row.previous_hash = instance.head;
    instance.head = as_text(envelope_hash(row));
    auto done = db.run(
        "INSERT INTO event(instance, seq, at, type, version, actor, payload_hash, previous_hash, hash) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        instance.n, row.seq, row.at, row.type, row.version, row.actor, Blob{row.payload_hash},
        Blob{row.previous_hash}, Blob{instance.head});
    if (!done) return done;
    const std::int64_t position = db.last_rowid();
    batch.add_event_hash(position, instance.head);
    done = db.run("INSERT INTO event_payload(position, salt, payload) VALUES(?, ?, ?)", position, Blob{salt},
                  encoded.payload);
    if (!done) return done;
  }
  return {};
}

Result<std::shared_ptr<const State>> SqliteTransaction::load(const InstanceId& instance) {
  if (const CachedState* cached = batch_.cache().find(instance)) {
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
  if (auto done = write_events(batch_, change, *instance); !done) return done;
  const std::string snapshot = encode_state(after);
  auto done = db_.run(
      "INSERT INTO snapshot(instance, codec, head, state) VALUES(?, ?, ?, ?) ON CONFLICT(instance) DO UPDATE "
      "SET "
      "codec = excluded.codec, head = excluded.head, state = excluded.state",
      instance->n, kSnapshotVersion, Blob{instance->head}, snapshot);
  if (!done) return done;
  if (done = write_work_items(batch_, change, instance->n); !done) return done;
  if (done = write_timers(batch_, change, instance->n); !done) return done;
  if (done = write_shared(batch_, change); !done) return done;
  batch_.cache().put(after.id, {instance->n, std::move(instance->head), change.after});
  return {};
}

}  // namespace countersign::sqlite
