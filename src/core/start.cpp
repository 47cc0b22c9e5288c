// A new instance.

#include <algorithm>

#include <fmt/format.h>

#include "core/claims.h"
#include "core/commands.h"
#include "core/flow.h"
#include "core/form_rules.h"
#include "core/roster.h"

namespace countersign {
namespace {

// The expressions of a start see the form before there is an instance.
struct Draft {
  Draft(const Context& context, const State& state, const Fields& form, const PersonId& requester)
      : state_with_form(state), evaluation(context, state_with_form) {
    state_with_form.form = form;
    state_with_form.requester = requester;
  }
  State state_with_form;
  Evaluation evaluation;
};

bool may_start(Transition& transition, const Start& command) {
  if (command.trigger != "form") return true;  // events and parents are allowed by being wired up
  const Definition& definition = transition.definition();
  const Directory& directory = transition.context().directory;
  bool by_form = false;
  for (const Trigger& trigger : definition.triggers) {
    if (trigger.kind != Trigger::Kind::form) continue;
    by_form = true;
    if (trigger.by.empty()) return true;
    const auto allowed = resolve_people(transition, trigger.by, FrameId(), "by of start");
    const bool named = std::any_of(allowed.begin(), allowed.end(), [&](const Seat& seat) {
      return seat.person == command.requester ||
             (!seat.group.empty() && directory.is_member(command.requester, seat.group));
    });
    if (named) return true;
  }
  transition.refuse(ErrorCode::forbidden,
                    by_form ? fmt::format("{} may not start {}", command.requester.value, definition.id.value)
                            : fmt::format("{} is not started by a form", definition.id.value));
  return false;
}

// The text before and behind ${number} decides which counter a reference takes its number from, so that
// "EXP-2026-14" counts by year where the year stands in it.
std::string reference_of(Transition& transition, Draft& draft, std::uint64_t& number, std::string& scope) {
  const Definition& definition = transition.definition();
  const Calendar& calendar = transition.context().calendar(definition.calendar);
  const date::year_month_day today(calendar.day_of(transition.now()));
  draft.evaluation.set_local("year", cel::Value::string(fmt::format("{}", static_cast<int>(today.year()))));
  draft.evaluation.set_local("number", cel::Value::integer(0));
  const auto first = draft.evaluation.prose(definition.reference, Evaluation::Landing::plain);
  if (!first) {
    transition.raise(fmt::format("reference: {}", first.error().message));
    return {};
  }
  scope = "reference:" + *first;
  const auto fact = transition.fact({FactKey::Kind::counter, scope, {}});
  if (!fact) return {};
  number = fact->next;
  draft.evaluation.set_local("number", cel::Value::integer(static_cast<std::int64_t>(number)));
  const auto reference = draft.evaluation.prose(definition.reference, Evaluation::Landing::plain);
  return reference ? *reference : std::string();
}

std::string key_of(Transition& transition, Draft& draft) {
  const auto& key = transition.definition().key;
  if (!key) return {};
  const Result<cel::Value> value = draft.evaluation.evaluate(*key);
  if (value) return cel::to_display(*value);
  if (value.error().code != ErrorCode::not_found)
    transition.raise(fmt::format("key: {}", value.error().message));
  return {};
}

}  // namespace

std::optional<Existing> start(Transition& transition, const Start& command) {
  const Definition& definition = transition.definition();
  const std::string once = claims::once_scope(definition.id);
  if (!command.once.empty()) {
    const auto fact = transition.fact({FactKey::Kind::claim, once, command.once});
    if (fact && !fact->holder.empty()) return Existing{fact->holder};
  }
  if (!may_start(transition, command)) return std::nullopt;
  std::set<std::string> named;
  for (const auto& [name, value] : command.form) {
    if (!is_empty(&value)) named.insert(name);
  }
  const Fields form = settle_form(transition, command.form, command.requester, &named,
                                  [&](const Field& field) { return !is_filled_in_later(definition, field); });
  if (transition.stopped()) return std::nullopt;

  Draft draft(transition.context(), transition.state(), form, command.requester);
  const std::string key = key_of(transition, draft);
  if (!key.empty()) {
    const auto fact = transition.fact({FactKey::Kind::claim, claims::key_scope(definition.id), key});
    if (fact && !fact->holder.empty()) return Existing{fact->holder};
  }
  std::uint64_t number = 0;
  std::string counter;
  const std::string reference = reference_of(transition, draft, number, counter);
  for (const claims::Claim& claim : claims::of_form(definition, form)) {
    transition.fact({FactKey::Kind::claim, claim.scope, claim.key});  // asked for together with the counter
  }
  if (transition.stopped()) return std::nullopt;

  transition.emit(Started{.workflow = definition.id,
                          .version = definition.version,
                          .reference = reference,
                          .key = key,
                          .requester = command.requester,
                          .by = command.by,
                          .trigger = command.trigger,
                          .form = form,
                          .parent = command.parent,
                          .parent_activation = command.parent_activation});
  transition.emit(CounterTaken{counter, number});
  if (!key.empty()) transition.emit(ClaimTaken{claims::key_scope(definition.id), key});
  if (!command.once.empty()) transition.emit(ClaimTaken{once, command.once});
  claims::change(transition, form);
  open_frame(transition, ActivationId(), definition.root, "root");
  return std::nullopt;
}

}  // namespace countersign
