// Open work of people who have left. In this order: somebody else whom the same expression names now takes it
// over; the others on the roster go on without it; else `if_nobody` of the step is asked afresh. A departure
// never approves anything by itself: where the votes would suffice without the seat, one more is waited for.

#include <algorithm>

#include <fmt/format.h>

#include "core/chase.h"
#include "core/directory_change.h"
#include "core/flow.h"
#include "core/gates.h"
#include "core/incident.h"
#include "core/people_step.h"
#include "core/roster.h"

namespace countersign {
namespace {

const Actor kDirectory{.kind = Actor::Kind::policy, .channel = "directory"};

bool contains(const std::vector<std::uint32_t>& numbers, std::uint32_t number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

// The work of one item that nobody can do any more.
class Departure {
 public:
  Departure(Transition& transition, const Item& item)
      : transition_(transition),
        item_(item),
        activation_(transition.state().activations.at(item.activation)),
        step_(transition.definition().step(activation_.step)),
        who_(item.group.empty() ? item.assignee.value + " has left"
                                : "group " + item.group + " has no member left") {}

  void move_on() {
    if (!is_in_charge(transition_.state(), item_)) return close(ItemAct::supersede);
    if (std::holds_alternative<Revise>(step_.kind)) return give_form_to_somebody();
    std::vector<Seat> successors = resolved_afresh();
    if (transition_.stopped()) return;
    if (!successors.empty()) {
      successors.resize(1);
      return hand_over(std::move(successors), Quorums::kept);
    }
    if (go_on_without()) return;
    ask_nobody_rule();
  }

 private:
  bool approves() const { return std::holds_alternative<Approve>(step_.kind); }

  bool is_own_seat(const Seat& seat) const {
    return seat.item != 0 && (seat.item == item_.number || contains(item_.stands_for, seat.item));
  }

  // On the step in whatever way; asking them here as well would count them twice.
  bool is_on_step(const Seat& seat) const {
    const bool seated = std::ranges::any_of(activation_.roster.seats, [&](const Seat& other) {
      return other.person == seat.person && other.group == seat.group;
    });
    const bool asked = std::ranges::any_of(activation_.items, [&](std::uint32_t number) {
      const Item& other = transition_.state().items.at(number);
      return other.assignee == seat.person && other.group == seat.group;
    });
    return seated || asked || (!seat.person.empty() && has_voted(activation_.roster, seat.person));
  }

  // A group whose members all have their say on the step already: asked as a group nobody of it could answer.
  bool has_nobody_left_in(const Seat& seat) const {
    if (seat.group.empty() || !approves()) return false;
    const Directory& directory = transition_.context().directory;
    const auto members = directory.members(seat.group);
    return members && std::ranges::none_of(*members, [&](const PersonId& member) {
             const bool has_seat = std::ranges::any_of(activation_.roster.seats, [&](const Seat& other) {
               return other.person == member && !is_own_seat(other);
             });
             return !has_seat && !has_voted(activation_.roster, member) &&
                    !is_own_request(transition_.state(), member) &&
                    can_be_asked(directory, {.person = member}, PersonId());
           });
  }

  void keep_possible(std::vector<Seat>& seats) const {
    const PersonId but = approves() ? transition_.state().requester : PersonId();
    const Directory& directory = transition_.context().directory;
    std::erase_if(seats, [&](const Seat& seat) {
      return is_on_step(seat) || !can_be_asked(directory, seat, but) ||
             (approves() && is_own_request(transition_.state(), seat.person)) || has_nobody_left_in(seat);
    });
    keep_admitted(transition_, activation_.frame, seats);
  }

  // Whom the expression that named the leaver names now. A group's new members do not enlarge an open roster.
  std::vector<Seat> resolved_afresh() {
    std::vector<Expression> by;
    const auto add = [&](const std::vector<Expression>& expressions) {
      for (const Expression& each : expressions) {
        const bool named_them = std::ranges::any_of(activation_.roster.seats, [&](const Seat& seat) {
          return is_own_seat(seat) && seat.reason == each.program.source();
        });
        if (named_them) by.push_back(each);
      }
    };
    if (const auto* approve = std::get_if<Approve>(&step_.kind)) add(approve->by);
    if (const auto* task = std::get_if<Task>(&step_.kind)) {
      add(task->owner);
      for (const ChecklistItem& entry : task->checklist) add(entry.owner);
    }
    if (by.empty()) return {};
    std::vector<Seat> seats =
        resolve_people(transition_, by, activation_.frame, fmt::format("by of {}", step_.name));
    if (transition_.stopped()) return {};
    std::erase_if(seats, [&](const Seat& seat) { return item_.group.empty() && !seat.group.empty(); });
    keep_possible(seats);
    return seats;
  }

  // Whether somebody else on the step is being asked, or will be.
  bool others_are_asked() const {
    const PersonId but = approves() ? transition_.state().requester : PersonId();
    return std::ranges::any_of(activation_.items, [&](std::uint32_t number) {
      const Item& other = transition_.state().items.at(number);
      return number != item_.number && is_in_charge(transition_.state(), other) &&
             can_be_asked(transition_.context().directory, {.person = other.assignee, .group = other.group},
                          but);
    });
  }

  // Entries of a task's checklist that nobody else would do.
  bool has_work_of_its_own() const {
    return std::ranges::any_of(item_.entries, [&](const std::string& entry) {
      return std::ranges::none_of(activation_.items, [&](std::uint32_t number) {
        const auto& entries = transition_.state().items.at(number).entries;
        return number != item_.number && std::ranges::find(entries, entry) != entries.end();
      });
    });
  }

  std::string own_group() const {
    const auto own =
        std::ranges::find_if(activation_.roster.seats, [&](const Seat& seat) { return is_own_seat(seat); });
    return own == activation_.roster.seats.end() ? std::string() : own->of_group;
  }

  // Of somebody who was asked in the place of others: another who is asked in the place of all of them too.
  bool another_stands_for_them() const {
    const PersonId but = approves() ? transition_.state().requester : PersonId();
    return std::ranges::any_of(activation_.items, [&](std::uint32_t number) {
      const Item& other = transition_.state().items.at(number);
      const bool stands = std::ranges::all_of(
          item_.stands_for, [&](std::uint32_t late) { return contains(other.stands_for, late); });
      return number != item_.number && stands &&
             can_be_asked(transition_.context().directory, {.person = other.assignee, .group = other.group},
                          but);
    });
  }

  // The seat is dropped, where the others can still reach what the step needs. Those in whose place the
  // leaver was asked are still there, and so are their seats.
  bool go_on_without() {
    if (!item_.stands_for.empty()) {
      if (!another_stands_for_them()) return false;
      close(ItemAct::supersede);
      return true;
    }
    if (!others_are_asked() || has_work_of_its_own()) return false;
    Roster roster = activation_.roster;
    std::erase_if(roster.seats, [&](const Seat& seat) { return is_own_seat(seat); });
    const auto seats = static_cast<std::uint32_t>(roster.seats.size());
    if (std::holds_alternative<Approve>(step_.kind)) {
      const std::string group = own_group();
      const auto count = [&](Seat::Vote vote) {
        return static_cast<std::uint32_t>(std::ranges::count_if(roster.seats, [&](const Seat& seat) {
          return counts(seat) && seat.of_group == group && seat.vote == vote;
        }));
      };
      const std::uint32_t approved = count(Seat::Vote::approved);
      const std::uint32_t before = needed_in(roster, group);
      count_again(step_, roster);
      std::uint32_t& needed = needed_in(roster, group);
      if (approved >= needed) {
        needed = std::min(before, approved + 1);
        roster.at_least[group] = needed;
      }
      const auto counting = static_cast<std::uint32_t>(counting_seats(roster, group));
      if (counting - count(Seat::Vote::rejected) < needed) return false;
    } else {
      roster.needed = std::min(roster.needed, std::max<std::uint32_t>(seats, 1));
    }
    close(ItemAct::supersede);
    set_roster(std::move(roster));
    count_votes(transition_, activation_.id, kDirectory, who_);
    return true;
  }

  void ask_nobody_rule() {
    Seating seating = seat_nobody_left(transition_, step_, activation_.frame);
    if (transition_.stopped()) return;
    const std::string why = fmt::format("{}: {}", who_, seating.why);
    const auto* task = std::get_if<Task>(&step_.kind);
    switch (seating.instead) {
      case Seating::Instead::none:
        break;
      case Seating::Instead::approve:
        if (passes_over(why)) return;
        return complete(transition_, activation_.id,
                        {task == nullptr || task->outcomes.empty() ? "approved" : task->outcomes.front(),
                         kDirectory, why, activation_.answers});
      case Seating::Instead::reject:
        return complete(transition_, activation_.id, {"rejected", kDirectory, why, activation_.answers});
      case Seating::Instead::stand_still:
        return raise_incident(transition_, activation_.id, why);
    }
    keep_possible(seating.seats);
    if (seating.seats.empty()) {
      return raise_incident(
          transition_, activation_.id,
          fmt::format("{}, and whoever if_nobody names is on {} already: reassign the work item", who_,
                      step_.name));
    }
    hand_over(std::move(seating.seats), Quorums::counted_again);
  }

  // `skip`: what nobody is left to give is not asked for, and no more than that. What the others have said or
  // have still to say counts. False where nothing else is left on the step.
  bool passes_over(const std::string& why) {
    if (!approves()) {
      if (!others_are_asked()) return false;
      close(ItemAct::supersede);
      return true;
    }
    Roster roster = activation_.roster;
    const std::string group = own_group();
    std::erase_if(roster.seats, [&](const Seat& seat) { return is_own_seat(seat); });
    if (std::ranges::none_of(roster.seats, counts)) return false;
    count_again(step_, roster);
    std::uint32_t& needed = needed_in(roster, group);
    needed = std::min(needed, static_cast<std::uint32_t>(counting_seats(roster, group)));
    if (const auto least = roster.at_least.find(group); least != roster.at_least.end())
      least->second = std::min(least->second, needed);
    close(ItemAct::supersede);
    set_roster(std::move(roster));
    count_votes(transition_, activation_.id, kDirectory, why);
    return true;
  }

  void give_form_to_somebody() {
    const std::optional<Seat> seat = seat_of_requester(transition_);
    if (seat && (seat->person != item_.assignee || seat->group != item_.group))
      return hand_over({*seat}, Quorums::kept);
    raise_incident(transition_, activation_.id,
                   fmt::format("{}, and nobody is there in their place: name a manager, an owner of the "
                               "workflow or a group 'admins'",
                               who_));
  }

  // Others sit on the leaver's place in the roster and in the order of asking.
  enum class Quorums { kept, counted_again };
  void hand_over(std::vector<Seat> seats, Quorums quorums) {
    const std::vector<Item> escalations = escalations_of_it();
    close(ItemAct::reassign);
    Roster roster = activation_.roster;
    const auto place =
        std::ranges::find_if(roster.seats, [&](const Seat& seat) { return is_own_seat(seat); });
    // An escalation votes on other seats and keeps doing so.
    const bool has_seat = place != roster.seats.end() && item_.stands_for.empty();
    if (has_seat) {
      for (Seat& seat : seats) {
        seat.of_group = place->of_group;
        seat.added = place->added;
        seat.added_by = place->added_by;
        seat.of = place->of;
      }
      const auto at = roster.seats.erase(place);
      // Whoever was added before or after the leaver is so to the first of those who take over.
      for (Seat& seat : roster.seats) {
        if (seat.of == item_.number) seat.of = transition_.fresh_id();
      }
      roster.seats.insert(at, seats.begin(), seats.end());
      if (quorums == Quorums::counted_again) count_again(step_, roster);
      set_roster(std::move(roster));
    }
    std::uint32_t first = 0;
    for (Seat& seat : seats) {
      seat.reason += fmt::format(" ({})", who_);
      const std::uint32_t opened = open_item(
          transition_, activation_.id, seat,
          {.stands_for = item_.stands_for,
           .entries = item_.entries,
           .waiting = item_.status == ItemStatus::waiting || (first != 0 && activation_.roster.one_by_one),
           .added = seat.added,
           .added_by = seat.added_by});
      if (first == 0) first = opened;
    }
    for (Item escalation : escalations) {
      if (!transition_.state().items.contains(escalation.number)) continue;
      close_item(transition_, escalation.number, ItemAct::supersede, kDirectory);
      std::ranges::replace(escalation.stands_for, item_.number, first);
      open_item(transition_, activation_.id,
                Seat{.person = escalation.assignee, .group = escalation.group, .reason = "escalation"},
                {escalation.stands_for, escalation.entries, false});
    }
  }

  std::vector<Item> escalations_of_it() const {
    std::vector<Item> found;
    for (const std::uint32_t number : activation_.items) {
      const Item& other = transition_.state().items.at(number);
      if (contains(other.stands_for, item_.number)) found.push_back(other);
    }
    return found;
  }

  void set_roster(Roster roster) {
    roster.directory_revision = transition_.context().directory.revision();
    transition_.emit(RosterSet{activation_.id, std::move(roster)});
  }

  void close(ItemAct act) {
    const auto status = next_status(item_.status, act);
    COUNTERSIGN_INVARIANT(status.has_value(), "a work item's status admits no such act");
    transition_.emit(
        ItemChanged{.item = item_.number, .act = act, .status = *status, .by = kDirectory, .comment = who_});
    clear_item_timers(transition_, item_.activation, item_.number);
    close_opinions(transition_, item_.activation, item_.number, kDirectory);
  }

  Transition& transition_;
  const Item item_;
  const Activation activation_;
  const Step& step_;
  const std::string who_;
};

// What was claimed by somebody who is not in the group any more belongs to the group again.
void release_claims_of_leavers(Transition& transition) {
  const Directory& directory = transition.context().directory;
  std::vector<Item> claimed;
  for (const auto& [number, item] : transition.state().items) {
    if (item.group.empty() || item.assignee.empty()) continue;
    const Person* person = directory.find(item.assignee);
    const bool is_member =
        person != nullptr && person->active && directory.is_member(item.assignee, item.group);
    if (!is_member) claimed.push_back(item);
  }
  for (const Item& item : claimed) {
    transition.emit(ItemChanged{
        .item = item.number,
        .act = ItemAct::release,
        .status = item.status,
        .by = kDirectory,
        .comment = fmt::format("{} is not in the group {} any more", item.assignee.value, item.group)});
    close_opinions(transition, item.activation, item.number, kDirectory);
    if (item.status == ItemStatus::open)
      transition.request(Send{.kind = SendKind::request, .group = item.group, .item = item.number});
  }
}

}  // namespace

void move_on_from_leavers(Transition& transition) {
  const Directory& directory = transition.context().directory;
  release_claims_of_leavers(transition);
  std::vector<std::uint32_t> stranded;
  for (const auto& [number, item] : transition.state().items) {
    const Step& step = transition.definition().step(transition.state().activations.at(item.activation).step);
    const PersonId but = std::holds_alternative<Approve>(step.kind) && !item.group.empty()
                             ? transition.state().requester
                             : PersonId();
    if (!can_be_asked(directory, {.person = item.assignee, .group = item.group}, but))
      stranded.push_back(number);
  }
  for (const std::uint32_t number : stranded) {
    if (transition.stopped()) return;
    const auto item = transition.state().items.find(number);
    if (item == transition.state().items.end()) continue;  // the step went on meanwhile
    Departure(transition, item->second).move_on();
  }
}

std::optional<Seat> seat_of_requester(Transition& transition) {
  const PersonId& requester = transition.state().requester;
  if (requester.empty()) return std::nullopt;
  const Seat own{.person = requester, .reason = "requester"};
  if (can_be_asked(transition.context().directory, own, PersonId())) return own;
  if (const auto manager = manager_up(transition)) {
    return Seat{.person = *manager, .reason = fmt::format("manager of {}, who has left", requester.value)};
  }
  std::vector<Seat> seats = caretakers(transition);
  if (seats.empty()) return std::nullopt;
  seats.front().reason = fmt::format("{}, the requester, has left", requester.value);
  return seats.front();
}

}  // namespace countersign
