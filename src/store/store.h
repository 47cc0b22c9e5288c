#pragma once
// Where everything is kept. The write side belongs to one thread (the engine's writer); the read side is
// thread-safe. SqliteStore (sqlite/sqlite_store.h) is the implementation; every implementation passes the
// suite in tests/store/conformance.h.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "core/absence.h"
#include "core/decide.h"
#include "core/event.h"
#include "core/state.h"
#include "store/rows.h"

namespace countersign {

struct PreparedChange;

// An instance with what the store needs to write its next change.
struct StoredInstance {
  std::int64_t n = 0;  // of the instance inside the file
  std::string head;    // hash of its last event
  std::shared_ptr<const State> state;
};

// What one command writes about one instance.
struct Change {
  std::shared_ptr<const State> before;  // as loaded; seq 0 for a new instance
  std::shared_ptr<const State> after;
  std::span<const Event> events;  // seq before->seq + 1 ... after->seq
  // Made ahead (prepared_change.h) for the instance as it was read there; both nullptr: apply() looks it up
  // and makes it.
  const StoredInstance* place = nullptr;
  const PreparedChange* prepared = nullptr;
};

// Inside Store::run, on the writer's thread, within the command's savepoint. Reads see what earlier commands
// of the batch wrote.
class Transaction {
 public:
  virtual ~Transaction() = default;

  // nullptr where there is no such instance. From the bounded cache, else from the snapshot.
  virtual Result<std::shared_ptr<const State>> load(const InstanceId& instance) = 0;
  virtual Result<FactValue> fact(const FactKey& key) = 0;
  // Whether nothing is known that came after event `seq` of the instance; what is not known here fails the
  // guard of apply(). For changes made ahead.
  virtual bool is_newest(const InstanceId& instance, std::uint64_t seq) = 0;
  // The one open instance of the scope "key:WORKFLOW" with this business key is fact(claim).holder.

  // Stores events (with payloads, hash chain), snapshot, instance row, work items, timers, claims and
  // counters, all derived from the events. conflict where a guard fails (another instance took the claim or
  // the number, or the stored seq is not before->seq): the command is then rolled back and called again, at
  // most 3 times.
  virtual Result<void> apply(const Change& change) = 0;

  virtual Result<std::int64_t> add_outbox(OutboxRow row) = 0;
  // A pending row is sent, dead or dropped; a dead one can still be dropped. Nothing where it is neither.
  virtual Result<void> finish_outbox(std::int64_t id, OutboxStatus status, std::string_view detail) = 0;
  // One more attempt is counted; the row waits until `next_at`.
  virtual Result<void> retry_outbox(std::int64_t id, Instant next_at, std::string_view error) = 0;
  // An admin's: back to pending with attempts = 0; one that waits for another attempt is due at `next_at`.
  // not_found, or conflict where it was sent, or waits behind another.
  virtual Result<void> revive_outbox(std::int64_t id, Instant next_at) = 0;
  // Whatever waits for another attempt is due at `next_at`.
  virtual Result<void> hurry_outbox(Instant next_at) = 0;
  // Drops the pending messages about an item (it closed), returns how many.
  virtual Result<int> drop_messages(const InstanceId& instance, std::uint32_t item) = 0;
  // Whatever became of it.
  virtual Result<std::optional<OutboxRow>> outbox_row(std::int64_t id) = 0;

  // Reminders that wait for their time in the queue "chase", and the mails that carry several of them. Held
  // ones of a person, oldest first.
  virtual Result<std::vector<OutboxRow>> held_messages(const PersonId& recipient, std::size_t limit) = 0;
  // All that are held for the person wait until then.
  virtual Result<void> postpone_messages(const PersonId& recipient, Instant next_at) = 0;
  // A held one becomes a message of that queue, as if it had been written now.
  virtual Result<void> release_message(std::int64_t id, std::string_view target, Instant now) = 0;
  // Adds the row that carries the held ones. They stay pending, so that drop_messages still takes them out,
  // and end as it does.
  virtual Result<std::int64_t> add_digest(OutboxRow digest, std::span<const std::int64_t> entries) = 0;
  virtual Result<std::vector<OutboxRow>> digest_entries(std::int64_t digest) = 0;
  virtual Result<void> set_outbox_payload(std::int64_t id, std::string_view payload) = 0;
  // How many reminding mails the person has got on their day of that number (days since 1970), and more.
  virtual Result<std::uint32_t> chased(const PersonId& person, std::int64_t day) = 0;
  virtual Result<void> count_chased(const PersonId& person, std::int64_t day, std::uint32_t more) = 0;

