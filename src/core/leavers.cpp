// Open work of people who have left. In this order: somebody else whom the same expression names now takes it
// over; the others on the roster go on without it; else `if_nobody` of the step is asked afresh. What is
// needed without the seat, and what the votes amount to then, quorum.h says; a departure approves nothing by
// itself.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "core/chase.h"
#include "core/directory_change.h"
#include "core/flow.h"
#include "core/gates.h"
#include "core/incident.h"
#include "core/open_chain.h"
#include "core/people_step.h"
#include "core/policy.h"
#include "core/reopen.h"
#include "core/roster.h"
#include "core/turns.h"

namespace countersign {
namespace {

const Actor kDirectory{.kind = Actor::Kind::policy, .channel = "directory"};

bool contains(const std::vector<std::uint32_t>& numbers, std::uint32_t number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

// The work of one item that nobody can do any more.
class Departure {
 public:
  // `stands_still`: takes up why nobody could be found.
  Departure(Transition& transition, const Item& item, std::vector<std::string>& stands_still)
      : transition_(transition),
        stands_still_(stands_still),
        item_(item),
        activation_(transition.state().activations.at(item.activation)),
        step_(transition.definition().step(activation_.step)),
        who_(why_not(transition.context().directory, item)) {}

  void move_on() {
    if (approves() && item_.added != AddedAs::opinion && begin_anew_without(transition_, item_)) return;
    if (transition_.stopped()) return;
    const bool for_the_late = !item_.stands_for.empty() && item_.added != AddedAs::opinion;
    // Some of those may be asked still, and others not any more.
    if (for_the_late && approves()) return give_back_to_the_late();
    if (!is_in_charge(transition_.state(), item_)) return close(ItemAct::supersede);
    if (std::holds_alternative<Revise>(step_.kind)) return give_form_to_somebody();
    if (for_the_late) return give_back_to_the_late();
    std::vector<Seat> successors = resolved_afresh();
    if (transition_.stopped()) return;
    if (!successors.empty()) {
      if (chains_.lines.empty()) successors.resize(1);  // a chain goes on as long as it has to
      return hand_over(std::move(successors));
    }
    // The others do not go on by themselves where the end of their chain has left: none of them is enough.
    if (chains_.short_of.empty() && go_on_without()) return;
    ask_nobody_rule();
  }

 private:
  bool approves() const { return std::holds_alternative<Approve>(step_.kind); }

  static std::string why_not(const Directory& directory, const Item& item) {
    if (can_be_asked(directory, {.person = item.assignee, .group = item.group}))
      return fmt::format("{} may not answer any more",
                         item.group.empty() ? item.assignee.value : "group " + item.group);
    return item.group.empty() ? item.assignee.value + " has left"
                              : "group " + item.group + " has no member left";
  }

  bool is_own_seat(const Seat& seat) const { return seat.item != 0 && seat.item == item_.number; }

  // On the step in whatever way; asking them here as well would count them twice.
  bool is_on_step(const Seat& seat) const {
    const bool seated = std::ranges::any_of(activation_.roster.seats, [&](const Seat& other) {
      const bool has_handed_on = !seat.person.empty() && other.named == seat.person;
      return !is_own_seat(other) &&
             ((other.person == seat.person && other.group == seat.group) || has_handed_on);
    });
    const bool asked = std::ranges::any_of(activation_.items, [&](std::uint32_t number) {
      const Item& other = transition_.state().items.at(number);
      return other.added != AddedAs::opinion && other.assignee == seat.person && other.group == seat.group;
    });
    return seated || asked || (!seat.person.empty() && has_voted(activation_.roster, seat.person));
  }

  void keep_possible(std::vector<Seat>& seats) const {
    std::erase_if(seats, [&](const Seat& seat) {
      return is_on_step(seat) || !can_take_part(transition_, activation_, seat);
    });
  }

  // Who was asked in the place of others who were late has left, and nobody else was asked in their place:
  // the seats are still those of the others, and it is before them again. Nobody loses a seat by that.
  void give_back_to_the_late() {
    if (approves()) {
      close(ItemAct::supersede);
      return reopen_seats(transition_, activation_.id, activation_.roster, [](const Seat&) { return false; });
    }
    const bool somebody_does_it = std::ranges::any_of(activation_.items, [&](std::uint32_t number) {
      const Item& other = transition_.state().items.at(number);
      return number != item_.number && other.entries == item_.entries &&
             std::ranges::any_of(other.stands_for,
                                 [&](std::uint32_t late) { return contains(item_.stands_for, late); }) &&
             can_take_part(transition_, activation_, {.person = other.assignee, .group = other.group});
    });
    if (somebody_does_it) return close(ItemAct::supersede);
    for (const Seat& seat : activation_.roster.seats) {
      const Seat late{.person = seat.person, .group = seat.group, .reason = seat.reason};
      if (!contains(item_.stands_for, seat.item) || is_asked_already(transition_.state(), activation_, late))
        continue;
      if (can_take_part(transition_, activation_, late)) return hand_over({late});
    }
    ask_nobody_rule();
  }

  // Whom the expression that named the leaver names now. A group's new members do not enlarge an open roster.
  std::vector<Seat> resolved_afresh() {
    std::vector<Expression> by;
    const auto add = [&](const std::vector<Expression>& expressions) {
      for (const Expression& each : expressions) {
        const bool named_them = std::ranges::any_of(activation_.roster.seats, [&](const Seat& seat) {
          return is_own_seat(seat) && named_by(seat) == each.program.source();
        });
        if (named_them) by.push_back(each);
      }
    };
    if (const auto* approve = std::get_if<Approve>(&step_.kind)) {
      add(approve->by);
      for (const SeatGroup& group : approve->seats) {
        if (group.name == own_group()) add(group.by);
      }
    }
    if (const auto* task = std::get_if<Task>(&step_.kind)) {
      add(task->owner);
      for (const ChecklistItem& entry : task->checklist) add(entry.owner);
    }
    if (by.empty()) return instead_of_requester();
    std::vector<Seat> seats =
        resolve_people(transition_, by, activation_.frame, fmt::format("by of {}", step_.name), &chains_);
    if (transition_.stopped()) return {};
    std::erase_if(seats, [&](const Seat& seat) { return item_.group.empty() && !seat.group.empty(); });
    keep_possible(seats);
    return seats;
  }

  // Whoever sat for the requester's manager (self: to_manager) is followed by the next one up.
  std::vector<Seat> instead_of_requester() {
    const bool sat_so = std::ranges::any_of(activation_.roster.seats, [&](const Seat& seat) {
      return is_own_seat(seat) && named_by(seat) == kInsteadOfRequester;
    });
    if (!sat_so) return {};
    std::vector<Seat> seats;
    if (auto next = seat_instead_of_requester(transition_)) seats.push_back(std::move(*next));
    keep_possible(seats);
    return seats;
  }

  // Whether somebody else is being asked, or will be, for a vote that counts with the leaver's.
  bool others_are_asked() const {
    const std::string group = own_group();
    return std::ranges::any_of(activation_.items, [&](std::uint32_t number) {
      const Item& other = transition_.state().items.at(number);
      if (number == item_.number || other.added == AddedAs::opinion || nobody_answers(transition_, other))
        return false;
      if (!approves()) return is_in_charge(transition_.state(), other);
      return std::ranges::any_of(activation_.roster.seats, [&](const Seat& seat) {
        return seat.item != item_.number && seat.of_group == group && seat.vote == Seat::Vote::none &&
               seat.item != 0 && (seat.item == number || contains(other.stands_for, seat.item));
      });
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

  HasLeft has_left() const {
    return [this](const Seat& seat) { return is_own_seat(seat); };
  }

  // The seat is dropped, where the others can still reach what the step needs.
  bool go_on_without() {
    if (!others_are_asked() || has_work_of_its_own()) return false;
    const std::optional<Roster> roster = going_on_without(step_, activation_.roster, has_left());
    if (!roster) return false;
    close(ItemAct::supersede);
    set_roster(*roster);
    count();
    return true;
  }

  // `if_nobody: skip`: the seat is passed over. What is left decides, and nothing but the rule where nobody
  // else was asked for anything.
  void pass_over(const std::string& why) {
    const auto* task = std::get_if<Task>(&step_.kind);
    if (task != nullptr && others_are_asked()) {
      Roster roster = activation_.roster;
      reseat(step_, roster, [&](std::vector<Seat>& seats) { std::erase_if(seats, has_left()); });
      close(ItemAct::supersede);
      set_roster(std::move(roster));
      return count();
    }
    if (task != nullptr) {
      return complete(transition_, activation_.id,
                      {task->outcomes.empty() ? "approved" : task->outcomes.front(), kDirectory, why,
                       activation_.answers});
    }
    const Roster roster = passing_over(step_, activation_.roster, has_left());
    const Verdict verdict = verdict_of(roster);
    close(ItemAct::supersede);
    set_roster(roster);
    if (verdict == Verdict::open) return count();
    complete(transition_, activation_.id,
             {verdict == Verdict::approved ? "approved" : "rejected", kDirectory, why, activation_.answers});
  }

  void count() {
    if (approves()) return count_votes(transition_, activation_.id, kDirectory, who_);
    go_on_in_turn(transition_, activation_.id, kDirectory);
  }

  void ask_nobody_rule() {
    Seating seating = seat_nobody_left(transition_, step_, activation_.frame, chains_.short_of);
    if (transition_.stopped()) return;
    const std::string why = fmt::format("{}: {}", who_, seating.why);
    switch (seating.instead) {
      case Seating::Instead::none:
        break;
      case Seating::Instead::approve:
        return pass_over(why);
      case Seating::Instead::reject:
        return complete(transition_, activation_.id, {"rejected", kDirectory, why, activation_.answers});
      case Seating::Instead::stand_still:
        stands_still_.push_back(why);
        return;
    }
    for (auto& [key, people] : seating.on_chains)
      on_chains_.insert_or_assign(key_of_nobody_rule(own_group()), std::move(people));
    keep_possible(seating.seats);
    if (seating.seats.empty()) {
      stands_still_.push_back(fmt::format(
          "{}, and whoever if_nobody names is on {} already: reassign the work item", who_, step_.name));
      return;
    }
    hand_over(std::move(seating.seats));
  }

  void give_form_to_somebody() {
    const std::optional<Seat> seat = seat_of_requester(transition_);
    if (seat && (seat->person != item_.assignee || seat->group != item_.group)) return hand_over({*seat});
    stands_still_.push_back(
        fmt::format("{}, and nobody is there in their place: name a manager, an owner of the "
                    "workflow or a group 'admins'",
                    who_));
  }

  // Others sit on the leaver's place in the roster and in the order of asking.
  void hand_over(std::vector<Seat> seats) {
    const std::vector<Item> escalations = escalations_of_it();
    close(ItemAct::reassign);
    Roster roster = activation_.roster;
    const auto place =
        std::ranges::find_if(roster.seats, [&](const Seat& seat) { return is_own_seat(seat); });
    // An escalation votes on other seats and keeps doing so.
    const bool has_seat = place != roster.seats.end() && item_.stands_for.empty();
    const bool in_turn = has_seat && roster.one_by_one && counts(*place);
    if (has_seat) {
      for (Seat& seat : seats) {
        seat.of_group = place->of_group;
        seat.added = place->added;
        seat.added_by = place->added_by;
        seat.of = place->of;
        seat.named_by = named_by(*place);
      }
      const auto at = place - roster.seats.begin();
      reseat(step_, roster, [&](std::vector<Seat>& all) {
        const auto behind = all.erase(all.begin() + at);
        // Whoever was added before or after the leaver is so to the first of those who take over.
        for (Seat& seat : all) {
          if (seat.of == item_.number) seat.of = transition_.fresh_id();
        }
        all.insert(behind, seats.begin(), seats.end());
      });
      for (const auto& [key, people] : on_chains_) roster.on_chains.insert_or_assign(key, people);
      set_roster(std::move(roster));
    }
    std::uint32_t first = 0;
    for (Seat& seat : seats) {  // one of them at a time where the step asks one after the other
      seat.reason += fmt::format(" ({})", who_);
      const std::uint32_t opened =
          open_item(transition_, activation_.id, seat,
                    {.stands_for = item_.stands_for,
                     .entries = item_.entries,
                     .waiting = item_.status == ItemStatus::waiting || (in_turn && first != 0),
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
    if (approves()) go_on_in_turn(transition_, activation_.id, kDirectory);
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

  void close(ItemAct act) { close_item(transition_, item_.number, act, kDirectory, who_); }

  Transition& transition_;
  std::vector<std::string>& stands_still_;
  const Item item_;
  const Activation activation_;
  const Step& step_;
  const std::string who_;
  Chains chains_;                                           // of those whom the leaver's expression names now
  std::map<std::string, std::vector<PersonId>> on_chains_;  // of those whom `if_nobody` names, as in Roster
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

namespace {

template <class Concerns>
void move_on_where(Transition& transition, Concerns concerns) {
  std::vector<std::uint32_t> open;
  for (const auto& [number, item] : transition.state().items) {
    if (concerns(item)) open.push_back(number);
  }
  std::map<ActivationId, std::vector<std::string>> stands_still;
  // Looks for all before anything is moved. What fails (`only`) concerns its own step.
  const bool may_fail = has_bounds(transition.definition());
  std::vector<std::uint32_t> stranded;
  for (const std::uint32_t number : open) {
    if (transition.stopped()) return;
    const Item item = transition.state().items.at(number);
    const auto look = [&] {
      if (nobody_answers(transition, item)) stranded.push_back(number);
    };
    if (!may_fail) {
      look();
    } else if (const auto raised = transition.attempt(look)) {
      std::erase(stranded, number);
      stands_still[item.activation].push_back(*raised);
    }
  }
  for (const std::uint32_t number : stranded) {
    if (transition.stopped()) return;
    const auto item = transition.state().items.find(number);
    if (item == transition.state().items.end()) continue;  // the step went on meanwhile
    std::vector<std::string>& why = stands_still[item->second.activation];
    // What fails concerns its own step; others of the instance move on.
    const auto raised = transition.attempt([&] { Departure(transition, item->second, why).move_on(); });
    if (raised) why.push_back(*raised);
  }
  // One incident for all of a step, so that looking again finds nothing new.
  for (const auto& [id, reasons] : stands_still) {
    if (!reasons.empty() && is_being_decided(transition, id))
      raise_incident(transition, id, join(reasons, "; "));
  }
}

}  // namespace

bool nobody_answers(Transition& transition, const Item& item) {
  if (item.group.empty()) return obstacle_to_answer(transition, item, item.assignee).has_value();
  const auto members = transition.context().directory.members(item.group);
  return !members || std::ranges::all_of(*members, [&](const PersonId& member) {
    return obstacle_to_answer(transition, item, member).has_value();
  });
}

void move_on_from_leavers(Transition& transition) {
  release_claims_of_leavers(transition);
  move_on_where(transition, [](const Item&) { return true; });
  // Whose turn came while they were not there is asked now that they are.
  std::vector<ActivationId> open;
  for (const auto& [id, activation] : transition.state().activations) {
    if (std::holds_alternative<Approve>(transition.definition().step(activation.step).kind))
      open.push_back(id);
  }
  for (const ActivationId id : open) {
    if (is_being_decided(transition, id)) go_on_in_turn(transition, id, kDirectory);
  }
}

void move_on_from_leavers(Transition& transition, ActivationId activation) {
  move_on_where(transition, [&](const Item& item) { return item.activation == activation; });
}

std::optional<Seat> seat_of_requester(Transition& transition) {
  const PersonId& requester = transition.state().requester;
  if (requester.empty()) return std::nullopt;
  const Seat own{.person = requester, .reason = "requester"};
  if (can_be_asked(transition.context().directory, own)) return own;
  if (const auto manager = manager_up(transition)) {
    return Seat{.person = *manager, .reason = fmt::format("manager of {}, who has left", requester.value)};
  }
  std::vector<Seat> seats = caretakers(transition);
  if (seats.empty()) return std::nullopt;
  seats.front().reason = fmt::format("{}, the requester, has left", requester.value);
  return seats.front();
}

}  // namespace countersign
