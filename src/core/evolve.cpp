#include "core/evolve.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/circles.h"

namespace countersign {
namespace {

// Of each name the instance keeps so many events for a wait that looks back.
constexpr std::size_t kReceivedMax = 10;

constexpr std::string_view kResubmitted = "resubmitted";

// One overload for each event and none for the rest: an event that is forgotten here does not compile.
struct Fold {
  State& state;
  std::uint64_t seq;
  Instant at;

  void require(bool condition, std::string_view what) const {
    COUNTERSIGN_INVARIANT(condition,
                          fmt::format("event {} does not fit instance {}: {}", seq, state.id.value, what));
  }

  Activation& activation(ActivationId id) const {
    const auto found = state.activations.find(id);
    require(found != state.activations.end(), "its activation is not open");
    return found->second;
  }
  // nullptr where it has been closed meanwhile.
  Activation* find_activation(ActivationId id) const {
    const auto found = state.activations.find(id);
    return found == state.activations.end() ? nullptr : &found->second;
  }
  Frame& frame(FrameId id) const {
    const auto found = state.frames.find(id);
    require(found != state.frames.end(), "its frame is not open");
    return found->second;
  }
  // Frames, activations, items and effects count together, and no number is given twice.
  void take_id(std::uint32_t id) const {
    require(id >= state.next_id, "its id was given before");
    state.next_id = id + 1;
  }
  void note_involved(const PersonId& person) const { insert(state.involved, person); }
  template <class Name>
  static void insert(std::vector<Name>& sorted, const Name& name) {
    if (name.empty()) return;
    const auto at = std::ranges::lower_bound(sorted, name);
    if (at == sorted.end() || *at != name) sorted.insert(at, name);
  }
  // Handing the form in again is an answer to a work item, but nobody has decided anything by it.
  void note_decision(const Actor& by, std::string_view outcome) const {
    if (by.kind == Actor::Kind::person && outcome != kResubmitted) state.first_decision = true;
    note_act(by);
  }
  // Somebody has waited for what came before it, and sees what comes of it.
  void note_act(const Actor& by) const {
    if (by.kind == Actor::Kind::person || by.kind == Actor::Kind::admin) forget_returns();
  }
  void forget_returns() const {
    for (auto& [id, frame] : state.frames) frame.returns.clear();
    state.handled.clear();
  }
  void count(Returns& returns) const {
    if (returns.times == 0 || at - returns.since >= kReturnsWithin) returns = {at, 0, state.heard};
    ++returns.times;
  }

  void operator()(const Started& event) const {
    require(seq == 1, "it is the first of every instance");
    state.workflow = event.workflow;
    state.version = event.version;
    state.reference = event.reference;
    state.key = event.key;
    state.status = "running";
    state.requester = event.requester;
    const bool by_another = event.by.kind == Actor::Kind::person && event.by.person != event.requester;
    if (by_another) state.submitted_by = event.by.person;
    state.started_at = at;
    state.parent = event.parent;
    state.parent_activation = event.parent_activation;
    state.form = event.form;
  }

  void operator()(const FormChanged& event) const {
    for (const auto& [name, value] : event.values) {
      const auto before = state.form.find(name);
      if (before == state.form.end() || !says_the_same(before->second, value))
        state.form_revision[name] = seq;
      state.form.insert_or_assign(name, value);
    }
    for (const auto& name : event.removed) {
      state.form.erase(name);
      state.form_revision[name] = seq;
    }
  }

  void operator()(const FrameOpened& event) const {
    take_id(event.frame.value);
    if (event.parent) activation(event.parent);
    state.frames.emplace(event.frame, Frame{.id = event.frame,
                                            .parent = event.parent,
                                            .list = event.list,
                                            .key = event.key,
                                            .next = 0,
                                            .current = {},
                                            .event = event.event,
                                            .item = event.item});
    if (!event.item) return;
    Activation& of = activation(event.parent);
    require(*event.item == of.begun && of.begun < of.listed.size(), "items are begun in order, each once");
    ++of.begun;
  }