  virtual Result<void> add_link(const LinkRow& row) = 0;
  virtual Result<void> revoke_links(const InstanceId& instance, std::uint32_t item) = 0;
  // All that were sent to that person.
  virtual Result<void> revoke_links_of(const PersonId& person) = 0;

  virtual Result<std::optional<IdempotencyRow>> find_answer(std::string_view actor, std::string_view route,
                                                            std::string_view key) = 0;
  virtual Result<void> keep_answer(const IdempotencyRow& row) = 0;

  virtual Result<std::optional<InboundRow>> find_inbound(std::string_view source,
                                                         std::string_view delivery_id) = 0;
  virtual Result<std::int64_t> add_inbound(const InboundRow& row) = 0;
  virtual Result<void> set_inbound(std::int64_t id, std::string_view status, std::string_view error,
                                   std::string_view answer) = 0;
  // For `order`: true where `at` is not older than what was seen for this key before (and remembers it).
  virtual Result<bool> advance_order(std::string_view source, std::string_view key, std::string_view at) = 0;

  virtual Result<void> keep_definition(const DefinitionRow& row) = 0;  // nothing where it is there
  // Schedules: the row of this workflow and name is written over, or forgotten with all starts it owes.
  virtual Result<void> set_schedule(const ScheduleRow& row) = 0;
  virtual Result<void> drop_schedule(const WorkflowId& workflow, std::string_view name) = 0;
  // Written over for the same person; only starts of `period` are owed after set_schedule.
  virtual Result<void> owe_start(const OwedStartRow& row) = 0;
  virtual Result<void> settle_start(const WorkflowId& workflow, std::string_view name,
                                    const PersonId& person) = 0;
  // Makes the ledgers what the configuration says, without losing a posting: a new one is opened, another
  // amount is posted as the difference, one that is not listed is not current any more. Gives what could not
  // be done, for the log: another currency, or less than a strict ledger has given away.
  virtual Result<std::vector<std::string>> set_ledgers(const std::vector<LedgerSettings>& ledgers,
                                                       Instant at) = 0;
  // The ledger after it. not_found; conflict where a strict ledger has given away more.
  virtual Result<Ledger> adjust_ledger(const LedgerAdjustment& adjustment, Instant at) = 0;
  virtual Result<void> add_file(const FileRow& row) = 0;
  virtual Result<void> add_key(const KeyRow& row) = 0;
  virtual Result<void> revoke_key(std::string_view id, Instant at) = 0;
  // The ids of the keys that acted as that person until now.
  virtual Result<std::vector<std::string>> revoke_keys_of(const PersonId& person, Instant at) = 0;

