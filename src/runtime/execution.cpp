#include "runtime/execution.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/outbox_rows.h"

namespace countersign {
namespace {

constexpr int kFactRoundsMax = 8;

}  // namespace

Result<std::shared_ptr<const Definition>> Execution::definition_of(const State& state) const {
  auto definition = library_.version(state.workflow, state.version);
  if (definition == nullptr) {
    return fail(ErrorCode::corrupt,
                fmt::format("{} runs version {} of {}, which is neither in a file nor stored",
                            state.reference, state.version.substr(0, 12), state.workflow.value));
  }
  return definition;
}

std::expected<Executed, Refusal> Execution::run(Transaction& transaction, const InstanceId& instance,
                                                const Command& command, Instant now) {
  auto before = transaction.load(instance);
  if (!before) return refuse(before.error());
  if (*before == nullptr) {
    return refuse({ErrorCode::not_found, fmt::format("there is no instance '{}'", instance.value), {}});
  }
  auto definition = definition_of(**before);
  if (!definition) return refuse(definition.error());
  return decide_and_apply(transaction, std::move(*before), **definition, command, now);
}

std::expected<Executed, Refusal> Execution::start(Transaction& transaction, const InstanceId& instance,
                                                  const Start& command,
                                                  const std::shared_ptr<const Definition>& definition,
                                                  Instant now) {
  auto before = std::make_shared<State>();
  before->id = instance;
  const DefinitionRow version{
      definition->id,           definition->version, definition->source, definition->message_sources, now,
      definition->table_sources};
  if (Result<void> kept = transaction.keep_definition(version); !kept) return refuse(kept.error());
  library_.remember(definition);
  return decide_and_apply(transaction, std::move(before), *definition, command, now);
}

std::expected<Executed, Refusal> Execution::decide_and_apply(Transaction& transaction,
                                                             const std::shared_ptr<const State>& before,
                                                             const Definition& definition,
                                                             const Command& command, Instant now) {
  const std::shared_ptr<const Snapshot> snapshot = library_.current();
  const std::shared_ptr<const Absences> absences = library_.absences();
  Facts facts;
  for (int round = 0; round <= kFactRoundsMax; ++round) {
    const Context context{definition, *snapshot->directory, snapshot->calendars, facts, now,
                          nullptr,    absences.get()};
    Outcome outcome = decide(context, *before, command);
    if (const auto* need = std::get_if<NeedFacts>(&outcome)) {
      for (const FactKey& key : need->facts) {
        auto value = transaction.fact(key);
        if (!value) return refuse(value.error());
        facts.insert_or_assign(key, std::move(*value));
      }
      continue;
    }
    if (auto* rejection = std::get_if<Rejection>(&outcome)) {
      return std::unexpected(Refusal{std::move(rejection->error), std::move(rejection->problems)});
    }
    if (const auto* existing = std::get_if<Existing>(&outcome)) {
      auto state = transaction.load(existing->instance);
      if (!state) return refuse(state.error());
      return Executed{before, *state, {}, existing->instance};
    }
    Decision& decision = std::get<Decision>(outcome);
    const Change change{before, decision.after, decision.events};
    auto executed = carry_out(transaction, change, *snapshot, decision.effects, now);
    if (executed) executed->refusal = std::move(decision.refusal);
    return executed;
  }
  return refuse({ErrorCode::internal,
                 fmt::format("{} asked for facts more than {} times", before->reference, kFactRoundsMax),
                 {}});
}

std::expected<Executed, Refusal> Execution::carry_out(Transaction& transaction, const Change& change,
                                                      const Snapshot& snapshot,
                                                      const std::vector<Effect>& effects, Instant now) {
  if (!change.events.empty()) {
    if (Result<void> applied = transaction.apply(change); !applied) return refuse(applied.error());
    if (Result<void> followed = follow_events(transaction, *change.after, change.events); !followed) {
      return refuse(followed.error());
    }
  }
  OutboxWriter writer(transaction, snapshot, links_, random_, *change.after, now);
  for (const Effect& effect : effects) {
    if (Result<void> written = writer.write(effect); !written) return refuse(written.error());
  }
  ripples_.outbox |= writer.wrote_deliveries();
  ripples_.engine_rows |= writer.wrote_engine_rows();
  ripples_.held_messages |= writer.wrote_held_messages();
  return Executed{change.before, change.after, std::nullopt, {}};
}

std::optional<Rehearsed> Execution::rehearse(const StoredInstance& place, const Command& command,
                                             Instant now) const {
  const std::shared_ptr<const Snapshot> snapshot = library_.current();
  const std::shared_ptr<const Absences> absences = library_.absences();
  const auto definition = definition_of(*place.state);
  if (!definition) return std::nullopt;
  const Facts none;
  const Context context{**definition, *snapshot->directory, snapshot->calendars, none, now,
                        nullptr,      absences.get()};
  Outcome outcome = decide(context, *place.state, command);
  auto* decision = std::get_if<Decision>(&outcome);
  if (decision == nullptr || decision->refusal || decision->events.empty()) return std::nullopt;
  const Change change{place.state, decision->after, decision->events};
  PreparedChange prepared = prepare_change(change, place.head, random_);
  return Rehearsed{place, std::move(*decision), std::move(prepared), snapshot, absences, now};
}

std::optional<std::expected<Executed, Refusal>> Execution::perform(Transaction& transaction,
                                                                   const Rehearsed& rehearsed) {
  const State& before = *rehearsed.place.state;
  const bool holds = rehearsed.snapshot == library_.current() && rehearsed.absences == library_.absences() &&
                     rehearsed.at >= committed_until_ && transaction.is_newest(before.id, before.seq);
  if (!holds) return std::nullopt;
  written_until_ = std::max(written_until_, rehearsed.at);
  const Change change{rehearsed.place.state, rehearsed.decision.after, rehearsed.decision.events,
                      &rehearsed.place, &rehearsed.prepared};
  return carry_out(transaction, change, *rehearsed.snapshot, rehearsed.decision.effects, rehearsed.at);
}

// What the store does not derive from the events by itself: unsent messages about closed items are dropped,
// links of people who are not asked any more end, and the loop learns of timers.
Result<void> Execution::follow_events(Transaction& transaction, const State& state,
                                      std::span<const Event> events) {
  for (const Event& event : events) {
    if (const auto* changed = std::get_if<ItemChanged>(&event.body)) {
      if (is_open(changed->status)) continue;
      if (auto dropped = transaction.drop_messages(state.id, changed->item); !dropped) {
        return std::unexpected(dropped.error());
      }
      // A decided item's link stays, to show what was decided.
      if (changed->status == ItemStatus::reassigned || changed->status == ItemStatus::cancelled) {
        if (auto revoked = transaction.revoke_links(state.id, changed->item); !revoked) return revoked;
      }
    } else if (const auto* set = std::get_if<TimerSet>(&event.body)) {
      ripples_.earliest_timer =
          ripples_.earliest_timer ? std::min(*ripples_.earliest_timer, set->due) : set->due;
    } else if (std::holds_alternative<TimerCleared>(event.body)) {
      ripples_.timers_cleared = true;
    }
  }
  return {};
}

}  // namespace countersign