  void operator()(const FrameClosed& event) const {
    const Frame& closed = frame(event.frame);
    require(!closed.current, "an activation is still open in the frame");
    if (closed.item && event.reason == "finished") ++activation(closed.parent).finished;
    state.frames.erase(event.frame);
  }

  void operator()(const ActivationOpened& event) const {
    take_id(event.activation.value);
    Frame& in = frame(event.frame);
    require(!in.current, "another activation is open in the frame");
    in.current = event.activation;
    if (event.position < in.next) count(in.returns[event.step]);
    if (event.position == 0 && in.event) count(state.handled[event.step]);
    in.next = event.position + 1;
    state.visits[event.step] = event.visit;
    Activation opened;
    opened.id = event.activation;
    opened.frame = event.frame;
    opened.step = event.step;
    opened.visit = event.visit;
    opened.round = event.round;
    opened.opened_at = event.opened_at.value_or(at);
    opened.due_at = event.due_at;
    // What was filled in for the entries that stay done holds on.
    if (const auto reopened = state.reopened.find(event.step); reopened != state.reopened.end()) {
      opened.entries = reopened->second;
      const StepResult* before = find_result(state, event.step, item_path(state, event.frame));
      if (before != nullptr) opened.answers = before->fields;
      state.reopened.erase(reopened);
    }
    if (const auto resume = state.resumes.find(event.step); resume != state.resumes.end()) {
      opened.resume = resume->second;
      state.resumes.erase(resume);
    }
    state.activations.emplace(event.activation, std::move(opened));
  }

  void operator()(const OutcomeReached& event) const {
    Activation& of = activation(event.activation);
    of.outcome = event.outcome;
    StepResult result{.activation = of.id,
                      .visit = of.visit,
                      .round = of.round,
                      .outcome = event.outcome,
                      .by = event.by,
                      .at = at,
                      .comment = event.comment,
                      .fields = event.fields,
                      .voided = false,
                      .seq = seq};
    // What follows may rely on who voted, and a decision taken back opens the same seats again.
    const auto voted = [](const Seat& seat) { return seat.vote != Seat::Vote::none; };
    if (std::ranges::any_of(of.roster.seats, voted)) {
      result.roster = of.roster;
      result.times = StepTimes{of.opened_at, of.due_at, of.deadline};
    }
    if (ItemPath path = item_path(state, of.frame); !path.empty()) {
      state.item_results[of.step].insert_or_assign(std::move(path), std::move(result));
    } else {
      state.results.insert_or_assign(of.step, std::move(result));
    }
    note_decision(event.by, event.outcome);
  }

  void operator()(const ActivationClosed& event) const {
    Frame& in = frame(activation(event.activation).frame);
    require(in.current == event.activation, "it is not the frame's open activation");
    for (const auto& [unused, child] : state.frames) {
      require(child.parent != event.activation, "a frame is still open below the activation");
    }
    in.current = {};
    state.activations.erase(event.activation);
  }

  void operator()(const RosterSet& event) const { activation(event.activation).roster = event.roster; }

  void operator()(const ItemOpened& event) const {
    const Item& item = event.item;
    take_id(item.number);
    require(is_open(item.status), "the item is closed from the start");
    state.items.emplace(item.number, item);
    note_involved(item.assignee);
    insert(state.involved_groups, item.group);
    Activation* of = find_activation(item.activation);
    if (of == nullptr) return;
    of->items.push_back(item.number);
    // An item that stands for others votes on their seats and takes none; an opinion does not vote.
    if (!item.stands_for.empty() || item.added == AddedAs::opinion) return;
    for (Seat& seat : of->roster.seats) {
      const bool theirs = item.assignee.empty() ? seat.group == item.group : seat.person == item.assignee;
      if (!theirs || seat.item != 0) continue;
      seat.item = item.number;
      return;
    }
  }