  // Gives the id; the row's own one does not matter.
  virtual Result<std::int64_t> add_absence(const RecordedAbsence& absence) = 0;
  // That are not over at `at`, in the order of their ids.
  virtual Result<std::vector<RecordedAbsence>> absences_of(const PersonId& person, Instant at) = 0;
  // Those that came from that calendar and are not over at `at` by what it said; those too that somebody has
  // ended earlier.
  virtual Result<std::vector<RecordedAbsence>> absences_from(const PersonId& person, std::string_view source,
                                                             Instant at) = 0;
  // It ends at `at`, or never begins.
  virtual Result<void> end_absence(std::int64_t id, Instant at) = 0;
  // The same, because its calendar does not have it any more: absences_from() does not give it again.
  virtual Result<void> retract_absence(std::int64_t id, Instant at) = 0;
  virtual Result<void> note_absence_begun(std::int64_t id) = 0;
  // Whoever stood in was told that it is over.
  virtual Result<void> note_absence_over(std::int64_t id) = 0;
  // All open work was looked at with this directory (Directory::revision()).
  virtual Result<void> note_directory(std::string_view revision) = 0;
};

// A command as the store sees it: called inside a savepoint, perhaps again. An Error is a rejection; whatever
// it wrote is rolled back. It must not keep the reference.
using Job = std::function<Result<void>(Transaction&)>;

// Filters: empty members do not filter.
struct InstanceFilter {
  std::string workflow, status, requester, stage, reference;
  std::optional<bool> ended;
};
struct WorkItemFilter {
  std::string assignee;  // also items of groups in `groups`
  std::vector<std::string> groups;
  // Of an inbox (an assignee's open items): these people's and groups' items too, for whom somebody stands
  // in.
  std::vector<std::string> other_assignees, other_groups;
  std::string status, workflow, instance;
  std::optional<Instant> due_before;
};
template <class Row>
struct Page {
  std::vector<Row> rows;
  std::string next_cursor;  // "" at the end
};

// Short read-only transactions on connections of their own; each sees at least every commit that had returned
// when it began. Thread-safe. not_found is an empty optional, never an Error.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<std::optional<State>> instance(const InstanceId& id) const = 0;
  virtual Result<std::optional<StoredInstance>> stored_instance(const InstanceId& id) const = 0;
  virtual Result<std::optional<InstanceId>> instance_by_reference(std::string_view reference) const = 0;
  virtual Result<Page<InstanceRow>> instances(const InstanceFilter& filter, std::size_t limit,
                                              std::string_view cursor) const = 0;
  virtual Result<Page<EventRow>> events(const InstanceId& instance, std::uint64_t after_seq,
                                        std::size_t limit) const = 0;
  // The feed over all instances; `cursor` is opaque, "" from the beginning. Here next_cursor is always the
  // place to go on from (the given one where nothing is new): the end is a page with fewer rows than `limit`.
  virtual Result<Page<EventRow>> feed(std::string_view cursor, std::size_t limit) const = 0;
  // When the newest event of all happened; nullopt where there is none.
  virtual Result<std::optional<Instant>> newest_event_at() const = 0;
  // The commits' blocks of a stream, in order, from `after_n` + 1 on (audit.h); streams() names the streams.
  virtual Result<std::vector<BlockRow>> blocks(std::string_view stream, std::uint64_t after_n,
                                               std::size_t limit) const = 0;
  virtual Result<std::vector<std::string>> streams() const = 0;
  virtual Result<std::optional<WorkItemRow>> work_item(const InstanceId& instance,
                                                       std::uint32_t number) const = 0;
  virtual Result<Page<WorkItemRow>> work_items(const WorkItemFilter& filter, std::size_t limit,
                                               std::string_view cursor) const = 0;
  // Open work items, the longest overdue first and those without a due time last; `due_before`: only those
  // due earlier. At most `limit` are looked at.
  virtual Result<std::vector<OpenItemRow>> open_items(std::optional<Instant> due_before,
                                                      std::size_t limit) const = 0;
  // Work items decided at or after `since`, newest first. At most `limit` are looked at.
  virtual Result<std::vector<DecidedItemRow>> decided_items(Instant since, std::size_t limit) const = 0;
  // Open instances that stand still, oldest first.
  virtual Result<std::vector<InstanceRow>> standing_instances(std::size_t limit) const = 0;
  // Who has an open or waiting item, a link or a key in force, each once, in no particular order; groups with
  // open or waiting items; who has claimed any of which group. Costs depend on how many they are, not on how
  // much each has.
  struct Asked {
    std::vector<PersonId> people;
    std::vector<std::string> groups;
    std::vector<std::pair<PersonId, std::string>> claims;
  };
  virtual Result<Asked> asked() const = 0;
  // What note_directory() was told last; "" for never.
  virtual Result<std::string> noted_directory() const = 0;
  // Instances with an open or waiting item of that person, or of that group where `person` is empty, or that
  // the person has claimed from the group where both are given, in the order of their age; `cursor` as in
  // lists.
  virtual Result<Page<InstanceId>> instances_asking(const PersonId& person, std::string_view group,
                                                    std::size_t limit, std::string_view cursor) const = 0;
  // Those that are not over at `at`, and those that have begun and of which note_absence_over() was not said,
  // in the order of their ids.
  virtual Result<std::vector<RecordedAbsence>> absences(Instant at) const = 0;
  virtual Result<std::optional<LinkRow>> link(std::string_view token_hash) const = 0;
  virtual Result<std::optional<KeyRow>> key(std::string_view hash) const = 0;
  virtual Result<std::vector<KeyRow>> keys() const = 0;
  virtual Result<std::optional<FileRow>> file(std::string_view id) const = 0;
  // The events that name a file, those of the newest instances first.
  struct FileUse {
    InstanceId instance;
    std::uint64_t seq = 0;
  };
  virtual Result<std::vector<FileUse>> file_uses(std::string_view id, std::size_t limit) const = 0;
  // Uploaded files by id, those behind `after`.
  virtual Result<std::vector<FileRow>> files(std::string_view after, std::size_t limit) const = 0;
  // All of them, also of years that are over, by name and year.
  virtual Result<std::vector<Ledger>> ledgers() const = 0;
  // `year`: "" for the current one.
  virtual Result<std::optional<Ledger>> ledger(std::string_view name, std::string_view year) const = 0;
  // Newest first.
  virtual Result<Page<LedgerPostingRow>> ledger_postings(std::string_view name, std::uint32_t year,
                                                         std::size_t limit,
                                                         std::string_view cursor) const = 0;
  // The oldest first, at most `limit`.
  virtual Result<std::vector<LedgerReservationRow>> ledger_reservations(std::string_view name,
                                                                        std::uint32_t year,
                                                                        std::size_t limit) const = 0;
  virtual Result<std::optional<DefinitionRow>> definition(const WorkflowId& workflow,
                                                          std::string_view version) const = 0;
  // The versions of a workflow that instances have run, in the order of their first use.
  virtual Result<std::vector<DefinitionRow>> definitions_of(const WorkflowId& workflow) const = 0;
  // Versions that open instances still run.
  virtual Result<std::vector<DefinitionRow>> definitions_in_use() const = 0;
  virtual Result<Page<InboundRow>> inbound(std::string_view source, std::string_view status,
                                           std::size_t limit, std::string_view cursor) const = 0;
  virtual Result<std::optional<InboundRow>> inbound_row(std::int64_t id) const = 0;

