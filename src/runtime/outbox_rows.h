#pragma once
// Effects as outbox rows, and rows back as what is to be done. A row's payload is JSON that only this file
// writes and reads.

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "core/effect.h"
#include "runtime/library.h"
#include "runtime/links.h"
#include "store/store.h"

namespace countersign {

inline constexpr std::string_view kEngineTarget = "engine";
inline constexpr std::string_view kChaseTarget = "chase";  // mails that remind, until their time has come
inline constexpr std::string_view kMailTarget = "mail";
inline constexpr std::string_view kConnectorTarget = "http:";  // followed by the connector's name

// The action by which a connector tells one person something: input `to`, `subject`, `text`.
inline constexpr std::string_view kTellAction = "tell";
// The person's channels that a message can go through: those whose connector has that action.
std::vector<std::string> channels_of(const Snapshot& snapshot, const Person& person);

// Queues that the engine itself empties; nothing of them leaves.
inline bool is_inside(std::string_view target) {
  return target == kEngineTarget || target == kChaseTarget;
}

// Writes the effects of one command, within its transaction.
class OutboxWriter {
 public:
  OutboxWriter(Transaction& transaction, const Snapshot& snapshot, const Links& links, RandomSource& random,
               const State& after, Instant now);
  Result<void> write(const Effect& effect);
  bool wrote_deliveries() const { return deliveries_; }
  bool wrote_engine_rows() const { return engine_rows_; }
  bool wrote_held_messages() const { return held_; }

 private:
  Result<void> send(const Send& effect);
  Result<void> send_to(const Send& effect, const Person& person);
  Result<void> tell(const Send& effect, const Person& person, OutboxRow message, const std::string& address);
  Result<void> call(const CallConnector& effect);
  Result<void> tell_engine(std::string_view kind, std::string payload);
  std::string order_key(std::string_view target) const;
  OutboxRow row(std::string_view target, std::string_view kind, std::string payload);

  Transaction& transaction_;
  const Snapshot& snapshot_;
  const Links& links_;
  RandomSource& random_;
  const State& after_;
  Instant now_;
  int written_ = 0;
  bool deliveries_ = false;
  bool engine_rows_ = false;
  bool held_ = false;
};

// A message to a person, as its row keeps it.
struct MessagePayload {
  SendKind kind = SendKind::notify;
  std::uint32_t count = 0;
  std::string subject;
  std::string text;
  std::string message = {};  // the template it was made of, ""
  PersonId from = {};        // who is behind it, where it is somebody in person
};
Result<MessagePayload> read_message(const OutboxRow& row);

struct CallPayload {
  EffectId effect;
  std::string connector;
  std::string action;
  Fields input;
};
Result<CallPayload> read_call(const OutboxRow& row);

// What an engine row asks of the writer.
struct StartChildPayload {
  InstanceId child;
  ActivationId activation;  // none: the parent does not wait
  WorkflowId workflow;
  PersonId requester;
  Fields form;
};
Result<StartChildPayload> read_start_child(const OutboxRow& row);
struct ReportPayload {
  InstanceId parent;
  ActivationId activation;
  std::string status;
  std::string error;
};
Result<ReportPayload> read_report(const OutboxRow& row);
Result<InstanceId> read_cancel_child(const OutboxRow& row);

// A child's id derives from its parent and what starts it, so that a repeated start is the same:
// PARENT-ACTIVATION, or PARENT-ACTIVATION~EFFECT where the parent waits; an admin's retry is a new effect and
// so starts a new child.
InstanceId child_id(const InstanceId& parent, ActivationId activation, EffectId effect);

Result<Fields> decode_fields(const json::value& encoded);
json::object encode_fields(const Fields& fields);

}  // namespace countersign
