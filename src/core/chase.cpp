#include "core/chase.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/directory_change.h"
#include "core/flow.h"
#include "core/gates.h"
#include "core/people_step.h"
#include "core/person_calendar.h"
#include "core/roster.h"

namespace countersign {
namespace {

const Step& step_of(const Transition& transition, ActivationId activation) {
  return transition.definition().step(transition.state().activations.at(activation).step);
}

const Calendar& workflow_calendar(const Transition& transition) {
  return transition.context().calendar(transition.definition().calendar);
}

// The assignee's own calendar and zone; a group has the workflow's.
std::shared_ptr<const Calendar> assignee_calendar(const Transition& transition, const Item& item) {
  const Person* person = transition.context().directory.find(item.assignee);
  return calendar_of(transition.context().calendars, person, transition.definition().calendar);
}

std::optional<Instant> later(Transition& transition, const Calendar& calendar, Instant from,
                             const TimeSpan& span) {
  const Result<Instant> at = add_time(calendar, from, span);
  if (at) return *at;
  transition.raise(at.error().message);
  return std::nullopt;
}

// When a reminder rule speaks first, moved into working time. nullopt where it counts from a due date that
// the item does not have.
std::optional<Instant> first_reminder(Transition& transition, const RemindRule& rule, const Item& item) {
  const auto own = assignee_calendar(transition, item);
  const Calendar& calendar = *own;
  std::optional<Instant> at;
  switch (rule.from) {
    case RemindRule::From::opened:
      at = later(transition, calendar, item.opened_at, rule.first);
      break;
    case RemindRule::From::after_due:
      if (item.due_at) at = later(transition, calendar, *item.due_at, rule.first);
      break;
    case RemindRule::From::before_due:
      if (item.due_at) {
        const Result<Instant> before = subtract_time(calendar, *item.due_at, rule.first);
        if (before) at = *before;
      }
      break;
  }
  if (!at) return std::nullopt;
  return calendar.next_working_time(*at);
}

// A timer's row is always later than now: what should have happened already happens at the next moment.
Instant not_past(const Transition& transition, Instant at) {
  return std::max(at, transition.now() + Duration(1));
}

// When a timer that is due now may act: at once in working time, else when work begins again. A daemon that
// was down over the day does not remind at night.
Instant in_working_time(const Transition& transition, const Calendar& calendar) {
  return calendar.next_working_time(transition.now());
}

void remind(Transition& transition, const TimerKey& key, const Timer& timer) {
  const Item item = transition.state().items.at(key.item);
  const auto own = assignee_calendar(transition, item);
  const Instant from = in_working_time(transition, *own);
  if (from > transition.now()) return transition.emit(TimerSet{key, from, timer.fired});
  const RemindRule& rule = step_of(transition, key.activation).remind.at(key.rule);
  const std::uint32_t count = timer.fired + 1;
  transition.emit(Chased{key.item, TimerKind::remind, count});
  for (const Recipient& to : asked_now(transition, item)) {
    transition.request(Send{
        .kind = SendKind::reminder, .to = to.person, .group = to.group, .item = key.item, .count = count});
  }
  if (!rule.every || rule.every->is_zero() || count >= rule.at_most) {
    transition.emit(TimerCleared{key});
    return;
  }
  // After a long pause one reminder goes out and not all that were missed.
  std::optional<Instant> next = timer.due;
  for (int missed = 0; next && *next <= transition.now(); ++missed) {
    next = later(transition, *own, missed < 1000 ? *next : transition.now(), *rule.every);
    if (next) next = own->next_working_time(*next);
  }
  if (next) transition.emit(TimerSet{key, *next, count});
}

// What is late: items that are waited for, with all that they stand for.
struct Late {
  std::vector<std::uint32_t> items;
  ItemPlace place;
};

Late late_items(const State& state, const Activation& activation) {
  Late late;
  for (const std::uint32_t number : activation.items) {
    const Item& item = state.items.at(number);
    if (item.status != ItemStatus::open || !is_in_charge(state, item)) continue;
    late.items.push_back(number);
    late.place.stands_for.push_back(number);
    late.place.stands_for.insert(late.place.stands_for.end(), item.stands_for.begin(), item.stands_for.end());
    late.place.entries.insert(late.place.entries.end(), item.entries.begin(), item.entries.end());
  }
  return late;
}

// When it escalates: once everybody who is asked has had the time, each in their own working time. Where
// nobody is asked (yet), in the workflow's.
std::optional<Instant> escalation_at(Transition& transition, const Activation& activation,
                                     const EscalateRule& rule) {
  std::optional<Instant> latest;
  const auto count = [&](const Calendar& calendar) {
    auto at = later(transition, calendar, activation.opened_at, rule.after);
    if (at) latest = std::max(latest.value_or(*at), calendar.next_working_time(*at));
  };
  for (const std::uint32_t number : late_items(transition.state(), activation).items) {
    count(*assignee_calendar(transition, transition.state().items.at(number)));
  }
  if (!latest) count(workflow_calendar(transition));
  return latest;
}

// The first moment from now on at which one of them works.
Instant someone_works(const Transition& transition, const std::vector<std::uint32_t>& items) {
  std::optional<Instant> first;
  for (const std::uint32_t number : items) {
    const Instant at =
        in_working_time(transition, *assignee_calendar(transition, transition.state().items.at(number)));
    first = std::min(first.value_or(at), at);
  }
  return first.value_or(transition.now());
}

void escalate(Transition& transition, const TimerKey& key) {
  const Activation activation = transition.state().activations.at(key.activation);
  const Step& step = step_of(transition, key.activation);
  const EscalateRule& rule = step.escalate.at(key.rule);
  const Late late = late_items(transition.state(), activation);
  if (!late.items.empty()) {
    // Somebody else may be asked by now, whose day begins later.
    const auto due = escalation_at(transition, activation, rule);
    if (!due) return;
    const Instant at = std::max(*due, someone_works(transition, late.items));
    if (at > transition.now()) return transition.emit(TimerSet{key, at, 0});
  }
  transition.emit(TimerCleared{key});
  if (late.items.empty()) return;
  // Nobody approves a request of their own by way of an escalation, and nobody counts twice.
  const auto may_not = [&](const Seat& seat) {
    return !can_take_part(transition, activation, seat) ||
           (!seat.person.empty() && has_voted(activation.roster, seat.person));
  };
  const std::string what = fmt::format("escalate of {}", step.name);
  Chains chains;
  std::vector<Seat> to = resolve_people(transition, rule.to, activation.frame, what, &chains);
  for (int attempt = 0; attempt < 2; ++attempt) {
    std::erase_if(to, may_not);
    if (!to.empty() || attempt == 1) break;
    to = caretakers(transition);
  }
  std::uint32_t opened = 0;
  for (Seat& seat : to) {
    seat.reason = "escalation: " + seat.reason;
    const std::uint32_t number = open_item(transition, key.activation, seat, late.place);
    if (number == 0) continue;
    ++opened;
    transition.emit(Chased{number, TimerKind::escalate, key.rule + 1});
  }
  // Where nobody new could be asked, whoever is late stays asked.
  if (rule.mode != EscalateRule::Mode::replace || opened == 0) return;
  for (const std::uint32_t number : late.items) {
    close_item(transition, number, ItemAct::reassign, Actor{.channel = "timer"});
  }
}

void expire(Transition& transition, ActivationId id) {
  const Actor system{.channel = "timer"};
  close_items(transition, id, ItemAct::expire, system);
  complete(transition, id, {"timeout", system, {}, {}});
}

}  // namespace

std::optional<Instant> instant_of(Transition& transition, const TimeRule& rule, Instant from, FrameId frame,
                                  const std::string& what) {
  const Calendar& calendar = workflow_calendar(transition);
  if (const auto* span = std::get_if<TimeSpan>(&rule)) return later(transition, calendar, from, *span);
  const auto value = transition.value(std::get<Expression>(rule), frame, what);
  if (!value) return std::nullopt;
  switch (value->kind()) {
    case cel::Kind::timestamp:
      return value->as_instant();
    case cel::Kind::duration:
      return from + value->as_milliseconds();
    case cel::Kind::string: {  // business time (scope.h)
      const Result<TimeSpan> span = parse_time_span(value->as_string());
      if (span) return later(transition, calendar, from, *span);
      break;
    }
    case cel::Kind::date: {
      const Day day{date::days(value->as_date().days)};
      const auto& hours = calendar.hours_on(day);
      return calendar.instant_of(day, hours.empty() ? std::chrono::minutes(24 * 60) : hours.back().closes);
    }
    default:
      break;
  }
  transition.raise(fmt::format("{}: '{}' is no time", what, std::get<Expression>(rule).program.source()));
  return std::nullopt;
}

void set_activation_timers(Transition& transition, ActivationId id) {
  const Step& step = step_of(transition, id);
  const Activation activation = transition.state().activations.at(id);
  if (step.deadline) {
    const auto at = instant_of(transition, *step.deadline, activation.opened_at, activation.frame,
                               fmt::format("deadline of {}", step.name));
    if (at) transition.emit(TimerSet{{id, 0, TimerKind::deadline, 0}, not_past(transition, *at), 0});
  }
}

void set_escalation_timers(Transition& transition, ActivationId id) {
  if (transition.stopped() || !transition.state().activations.contains(id)) return;
  const Step& step = step_of(transition, id);
  const Activation activation = transition.state().activations.at(id);
  if (!activation.outcome.empty()) return;  // answered already
  for (std::uint32_t rule = 0; rule < step.escalate.size(); ++rule) {
    const auto at = escalation_at(transition, activation, step.escalate[rule]);
    if (at) transition.emit(TimerSet{{id, 0, TimerKind::escalate, rule}, not_past(transition, *at), 0});
  }
}

void set_item_timers(Transition& transition, std::uint32_t number) {
  const Item item = transition.state().items.at(number);
  const Step& step = step_of(transition, item.activation);
  for (std::uint32_t rule = 0; rule < step.remind.size(); ++rule) {
    const auto at = first_reminder(transition, step.remind[rule], item);
    if (!at) continue;
    transition.emit(
        TimerSet{{item.activation, number, TimerKind::remind, rule}, not_past(transition, *at), 0});
  }
}

void clear_timers(Transition& transition, ActivationId activation) {
  std::vector<TimerKey> keys;
  for (const auto& [key, timer] : transition.state().timers) {
    if (key.activation == activation) keys.push_back(key);
  }
  for (const TimerKey& key : keys) transition.emit(TimerCleared{key});
}

void clear_item_timers(Transition& transition, ActivationId activation, std::uint32_t item) {
  std::vector<TimerKey> keys;
  for (const auto& [key, timer] : transition.state().timers) {
    if (key.activation == activation && key.item == item) keys.push_back(key);
  }
  for (const TimerKey& key : keys) transition.emit(TimerCleared{key});
}

void timer_due(Transition& transition, const TimerKey& key) {
  const auto found = transition.state().timers.find(key);
  if (found == transition.state().timers.end()) {
    return transition.refuse(ErrorCode::conflict, "the timer is not set any more");
  }
  if (found->second.due > transition.now()) {
    return transition.refuse(ErrorCode::conflict, "the timer is not due yet");
  }
  const Timer timer = found->second;
  switch (key.kind) {
    case TimerKind::remind:
      return remind(transition, key, timer);
    case TimerKind::escalate:
      return escalate(transition, key);
    case TimerKind::deadline:
      return expire(transition, key.activation);
    case TimerKind::wait:
      return complete(transition, key.activation, {"elapsed", Actor{.channel = "timer"}, {}, {}});
    case TimerKind::due:
      transition.emit(TimerCleared{key});
      return;
  }
}

}  // namespace countersign
