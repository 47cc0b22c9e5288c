#pragma once
// What happened to an instance: past-tense facts, each sufficient by itself (evolve needs no definition).
// Stored as type, version and JSON (event_codec.h); a new member gets a default so that old events stay
// readable.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/state.h"

namespace countersign {

struct Started {
  WorkflowId workflow;
  std::string version;
  std::string reference;
  std::string key;
  PersonId requester;
  Actor by;
  std::string trigger;  // "form", "hubspot.deal_lost", "run"
  Fields form;
  InstanceId parent;
  ActivationId parent_activation;
  bool operator==(const Started&) const = default;
};
struct FormChanged {
  Fields values;                     // the changed ones, with their new value
  std::vector<std::string> removed;  // fields that are absent now
  Actor by;
  bool operator==(const FormChanged&) const = default;
};
struct FrameOpened {
  FrameId frame;
  ActivationId parent;
  ListIndex list = kNoList;
  std::string key;
  std::optional<cel::Value> event;
  std::optional<std::uint32_t> item;  // of a for_each
  bool operator==(const FrameOpened&) const = default;
};
struct FrameClosed {
  FrameId frame;
  std::string reason;  // "finished", "left", "cancelled"
  bool operator==(const FrameClosed&) const = default;
};
struct ActivationOpened {
  ActivationId activation;
  FrameId frame;
  StepIndex step = kNoStep;
  std::string name;  // the step's, for people who read the log
  std::uint32_t position = 0;
  std::uint32_t visit = 1;
  std::uint32_t round = 1;
  std::optional<Instant> due_at;
  std::optional<Instant> opened_at = {};  // where it goes on from before (a decision taken back); none: now
  bool operator==(const ActivationOpened&) const = default;
};
// The step has its outcome, but an outcome's list runs below before the frame goes on.
struct OutcomeReached {
  ActivationId activation;
  std::string outcome;
  Actor by;
  std::string comment;
  Fields fields;
  bool operator==(const OutcomeReached&) const = default;
};
struct ActivationClosed {
  ActivationId activation;
  std::string how;  // "completed", "skipped", "cancelled"
  bool operator==(const ActivationClosed&) const = default;
};
struct RosterSet {
  ActivationId activation;
  Roster roster;
  bool operator==(const RosterSet&) const = default;
};
struct ItemOpened {
  Item item;
  std::string reason;
  bool operator==(const ItemOpened&) const = default;
};
struct ItemChanged {
  std::uint32_t item = 0;
  ItemAct act = ItemAct::decide;
  ItemStatus status = ItemStatus::decided;
  std::string outcome;  // of a decision
  Actor by;
  std::string comment;
  Fields fields;                       // answers
  std::vector<std::string> checklist;  // ids ticked off with the decision
  std::string confirmed;               // what they confirmed with it, as they read it
  bool operator==(const ItemChanged&) const = default;
};
struct VarsSet {
  Fields values;
  bool operator==(const VarsSet&) const = default;
};
struct TimerSet {
  TimerKey timer;
  Instant due;
  std::uint32_t fired = 0;
  bool operator==(const TimerSet&) const = default;
};
struct TimerCleared {
  TimerKey timer;
  bool operator==(const TimerCleared&) const = default;
};
struct EffectRequested {
  EffectId effect;
  ActivationId activation;
  std::string what;  // "feishu.send", "run project-handoff"
  bool operator==(const EffectRequested&) const = default;
};
struct EffectFinished {
  EffectId effect;
  ActivationId activation;
  bool succeeded = true;
  std::string detail;
  bool operator==(const EffectFinished&) const = default;
};
struct ClaimTaken {
  std::string scope;
  std::string key;
  bool operator==(const ClaimTaken&) const = default;
};
struct ClaimFreed {
  std::string scope;
  std::string key;
  bool operator==(const ClaimFreed&) const = default;
};
struct CounterTaken {
  std::string scope;
  std::uint64_t value = 0;
  bool operator==(const CounterTaken&) const = default;
};
struct RoundOpened {
  std::uint32_t round = 2;
  std::string reason;  // "returned by li.na from manager", "withdrawn"
  bool operator==(const RoundOpened&) const = default;
};
struct ResultsVoided {
  std::vector<StepIndex> steps;
  std::map<StepIndex, std::vector<ItemPath>> items;  // of steps inside a for_each
  bool operator==(const ResultsVoided&) const = default;
};
struct EventReceived {
  std::string connector;
  std::string name;
  std::string delivery_id;
  cel::Value data;
  bool ignored = false;  // the instance had ended
  bool operator==(const EventReceived&) const = default;
};
struct StageEntered {
  std::string stage;
  bool operator==(const StageEntered&) const = default;
};
struct StatusChanged {
  std::string status;     // "running", "revising"
  PersonId submitted_by;  // who has handed the request in again; empty where nobody did that now
  bool operator==(const StatusChanged&) const = default;
};
struct Commented {
  Actor by;
  std::string text;
  std::vector<PersonId> mentions = {};  // who is told of it
  bool operator==(const Commented&) const = default;
};
struct IncidentRaised {
  ActivationId activation;
  std::string message;
  bool held = false;  // the activation has not begun
  bool operator==(const IncidentRaised&) const = default;
};
struct IncidentCleared {
  ActivationId activation;
  Actor by;
  std::string reason;
  bool operator==(const IncidentCleared&) const = default;
};
// Nobody was asked again: a message went out that the log should show (a reminder, an escalation).
struct Chased {
  std::uint32_t item = 0;
  TimerKind kind = TimerKind::remind;
  std::uint32_t count = 1;
  bool operator==(const Chased&) const = default;
};
// The requester asked whoever these items are before to hurry.
struct Nudged {
  std::vector<std::uint32_t> items;
  Actor by;
  bool operator==(const Nudged&) const = default;
};
// These people may read the instance from here on. They are asked nothing.
struct CopiesSent {
  std::vector<PersonId> to;
  Actor by;
  std::string comment;
  bool operator==(const CopiesSent&) const = default;
};
// Somebody who stands in for an absent person was told of the item.
struct StandInAsked {
  std::uint32_t item = 0;
  PersonId absent;
  PersonId stand_in;
  Instant until;
  bool operator==(const StandInAsked&) const = default;
};
// Somebody who was told of the item does not stand in there any more.
struct StandInRelieved {
  std::uint32_t item = 0;
  PersonId stand_in;
  bool operator==(const StandInRelieved&) const = default;
};
// A for_each looked at its list: these are its items, whatever becomes of the list afterwards. What its steps
// have left behind from an earlier visit (for the same items of the for_each steps around it) is forgotten.
struct ItemsListed {
  ActivationId activation;
  std::vector<cel::Value> items;
  std::vector<StepIndex> steps;  // all that stand inside
  bool operator==(const ItemsListed&) const = default;
};
// A level of gates is open and stays so while its step does.
struct LevelOpened {
  ActivationId activation;
  std::uint32_t level = 0;  // its position
  std::string stage;
  bool operator==(const LevelOpened&) const = default;
};
// Entries of a task's checklist that its next visit opens again; the others stay done.
struct ChecklistReopened {
  StepIndex step = kNoStep;
  std::vector<std::string> entries;
  bool operator==(const ChecklistReopened&) const = default;
};
// A seat of an approval counts as approved because of what its person decided before (same_person). The
// actor is the policy; the decision that it relies on is named.
struct SeatPassed {
  Actor by;  // the policy
  ActivationId activation;
  Seat seat;         // which one, by person or group
  PersonId decided;  // who decided before
  std::uint32_t item = 0;
  std::uint64_t seq = 0;  // the number of the event by which they did
  std::string step;       // in which
  bool operator==(const SeatPassed&) const = default;
};
// After what is sent back to `step` it goes on at `to` (`resume: direct`).
struct ResumePlanned {
  StepIndex step = kNoStep;
  StepIndex to = kNoStep;
  bool operator==(const ResumePlanned&) const = default;
};
// An approver took their decision back: their seat is open again in the activation, which has just been
// opened where the step was over already.
struct DecisionTakenBack {
  std::uint32_t item = 0;
  ActivationId activation;
  Actor by;
  std::string reason;
  Fields answers;  // that stand from before, where the activation is a new one
  bool operator==(const DecisionTakenBack&) const = default;
};
// An administrator passed over a step that was open.
struct StepSkipped {
  ActivationId activation;
  std::string step;  // its name
  Actor by;
  std::string reason;
  bool operator==(const StepSkipped&) const = default;
};
// An administrator went to another step.
struct Jumped {
  std::string from;  // the name of the step that was left
  std::string to;
  std::vector<std::string> skipped;  // the names of steps that are passed over by it
  Actor by;
  std::string reason;
  bool operator==(const Jumped&) const = default;
};
// Somebody who is asked has looked at it, for the first time.
struct ItemViewed {
  std::uint32_t item = 0;
  Actor by;
  bool operator==(const ItemViewed&) const = default;
};
struct Ended {
  std::string status;
  Actor by;
  std::string reason;
  bool operator==(const Ended&) const = default;
};

// The instance runs another version of its workflow from here on. Steps and lists are numbered anew there:
// what is missing in `steps` has no counterpart, and its result and visits are forgotten.
struct Migrated {
  std::string version;
  std::map<StepIndex, StepIndex> steps;              // old number -> new
  std::map<ListIndex, ListIndex> lists;              // of the open frames
  std::map<std::uint32_t, std::uint32_t> positions;  // frame -> its `next`
  Actor by;
  std::string reason;
  bool operator==(const Migrated&) const = default;
};

// Budget moved on a ledger; what is held stands in State::reservations too.
struct LedgerPosted {
  std::string ledger;
  std::uint32_t year = 0;
  LedgerAct act = LedgerAct::reserved;
  cel::Value amount;           // money
  ReservationKey reservation;  // whose; of a supplement or a transfer the step that made it
  bool operator==(const LedgerPosted&) const = default;
};

// Reserved for taking an approval back after the end: "revoke_asked", "revoked", "compensated".
using EventBody =
    std::variant<Started, FormChanged, FrameOpened, FrameClosed, ActivationOpened, OutcomeReached,
                 ActivationClosed, RosterSet, ItemOpened, ItemChanged, VarsSet, TimerSet, TimerCleared,
                 EffectRequested, EffectFinished, ClaimTaken, ClaimFreed, CounterTaken, RoundOpened,
                 ResultsVoided, EventReceived, StageEntered, StatusChanged, Commented, IncidentRaised,
                 IncidentCleared, Chased, Ended, Migrated, ItemsListed, LevelOpened, ChecklistReopened,
                 LedgerPosted, SeatPassed, ResumePlanned, DecisionTakenBack, StepSkipped, Jumped, ItemViewed,
                 Nudged, CopiesSent, StandInAsked, StandInRelieved>;

struct Event {
  std::uint64_t seq = 0;  // within the instance, from 1
  Instant at;
  EventBody body;
  bool operator==(const Event&) const = default;
};

// "item_changed": as stored. One name for ever.
std::string_view type_of(const EventBody& body);

// How State::received names an event: "hubspot.deal_lost", or the name alone where it has no connector.
std::string event_key(std::string_view connector, std::string_view name);

}  // namespace countersign
