#pragma once
// What may be asked of an instance: imperative, each names its target. Time-outs, answers of other systems
// and people's decisions are all commands; decide.h answers them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/event.h"

namespace countersign {

struct Start {
  WorkflowId workflow;
  PersonId requester;  // empty: nobody in particular
  Actor by;
  std::string trigger;  // "form", "CONNECTOR.EVENT", "run"
  Fields form;          // already read by the form's types (form.h)
  InstanceId parent;
  ActivationId parent_activation;
  // At most one instance of the workflow ever starts with the same text here, whatever becomes of it: of a
  // schedule its name, period and person. "" for starts that may repeat.
  std::string once{};
};
// A person's answer to a work item, also the requester's resubmission (outcome "resubmitted").
struct Decide {
  std::uint32_t item = 0;
  std::optional<std::uint32_t> version;  // nullopt: the caller has an idempotency key instead
  Actor by;
  std::string outcome;
  std::string comment;
  Fields answers;                        // of the ask
  Fields edits;                          // of the form
  std::vector<std::string> checklist;    // ids done
  std::optional<std::string> return_to;  // step id or "requester"; default the step's first target
  bool confirmed = false;                // what the step wants confirmed with an approval
};
struct DeliverEvent {
  std::string connector;
  std::string name;
  std::string delivery_id;
  cel::Value data;
};
struct TimerDue {
  TimerKey timer;
};
struct EffectDone {
  EffectId effect;
  bool succeeded = true;
  Fields reply;
  std::string error;
};
struct ChildEnded {
  ActivationId activation;  // of the parent's step that waits
  InstanceId child;
  std::string status;  // "" where the start was refused
  std::string error;
};
struct Comment {
  Actor by;
  std::string text;
};
// The requester asks whoever is asked to hurry.
struct Nudge {
  Actor by;
};
// People who may read the instance from here on, and are told of it.
struct SendCopies {
  std::vector<PersonId> to;
  Actor by;
  std::string comment;
};
struct Withdraw {
  Actor by;
  std::string reason;
};
struct Cancel {
  Actor by;
  std::string reason;  // mandatory for an admin
};
// Looks again at an activation that stands still: after the cause of an incident was mended.
struct Retry {
  ActivationId activation;
  Actor by;
  std::string reason;
};
struct Reassign {
  std::uint32_t item = 0;
  PersonId to;
  Actor by;
  std::string reason;
};

// What the person before an item does with it other than decide. `version`: as Decide's.
//
// It is the other's from here on.
struct Transfer {
  std::uint32_t item = 0;
  std::optional<std::uint32_t> version;
  PersonId to;
  Actor by;
  std::string comment;
};
// The other gives an opinion, which decides nothing.
struct Delegate {
  std::uint32_t item = 0;
  std::optional<std::uint32_t> version;
  PersonId to;
  Actor by;
  std::string comment;
};
// Others approve too: before, after or beside whoever adds them.
struct AddApprover {
  std::uint32_t item = 0;
  std::optional<std::uint32_t> version;
  std::vector<PersonId> who;
  AddedAs where = AddedAs::before;
  Actor by;
  std::string comment;
};
// `item` is that of the one who was added, or asked for an opinion. By whoever did so, or an administrator
// with a reason.
struct RemoveApprover {
  std::uint32_t item = 0;
  std::optional<std::uint32_t> version;
  Actor by;
  std::string reason;
};
// One of a group takes its item.
struct ClaimItem {
  std::uint32_t item = 0;
  std::optional<std::uint32_t> version;
  Actor by;
};
// Gives a claimed item back to its group: whoever has claimed it, or an administrator with a reason.
struct ReleaseItem {
  std::uint32_t item = 0;
  std::optional<std::uint32_t> version;
  Actor by;
  std::string reason;
};

// Moves an open instance to another version of its workflow (migrate.h).
struct Migrate {
  std::shared_ptr<const Definition> to;
  Actor by;
  std::string reason;
};

// The directory or somebody's absence is not what it was: work of people who have left moves on by the rules
// of their steps, and stand-ins are told. Nothing where nothing of the instance is concerned.
struct DirectoryChanged {};

// An approver takes their decision back, as long as nobody has acted on it.
struct TakeBack {
  std::uint32_t item = 0;  // that they decided
  Actor by;
  std::string reason;
};
// An administrator passes over an open step.
struct Skip {
  std::string step;         // its name
  ActivationId activation;  // which one, where it is open several times; none else
  Actor by;
  std::string reason;
};
// An administrator goes to another step.
struct Jump {
  std::string step;  // the target's name
  Actor by;
  std::string reason;
};
// Somebody who is asked looks at their work item.
struct View {
  std::uint32_t item = 0;
  Actor by;
};

using Command =
    std::variant<Start, Decide, DeliverEvent, TimerDue, EffectDone, ChildEnded, Comment, Withdraw, Cancel,
                 Retry, Reassign, TakeBack, Skip, Jump, View, Transfer, Delegate, AddApprover, RemoveApprover,
                 ClaimItem, ReleaseItem, Nudge, SendCopies, DirectoryChanged, Migrate>;

}  // namespace countersign
