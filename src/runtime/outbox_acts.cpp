#include "runtime/outbox_acts.h"

#include <fmt/format.h>

#include "runtime/outbox_rows.h"

namespace countersign {
namespace {

std::unexpected<Refusal> cannot(const OutboxAct& act, ErrorCode code, std::string_view why) {
  const bool retry = act.act == OutboxAct::Act::retry;
  return refuse(code, fmt::format("cannot {} message {}: {}", retry ? "retry" : "drop", act.id, why));
}

// Whose answer a step waits for; none for everything else that leaves.
EffectId effect_of(const OutboxRow& row) {
  if (!row.target.starts_with(kConnectorTarget)) return {};
  const auto call = read_call(row);
  return call ? call->effect : EffectId();  // what cannot be read has failed when it was to be sent
}

// Of a message between instances: one that starts another which lives by itself leaves nobody waiting.
bool is_waited_for(const OutboxRow& row) {
  if (row.kind != "start_child") return true;
  const auto start = read_start_child(row);
  return !start || start->activation;
}

Answer retry_row(const JobContext& context, const OutboxAct& act, const OutboxRow& row,
                 Transaction& transaction, Instant now) {
  if (const EffectId effect = effect_of(row)) {
    const auto state = transaction.load(row.instance);
    if (!state) return refuse(state.error());
    if (*state != nullptr && !waiting_for(**state, effect)) {
      return cannot(act, ErrorCode::conflict,
                    fmt::format("{} has gone on without its answer; where it must be called again, bring the "
                                "request back to that step (countersign jump)",
                                (*state)->reference));
    }
  }
  if (const auto revived = transaction.revive_outbox(act.id, now); !revived) return refuse(revived.error());
  context.execution.add_outbox_retried_ripple();
  return {};
}

Answer drop_row(const JobContext& context, const OutboxAct& act, const OutboxRow& row, const PersonId& by,
                Transaction& transaction, Instant now) {
  const std::string why = "dropped by " + by.value;
  if (row.status == OutboxStatus::sent) return cannot(act, ErrorCode::conflict, "it was sent");
  if (row.target == kEngineTarget && is_waited_for(row)) {
    return cannot(act, ErrorCode::conflict,
                  "it goes from one instance to another, which waits for it; it can be retried");
  }
  const EffectId effect = row.status == OutboxStatus::pending ? effect_of(row) : EffectId();
  if (effect) {
    const auto told =
        context.execution.run(transaction, row.instance, EffectDone{effect, false, {}, why}, now);
    // After any other refusal nobody waits any more.
    if (!told && is_transient(told.error().error)) return std::unexpected(told.error());
  }
  if (const auto done = transaction.finish_outbox(act.id, OutboxStatus::dropped, why); !done) {
    return refuse(done.error());
  }
  return {};
}

}  // namespace

Answer act_on_outbox(const JobContext& context, const OutboxAct& act, const PersonId& by,
                     Transaction& transaction, Instant now) {
  const auto row = transaction.outbox_row(act.id);
  if (!row) return refuse(row.error());
  if (!*row) return cannot(act, ErrorCode::not_found, "there is none");
  const bool retry = act.act == OutboxAct::Act::retry;
  Answer done = retry ? retry_row(context, act, **row, transaction, now)
                      : drop_row(context, act, **row, by, transaction, now);
  if (!done) return done;
  // It may be a message between instances, or have stood before one.
  context.execution.add_outbox_ripple();
  context.execution.add_engine_rows_ripple();
  context.execution.add_held_messages_ripple();
  return Reply{200, write_json(json::object{{"id", act.id}, {"status", retry ? "pending" : "dropped"}})};
}

}  // namespace countersign
