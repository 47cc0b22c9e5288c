#include "core/people_step.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/chase.h"
#include "core/directory_change.h"
#include "core/flow.h"
#include "core/incident.h"
#include "core/roster.h"
#include "core/same_person.h"
#include "core/turns.h"

namespace countersign {
namespace {

const Step& step_of(const Transition& transition, ActivationId activation) {
  return transition.definition().step(transition.state().activations.at(activation).step);
}

// Tells whoever is asked, and starts their reminders.
void announce(Transition& transition, std::uint32_t number) {
  const Item& item = transition.state().items.at(number);
  const bool revision =
      transition.state().activations.at(item.activation).step == transition.definition().revise;
  const SendKind kind = revision                  ? SendKind::returned
                        : item.stands_for.empty() ? SendKind::request
                                                  : SendKind::escalation;
  transition.request(Send{
      .kind = kind, .to = item.assignee, .group = item.assignee.empty() ? item.group : "", .item = number});
  ask_stand_ins(transition, number);
  set_item_timers(transition, number);
}

// True where the step went on without anybody being asked, or stands still.
bool went_otherwise(Transition& transition, ActivationId id, const Seating& seating) {
  if (transition.stopped()) return true;
  const Actor policy{.kind = Actor::Kind::policy};
  const auto* task = std::get_if<Task>(&step_of(transition, id).kind);
  const std::string positive =
      task == nullptr || task->outcomes.empty() ? "approved" : task->outcomes.front();
  switch (seating.instead) {
    case Seating::Instead::none:
      return false;
    case Seating::Instead::approve:
      complete(transition, id, {positive, policy, seating.why, {}});
      return true;
    case Seating::Instead::reject:
      complete(transition, id, {"rejected", policy, seating.why, {}});
      return true;
    case Seating::Instead::stand_still:
      raise_incident(transition, id, seating.why);
      return true;
  }
  return false;
}

// Checklist entries by whoever does them; entries without an owner belong to all of the task's people.
struct Share {
  Seat seat;
  std::vector<std::string> entries;
};

bool is_seat_of(const Seat& seat, const Share& share) {
  return seat.person == share.seat.person && seat.group == share.seat.group;
}

void ask(Transition& transition, ActivationId id, Roster roster, const std::vector<Share>& shares,
         const std::vector<std::string>& shared_entries) {
  roster.directory_revision = transition.context().directory.revision();
  transition.emit(RosterSet{id, std::move(roster)});
  const auto* approve = std::get_if<Approve>(&step_of(transition, id).kind);
  if (approve != nullptr) {
    same_person::pass_seats(transition, id, *approve);
    const Roster& passed = transition.state().activations.at(id).roster;
    if (verdict_of(passed) == Verdict::approved) {
      const std::string why = same_person::reason_of(transition, passed);
      return complete(transition, id, {"approved", Actor{.kind = Actor::Kind::policy}, why, {}});
    }
  }
  const Roster& set = transition.state().activations.at(id).roster;
  const std::vector<Seat> seats = set.seats;
  const bool one_by_one = set.one_by_one;
  bool first = true;
  for (const Seat& seat : seats) {
    if (!is_needed(set, seat)) continue;
    ItemPlace place{.entries = shared_entries, .waiting = one_by_one && !first};
    const auto share =
        std::find_if(shares.begin(), shares.end(), [&](const Share& s) { return is_seat_of(seat, s); });
    if (share != shares.end())
      place.entries.insert(place.entries.end(), share->entries.begin(), share->entries.end());
    open_item(transition, id, seat, std::move(place));
    first = false;
  }
}

// After a return that names entries of the checklist only those are done again.
template <class Opens>
std::vector<Share> shares_of(Transition& transition, const Step& step, const Task& task, FrameId frame,
                             const std::vector<Seat>& owners, Opens opens) {
  std::vector<Share> shares;
  for (const ChecklistItem& entry : task.checklist) {
    if (entry.owner.empty() || !opens(entry)) continue;
    const std::string what = fmt::format("for of {} in {}", entry.id, step.name);
    const std::vector<Seat> seats = resolve_people(transition, entry.owner, frame, what);
    for (const Seat& seat : seats.empty() ? owners : std::vector<Seat>{seats.front()}) {
      const auto known = std::find_if(shares.begin(), shares.end(), [&](const Share& share) {
        return share.seat.person == seat.person && share.seat.group == seat.group;
      });
      if (known == shares.end()) {
        shares.push_back({seat, {entry.id}});
      } else {
        known->entries.push_back(entry.id);
      }
    }
  }
  return shares;
}

}  // namespace

void open_approve(Transition& transition, ActivationId id) {
  const Step& step = step_of(transition, id);
  const auto& approve = std::get<Approve>(step.kind);
  Seating seating = seat_approval(transition, step, approve, transition.state().activations.at(id).frame);
  if (went_otherwise(transition, id, seating)) return;
  Roster roster;
  roster.needed = seating.needed;
  roster.needed_of = std::move(seating.needed_of);
  roster.on_chains = std::move(seating.on_chains);
  if (!roster.needed_of.empty()) roster.needed = 0;
  for (const auto& [group, needed] : roster.needed_of) roster.needed += needed;
  roster.seats = std::move(seating.seats);
  roster.veto = approve.veto;
  roster.one_by_one = approve.order == Order::one_by_one;
  ask(transition, id, std::move(roster), {}, {});
}

void open_task(Transition& transition, ActivationId id) {
  const Step& step = step_of(transition, id);
  const auto& task = std::get<Task>(step.kind);
  const FrameId frame = transition.state().activations.at(id).frame;
  Seating seating = seat_task(transition, step, task, frame);
  if (went_otherwise(transition, id, seating)) return;
  const std::vector<std::string> reopened = transition.state().activations.at(id).entries;
  const auto opens = [&](const ChecklistItem& entry) {
    return reopened.empty() || std::ranges::find(reopened, entry.id) != reopened.end();
  };
  Roster roster;
  roster.seats = seating.seats;
  roster.needed = 1;
  const std::vector<Share> shares = shares_of(transition, step, task, frame, seating.seats, opens);
  if (transition.stopped()) return;
  std::vector<std::string> common;
  for (const ChecklistItem& entry : task.checklist) {
    if (entry.owner.empty() && opens(entry)) common.push_back(entry.id);
  }
  if (!shares.empty()) {
    // Everybody who has entries of their own does them; the task is done when all are.
    if (common.empty()) roster.seats.clear();
    for (const Share& share : shares) {
      const bool seated = std::any_of(roster.seats.begin(), roster.seats.end(),
                                      [&](const Seat& seat) { return is_seat_of(seat, share); });
      if (!seated) roster.seats.push_back(share.seat);
    }
    roster.needed = static_cast<std::uint32_t>(roster.seats.size());
  }
  ask(transition, id, std::move(roster), shares, common);
}

void open_revise(Transition& transition, ActivationId id) {
  const PersonId requester = transition.state().requester;
  if (requester.empty()) {
    raise_incident(transition, id, "the form goes back to the requester, but nobody in particular asked");
    return;
  }
  const std::optional<Seat> seat = seat_of_requester(transition);
  if (!seat) {
    raise_incident(transition, id,
                   fmt::format("the form goes back to its requester, but {} has left, and nobody is there in "
                               "their place: name a manager, an owner of the workflow or a group 'admins'",
                               requester.value));
    return;
  }
  Roster roster;
  roster.seats = {*seat};
  ask(transition, id, std::move(roster), {}, {});
}

bool is_in_charge(const State& state, const Item& item) {
  if (item.added == AddedAs::opinion) return false;
  return std::none_of(item.stands_for.begin(), item.stands_for.end(),
                      [&](std::uint32_t number) { return state.items.contains(number); });
}

bool is_being_decided(const Transition& transition, ActivationId id) {
  const auto found = transition.state().activations.find(id);
  return !transition.stopped() && found != transition.state().activations.end() &&
         found->second.outcome.empty();
}

void count_votes(Transition& transition, ActivationId id, const Actor& by, const std::string& comment) {
  if (!is_being_decided(transition, id)) return;
  const Activation& activation = transition.state().activations.at(id);
  const Fields answers = activation.answers;
  switch (verdict_of(activation.roster)) {
    case Verdict::approved:
      return complete(transition, id, {"approved", by, comment, answers});
    case Verdict::rejected:
      return complete(transition, id, {"rejected", by, comment, answers});
    case Verdict::open:
      break;
  }
  go_on_in_turn(transition, id, by);
}

void stand_for_no_longer(Transition& transition, ActivationId id, std::uint32_t number, const Actor& by) {
  const std::vector<std::uint32_t> open = transition.state().activations.at(id).items;
  for (const std::uint32_t other : open) {
    const auto found = transition.state().items.find(other);
    if (found == transition.state().items.end()) continue;
    Item escalation = found->second;
    if (std::erase(escalation.stands_for, number) == 0) continue;
    close_item(transition, other, ItemAct::supersede, by);
    const Roster& roster = transition.state().activations.at(id).roster;
    const bool is_for_others = std::ranges::any_of(roster.seats, [&](const Seat& seat) {
      return is_needed(roster, seat) &&
             std::ranges::find(escalation.stands_for, seat.item) != escalation.stands_for.end();
    });
    if (!is_for_others) continue;
    open_item(transition, id,
              Seat{.person = escalation.assignee, .group = escalation.group, .reason = "escalation"},
              {escalation.stands_for, escalation.entries, escalation.status == ItemStatus::waiting});
  }
}

void call_up(Transition& transition, std::uint32_t number) {
  transition.emit(ItemChanged{.item = number, .act = ItemAct::call_up, .status = ItemStatus::open});
  announce(transition, number);
}

bool is_asked_already(const State& state, const Activation& activation, const Seat& seat) {
  return std::ranges::any_of(activation.items, [&](std::uint32_t number) {
    const Item& open = state.items.at(number);
    return open.assignee == seat.person && open.group == seat.group && open.added != AddedAs::opinion;
  });
}

std::uint32_t open_item(Transition& transition, ActivationId id, const Seat& seat, ItemPlace place) {
  const Activation& activation = transition.state().activations.at(id);
  if (is_asked_already(transition.state(), activation, seat)) return 0;
  Item item;
  item.number = transition.fresh_id();
  item.activation = id;
  item.status = place.waiting ? ItemStatus::waiting : ItemStatus::open;
  item.assignee = seat.person;
  item.group = seat.group;
  item.round = activation.round;
  item.opened_at = transition.now();
  item.due_at = activation.due_at;
  item.stands_for = std::move(place.stands_for);
  item.entries = std::move(place.entries);
  item.added = place.added;
  item.added_by = place.added_by;
  item.of = place.of;
  item.transferred_by = place.transferred_by;
  item.note = std::move(place.note);
  const std::uint32_t number = item.number;
  transition.emit(ItemOpened{std::move(item), seat.reason});
  if (!place.waiting) announce(transition, number);
  return number;
}

void close_item(Transition& transition, std::uint32_t number, ItemAct act, const Actor& by,
                const std::string& comment) {
  const Item& item = transition.state().items.at(number);
  const ActivationId activation = item.activation;
  const auto status = next_status(item.status, act);
  COUNTERSIGN_INVARIANT(status.has_value(), "a work item's status admits no such act");
  transition.emit(ItemChanged{.item = number, .act = act, .status = *status, .by = by, .comment = comment});
  clear_item_timers(transition, activation, number);
  close_opinions(transition, activation, number, by);
}

void close_opinions(Transition& transition, ActivationId id, std::uint32_t item, const Actor& by) {
  std::vector<std::uint32_t> opinions;
  for (const std::uint32_t number : transition.state().activations.at(id).items) {
    const Item& open = transition.state().items.at(number);
    if (open.added == AddedAs::opinion && open.of == item) opinions.push_back(number);
  }
  for (const std::uint32_t number : opinions) close_item(transition, number, ItemAct::supersede, by);
}

void close_items(Transition& transition, ActivationId id, ItemAct act, const Actor& by) {
  const std::vector<std::uint32_t> items = transition.state().activations.at(id).items;
  for (const std::uint32_t number : items) {
    if (transition.state().items.contains(number)) close_item(transition, number, act, by);
  }
}

}  // namespace countersign
