#pragma once
// What the outside asks of the engine, and what it answers. Requests carry what the caller sent as JSON; the
// engine reads it by the types of the instance's own definition.

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "core/command.h"
#include "core/connector.h"
#include "core/form_problem.h"

namespace countersign {

// Who asks, and how a repeat of the same request is recognised.
struct Caller {
  Actor actor;
  bool admin = false;           // has the scope "admin"
  std::string idempotency_key;  // "" for none
  std::string route;            // "POST /api/v1/work-items/{id}/decision"
  std::string request_hash;     // of path and body
  std::string part = {};        // which of several acts under one key, "" for the only one
};

struct StartRequest {
  WorkflowId workflow;
  PersonId requester;
  json::value form;
};
struct DecisionRequest {
  InstanceId instance;
  std::uint32_t item = 0;
  std::optional<std::uint32_t> version;
  std::string outcome;
  std::string comment;
  json::value answers;  // object or null
  json::value form;     // edits and a requester's revision: object or null
  std::vector<std::string> checklist;
  std::optional<std::string> return_to;
  bool confirmed = false;
};
// An event declared under `events:`, or a connector's, sent to one instance by the API.
struct EventRequest {
  InstanceId instance;
  std::string name;
  json::value data;
};
// The same by the business key, to every workflow that declares it (or the one named): it reaches the open
// instance that has the key, else starts one where the event is a trigger.
struct SendEventRequest {
  std::string name;
  std::string key;      // "" where it only starts
  WorkflowId workflow;  // "" for all
  json::value data;
};
struct CommentRequest {
  InstanceId instance;
  std::string text;
};
// What the person before a work item does with it other than decide it.
struct ItemActRequest {
  enum class Act { transfer, delegate, add_approver, remove_approver, claim, release } act = Act::transfer;
  InstanceId instance;
  std::uint32_t item = 0;
  std::optional<std::uint32_t> version;
  std::vector<std::string> people;  // ids or mail addresses; of transfer and delegate one
  AddedAs where = AddedAs::before;  // of add_approver
  std::string comment;
};
struct NudgeRequest {
  InstanceId instance;
};
struct CopiesRequest {
  InstanceId instance;
  std::vector<std::string> people;  // ids or mail addresses
  std::string comment;
};
struct WithdrawRequest {
  InstanceId instance;
  std::string reason;
};
struct CancelRequest {
  InstanceId instance;
  std::string reason;
};
struct RetryRequest {
  InstanceId instance;
  std::uint32_t activation = 0;  // 0: every activation that stands still
  std::string reason;
};
struct ReassignRequest {
  InstanceId instance;
  std::uint32_t item = 0;
  PersonId to;
  std::string reason;
};
// An approver takes their decision back.
struct TakeBackRequest {
  InstanceId instance;
  std::uint32_t item = 0;
  std::string reason;
  std::optional<std::uint32_t> version{};  // of the decided item, as seen
};
// Somebody who is asked has looked at their work item.
struct ViewRequest {
  InstanceId instance;
  std::uint32_t item = 0;
};
struct SkipRequest {
  InstanceId instance;
  std::string step;
  std::uint32_t activation = 0;  // 0: the only one
  std::string reason;
};
struct JumpRequest {
  InstanceId instance;
  std::string step;
  std::string reason;
};
// A verified webhook: stored as it came, mapped, and applied; a mapping error keeps it for replay.
struct InboundDelivery {
  std::string source;
  std::string delivery_id;  // "" where the scheme has none: the body's hash serves
  std::string headers;      // JSON without secrets
  std::string body;
  bool weak = false;  // the proof does not cover the body (Verified::weak)
};
// A connector's event with its data as the connector declares them, without a webhook around it: what a
// scenario delivers, or an administrator by hand.
struct ConnectorEvent {
  std::string connector;
  std::string name;
  std::string key;   // of the instance that it concerns; "" for none
  json::value data;  // object or null
};
struct ReplayInbound {
  std::int64_t id = 0;
};
// An administrator puts away a stored webhook that was not applied.
struct DropInbound {
  std::int64_t id = 0;
};
struct OutboxAct {
  std::int64_t id = 0;
  enum class Act { retry, drop } act = Act::retry;
};
struct CreateKey {
  std::string name;
  PersonId person;
  std::vector<std::string> scopes;
  std::optional<Instant> expires_at;
};
struct RevokeKey {
  std::string id;
};
struct AddFile {
  std::string id, sha256, name, type;
  std::uint64_t size = 0;
};

// Somebody is away: days of their own calendar ("2026-11-23", the last one included), or instants of RFC
// 3339.
struct SetAbsence {
  PersonId person;
  std::string from;  // "" for now
  std::string until;
  PersonId stand_in;                   // "" for nobody
  std::vector<std::string> workflows;  // by id; none: all
  std::string up_to;                   // "10000 CNY", "" for every amount
  std::string reason;
};
struct EndAbsence {
  PersonId person;
  std::int64_t id = 0;
};
// All absences that a calendar has for the person, from now on: what it has no more ends. Times as above,
// none empty.
struct ImportAbsences {
  struct Event {
    std::string uid;
    std::string from;
    std::string until;
    std::string reason;
  };
  PersonId person;
  std::string source;                  // the calendar's name, by which it is known the next time
  PersonId stand_in;                   // of all of them, as the scope; "" for nobody
  std::vector<std::string> workflows;  // by id; none: all
  std::string up_to;                   // "" for every amount
  std::vector<Event> events;
};

// Moves an instance to another stored version of its workflow, "" for the one in force.
struct MigrateRequest {
  InstanceId instance;
  std::string version;
  std::string reason;
};

// Makes one of the starts again that a schedule owes. By an administrator.
struct RetryOwedStart {
  WorkflowId workflow;
  std::string schedule;  // its name
  PersonId person;       // "" where the row has none
};

// An administrator's correction of a budget, by so much.
struct AdjustLedger {
  std::string name;
  std::string year;  // "" for the current one
  Decimal by;
  std::string reason;
};

using Request =
    std::variant<StartRequest, DecisionRequest, ItemActRequest, EventRequest, CommentRequest, NudgeRequest,
                 CopiesRequest, WithdrawRequest, CancelRequest, RetryRequest, ReassignRequest,
                 TakeBackRequest, ViewRequest, SkipRequest, JumpRequest, InboundDelivery, ReplayInbound,
                 DropInbound, OutboxAct, CreateKey, RevokeKey, AddFile, MigrateRequest, SendEventRequest,
                 AdjustLedger, SetAbsence, EndAbsence, ImportAbsences, ConnectorEvent, RetryOwedStart>;

// The answer's status and JSON text, as stored for repeats. Errors carry everything else; `errors` of an
// input refusal are in Refusal.
struct Reply {
  int status = 200;
  std::string body;
};
using Problem = FormProblem;
struct Refusal {
  Error error;
  std::vector<Problem> problems;  // of the form: one a field
  bool keep = false;              // what was written stays all the same: an incident
};
inline std::unexpected<Refusal> refuse(Error error, std::vector<Problem> problems = {}) {
  return std::unexpected(Refusal{std::move(error), std::move(problems), false});
}
inline std::unexpected<Refusal> refuse(ErrorCode code, std::string message) {
  return refuse(Error{code, std::move(message), {}});
}
using Answer = std::expected<Reply, Refusal>;
using Completion = std::function<void(Answer)>;

}  // namespace countersign
