#pragma once
// A scenario file as it is read: what people and other systems do, entry by entry, and what is expected after
// each. Plain values; every value knows its place in the file, so that a difference is shown there.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "core/calendars.h"
#include "core/time_words.h"
#include "definition/source_text.h"
#include "runtime/library.h"
#include "runtime/requests.h"

namespace countersign::scenario {

// Text with its place.
struct Placed {
  std::string text;
  SourceSpan at;
  bool empty() const { return text.empty(); }
};

// ---- acts -----------------------------------------------------------------------------------------------

struct Start {
  WorkflowId workflow;
  PersonId by;        // of a start by form
  std::string event;  // CONNECTOR.NAME, of a start by event; "" else
  json::value data;   // the form, or the event's data
};
// A person's answer to a work item.
struct Decide {
  PersonId by;
  std::string outcome;  // "": the only one that the task has
  Placed step;          // where a person has several items
  std::string comment;
  json::value answers;
  json::value form;
  std::vector<std::string> checklist;
  bool all_done = false;  // every entry of the checklist
  bool confirm = false;   // what the step wants confirmed
  std::optional<std::string> return_to;
};
struct SendEvent {
  std::string connector;  // "" for an event declared under `events:`
  std::string name;
  std::optional<std::string> key;  // absent: the instance's own
  json::value data;
};
// The message of another system as it would be posted, mapped by the connector.
struct Webhook {
  std::string connector;
  json::value body;
};
struct Advance {
  std::optional<TimeSpan> span;
  std::optional<Instant> until;
};
// What the other system says to a call that an instance waits for.
struct AnswerCall {
  std::string call;  // CONNECTOR.ACTION
  json::value data;  // the fields of its output
};
struct FailCall {
  std::string call;
  std::string why;
};
struct ChangeDirectory {
  std::vector<PersonId> leave;
  std::vector<Person> join;
  std::vector<std::pair<PersonId, Absence>> away;
  std::map<PersonId, std::optional<PersonId>> managers;
  std::map<std::string, std::vector<PersonId>> groups;
};
struct Withdraw {
  PersonId by;
  std::string reason;
};
// By an administrator.
struct Cancel {
  PersonId by;
  std::string reason;
};
struct AddComment {
  PersonId by;
  std::string text;
};
struct Reassign {
  PersonId from;
  PersonId to;
  PersonId by;
  Placed step;
  std::string reason;
};
struct Retry {
  PersonId by;
  std::string reason;
};
// Transfer, delegate, add, remove, claim, release.
struct ActOnItem {
  ItemActRequest::Act act = ItemActRequest::Act::transfer;
  PersonId by;
  PersonId of;  // whose item it is; "": their own
  Placed step;
  std::vector<PersonId> people;
  AddedAs where = AddedAs::before;
  std::string comment;  // or the reason
  bool as_admin = false;
};
// The decision that the person made last, or last in that step.
struct TakeBack {
  PersonId by;
  Placed step;
  std::string reason;
};
struct View {
  PersonId by;
  Placed step;
};
struct Nudge {
  PersonId by;
};
struct SendCopies {
  PersonId by;
  std::vector<PersonId> to;
  std::string comment;
};
// Both by an administrator.
struct Skip {
  PersonId by;
  std::string step;
  std::string reason;
};
struct Jump {
  PersonId by;
  std::string step;
  std::string reason;
};
// An absence as somebody sets it, and the end of all that the person has set.
struct BeAway {
  SetAbsence absence;
  PersonId by;
};
struct ComeBack {
  PersonId person;
  PersonId by;
};

using Act = std::variant<Start, Decide, SendEvent, Webhook, Advance, AnswerCall, FailCall, ChangeDirectory,
                         Withdraw, Cancel, AddComment, Reassign, Retry, ActOnItem, TakeBack, View, Nudge,
                         SendCopies, Skip, Jump, BeAway, ComeBack>;

// ---- expectations ---------------------------------------------------------------------------------------

struct MailExpected {
  Placed to, kind, message, subject;
  std::vector<Placed> text;  // each is contained
  std::optional<std::size_t> times;
};
struct CallExpected {
  Placed call;
  std::vector<std::pair<std::string, Placed>> with;
};

struct Expectation {
  enum class Kind {
    asked,   // `texts`, exactly; of step `name` where it is set
    open,    // `texts`: steps, exactly
    status,  // `value`, as the next five
    stage,
    round,
    reference,
    key,
    time,
    incident,  // contains `value`; "none"
    outcome,   // of step `name`: `value`; "none" where it has no result
    result,    // field `member` of step `name`: `value`
    form,      // field `name`: `value`
    var,       // `name`: `value`
    due,       // of step `name`: `value`; "none"
    mail,      // one message as in `mail`
    no_mail,
    call,  // one call as in `call`
    no_call,
    started,  // `texts`: workflows started by others in this entry, exactly
    budget,   // `member` of ledger `name`: `value`
  } kind;
  SourceSpan at;
  std::string name;
  std::string member;
  std::string value;  // "" with `absent`
  bool absent = false;
  json::value json;  // of form, var and result: lists and maps too
  std::vector<Placed> texts;
  MailExpected mail;
  CallExpected call;
};

// ---- files ----------------------------------------------------------------------------------------------

struct Entry {
  SourceSpan at;     // of the act's key
  std::string word;  // "approve"; "" without an act
  std::optional<Act> act;
  std::optional<Placed> refused;  // the act must be refused, and the reason contains this
  Placed in;                      // which instance: a name given with `as`, or a workflow
  Placed as;                      // of a start
  std::vector<Expectation> expected;
  bool expects_incident = false;
  std::map<std::string, SourceSpan> places;  // JSON pointer into what the act sends -> where it stands
};

// What an action's call is answered with by itself.
struct Reply {
  std::string call;
  std::string failure;  // "" where it succeeds
  json::value data;
};

struct Scenario {
  Placed name;
  Instant now;
  std::vector<Reply> replies;
  std::vector<Entry> entries;
};

struct ScenarioFile {
  std::string file;
  SourceText source;
  WorkflowId workflow;
  std::shared_ptr<const Snapshot> snapshot;  // as every scenario begins
  std::vector<std::string> uploads;          // names of the files that people have at hand
  std::vector<Scenario> scenarios;
};

}  // namespace countersign::scenario