  void operator()(const ItemChanged& event) const {
    const auto found = state.items.find(event.item);
    require(found != state.items.end(), "the item is closed or was never opened");
    Item& item = found->second;
    require(next_status(item.status, event.act) == event.status, "the item's state does not allow it");
    if (event.act == ItemAct::decide) {
      vote(item, event.outcome, event.by);
      if (Activation* of = find_activation(item.activation)) {
        for (const auto& [name, value] : event.fields) of->answers.insert_or_assign(name, value);
      }
      note_decision(event.by, event.outcome);
    }
    if (event.by.kind == Actor::Kind::person &&
        (event.act == ItemAct::decide || event.act == ItemAct::claim)) {
      note_involved(event.by.person);
    }
    if (is_open(event.status)) {
      item.status = event.status;
      if (event.act == ItemAct::call_up) item.opened_at = at;
      if (event.act == ItemAct::claim) item.assignee = event.by.person;
      if (event.act == ItemAct::release) item.assignee = {};
      ++item.version;
      return;
    }
    if (Activation* of = find_activation(item.activation)) std::erase(of->items, item.number);
    state.items.erase(found);
  }

  void vote(const Item& item, std::string_view outcome, const Actor& by) const {
    const bool approved = outcome == "approved";
    if (!approved && outcome != "rejected") return;
    Activation* of = find_activation(item.activation);
    if (of == nullptr) return;
    for (Seat& seat : of->roster.seats) {
      if (seat.item == 0) continue;
      // Whoever has answered by themselves keeps their vote.
      const bool is_late = seat.vote == Seat::Vote::none &&
                           std::ranges::find(item.stands_for, seat.item) != item.stands_for.end();
      if (seat.item != item.number && !is_late) continue;
      seat.vote = approved ? Seat::Vote::approved : Seat::Vote::rejected;
      seat.by = by.person;
      seat.decided = seq;
      seat.through = seat.item == item.number ? 0 : item.number;
    }
  }

  void operator()(const SeatPassed& event) const {
    for (Seat& seat : activation(event.activation).roster.seats) {
      if (seat.person != event.seat.person || seat.group != event.seat.group) continue;
      require(seat.vote == Seat::Vote::none, "the seat has its vote already");
      seat.vote = Seat::Vote::approved;
      seat.by = event.decided;
      seat.decided = event.seq;
      seat.relies_on = event.item;
      return;
    }
    require(false, "there is no such seat");
  }

  void operator()(const DecisionTakenBack& event) const {
    Activation& of = activation(event.activation);
    for (const auto& [name, value] : event.answers) of.answers.insert_or_assign(name, value);
    state.first_decision = is_decided();
  }

  // Whether a decision of the present round stands.
  bool is_decided() const {
    const auto is_one = [&](const StepResult& result) {
      return !result.voided && result.seq > state.returned_seq && result.by.kind == Actor::Kind::person &&
             result.outcome != kResubmitted;
    };
    const auto of_items = [&](const auto& entry) {
      return std::ranges::any_of(entry.second, [&](const auto& item) { return is_one(item.second); });
    };
    return std::ranges::any_of(state.results, [&](const auto& entry) { return is_one(entry.second); }) ||
           std::ranges::any_of(state.item_results, of_items) ||
           std::ranges::any_of(state.activations,
                               [&](const auto& entry) { return has_answer(entry.second); });
  }
  bool has_answer(const Activation& of) const {
    return std::ranges::any_of(of.roster.seats, [&](const Seat& seat) {
      if (seat.vote != Seat::Vote::none) return seat.relies_on == 0 && seat.decided > state.returned_seq;
      // Somebody's part of a task is no vote. Those of an approval who were let go without one have no item.
      return seat.item != 0 && !is_asked(of, seat);
    });
  }
  bool is_asked(const Activation& of, const Seat& seat) const {
    return std::ranges::any_of(of.items, [&](std::uint32_t number) {
      const auto& stands_for = state.items.at(number).stands_for;
      return number == seat.item || std::ranges::find(stands_for, seat.item) != stands_for.end();
    });
  }

  void operator()(const ItemViewed& event) const {
    require(state.items.contains(event.item), "the item is closed or was never opened");
    state.first_view = true;
  }

  // Where it goes on is kept until the step opens.
  void operator()(const ResumePlanned& event) const {
    state.resumes.insert_or_assign(event.step, Resume{event.to, seq});
  }

