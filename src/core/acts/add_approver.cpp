// More approvers than the step asked for, and fewer again.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/acts/hand_over.h"
#include "core/chase.h"
#include "core/commands.h"
#include "core/people_step.h"
#include "core/policy.h"
#include "core/roster.h"
#include "core/stand_in.h"
#include "core/turns.h"

namespace countersign {
namespace {

constexpr std::size_t kAddedAtOnceMax = 20;
constexpr std::size_t kSeatsMax = 200;

const Step& step_at(const Transition& transition, ActivationId activation) {
  return transition.definition().step(transition.state().activations.at(activation).step);
}

bool who_is_acceptable(Transition& transition, const Item& item, const AddApprover& command) {
  const auto no = [&](std::string message, std::string detail) {
    transition.refuse(ErrorCode::invalid_input, std::move(message), {{"/who", std::move(detail)}});
    return false;
  };
  if (command.who.empty() || command.who.size() > kAddedAtOnceMax) {
    return no(fmt::format("1 to {} approvers are added at once, not {}", kAddedAtOnceMax, command.who.size()),
              "name whom you add");
  }
  if (command.where == AddedAs::opinion)
    return no("an opinion is asked for by delegating", "delegate to one person");
  for (std::size_t i = 0; i < command.who.size(); ++i) {
    const std::string pointer = fmt::format("/who/{}", i);
    if (command.who[i] == command.by.person) return no("nobody adds themselves", "name somebody else");
    if (std::find(command.who.begin(), command.who.begin() + static_cast<std::ptrdiff_t>(i),
                  command.who[i]) != command.who.begin() + static_cast<std::ptrdiff_t>(i)) {
      return no(fmt::format("{} is named twice", command.who[i].value), "name everybody once");
    }
    if (!admit(transition, refusal_to_ask(transition, item, command.who[i], pointer))) return false;
  }
  return true;
}

bool may_remove(Transition& transition, const Item& item, const RemoveApprover& command) {
  const auto no = [&](ErrorCode code, std::string_view why) {
    transition.refuse(
        code, fmt::format("cannot take {} off {} of {}: {}", item.assignee.value,
                          step_at(transition, item.activation).name, transition.state().reference, why));
    return false;
  };
  if (!item.added)
    return no(ErrorCode::conflict,
              "the workflow asks them, and nobody added them; an administrator reassigns");
  if (command.by.kind == Actor::Kind::admin)
    return admit(transition, refusal_without_reason(command.by, command.reason));
  const Person* person = transition.context().directory.find(command.by.person);
  const StandInView view = stand_in_view(transition.context(), transition.state());
  const bool is_adder = command.by.kind == Actor::Kind::person && has_added(view, item, command.by.person);
  if (!is_adder || person == nullptr || !person->active)
    return no(ErrorCode::forbidden, "only who added them, or an administrator, does");
  if (command.version && *command.version != item.version)
    return no(ErrorCode::conflict, fmt::format("it has changed since version {} (now {}): look at it again",
                                               *command.version, item.version));
  return true;
}

}  // namespace

void add_approver(Transition& transition, const AddApprover& command) {
  const Item* found = find_open_item(transition, command.item, "add an approver to");
  if (found == nullptr) return;
  if (!admit(transition, refusal_to(transition, *found, StepAct::add, command.by, command.version))) return;
  const Item item = *found;
  if (!who_is_acceptable(transition, item, command)) return;
  Roster roster = transition.state().activations.at(item.activation).roster;
  if (roster.seats.size() + command.who.size() > kSeatsMax) {
    return transition.refuse(
        ErrorCode::conflict,
        fmt::format("{} has {} approvers already, and no step has more than {}",
                    step_at(transition, item.activation).name, roster.seats.size(), kSeatsMax));
  }
  const auto host = std::ranges::find(roster.seats, item.number, &Seat::item);
  if (host == roster.seats.end())
    return transition.refuse(
        ErrorCode::conflict,
        fmt::format("cannot add an approver to {} of {}: its answer is no vote there",
                    step_at(transition, item.activation).name, transition.state().reference));
  const Actor by = in_place_of(transition, item, command.by);
  take_from_group(transition, item.number, by);

  const bool beside = command.where == AddedAs::beside;
  const std::string reason = fmt::format("added {} {}", to_string(command.where), owner_of(by).value);
  const std::string of_group = host->of_group;
  const auto behind = host - roster.seats.begin() + 1;
  std::vector<Seat> added;
  for (const PersonId& person : command.who) {
    Seat seat{.person = person, .reason = reason};
    seat.of_group = of_group;
    seat.added = command.where;
    seat.added_by = owner_of(by);
    if (!beside) seat.of = item.number;
    added.push_back(std::move(seat));
  }
  const bool in_turn = roster.one_by_one;
  reseat(step_at(transition, item.activation), roster,
         [&](std::vector<Seat>& seats) { seats.insert(seats.begin() + behind, added.begin(), added.end()); });
  transition.emit(RosterSet{item.activation, std::move(roster)});

  const bool first = command.where == AddedAs::before;
  transition.emit(ItemChanged{.item = item.number,
                              .act = first ? ItemAct::wait : ItemAct::involve,
                              .status = first ? ItemStatus::waiting : ItemStatus::open,
                              .by = by,
                              .comment = command.comment});
  if (first) clear_item_timers(transition, item.activation, item.number);
  if (first) close_opinions(transition, item.activation, item.number, by);
  if (first) stand_for_no_longer(transition, item.activation, item.number, by);
  for (const Seat& seat : added) {
    open_item(transition, item.activation, seat,
              {.waiting = command.where == AddedAs::after || (beside && in_turn),
               .added = command.where,
               .added_by = owner_of(by),
               .note = command.comment});
  }
}

void remove_approver(Transition& transition, const RemoveApprover& command) {
  const Item* found = find_open_item(transition, command.item, "take the approver off");
  if (found == nullptr || !may_remove(transition, *found, command)) return;
  const Item item = *found;
  Actor by = command.by;
  const bool in_place = by.kind == Actor::Kind::person && by.person != item.added_by;
  by.on_behalf_of = in_place ? item.added_by : PersonId();
  const auto raise_version = [&](std::uint32_t number) {
    const auto parent = transition.state().items.find(number);
    if (parent == transition.state().items.end() || parent->second.status != ItemStatus::open) return;
    transition.emit(
        ItemChanged{.item = number, .act = ItemAct::involve, .status = ItemStatus::open, .by = by});
  };
  if (item.added == AddedAs::opinion) {
    close_item(transition, item.number, ItemAct::remove, by, command.reason);
    return raise_version(item.of);
  }
  Roster roster = transition.state().activations.at(item.activation).roster;
  const auto seat = std::ranges::find(roster.seats, item.number, &Seat::item);
  if (seat == roster.seats.end())
    return transition.refuse(
        ErrorCode::conflict,
        fmt::format("cannot take {} off {} of {}: nobody waits for their answer", item.assignee.value,
                    step_at(transition, item.activation).name, transition.state().reference));
  const std::uint32_t of = seat->of;
  const auto at = seat - roster.seats.begin();
  reseat(step_at(transition, item.activation), roster,
         [&](std::vector<Seat>& seats) { seats.erase(seats.begin() + at); });
  const bool others =
      std::ranges::any_of(roster.seats, [](const Seat& other) { return other.vote == Seat::Vote::none; });
  if (!others || verdict_of(roster) != Verdict::open) {
    return transition.refuse(
        ErrorCode::conflict,
        fmt::format("cannot take {} off {} of {}: {}", item.assignee.value,
                    step_at(transition, item.activation).name, transition.state().reference,
                    others ? "that would decide the step, and only approvers decide it"
                           : "they are the last whose decision is waited for"));
  }
  close_item(transition, item.number, ItemAct::remove, by, command.reason);
  transition.emit(RosterSet{item.activation, std::move(roster)});
  raise_version(of);
  go_on_in_turn(transition, item.activation, by);
}

}  // namespace countersign
