#pragma once
// The write side as a job sees it (store.h, Transaction). One object a batch; the jobs share it one after
// another.

#include "store/sqlite/batch.h"
#include "store/store.h"

namespace countersign::sqlite {

class SqliteTransaction final : public Transaction {
 public:
  explicit SqliteTransaction(Batch& batch) : batch_(batch), db_(batch.connection()) {}

  Result<std::shared_ptr<const State>> load(const InstanceId& instance) override;
  Result<FactValue> fact(const FactKey& key) override;
  bool is_newest(const InstanceId& instance, std::uint64_t seq) override;
  Result<void> apply(const Change& change) override;

  Result<std::int64_t> add_outbox(OutboxRow row) override;
  Result<void> finish_outbox(std::int64_t id, OutboxStatus status, std::string_view detail) override;
  Result<void> retry_outbox(std::int64_t id, Instant next_at, std::string_view error) override;
  Result<void> revive_outbox(std::int64_t id, Instant next_at) override;
  Result<void> hurry_outbox(Instant next_at) override;
  Result<int> drop_messages(const InstanceId& instance, std::uint32_t item) override;
  Result<std::optional<OutboxRow>> outbox_row(std::int64_t id) override;

  Result<std::vector<OutboxRow>> held_messages(const PersonId& recipient, std::size_t limit) override;
  Result<void> postpone_messages(const PersonId& recipient, Instant next_at) override;
  Result<void> release_message(std::int64_t id, std::string_view target, Instant now) override;
  Result<std::int64_t> add_digest(OutboxRow digest, std::span<const std::int64_t> entries) override;
  Result<std::vector<OutboxRow>> digest_entries(std::int64_t digest) override;
  Result<void> set_outbox_payload(std::int64_t id, std::string_view payload) override;
  Result<std::uint32_t> chased(const PersonId& person, std::int64_t day) override;
  Result<void> count_chased(const PersonId& person, std::int64_t day, std::uint32_t more) override;

  Result<void> add_link(const LinkRow& row) override;
  Result<void> revoke_links(const InstanceId& instance, std::uint32_t item) override;
  Result<void> revoke_links_of(const PersonId& person) override;

  Result<std::optional<IdempotencyRow>> find_answer(std::string_view actor, std::string_view route,
                                                    std::string_view key) override;
  Result<void> keep_answer(const IdempotencyRow& row) override;

  Result<std::optional<InboundRow>> find_inbound(std::string_view source,
                                                 std::string_view delivery_id) override;
  Result<std::int64_t> add_inbound(const InboundRow& row) override;
  Result<void> set_inbound(std::int64_t id, std::string_view status, std::string_view error,
                           std::string_view answer) override;
  Result<bool> advance_order(std::string_view source, std::string_view key, std::string_view at) override;

  Result<void> keep_definition(const DefinitionRow& row) override;
  Result<void> set_schedule(const ScheduleRow& row) override;
  Result<void> drop_schedule(const WorkflowId& workflow, std::string_view name) override;
  Result<void> owe_start(const OwedStartRow& row) override;
  Result<void> settle_start(const WorkflowId& workflow, std::string_view name,
                            const PersonId& person) override;
  Result<std::vector<std::string>> set_ledgers(const std::vector<LedgerSettings>& ledgers,
                                               Instant at) override;
  Result<Ledger> adjust_ledger(const LedgerAdjustment& adjustment, Instant at) override;
  Result<void> add_file(const FileRow& row) override;
  Result<void> add_key(const KeyRow& row) override;
  Result<void> revoke_key(std::string_view id, Instant at) override;
  Result<std::vector<std::string>> revoke_keys_of(const PersonId& person, Instant at) override;
  Result<std::int64_t> add_absence(const RecordedAbsence& absence) override;
  Result<std::vector<RecordedAbsence>> absences_of(const PersonId& person, Instant at) override;
  Result<std::vector<RecordedAbsence>> absences_from(const PersonId& person, std::string_view source,
                                                     Instant at) override;
  Result<void> end_absence(std::int64_t id, Instant at) override;
  Result<void> retract_absence(std::int64_t id, Instant at) override;
  Result<void> note_absence_begun(std::int64_t id) override;
  Result<void> note_absence_over(std::int64_t id) override;
  Result<void> note_directory(std::string_view revision) override;

 private:
  // One statement that writes, inside the job's savepoint.
  template <class... Values>
  Result<void> write(Sql sql, const Values&... values) {
    if (auto ready = batch_.before_write(); !ready) return ready;
    return db_.run(sql, values...);
  }
  Result<void> settle_order(std::string_view order_key);

  Batch& batch_;
  Connection& db_;
};

// The parts of apply, each derived from the change alone.
struct AppliedInstance {
  std::int64_t n = 0;
  std::string head;  // hash of the last event before
};
Result<AppliedInstance> write_instance(Batch& batch, const Change& change);
Result<void> write_events(Batch& batch, const PreparedChange& change, std::int64_t n);
// The row of an instance as it is after all of its events; `n` is its number.
Result<void> put_instance(Batch& batch, std::int64_t n, const State& state, Instant changed_at);
Result<void> write_work_items(Batch& batch, const Change& change, std::int64_t n);
Result<void> write_timers(Batch& batch, const Change& change, std::int64_t n);
Result<void> write_shared(Batch& batch, const Change& change);
// Which files the events name, so that they are kept, and found by who may see them.
Result<void> write_file_uses(Batch& batch, std::span<const Event> events, std::int64_t n);
// One LedgerPosted of the change, guarded: a strict ledger gives no more than it has.
Result<void> write_posting(Batch& batch, const Change& change, const Event& event,
                           const LedgerPosted& posted);

}  // namespace countersign::sqlite
