#pragma once
// Rows that the store keeps beside the instances and their events. Plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/item_status.h"
#include "core/ledger.h"

namespace countersign {

// Something that leaves: one row a recipient. `target` is its queue: "engine", "chase", "mail",
// "http:feishu".
enum class OutboxStatus : std::uint8_t { pending = 0, sent = 1, dead = 2, dropped = 3 };

struct OutboxRow {
  std::int64_t id = 0;  // given by the store, ascending
  std::string target;
  std::string order_key;        // rows with the same one leave in order; "" for any order
  std::string idempotency_key;  // stable over all attempts: Message-ID, webhook-id
  InstanceId instance;
  std::uint32_t item = 0;  // 0: not about an item
  std::string kind;        // "request", "call", "start_child" ...
  PersonId recipient;      // of messages
  std::string payload;     // JSON, written and read by the runtime
  std::string nonce;       // of a link's token, 16 bytes; "" where the message has no link
  OutboxStatus status = OutboxStatus::pending;
  std::uint32_t attempts = 0;
  Instant created_at;
  Instant next_at;  // not before then
  std::string last_error;
};

// A link's token is HMAC(key outside the database; item, round, person, nonce); only its SHA-256 is stored.
struct LinkRow {
  std::string token_hash;  // 32 bytes
  InstanceId instance;
  std::uint32_t item = 0;
  std::uint32_t round = 1;
  PersonId person;
  std::string sent_to;  // the mail address or channel, for "by a link mailed to X"
  Instant created_at;
  bool revoked = false;
};

// The answer that a repeated request gets again.
struct IdempotencyRow {
  std::string actor;
  std::string route;
  std::string key;
  std::string request_hash;  // another body under the same key is refused
  int status = 200;
  std::string answer;  // the body that was sent
  Instant created_at;
};

// Stands beside a delivery's headers with the value "weak"; a sender's own header of that name is left out.
inline constexpr std::string_view kProofHeader = "countersign-proof";

// A webhook as it came in, kept for replay.
struct InboundRow {
  std::int64_t id = 0;
  std::string source;
  std::string delivery_id;
  std::string body_hash;
  std::string headers;  // JSON without secrets; kProofHeader where the proof is weak
  std::string body;
  Instant received_at;
  std::string status;  // "stored", "applied", "error", "held" (an admin decides), "dropped"
  std::string error;
  std::string answer;  // JSON: the instances it started or reached
};

struct DefinitionRow {
  WorkflowId workflow;
  std::string version;
  std::string source;
  std::string messages;  // JSON: "NAME.LANG" -> text, so that a version can be loaded again by itself
  Instant first_used_at;
  std::string tables{};  // JSON: NAME -> text of tables/NAME.csv
};

// One movement on a ledger. Amounts are of its currency.
struct LedgerPostingRow {
  std::int64_t id = 0;
  LedgerAct act = LedgerAct::reserved;
  Decimal amount;
  Decimal available;  // after it
  Instant at;
  InstanceId instance;    // "" where the configuration or an administrator posted it
  std::string reference;  // of the instance
  std::string step;
  std::string by;      // of an administrator's: who
  std::string reason;  // of an administrator's
};

// What a request holds.
struct LedgerReservationRow {
  InstanceId instance;
  std::string reference;
  PersonId requester;
  std::string step;
  Decimal amount;
  Instant since;
};

// An administrator's correction of a budget.
struct LedgerAdjustment {
  std::string name;
  std::string year;  // "" for the current one
  Decimal by;        // below zero: less
  PersonId person;
  std::string authenticated;  // how they showed who they are
  std::string reason;
};

struct FileRow {
  std::string id;  // "f_" ...
  std::string sha256;
  std::string name;
  std::string type;  // by content
  std::uint64_t size = 0;
  PersonId uploaded_by;
  Instant created_at;
};

struct KeyRow {
  std::string id;    // "csk_ab12cd34", the visible prefix
  std::string hash;  // SHA-256 of the whole key
  std::string name;
  PersonId person;  // whom it acts as; empty: a system
  std::vector<std::string> scopes;
  Instant created_at;
  std::optional<Instant> expires_at;
  std::optional<Instant> last_used_at;
  std::optional<Instant> revoked_at;
};

struct InstanceRow {
  InstanceId id;
  WorkflowId workflow;
  std::string version;
  std::string reference;
  std::string key;
  std::string status;
  bool ended = false;
  PersonId requester;
  std::string stage;
  std::uint32_t round = 1;
  std::uint64_t seq = 0;
  Instant started_at;
  Instant changed_at;
  std::optional<Instant> ended_at;
  std::string incident;  // "" where nothing stands still
};

// The outcome of an item whose person was taken off again by whoever had added them.
inline constexpr std::string_view kRemovedOutcome = "removed";

struct WorkItemRow {
  InstanceId instance;
  std::uint32_t number = 0;
  WorkflowId workflow;
  std::string reference;
  std::string step;  // the step's name
  PersonId assignee;
  std::string group;
  ItemStatus status = ItemStatus::open;
  std::uint32_t version = 1;
  std::uint32_t round = 1;
  Instant opened_at;
  std::optional<Instant> due_at;
  std::optional<Instant> closed_at;
  std::string outcome;
  PersonId decided_by;
  PersonId on_behalf_of{};  // in whose place they decided
  std::string channel;
  std::string comment;
  std::string added = {};  // before, after, beside or opinion, where another of the step's people asked
  PersonId added_by = {};
  PersonId transferred_by = {};
  ItemId id() const { return ItemId(instance.value + "." + std::to_string(number)); }
};

// An open work item as figures and checks count it.
struct OpenItemRow {
  InstanceId instance;
  std::uint32_t number = 0;
  std::uint32_t activation = 0;
  WorkflowId workflow;
  std::string reference;
  std::string step;
  PersonId assignee;
  std::string group;
  Instant opened_at;
  std::optional<Instant> due_at;
};

// A decided one: how long whom was waited for.
struct DecidedItemRow {
  WorkflowId workflow;
  std::string step;
  PersonId person;  // who was asked; of a group's item who decided
  Duration waited{};
};

struct TimerRow {
  InstanceId instance;
  std::uint32_t activation = 0;
  std::uint32_t item = 0;
  std::uint8_t kind = 0;  // TimerKind
  std::uint32_t rule = 0;
  Instant due;
};

// How far a workflow's schedule has come: every due time up to `until` is done with.
struct ScheduleRow {
  WorkflowId workflow;
  std::string name;  // of the trigger
  std::string rule;  // as it was written then
  Instant until;
  std::string period;  // the one that ran last, "" for none
};

// A start that a schedule owes: refused for a reason that somebody can mend.
struct OwedStartRow {
  WorkflowId workflow;
  std::string name;    // of the trigger
  PersonId person;     // "" where the schedule has no `each`
  std::string period;  // its name
  Instant due;
  std::string error;
  Instant failed_at;
};

struct EventRow {
  std::int64_t position = 0;  // of the feed
  InstanceId instance;
  std::uint64_t seq = 0;
  Instant at;
  std::string type;
  std::uint32_t version = 1;
  std::string payload;  // JSON; "" where it was erased
  std::string hash;     // 32 bytes each
  std::string previous_hash;
  // What else is needed to verify the row (event_hash.h).
  std::string actor;         // kind and channel: "person link"
  std::string payload_hash;  // 32 bytes
  std::string salt;          // 16 bytes; "" where the payload was erased
  bool erased() const { return salt.empty(); }
};

// The events of one commit: seals them and the block before it.
struct BlockRow {
  std::string stream;
  std::uint64_t n = 0;              // from 1 in each stream
  std::int64_t first_position = 0;  // of its first event; they follow each other
  std::uint64_t events = 0;
  std::string previous_hash;
  std::string hash;
};

}  // namespace countersign
