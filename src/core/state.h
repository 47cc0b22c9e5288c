#pragma once
// The state of one instance: the fold of its events (evolve.h). Plain values; equal states compare equal.
//
// A tree: a Frame is one running list of steps and has at most one open activation; an Activation is one
// entry into a step; `parallel` and an outcome's list have child frames. Closed activations, closed items and
// comments live in the log; what later steps may read of them stands in `results`.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "cel/value.h"
#include "core/definition.h"
#include "core/item_status.h"
#include "core/ledger.h"

namespace countersign {

using Fields = std::map<std::string, cel::Value>;

// Who did something, and how they showed who they are.
struct Actor {
  enum class Kind { person, system, policy, admin } kind = Kind::system;
  PersonId person;            // of person and admin
  std::string channel;        // "link", "page", "api", "cli", "mail", "event", "timer"
  std::string authenticated;  // "key csk_ab12", "link mailed to li.na@example.com", "session"
  PersonId on_behalf_of;      // where somebody acted for another
  bool operator==(const Actor&) const = default;
};

// How somebody came to a step whom another of its people asked. An opinion decides nothing and has no seat.
enum class AddedAs { before, after, beside, opinion };

// One seat of an approval or task: a person, or a group any one of whose members may take it.
struct Seat {
  PersonId person;  // empty where `group` stands
  std::string group;
  std::string reason;      // why this person: "requester.manager"
  std::uint32_t item = 0;  // its work item's number; 0 before its turn, or where policy decided
  enum class Vote { none, approved, rejected } vote = Vote::none;
  std::string of_group{};  // of several groups (`seats`): which one it belongs to
  PersonId by = {};        // who voted: of a group's seat one of its members
  std::uint64_t decided =
      0;  // the number of the event by which they did; a change behind it they have not seen
  std::uint32_t relies_on = 0;  // the work item whose decision counts here again (same_person); 0: their own
  std::uint32_t through = 0;    // the escalation's item by which others voted here; 0: by its own
  std::optional<AddedAs> added = std::nullopt;  // by another approver; nullopt: the step itself asks
  PersonId added_by = {};
  std::uint32_t of = 0;  // added before or after: the item that comes after or before it
  // Who sat here first and which expression named them, where the seat was handed on since.
  std::string named_by{};
  PersonId named = {};
  bool operator==(const Seat&) const = default;
};
// The expression by which the seat came to be; of one that somebody added its reason.
inline const std::string& named_by(const Seat& seat) {
  return seat.named_by.empty() ? seat.reason : seat.named_by;
}

struct Roster {
  std::vector<Seat> seats;
  std::uint32_t needed = 1;  // approvals needed, already computed from percent and all
  bool veto = false;
  bool one_by_one = false;
  std::string directory_revision;
  // Of several groups (`seats`): how many of each must approve. Empty: `needed` of all seats.
  std::map<std::string, std::uint32_t> needed_of{};
  // By group (of one alone: ""): what must be waited for whatever `all` or a percentage says of the seats
  // that are left, since somebody has left and a departure approves nothing.
  std::map<std::string, std::uint32_t> at_least{};
  // By group (of one alone: ""), and by key_of_nobody_rule() where `if_nobody` named them: everybody on the
  // chains up to a limit, as they were when the step was opened.
  std::map<std::string, std::vector<PersonId>> on_chains{};
  bool operator==(const Roster&) const = default;
};

// An open work item. ItemId is INSTANCE.number.
struct Item {
  std::uint32_t number = 0;
  ActivationId activation;
  ItemStatus status = ItemStatus::open;
  PersonId assignee;  // of a group's item whoever has claimed it, else empty
  std::string group;
  std::uint32_t version = 1;  // rises with every change; acts name the one they have seen
  std::uint32_t round = 1;
  Instant opened_at;
  std::optional<Instant> due_at;
  std::vector<std::uint32_t> stands_for;  // items that a decision here settles too (an escalation)
  std::vector<std::string> entries;       // of the task's checklist: ids of those that are this item's to do
  std::optional<AddedAs> added = std::nullopt;  // by another of the step's people
  PersonId added_by = {};
  std::uint32_t of = 0;  // of an opinion: the item of whoever asked for it
  PersonId transferred_by = {};
  std::string note = {};     // what whoever added them or transferred it wrote to them
  std::uint32_t nudges = 0;  // how often the requester has asked to hurry
  std::optional<Instant> nudged_at = std::nullopt;
  std::vector<PersonId> stand_ins = {};  // who was told that they stand in here
  bool operator==(const Item&) const = default;
};

enum class TimerKind { due, deadline, remind, escalate, wait };

struct TimerKey {
  ActivationId activation;
  std::uint32_t item = 0;  // 0: of the activation itself
  TimerKind kind = TimerKind::wait;
  std::uint32_t rule = 0;  // which of the step's remind or escalate rules
  auto operator<=>(const TimerKey&) const = default;
};

struct Timer {
  Instant due;
  std::uint32_t fired = 0;  // how often before
  bool operator==(const Timer&) const = default;
};

// Where it goes on after a send back, instead of asking everybody in between again (`resume: direct`).
struct Resume {
  StepIndex step =
      kNoStep;  // in the list to which it was sent back: the step that did, or the block around it
  std::uint64_t since = 0;  // the number of the event by which it was planned
  bool operator==(const Resume&) const = default;
};

// Since when a step wants its answer, and until when.
struct StepTimes {
  Instant opened_at;
  std::optional<Instant> due_at;
  std::optional<Instant> deadline;
  bool operator==(const StepTimes&) const = default;
};

struct Activation {
  ActivationId id;
  FrameId frame;
  StepIndex step = kNoStep;
  std::uint32_t visit = 1;
  std::uint32_t round = 1;
  Instant opened_at;
  std::optional<Instant> due_at;
  std::optional<Instant> deadline;
  Roster roster;
  std::vector<std::uint32_t> items;  // numbers of its open items
  std::optional<EffectId> effect;    // a call or a child that it waits for
  std::string outcome;               // set while an outcome's list runs below it
  std::string incident;              // why it stands still; "" where it does not
  Fields answers;                    // given so far, by whoever has decided an item of it
  std::vector<cel::Value> listed;    // of a for_each: its items, as they were when it opened
  std::uint32_t begun = 0;           // of a for_each: how many of them have been started, in order
  std::uint32_t finished = 0;        // of a for_each: how many of them have run to their end
  std::uint32_t levels = 0;          // of gates: how many levels are open, in order
  std::vector<std::string> entries;  // of a task: the checklist entries that open again; empty: all
  std::optional<Resume> resume;      // it was sent back here, and goes on there
  bool held = false;                 // its incident came before it had begun: retry begins it
  bool operator==(const Activation&) const = default;
};

// How often the way has come back to a step within the last while, nobody having decided anything meanwhile
// (circles.h).
struct Returns {
  Instant since;
  std::uint32_t times = 0;
  std::uint64_t heard = 0;  // how many events the instance had received before
  bool operator==(const Returns&) const = default;
};

struct Frame {
  FrameId id;
  ActivationId parent;  // none: the root frame or an event's
  ListIndex list = kNoList;
  std::string key;                            // branch name; "root"; the event's name
  std::uint32_t next = 0;                     // position of the step to open next
  ActivationId current;                       // none between steps
  std::optional<cel::Value> event;            // an on_event handler's data
  std::optional<std::uint32_t> item;          // of a for_each: which item of the parent's `listed`
  std::map<StepIndex, Returns> returns = {};  // of its own steps
  bool operator==(const Frame&) const = default;
};

// Which items of the for_each steps around it something belongs to, the outermost first.
using ItemPath = std::vector<std::uint32_t>;

struct StepResult {
  ActivationId activation;
  std::uint32_t visit = 1;
  std::uint32_t round = 1;
  std::string outcome;
  Actor by;
  Instant at;
  std::string comment;
  Fields fields;          // of the ask, the reply or the event
  bool voided = false;    // by a send back
  Roster roster{};        // of an approval or a task: who was asked, and how they voted
  std::uint64_t seq = 0;  // the number of the event by which it was reached
  // Of an approval or a task that somebody answered: the times that hold on where the answer is taken back.
  std::optional<StepTimes> times{};
  bool operator==(const StepResult&) const = default;
};

// A step holds at most one reservation; inside a for_each, one for each item.
struct ReservationKey {
  std::string step;  // its name, which other versions of the workflow have too
  ItemPath items;
  auto operator<=>(const ReservationKey&) const = default;
};
struct Reservation {
  std::string ledger;
  std::uint32_t year = 0;
  cel::Value amount;  // money
  bool operator==(const Reservation&) const = default;
};

// A step that an administrator skipped, or jumped over. It has no result: nobody decided anything.
struct PassedOver {
  std::string step;  // its name
  Actor by;
  std::string reason;
  Instant at;
  std::uint32_t round = 1;
  bool operator==(const PassedOver&) const = default;
};

struct State {
  InstanceId id;
  std::uint64_t seq = 0;  // of the last event folded in; 0: not started
  WorkflowId workflow;
  std::string version;    // of the definition
  std::string reference;  // EXP-2026-14
  std::string key;        // business key, "" where there is none
  std::string status;     // "running", "revising" (the requester's turn), or how it ended
  bool ended = false;
  PersonId requester;
  Instant started_at;
  std::optional<Instant> ended_at;
  std::uint32_t round = 1;
  std::string stage;
  InstanceId parent;               // the instance that started this one
  ActivationId parent_activation;  // none: it does not wait
  Fields form;
  std::map<std::string, std::uint64_t>
      form_revision;  // by field: the number of the event that last changed what it says, absent before
  Fields vars;
  std::map<FrameId, Frame> frames;
  std::map<ActivationId, Activation> activations;  // open ones
  std::map<std::uint32_t, Item> items;             // open ones
  std::map<StepIndex, StepResult> results;         // of the last visit
  std::map<StepIndex, std::uint32_t> visits;
  std::map<TimerKey, Timer> timers;
  std::map<std::string, cel::Value>
      received;  // event_key() -> list of the newest events, for `wait: since: start`
  std::map<std::string, std::vector<std::string>> claims;  // held: scope -> keys, sorted
  std::map<ReservationKey, Reservation> reservations;      // budget held, not yet spent
  bool first_decision = false;                             // somebody has decided since the last submission
  std::uint32_t next_id = 1;                               // of frames, activations, items and effects alike
  std::map<StepIndex, std::map<ItemPath, StepResult>> item_results;  // of steps inside a for_each
  std::map<StepIndex, std::vector<std::string>>
      reopened;                         // checklist entries that the next visit opens again
  std::map<StepIndex, Resume> resumes;  // where the next visit goes on
  std::uint64_t returned_seq = 0;       // of the event that opened the present round, 0 in the first
  bool first_view = false;              // somebody who is asked has looked at it since the last submission
  std::vector<PersonId> involved;       // who was asked or has decided, at any time; sorted
  std::vector<std::string> involved_groups;  // that were asked, at any time; sorted
  std::vector<PersonId> copies;              // who got a copy; sorted
  std::uint64_t heard = 0;                   // events received, of all names
  std::map<StepIndex, Returns> handled;      // how often events have begun a list, by its first step
  PersonId submitted_by;                     // who handed it in last, where it was handed in again
  std::vector<PassedOver> passed_over;       // oldest first
  bool operator==(const State&) const = default;
};

// As stored and as the API spells them.
std::string_view to_string(Actor::Kind kind);
std::string_view to_string(Seat::Vote vote);
std::string_view to_string(AddedAs how);
std::string_view to_string(TimerKind kind);

// Whether that person may not approve it because it is their own: who asks, and who has handed it in again
// in their place.
bool is_own_request(const State& state, const PersonId& person);

// Whether two values say the same: of a file what counts is its content and not its number or name.
bool says_the_same(const cel::Value& one, const cel::Value& other);

// Whether the instance has come by that step otherwise than by passing it over.
bool was_visited(const State& state, StepIndex step);
// Whether a step that is open waits for people and asks none: no item of it is before anybody, and no
// incident says so. Nothing that people do makes it go on.
bool asks_nobody(const State& state, const Activation& activation);
// Whether `retry` has something to do there: an incident, or nobody who is asked.
bool stands_still(const State& state, const Activation& activation);

// The items that the frame runs for; empty outside of every for_each.
ItemPath item_path(const State& state, FrameId frame);
// The last result of the step for those items (of the path, what belongs to the for_each steps around the
// step; empty for a step in none). nullptr where there is none.
const StepResult* find_result(const State& state, StepIndex step, const ItemPath& path);

}  // namespace countersign
