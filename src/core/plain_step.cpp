#include "core/plain_step.h"

#include <fmt/format.h>

#include "core/budget.h"
#include "core/chase.h"
#include "core/flow.h"
#include "core/for_each.h"
#include "core/form_rules.h"
#include "core/gates.h"
#include "core/people_step.h"
#include "core/roster.h"

namespace countersign {
namespace {

constexpr int kDepthMax = 50;

bool is_deeper_than(const cel::Value& value, int levels) {
  if (levels == 0) return true;
  if (value.is(cel::Kind::list)) {
    for (const cel::Value& item : value.as_list()) {
      if (is_deeper_than(item, levels - 1)) return true;
    }
  } else if (value.is(cel::Kind::map)) {
    for (const auto& [key, item] : value.as_map()) {
      if (is_deeper_than(item, levels - 1)) return true;
    }
  }
  return false;
}

void go_on(Transition& transition, ActivationId id) {
  const FrameId frame = transition.state().activations.at(id).frame;
  transition.emit(ActivationClosed{id, "completed"});
  transition.ready().push_back(frame);
}

// One person's notification in their own language.
Send notification(Transition& transition, const Notify& notify, const PersonId& to, FrameId frame) {
  const Person* person = transition.context().directory.find(to);
  const std::string locale = person == nullptr ? std::string() : person->locale;
  Send send{.kind = SendKind::notify, .to = to};
  if (notify.message.empty()) {
    send.subject = transition.text(notify.subject, locale, frame, Evaluation::Landing::plain);
    send.text = transition.text(notify.text, locale, frame, Evaluation::Landing::markdown);
    return send;
  }
  send.message = notify.message;
  const MessageTemplate& message = transition.definition().messages.at(notify.message);
  LocalText subject;
  LocalText text;
  for (const auto& [language, parts] : message.by_locale) {
    subject.by_locale[language] = parts.first;
    text.by_locale[language] = parts.second;
  }
  send.subject = transition.text(subject, locale, frame, Evaluation::Landing::plain);
  send.text = transition.text(text, locale, frame, Evaluation::Landing::markdown);
  return send;
}

// A room has no person's language: the workflow's first text serves.
void post_to_room(Transition& transition, const Notify& notify, FrameId frame) {
  const Send send = notification(transition, notify, PersonId(), frame);
  transition.request(CallConnector{
      EffectId(), notify.via, "post",
      Fields{{"subject", cel::Value::string(send.subject)}, {"text", cel::Value::string(send.text)}}});
}

void open(Transition& transition, ActivationId id, const Step& step, const Notify& notify) {
  const FrameId frame = transition.state().activations.at(id).frame;
  if (!notify.via.empty()) post_to_room(transition, notify, frame);
  const std::vector<Seat> to =
      expand_groups(transition.context().directory,
                    resolve_people(transition, notify.to, frame, fmt::format("to of {}", step.name)));
  for (const Seat& seat : to) transition.request(notification(transition, notify, seat.person, frame));
  go_on(transition, id);
}

void open(Transition& transition, ActivationId id, const Step& step, const Call& call) {
  const FrameId frame = transition.state().activations.at(id).frame;
  Fields input = transition.arguments(call.with, frame, step.name);
  const EffectId effect(transition.fresh_id());
  transition.emit(EffectRequested{effect, id, call.connector + "." + call.action});
  transition.request(CallConnector{effect, call.connector, call.action, std::move(input)});
}

void open(Transition& transition, ActivationId id, const Step& step, const Wait& wait) {
  const Activation activation = transition.state().activations.at(id);
  if (wait.event && wait.event->since_start) {
    const auto seen = transition.state().received.find(event_key(wait.event->connector, wait.event->name));
    if (seen != transition.state().received.end()) {
      const cel::List events = seen->second.as_list();
      // The newest that fits says most of how things stand.
      for (auto event = events.rbegin(); event != events.rend(); ++event) {
        const bool fits = event_matches(transition, *wait.event, step, activation.frame, *event);
        if (transition.stopped()) return;
        if (fits) return complete(transition, id, {"received", Actor{}, {}, fields_of_event(*event)});
      }
    }
  }
  std::optional<Instant> until;
  if (wait.span) {
    until = instant_of(transition, *wait.span, transition.now(), activation.frame,
                       fmt::format("for of {}", step.name));
  }
  if (wait.until) {
    const auto at = instant_of(transition, TimeRule(*wait.until), transition.now(), activation.frame,
                               fmt::format("until of {}", step.name));
    if (at && (!until || *at < *until)) until = at;
  }
  if (transition.stopped()) return;
  if (!until && !wait.event) {
    transition.raise(
        fmt::format("{} waits for a time that is not known (the expression is absent)", step.name));
  } else if (until && *until <= transition.now()) {
    complete(transition, id, {"elapsed", Actor{}, {}, {}});
  } else if (until) {
    transition.emit(TimerSet{{id, 0, TimerKind::wait, 0}, *until, 0});
  }
}

void open(Transition& transition, ActivationId id, const Step& step, const Choose& choose) {
  const FrameId frame = transition.state().activations.at(id).frame;
  std::size_t number = 0;
  for (const Choose::Option& option : choose.options) {
    ++number;
    const bool chosen = !option.when || transition.holds(*option.when, frame,
                                                         fmt::format("option {} of {}", number, step.name));
    if (transition.stopped()) return;
    if (chosen) return open_frame(transition, id, option.list, fmt::format("option:{}", number));
  }
  go_on(transition, id);
}

void open(Transition& transition, ActivationId id, const Step&, const Parallel& parallel) {
  for (const Parallel::Branch& branch : parallel.branches)
    open_frame(transition, id, branch.list, branch.name);
}

void open(Transition& transition, ActivationId id, const Step& step, const ForEach& each) {
  open_for_each(transition, id, step, each);
}
void open(Transition& transition, ActivationId id, const Step&, const Gates& gates) {
  open_gates(transition, id, gates);
}

void open(Transition& transition, ActivationId id, const Step& step, const Run& run) {
  const FrameId frame = transition.state().activations.at(id).frame;
  StartChild start{EffectId(), id, run.workflow, transition.state().requester,
                   transition.arguments(run.with, frame, step.name)};
  if (run.requester) {
    const auto requester = transition.value(*run.requester, frame, fmt::format("requester of {}", step.name));
    if (requester && requester->is(cel::Kind::person)) start.requester = requester->as_person();
  }
  if (!run.wait) {
    transition.request(std::move(start));
    return go_on(transition, id);
  }
  start.effect = EffectId(transition.fresh_id());
  transition.emit(EffectRequested{start.effect, id, "run " + run.workflow.value});
  transition.request(std::move(start));
}

void open(Transition& transition, ActivationId id, const Step& step, const Assign& assign) {
  const FrameId frame = transition.state().activations.at(id).frame;
  for (const Assign::Target& target : assign.targets) {
    const std::string what = fmt::format("{} of {}", target.name, step.name);
    std::optional<cel::Value> value = transition.value(target.value, frame, what);
    if (transition.stopped()) return;
    if (value && !is_storable(*value)) {
      return transition.raise(
          fmt::format("{}: the value is nested more than {} levels deep", what, kDepthMax));
    }
    if (!target.form) {
      transition.emit(VarsSet{{{target.name, value.value_or(cel::Value())}}});
      continue;
    }
    const Field* field = transition.definition().find_field(target.name);
    const State& state = transition.state();
    Fields form = state.form;
    form.erase(target.name);
    if (value) {
      Result<cel::Value> fitting = fit_field(*field, *value, transition.context().directory);
      if (!fitting) return transition.raise(fmt::format("{}: {}", what, fitting.error().message));
      form.emplace(target.name, std::move(*fitting));
    }
    form = derive_form(transition, std::move(form), state.requester);
    if (transition.stopped()) return;
    change_form(transition, difference(state.form, form, Actor{}));
  }
  go_on(transition, id);
}

void open(Transition& transition, ActivationId id, const Step&, const Approve&) {
  open_approve(transition, id);
}
void open(Transition& transition, ActivationId id, const Step&, const Task&) {
  open_task(transition, id);
}
void open(Transition& transition, ActivationId id, const Step&, const Revise&) {
  open_revise(transition, id);
}
void open(Transition& transition, ActivationId id, const Step& step, const Budget& budget) {
  budget::open(transition, id, step, budget);
}
// `go` and `end` act before an activation opens.
void open(Transition&, ActivationId, const Step&, const Go&) {}
void open(Transition&, ActivationId, const Step&, const End&) {}

}  // namespace

void open_kind(Transition& transition, ActivationId activation, const Step& step) {
  std::visit([&](const auto& kind) { open(transition, activation, step, kind); }, step.kind);
}

bool is_storable(const cel::Value& value) {
  return !is_deeper_than(value, kDepthMax);
}

bool event_matches(Transition& transition, const WaitEvent& event, const Step& step, FrameId frame,
                   const cel::Value& data) {
  if (!event.where) return true;
  return transition.holds_for_event(*event.where, frame, data, fmt::format("where of {}", step.name));
}

Fields fields_of_event(const cel::Value& data) {
  Fields fields;
  if (!data.is(cel::Kind::map)) return fields;
  for (const auto& [key, value] : data.as_map()) {
    if (key.is(cel::Kind::string)) fields.emplace(std::string(key.as_string()), value);
  }
  return fields;
}

}  // namespace countersign
