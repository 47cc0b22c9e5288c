#pragma once
// The read side (store.h, Reader) over a pool of read-only connections. Thread-safe.
//
// Lists come in an order that new rows do not disturb: instances newest first, events by position, work items
// by due time (none last), then age, the outbox and inbound newest first.

#include "store/sqlite/reader_pool.h"
#include "store/store.h"

namespace countersign::sqlite {

class SqliteReader final : public Reader {
 public:
  explicit SqliteReader(const SqliteOptions& options) : pool_(options) {}

  ReaderPool& pool() { return pool_; }

  Result<std::optional<State>> instance(const InstanceId& id) const override;
  Result<std::optional<StoredInstance>> stored_instance(const InstanceId& id) const override;
  Result<std::optional<InstanceId>> instance_by_reference(std::string_view reference) const override;
  Result<Page<InstanceRow>> instances(const InstanceFilter& filter, std::size_t limit,
                                      std::string_view cursor) const override;
  Result<Page<EventRow>> events(const InstanceId& instance, std::uint64_t after_seq,
                                std::size_t limit) const override;
  Result<Page<EventRow>> feed(std::string_view cursor, std::size_t limit) const override;
  Result<std::optional<Instant>> newest_event_at() const override;
  Result<std::vector<BlockRow>> blocks(std::string_view stream, std::uint64_t after_n,
                                       std::size_t limit) const override;
  Result<std::vector<std::string>> streams() const override;
  Result<std::optional<WorkItemRow>> work_item(const InstanceId& instance,
                                               std::uint32_t number) const override;
  Result<Page<WorkItemRow>> work_items(const WorkItemFilter& filter, std::size_t limit,
                                       std::string_view cursor) const override;
  Result<std::vector<OpenItemRow>> open_items(std::optional<Instant> due_before,
                                              std::size_t limit) const override;
  Result<std::vector<DecidedItemRow>> decided_items(Instant since, std::size_t limit) const override;
  Result<std::vector<InstanceRow>> standing_instances(std::size_t limit) const override;
  Result<std::vector<FileRow>> files(std::string_view after, std::size_t limit) const override;
  Result<Asked> asked() const override;
  Result<std::string> noted_directory() const override;
  Result<Page<InstanceId>> instances_asking(const PersonId& person, std::string_view group, std::size_t limit,
                                            std::string_view cursor) const override;
  Result<std::vector<RecordedAbsence>> absences(Instant at) const override;
  Result<std::optional<LinkRow>> link(std::string_view token_hash) const override;
  Result<std::optional<KeyRow>> key(std::string_view hash) const override;
  Result<std::vector<KeyRow>> keys() const override;
  Result<std::vector<Ledger>> ledgers() const override;
  Result<std::optional<Ledger>> ledger(std::string_view name, std::string_view year) const override;
  Result<Page<LedgerPostingRow>> ledger_postings(std::string_view name, std::uint32_t year, std::size_t limit,
                                                 std::string_view cursor) const override;
  Result<std::vector<LedgerReservationRow>> ledger_reservations(std::string_view name, std::uint32_t year,
                                                                std::size_t limit) const override;
  Result<std::optional<FileRow>> file(std::string_view id) const override;
  Result<std::vector<FileUse>> file_uses(std::string_view id, std::size_t limit) const override;
  Result<std::optional<DefinitionRow>> definition(const WorkflowId& workflow,
                                                  std::string_view version) const override;
  Result<std::vector<DefinitionRow>> definitions_of(const WorkflowId& workflow) const override;
  Result<std::vector<DefinitionRow>> definitions_in_use() const override;
  Result<Page<InboundRow>> inbound(std::string_view source, std::string_view status, std::size_t limit,
                                   std::string_view cursor) const override;
  Result<std::optional<InboundRow>> inbound_row(std::int64_t id) const override;
  Result<std::vector<ScheduleRow>> schedules() const override;
  Result<std::vector<OwedStartRow>> owed_starts(std::size_t limit) const override;
  Result<std::vector<TimerRow>> due_timers(Instant at, std::size_t limit) const override;
  Result<std::optional<Instant>> next_timer() const override;
  Result<std::vector<TargetDue>> due_targets() const override;
  Result<std::vector<OutboxRow>> due_outbox(std::string_view target, Instant at,
                                            std::size_t limit) const override;
  Result<std::vector<OutboxRow>> digest_entries(std::int64_t digest) const override;
  Result<Page<OutboxRow>> outbox(std::string_view status, std::string_view target, std::size_t limit,
                                 std::string_view cursor) const override;

 private:
  mutable ReaderPool pool_;
};

}  // namespace countersign::sqlite
