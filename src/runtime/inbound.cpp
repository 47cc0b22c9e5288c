#include "runtime/inbound.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.h"
#include "core/claims.h"
#include "core/evaluation.h"
#include "core/form.h"
#include "core/inbound_mapping.h"
#include "core/trigger.h"

namespace countersign {
namespace {

// What became of a delivery.
struct Effects {
  std::vector<std::string> instances;
  std::vector<std::string> errors;
};

void add_once(std::vector<std::string>& list, const std::string& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

// One event of a delivery, against every workflow that knows it.
class EventApplier {
 public:
  EventApplier(const JobContext& context, const Snapshot& snapshot, const InboundDelivery& delivery,
               Transaction& transaction, Instant now, Effects& effects)
      : context_(context),
        snapshot_(snapshot),
        source_(delivery.source),
        weak_(delivery.weak),
        transaction_(transaction),
        now_(now),
        effects_(effects) {}

  Result<void> apply(const MappedEvent& event) {
    for (const auto& [id, definition] : snapshot_.workflows) {
      if (Result<void> applied = apply_to(*definition, event); !applied) return applied;
    }
    return {};
  }

 private:
  Result<void> apply_to(const Definition& definition, const MappedEvent& event) {
    const Result<bool> repeat = is_repeat(definition, event);
    if (!repeat) return std::unexpected(repeat.error());
    if (*repeat) return {};
    const std::size_t errors = effects_.errors.size();
    const Result<bool> applied = deliver_or_start(definition, event);
    if (!applied) return std::unexpected(applied.error());
    if (!*applied || effects_.errors.size() != errors) return {};  // what failed a replay does again
    return note_done(definition, event);
  }

  // Whether the workflow took it.
  Result<bool> deliver_or_start(const Definition& definition, const MappedEvent& event) {
    if (!event.key.empty()) {
      auto holder = transaction_.fact({FactKey::Kind::claim, claims::key_scope(definition.id), event.key});
      if (!holder) return std::unexpected(holder.error());
      if (!holder->holder.empty()) return deliver(definition, holder->holder, event);
    }
    for (const Trigger& trigger : definition.triggers) {
      if (trigger.kind != Trigger::Kind::event || trigger.connector != source_ ||
          trigger.event != event.event)
        continue;
      const Result<bool> taken = start(definition, trigger, event);
      if (!taken || *taken) return taken;
    }
    return false;
  }

  // An element that a sender repeats on its own, outside its first delivery, is done once; so is what
  // succeeded of a delivery that is replayed for what failed.
  Result<bool> is_repeat(const Definition& definition, const MappedEvent& event) {
    if (event.delivery_id.empty()) return false;
    const auto known =
        transaction_.find_answer("inbound:" + source_, event.event, done_key(definition, event));
    if (!known) return std::unexpected(known.error());
    return known->has_value();
  }

  Result<void> note_done(const Definition& definition, const MappedEvent& event) {
    if (event.delivery_id.empty()) return {};
    return transaction_.keep_answer(
        {"inbound:" + source_, event.event, done_key(definition, event), {}, 202, {}, now_});
  }

  static std::string done_key(const Definition& definition, const MappedEvent& event) {
    return definition.id.value + "/" + event.delivery_id;
  }

  void add_error(const Definition& definition, const Error& error) {
    effects_.errors.push_back(fmt::format("{}: {}", definition.id.value, error.message));
  }

  Result<bool> deliver(const Definition& definition, const InstanceId& instance, const MappedEvent& event) {
    add_once(effects_.instances, instance.value);
    const DeliverEvent command{source_, event.event, event.delivery_id, event.data};
    auto executed = context_.execution.run(transaction_, instance, command, now_);
    if (!executed && is_lost(executed.error().error)) return std::unexpected(executed.error().error);
    if (!executed) {
      add_error(definition, executed.error().error);
    } else if (executed->refusal) {
      add_error(definition, *executed->refusal);  // an incident was stored instead
    }
    return true;
  }

  // False where the trigger's `when` does not hold.
  Result<bool> start(const Definition& definition, const Trigger& trigger, const MappedEvent& event) {
    static const Facts kNoFacts;
    const Context context{definition, *snapshot_.directory, snapshot_.calendars, kNoFacts, now_};
    auto command = start_from_event(context, trigger, event.data);
    if (!command) {
      add_error(definition, command.error().error);
      return true;
    }
    if (!*command) return false;
    if (weak_) (*command)->by.authenticated += " (weak proof)";
    const InstanceId id("i_" + sortable_id(now_, context_.random));
    auto executed =
        context_.execution.start(transaction_, id, **command, snapshot_.workflow(definition.id), now_);
    if (!executed && is_lost(executed.error().error)) return std::unexpected(executed.error().error);
    if (!executed) {
      add_error(definition, executed.error().error);
    } else {
      add_once(effects_.instances, executed->after->id.value);
    }
    return true;
  }

  // Not this event's fault: the whole job is rolled back and the sender tries again. A guard that failed is
  // called again by the store itself.
  static bool is_lost(const Error& error) {
    return error.code == ErrorCode::unavailable || error.code == ErrorCode::storage;
  }

  const JobContext& context_;
  const Snapshot& snapshot_;
  const std::string& source_;
  const bool weak_;
  Transaction& transaction_;
  Instant now_;
  Effects& effects_;
};

std::map<std::string, std::string> headers_from(const std::string& text) {
  std::map<std::string, std::string> headers;
  const Result<json::value> parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return headers;
  for (const auto& member : parsed->as_object()) {
    if (member.value().is_string()) headers.emplace(member.key(), std::string(member.value().as_string()));
  }
  return headers;
}

Result<Effects> apply_body(const JobContext& context, const InboundDelivery& delivery,
                           Transaction& transaction, Instant now) {
  Effects effects;
  const auto snapshot = context.library.current();
  const auto inbound = snapshot->inbound(delivery.source);
  if (inbound == nullptr) {
    effects.errors.push_back(fmt::format("nothing takes deliveries to '{}' now", delivery.source));
    return effects;
  }
  Result<json::value> body = parse_json(delivery.body, {.bytes_max = 4 << 20});
  if (!body) {
    effects.errors.push_back(body.error().message);
    return effects;
  }
  const InboundMessage message{std::move(*body), headers_from(delivery.headers), delivery.delivery_id};
  const Result<InboundMapping> mapping = map_inbound(*inbound, message, *snapshot->directory);
  if (!mapping) {
    effects.errors.push_back(mapping.error().message);
    return effects;
  }
  for (const Error& error : mapping->errors) effects.errors.push_back(error.message);
  EventApplier applier(context, *snapshot, delivery, transaction, now, effects);
  for (const MappedEvent& event : mapping->events) {
    if (!event.order_key.empty() && event.order_by) {
      // Fixed width, so that comparing the texts compares the numbers.
      const std::string at = fmt::format("{:020}", *event.order_by);
      const auto newest = transaction.advance_order(delivery.source, event.event + "/" + event.order_key, at);
      if (!newest) return std::unexpected(newest.error());
      if (!*newest) continue;
    }
    if (Result<void> applied = applier.apply(event); !applied) return std::unexpected(applied.error());
  }
  return effects;
}

std::string answer_of(const Effects& effects) {
  json::array instances;
  for (const std::string& id : effects.instances) instances.emplace_back(id);
  return write_json(json::object{{"instances", std::move(instances)}});
}

// Whether the delivery has to wait until an admin has looked at it and replays it.
bool is_held(const JobContext& context, const InboundDelivery& delivery) {
  if (!delivery.weak) return false;
  const auto inbound = context.library.current()->inbound(delivery.source);
  return inbound == nullptr || !inbound->verify.allow_weak;
}

std::string joined(const std::vector<std::string>& errors) {
  return fmt::format("{}", fmt::join(errors, "; "));
}

}  // namespace

Answer apply_inbound(const JobContext& context, const InboundDelivery& delivery, Transaction& transaction,
                     Instant now) {
  const std::string body_hash = to_hex(as_text(sha256(delivery.body)));
  const std::string id = delivery.delivery_id.empty() ? "sha256:" + body_hash : delivery.delivery_id;
  auto known = transaction.find_inbound(delivery.source, id);
  if (!known) return refuse(known.error());
  if (*known && (*known)->body_hash != body_hash) {
    return std::unexpected(Refusal{
        Error{ErrorCode::invalid_input, fmt::format("delivery '{}' came before with another body", id), {}},
        {{"", "a new delivery needs a new id"}}});
  }
  if (*known) return Reply{202, (*known)->answer};
  InboundRow row;
  row.source = delivery.source;
  row.delivery_id = id;
  row.body_hash = body_hash;
  row.headers = delivery.headers;
  row.body = delivery.body;
  row.received_at = now;
  row.status = "stored";
  if (is_held(context, delivery)) {
    row.status = "held";
    row.error =
        "the sender's proof does not cover what was sent: look at it, then replay it; 'allow_weak: true' "
        "under 'verify' takes such deliveries without asking";
    row.answer = answer_of({});
    const auto held = transaction.add_inbound(row);
    if (!held) return refuse(held.error());
    return Reply{202, row.answer};
  }
  const auto stored = transaction.add_inbound(row);
  if (!stored) return refuse(stored.error());
  const Result<Effects> effects = apply_body(context, delivery, transaction, now);
  if (!effects) return refuse(effects.error());
  const std::string answer = answer_of(*effects);
  const Result<void> noted = transaction.set_inbound(*stored, effects->errors.empty() ? "applied" : "error",
                                                     joined(effects->errors), answer);
  if (!noted) return refuse(noted.error());
  return Reply{202, answer};
}

Answer apply_connector_event(const JobContext& context, const ConnectorEvent& event, const FormContext& form,
                             Transaction& transaction, Instant now) {
  const auto snapshot = context.library.current();
  const auto connector = snapshot->connector(event.connector);
  const InboundEvent* declared =
      connector == nullptr || !connector->inbound ? nullptr : connector->inbound->find_event(event.name);
  if (declared == nullptr) {
    return refuse({ErrorCode::not_found,
                   fmt::format("no connector declares the event '{}.{}'", event.connector, event.name),
                   {}});
  }
  const std::vector<Field> fields = fields_of(declared->data);
  FormReading data = read_fields(fields, event.data.is_null() ? json::object() : event.data, form);
  if (data.ok()) {
    data.problems = check_required(fields, data.values, [](const Field&) { return true; }, {}, form.pointer);
  }
  if (!data.ok()) return refuse_input(data.problems);
  MappedEvent mapped;
  mapped.event = event.name;
  mapped.key = event.key;
  mapped.data = form_value(data.values);
  Effects effects;
  const InboundDelivery delivery{event.connector, {}, {}, {}};
  auto applied = EventApplier(context, *snapshot, delivery, transaction, now, effects).apply(mapped);
  if (!applied) return refuse(applied.error());
  if (!effects.errors.empty()) return refuse({ErrorCode::invalid_input, joined(effects.errors), {}});
  return Reply{202, answer_of(effects)};
}

namespace {

std::expected<InboundRow, Refusal> unapplied(const JobContext& context, std::int64_t id) {
  auto row = context.reader.inbound_row(id);
  if (!row) return refuse(row.error());
  if (!*row) return refuse({ErrorCode::not_found, fmt::format("there is no stored delivery {}", id), {}});
  if ((*row)->status == "applied")
    return refuse({ErrorCode::conflict, fmt::format("delivery {} was applied already", id), {}});
  return std::move(**row);
}

}  // namespace

Answer drop_inbound(const JobContext& context, std::int64_t id, const PersonId& by,
                    Transaction& transaction) {
  const auto row = unapplied(context, id);
  if (!row) return std::unexpected(row.error());
  const std::string why = by.empty() ? "put away" : "put away by " + by.value;
  const Result<void> noted =
      transaction.set_inbound(id, "dropped", row->error.empty() ? why : why + "; " + row->error, row->answer);
  if (!noted) return refuse(noted.error());
  return Reply{200, write_json(json::object{{"id", id}, {"status", "dropped"}})};
}

Answer replay_inbound(const JobContext& context, std::int64_t id, Transaction& transaction, Instant now) {
  const auto row = unapplied(context, id);
  if (!row) return std::unexpected(row.error());
  InboundDelivery delivery{row->source, row->delivery_id, row->headers, row->body};
  const auto headers = headers_from(delivery.headers);
  const auto proof = headers.find(std::string(kProofHeader));
  delivery.weak = proof != headers.end() && proof->second == "weak";
  const Result<Effects> effects = apply_body(context, delivery, transaction, now);
  if (!effects) return refuse(effects.error());
  const std::string answer = answer_of(*effects);
  const Result<void> noted = transaction.set_inbound(id, effects->errors.empty() ? "applied" : "error",
                                                     joined(effects->errors), answer);
  if (!noted) return refuse(noted.error());
  return Reply{200, answer};
}

}  // namespace countersign