  // What became of the instance is said by events of its own.
  void operator()(const StepSkipped& event) const {
    state.passed_over.push_back({event.step, event.by, event.reason, at, state.round});
    note_act(event.by);
  }
  void operator()(const Jumped& event) const {
    for (const std::string& step : event.skipped)
      state.passed_over.push_back({step, event.by, event.reason, at, state.round});
    note_act(event.by);
  }

  void operator()(const VarsSet& event) const {
    for (const auto& [name, value] : event.values) state.vars.insert_or_assign(name, value);
  }

  void operator()(const TimerSet& event) const {
    state.timers.insert_or_assign(event.timer, Timer{.due = event.due, .fired = event.fired});
    if (event.timer.kind != TimerKind::deadline) return;
    if (Activation* of = find_activation(event.timer.activation)) of->deadline = event.due;
  }

  void operator()(const TimerCleared& event) const {
    require(state.timers.erase(event.timer) == 1, "there is no such timer");
  }

  void operator()(const EffectRequested& event) const {
    take_id(event.effect.value);
    if (event.activation) activation(event.activation).effect = event.effect;
  }

  // The answer may come when nobody waits for it any more.
  void operator()(const EffectFinished& event) const {
    Activation* of = find_activation(event.activation);
    if (of != nullptr && of->effect == event.effect) of->effect.reset();
  }

  // Claims and counters are rows that instances share; the store derives them from the events. What this
  // instance holds it must know to free it.
  void operator()(const ClaimTaken& event) const {
    std::vector<std::string>& keys = state.claims[event.scope];
    keys.insert(std::ranges::lower_bound(keys, event.key), event.key);
  }
  void operator()(const ClaimFreed& event) const {
    const auto held = state.claims.find(event.scope);
    require(held != state.claims.end() && std::erase(held->second, event.key) == 1, "the claim is not held");
    if (held->second.empty()) state.claims.erase(held);
  }
  void operator()(const CounterTaken&) const {}
  // Ledgers are rows like them. What this instance holds it must know to spend or free it.
  void operator()(const LedgerPosted& event) const {
    if (event.act == LedgerAct::reserved) {
      require(!state.reservations.contains(event.reservation), "the step holds a reservation already");
      state.reservations.emplace(event.reservation, Reservation{event.ledger, event.year, event.amount});
    } else if (event.act == LedgerAct::released || event.act == LedgerAct::spent) {
      require(state.reservations.erase(event.reservation) == 1, "the step holds no reservation");
    }
  }

  void operator()(const RoundOpened& event) const {
    require(event.round > state.round, "rounds only rise");
    state.round = event.round;
    state.returned_seq = seq;
    state.first_decision = false;
    state.first_view = false;
  }

  void operator()(const ResultsVoided& event) const {
    for (const StepIndex step : event.steps) {
      const auto found = state.results.find(step);
      if (found != state.results.end()) found->second.voided = true;
    }
    for (const auto& [step, paths] : event.items) {
      const auto of_items = state.item_results.find(step);
      if (of_items == state.item_results.end()) continue;
      for (const ItemPath& path : paths) {
        const auto found = of_items->second.find(path);
        if (found != of_items->second.end()) found->second.voided = true;
      }
    }
  }

  void operator()(const EventReceived& event) const {
    if (event.ignored) return;
    ++state.heard;
    cel::Value& kept = state.received[event_key(event.connector, event.name)];
    cel::List events;
    if (kept.is(cel::Kind::list)) events = kept.as_list();
    if (events.size() == kReceivedMax) events.erase(events.begin());
    events.push_back(event.data);
    kept = cel::Value::list(std::move(events));
  }

  void operator()(const StageEntered& event) const { state.stage = event.stage; }
  void operator()(const StatusChanged& event) const {
    state.status = event.status;
    if (!event.submitted_by.empty()) state.submitted_by = event.submitted_by;
  }
  // Stands in the log only.
  void operator()(const Commented&) const {}

  void operator()(const IncidentRaised& event) const {
    if (!event.activation) return;
    Activation& of = activation(event.activation);
    of.incident = event.message;
    of.held = event.held;
  }
  void operator()(const IncidentCleared& event) const {
    if (!event.activation) return;
    Activation& of = activation(event.activation);
    of.incident.clear();
    of.held = false;
    note_act(event.by);
  }

