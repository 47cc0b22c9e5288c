#pragma once
// What decide() wants done outside the instance. Effects leave only from committed outbox rows, at least
// once, with a key that the receiver can use; they are never run on replay. What is stored with the instance
// (work items, timers, claims, counters) follows from the events and is no effect.

#include <string>
#include <variant>
#include <vector>

#include "core/event.h"

namespace countersign {

enum class SendKind {
  request,
  reminder,
  escalation,
  closed,
  outcome,
  returned,
  notify,
  incident,
  nudge,     // the requester asks to hurry
  advice,    // an opinion has come, and the item is theirs to decide
  copy,      // of the instance
  mention,   // in a comment
  relieved,  // whom they stood in for is back, and the item with them
};
std::string_view to_string(SendKind kind);

// To one person, over their own channel. `request`, `reminder`, `escalation`, `nudge`, `advice`,
// `returned` and `relieved` are about an item and are composed when sent, from the instance as it is then;
// they are dropped where the item has closed meanwhile. `closed` is about one that is closed.
struct Send {
  SendKind kind = SendKind::notify;
  PersonId to;
  std::string group;  // instead of `to`: each active member of it
  std::uint32_t item = 0;
  std::uint32_t count = 0;   // which reminder
  std::string subject;       // of notify and incident: already in the person's language
  std::string text;          // Markdown; of a copy or a mention what was written, as plain text
  PersonId from = {};        // of nudge, copy, mention and closed: who is behind it
  std::string message = {};  // the template it was made of, "" where the step has its own text
};
// A call of a connector's action, or a room's message (`notify` with `via`).
struct CallConnector {
  EffectId effect;  // none: nobody waits for the answer
  std::string connector;
  std::string action;
  Fields input;
};
struct StartChild {
  EffectId effect;  // none: it lives on by itself
  ActivationId activation;
  WorkflowId workflow;
  PersonId requester;
  Fields form;
};
struct CancelChild {
  ActivationId activation;  // that started it
  EffectId effect;          // by which it was started
};
// Tells the parent how this instance ended.
struct ReportToParent {
  InstanceId parent;
  ActivationId activation;
  std::string status;
};

using Effect = std::variant<Send, CallConnector, StartChild, CancelChild, ReportToParent>;

}  // namespace countersign