  // All of them, by workflow and name; of owed starts at most `limit`.
  virtual Result<std::vector<ScheduleRow>> schedules() const = 0;
  virtual Result<std::vector<OwedStartRow>> owed_starts(std::size_t limit) const = 0;
  // Timers due at or before `at`, earliest first.
  virtual Result<std::vector<TimerRow>> due_timers(Instant at, std::size_t limit) const = 0;
  virtual Result<std::optional<Instant>> next_timer() const = 0;
  // Targets that have a pending row, with the earliest time of each.
  struct TargetDue {
    std::string target;
    Instant next_at;
  };
  virtual Result<std::vector<TargetDue>> due_targets() const = 0;
  // The heads of a target's queue that may leave at `at`, in order, without rows whose order_key has an
  // earlier pending row.
  virtual Result<std::vector<OutboxRow>> due_outbox(std::string_view target, Instant at,
                                                    std::size_t limit) const = 0;
  // What a digest carries or carried, in order; also what was dropped since.
  virtual Result<std::vector<OutboxRow>> digest_entries(std::int64_t digest) const = 0;
  virtual Result<Page<OutboxRow>> outbox(std::string_view status, std::string_view target, std::size_t limit,
                                         std::string_view cursor) const = 0;
};

struct StoreFigures {
  std::uint64_t wal_bytes = 0;
  std::uint64_t commits = 0;
  std::uint64_t commands = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_misses = 0;
  std::uint64_t database_bytes = 0;
};

// Asked when the jobs so far have run: what else has come in meanwhile and goes into the same commit. None:
// commit.
using MoreJobs = std::function<std::vector<Job>()>;

class Store {
 public:
  virtual ~Store() = default;
  // One transaction for all: each job in a savepoint of its own, then one commit with fsync. The answer of
  // each job, those of `more` after the others, valid only after run returned: a failed job changed nothing.
  // unavailable or storage for every job where the transaction itself was lost (full disk, I/O error):
  // nothing of the batch is stored then. An error of COMMIT or fsync ends the process (nothing more may be
  // acknowledged).
  virtual std::vector<Result<void>> run(std::span<const Job> jobs, const MoreJobs& more) = 0;
  std::vector<Result<void>> run(std::span<const Job> jobs) { return run(jobs, {}); }
  virtual const Reader& reader() const = 0;
  virtual StoreFigures figures() const = 0;
  // Copies the database while it serves, in steps on the writer's thread: call repeatedly between batches
  // until it says true (done). `path` must not exist; it appears under its name only when complete.
  virtual Result<bool> backup_step(const std::string& path) = 0;
  // Drops idempotency records and closed rows older than their keeping time. A bounded piece of work a call.
  virtual Result<void> sweep(Instant now) = 0;
};

}  // namespace countersign