  // Stands in the log only; the timer that it came from is set anew by an event of its own.
  void operator()(const Chased&) const {}

  void operator()(const Nudged& event) const {
    for (const std::uint32_t number : event.items) {
      const auto found = state.items.find(number);
      require(found != state.items.end(), "the item is closed or was never opened");
      ++found->second.nudges;
      found->second.nudged_at = at;
    }
  }
  void operator()(const CopiesSent& event) const {
    for (const PersonId& person : event.to) insert(state.copies, person);
  }
  void operator()(const StandInAsked& event) const {
    const auto found = state.items.find(event.item);
    require(found != state.items.end(), "the item is closed or was never opened");
    found->second.stand_ins.push_back(event.stand_in);
  }
  void operator()(const StandInRelieved& event) const {
    const auto found = state.items.find(event.item);
    require(found != state.items.end(), "the item is closed or was never opened");
    std::erase(found->second.stand_ins, event.stand_in);
  }

  void operator()(const ItemsListed& event) const {
    Activation& of = activation(event.activation);
    of.listed = event.items;
    const ItemPath around = item_path(state, of.frame);
    for (const StepIndex step : event.steps) {
      const auto of_items = state.item_results.find(step);
      if (of_items == state.item_results.end()) continue;
      std::erase_if(of_items->second, [&](const auto& entry) {
        return entry.first.size() >= around.size() &&
               std::equal(around.begin(), around.end(), entry.first.begin());
      });
      if (of_items->second.empty()) state.item_results.erase(of_items);
    }
  }

  void operator()(const LevelOpened& event) const {
    Activation& of = activation(event.activation);
    require(event.level == of.levels, "levels open in order, each once");
    ++of.levels;
  }

  void operator()(const ChecklistReopened& event) const {
    state.reopened.insert_or_assign(event.step, event.entries);
  }

  void operator()(const Ended& event) const {
    require(!state.ended, "the instance has ended before");
    state.ended = true;
    state.status = event.status;
    state.ended_at = at;
  }

  // Numbers of steps stand in the results, visits and open activations, those of lists in the open frames.
  void operator()(const Migrated& event) const {
    state.version = event.version;
    forget_returns();
    const auto renumbered = [&](const auto& by_step) {
      std::decay_t<decltype(by_step)> kept;
      for (const auto& [step, value] : by_step) {
        const auto found = event.steps.find(step);
        if (found != event.steps.end()) kept.emplace(found->second, value);
      }
      return kept;
    };
    state.results = renumbered(state.results);
    state.visits = renumbered(state.visits);
    state.item_results = renumbered(state.item_results);
    state.reopened = renumbered(state.reopened);
    state.resumes = renumbered(state.resumes);
    // Where the step to go on at is gone, everybody in between is asked again.
    const auto lead_on = [&](Resume& resume) {
      const auto found = event.steps.find(resume.step);
      resume.step = found == event.steps.end() ? kNoStep : found->second;
      return found != event.steps.end();
    };
    for (auto planned = state.resumes.begin(); planned != state.resumes.end();)
      planned = lead_on(planned->second) ? std::next(planned) : state.resumes.erase(planned);
    for (auto& [id, open] : state.activations) {
      const auto found = event.steps.find(open.step);
      require(found != event.steps.end(), "an open step has no counterpart");
      open.step = found->second;
      if (open.resume && !lead_on(*open.resume)) open.resume.reset();
    }
    for (auto& [id, open] : state.frames) {
      const auto found = event.lists.find(open.list);
      require(found != event.lists.end(), "an open list has no counterpart");
      open.list = found->second;
      const auto position = event.positions.find(id.value);
      if (position != event.positions.end()) open.next = position->second;
    }
  }
};

}  // namespace

void evolve(State& state, const Event& event) {
  const Fold fold{state, event.seq, event.at};
  fold.require(event.seq == state.seq + 1, "events are folded in order, each once");
  fold.require(event.seq == 1 || !state.workflow.empty(), "the instance has not started");
  std::visit(fold, event.body);
  state.seq = event.seq;
}

}  // namespace countersign
