#include "runtime/outbox_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "runtime/chasing.h"

namespace countersign {
namespace {

// Which messages carry a link to their item.
bool has_link(SendKind kind) {
  return kind == SendKind::request || kind == SendKind::reminder || kind == SendKind::escalation ||
         kind == SendKind::nudge || kind == SendKind::advice || kind == SendKind::returned;
}

// Which carry one to the page of those who read.
bool is_for_readers(SendKind kind) {
  return kind == SendKind::copy || kind == SendKind::mention;
}

std::optional<SendKind> send_kind_from(std::string_view text) {
  for (const SendKind kind :
       {SendKind::request, SendKind::reminder, SendKind::escalation, SendKind::closed, SendKind::outcome,
        SendKind::returned, SendKind::notify, SendKind::incident, SendKind::nudge, SendKind::advice,
        SendKind::copy, SendKind::mention, SendKind::relieved}) {
    if (to_string(kind) == text) return kind;
  }
  return std::nullopt;
}

Result<json::value> parse_payload(const OutboxRow& row) {
  Result<json::value> payload = parse_json(row.payload, {.bytes_max = 16 << 20});
  if (payload) return payload;
  return std::unexpected(Error{ErrorCode::corrupt, payload.error().message, {}}.within(
      fmt::format("outbox row {} ({})", row.id, row.kind)));
}

std::uint32_t number_at(const json::value& value, std::string_view key) {
  const json::value* member = find(value, key);
  return member != nullptr && member->is_int64() ? static_cast<std::uint32_t>(member->as_int64()) : 0;
}

}  // namespace

json::object encode_fields(const Fields& fields) {
  json::object encoded;
  for (const auto& [name, value] : fields) encoded[name] = cel::encode(value);
  return encoded;
}

Result<Fields> decode_fields(const json::value& encoded) {
  Fields fields;
  if (!encoded.is_object()) return fields;
  for (const auto& member : encoded.as_object()) {
    Result<cel::Value> value = cel::decode(member.value());
    if (!value) return std::unexpected(value.error());
    fields.emplace(std::string(member.key()), std::move(*value));
  }
  return fields;
}

InstanceId child_id(const InstanceId& parent, ActivationId activation, EffectId effect) {
  std::string id = fmt::format("{}-{}", parent.value, activation.value);
  if (effect) id += fmt::format("~{}", effect.value);
  return InstanceId(std::move(id));
}

std::vector<std::string> channels_of(const Snapshot& snapshot, const Person& person) {
  std::vector<std::string> usable;
  for (const auto& [channel, address] : person.channels) {
    const auto connector = snapshot.connector(channel);
    if (connector == nullptr || !connector->outbound) continue;
    const Action* action = connector->outbound->find_action(kTellAction);
    const auto takes = [&](std::string_view input) {
      return std::ranges::find(action->input, input, &Field::name) != action->input.end();
    };
    if (action != nullptr && takes("to") && takes("subject") && takes("text")) usable.push_back(channel);
  }
  return usable;
}

OutboxWriter::OutboxWriter(Transaction& transaction, const Snapshot& snapshot, const Links& links,
                           RandomSource& random, const State& after, Instant now)
    : transaction_(transaction),
      snapshot_(snapshot),
      links_(links),
      random_(random),
      after_(after),
      now_(now) {}

OutboxRow OutboxWriter::row(std::string_view target, std::string_view kind, std::string payload) {
  OutboxRow row;
  row.target = target;
  // The instance's seq after the command and a running number: the same however often the row is sent.
  row.idempotency_key = fmt::format("{}.{}.{}", after_.id.value, after_.seq, ++written_);
  row.instance = after_.id;
  row.kind = kind;
  row.payload = std::move(payload);
  row.created_at = now_;
  row.next_at = now_;
  return row;
}

// By target, so that a system that is down holds up nothing but itself.
std::string OutboxWriter::order_key(std::string_view target) const {
  return fmt::format("{} {}", after_.id.value, target);
}

Result<void> OutboxWriter::write(const Effect& effect) {
  if (const auto* message = std::get_if<Send>(&effect)) return send(*message);
  if (const auto* called = std::get_if<CallConnector>(&effect)) return call(*called);
  if (const auto* child = std::get_if<StartChild>(&effect)) {
    json::object payload{{"child", child_id(after_.id, child->activation, child->effect).value},
                         {"workflow", child->workflow.value},
                         {"requester", child->requester.value},
                         {"form", encode_fields(child->form)}};
    if (child->effect) payload["activation"] = child->activation.value;
    return tell_engine("start_child", write_json(payload));
  }
  if (const auto* cancelled = std::get_if<CancelChild>(&effect)) {
    return tell_engine("cancel_child",
                       write_json(json::object{
                           {"child", child_id(after_.id, cancelled->activation, cancelled->effect).value}}));
  }
  const auto& report = std::get<ReportToParent>(effect);
  return tell_engine("child_ended", write_json(json::object{{"parent", report.parent.value},
                                                            {"activation", report.activation.value},
                                                            {"status", report.status}}));
}

Result<void> OutboxWriter::send(const Send& effect) {
  const Directory& directory = *snapshot_.directory;
  if (effect.group.empty()) {
    const Person* person = directory.find(effect.to);
    return person == nullptr ? Result<void>() : send_to(effect, *person);
  }
  const auto members = directory.members(effect.group);
  if (!members) return {};  // the group is gone: nobody is left to tell
  for (const PersonId& member : *members) {
    const Person* person = directory.find(member);
    if (person == nullptr || !person->active) continue;
    if (Result<void> sent = send_to(effect, *person); !sent) return sent;
  }
  return {};
}

Result<void> OutboxWriter::send_to(const Send& effect, const Person& person) {
  json::object payload{{"kind", to_string(effect.kind)}};
  if (effect.count != 0) payload["count"] = effect.count;
  if (!effect.subject.empty()) payload["subject"] = effect.subject;
  if (!effect.text.empty()) payload["text"] = effect.text;
  if (!effect.message.empty()) payload["message"] = effect.message;
  if (!effect.from.empty()) payload["from"] = effect.from.value;
  const std::string text = write_json(payload);
  const std::vector<std::string> channels = channels_of(snapshot_, person);
  for (const std::string& channel : channels) {
    OutboxRow message = row(std::string(kConnectorTarget) + channel, to_string(effect.kind), text);
    const std::string address = channel + " " + person.channels.at(channel);
    if (auto told = tell(effect, person, std::move(message), address); !told) return told;
  }
  if (person.mail.empty() && !channels.empty()) return {};
  const bool chases = is_chasing(to_string(effect.kind)) && effect.item != 0 && !person.mail.empty();
  OutboxRow message = row(chases ? kChaseTarget : kMailTarget, to_string(effect.kind), text);
  if (chases) {
    message.next_at = held_until(snapshot_, person, now_);
    held_ = true;
  }
  if (person.mail.empty()) {
    message.status = OutboxStatus::dead;
    message.last_error = fmt::format("{} has no mail address in the directory", person.id.value);
  }
  return tell(effect, person, std::move(message), person.mail);
}

// With a link of its own, where the message has one: also where it cannot leave yet, so that it can once it
// is retried.
Result<void> OutboxWriter::tell(const Send& effect, const Person& person, OutboxRow message,
                                const std::string& address) {
  message.item = effect.item;
  message.recipient = person.id;
  const bool leads_on = (has_link(effect.kind) && effect.item != 0) || is_for_readers(effect.kind);
  if (leads_on) {
    message.nonce = Links::new_nonce(random_);
    const auto item = after_.items.find(effect.item);
    const std::uint32_t round = is_for_readers(effect.kind)  ? kReadersRound
                                : item == after_.items.end() ? after_.round
                                                             : item->second.round;
    const std::string token = links_.token(after_.id, effect.item, round, person.id, message.nonce);
    LinkRow link;
    link.token_hash = Links::hash(token);
    link.instance = after_.id;
    link.item = effect.item;
    link.round = round;
    link.person = person.id;
    link.sent_to = address;
    link.created_at = now_;
    if (Result<void> added = transaction_.add_link(link); !added) return added;
  }
  deliveries_ = true;
  const auto added = transaction_.add_outbox(std::move(message));
  if (!added) return std::unexpected(added.error());
  return {};
}

Result<void> OutboxWriter::call(const CallConnector& effect) {
  json::object payload{
      {"connector", effect.connector}, {"action", effect.action}, {"input", encode_fields(effect.input)}};
  if (effect.effect) payload["effect"] = effect.effect.value;
  OutboxRow message = row(std::string(kConnectorTarget) + effect.connector, "call", write_json(payload));
  message.order_key = order_key(message.target);  // what one instance says to one system arrives in order
  deliveries_ = true;
  const auto added = transaction_.add_outbox(std::move(message));
  if (!added) return std::unexpected(added.error());
  return {};
}

Result<void> OutboxWriter::tell_engine(std::string_view kind, std::string payload) {
  OutboxRow message = row(kEngineTarget, kind, std::move(payload));
  message.order_key = order_key(message.target);
  engine_rows_ = true;
  const auto added = transaction_.add_outbox(std::move(message));
  if (!added) return std::unexpected(added.error());
  return {};
}

Result<MessagePayload> read_message(const OutboxRow& row) {
  const Result<json::value> payload = parse_payload(row);
  if (!payload) return std::unexpected(payload.error());
  const auto kind = send_kind_from(string_at(*payload, "kind"));
  if (!kind) return fail(ErrorCode::corrupt, fmt::format("outbox row {} has no kind of message", row.id));
  return MessagePayload{*kind,
                        number_at(*payload, "count"),
                        string_at(*payload, "subject"),
                        string_at(*payload, "text"),
                        string_at(*payload, "message"),
                        PersonId(string_at(*payload, "from"))};
}

Result<CallPayload> read_call(const OutboxRow& row) {
  const Result<json::value> payload = parse_payload(row);
  if (!payload) return std::unexpected(payload.error());
  const json::value* input = find(*payload, "input");
  Result<Fields> fields = input == nullptr ? Fields() : decode_fields(*input);
  if (!fields) return std::unexpected(fields.error());
  return CallPayload{EffectId(number_at(*payload, "effect")), string_at(*payload, "connector"),
                     string_at(*payload, "action"), std::move(*fields)};
}

Result<StartChildPayload> read_start_child(const OutboxRow& row) {
  const Result<json::value> payload = parse_payload(row);
  if (!payload) return std::unexpected(payload.error());
  const json::value* form = find(*payload, "form");
  Result<Fields> fields = form == nullptr ? Fields() : decode_fields(*form);
  if (!fields) return std::unexpected(fields.error());
  return StartChildPayload{InstanceId(string_at(*payload, "child")),
                           ActivationId(number_at(*payload, "activation")),
                           WorkflowId(string_at(*payload, "workflow")),
                           PersonId(string_at(*payload, "requester")), std::move(*fields)};
}

Result<ReportPayload> read_report(const OutboxRow& row) {
  const Result<json::value> payload = parse_payload(row);
  if (!payload) return std::unexpected(payload.error());
  return ReportPayload{InstanceId(string_at(*payload, "parent")),
                       ActivationId(number_at(*payload, "activation")), string_at(*payload, "status"),
                       string_at(*payload, "error")};
}

Result<InstanceId> read_cancel_child(const OutboxRow& row) {
  const Result<json::value> payload = parse_payload(row);
  if (!payload) return std::unexpected(payload.error());
  return InstanceId(string_at(*payload, "child"));
}

}  // namespace countersign
