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

// Who waits for those before them is not late: whoever was asked in their place is not asked for them any
// more.
void nobody_stands_for(Transition& transition, const Item& item, const Actor& by) {
  std::vector<Item> standing;
  for (const std::uint32_t number : transition.state().activations.at(item.activation).items) {
    const Item& other = transition.state().items.at(number);
    if (std::ranges::find(other.stands_for, item.number) != other.stands_for.end()) standing.push_back(other);
  }
  for (Item& other : standing) {
    close_item(transition, other.number, ItemAct::supersede, by);
    std::erase(other.stands_for, item.number);
    // Those for whom the late one stood are theirs as before.
    std::erase_if(other.stands_for, [&](std::uint32_t late) {
      return std::ranges::find(item.stands_for, late) != item.stands_for.end();
    });
    if (other.stands_for.empty()) continue;
    open_item(transition, other.activation,
              Seat{.person = other.assignee, .group = other.group, .reason = "escalation"},
              {.stands_for = other.stands_for, .entries = other.entries});
  }
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
  const bool is_adder = command.by.kind == Actor::Kind::person && command.by.person == item.added_by;
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
  auto place = std::ranges::find(roster.seats, item.number, &Seat::item);
  if (place == roster.seats.end())
    return transition.refuse(
        ErrorCode::conflict,
        fmt::format("cannot add an approver to {} of {}: its answer is no vote there",
                    step_at(transition, item.activation).name, transition.state().reference));
  take_from_group(transition, item.number, command.by);

  const bool beside = command.where == AddedAs::beside;
  const std::string reason = fmt::format("added {} {}", to_string(command.where), command.by.person.value);
  const std::string of_group = place->of_group;
  ++place;
  std::vector<Seat> added;
  for (const PersonId& person : command.who) {
    Seat seat{.person = person, .reason = reason};
    seat.of_group = of_group;
    seat.added = command.where;
    seat.added_by = command.by.person;
    if (!beside) seat.of = item.number;
    added.push_back(std::move(seat));
  }
  roster.seats.insert(place, added.begin(), added.end());
  const bool in_turn = roster.one_by_one;
  count_again(step_at(transition, item.activation), roster);
  transition.emit(RosterSet{item.activation, std::move(roster)});

  const bool first = command.where == AddedAs::before;
  transition.emit(ItemChanged{.item = item.number,
                              .act = first ? ItemAct::wait : ItemAct::involve,
                              .status = first ? ItemStatus::waiting : ItemStatus::open,
                              .by = command.by,
                              .comment = command.comment});
  if (first) clear_item_timers(transition, item.activation, item.number);
  if (first) close_opinions(transition, item.activation, item.number, command.by);
  if (first) nobody_stands_for(transition, item, command.by);
  for (const Seat& seat : added) {
    open_item(transition, item.activation, seat,
              {.waiting = command.where == AddedAs::after || (beside && in_turn),
               .added = command.where,
               .added_by = command.by.person,
               .note = command.comment});
  }
}

void remove_approver(Transition& transition, const RemoveApprover& command) {
  const Item* found = find_open_item(transition, command.item, "take the approver off");
  if (found == nullptr || !may_remove(transition, *found, command)) return;
  const Item item = *found;
  const auto raise_version = [&](std::uint32_t number) {
    const auto parent = transition.state().items.find(number);
    if (parent == transition.state().items.end() || parent->second.status != ItemStatus::open) return;
    transition.emit(
        ItemChanged{.item = number, .act = ItemAct::involve, .status = ItemStatus::open, .by = command.by});
  };
  if (item.added == AddedAs::opinion) {
    close_item(transition, item.number, ItemAct::remove, command.by, command.reason);
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
  roster.seats.erase(seat);
  count_again(step_at(transition, item.activation), roster);
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
  close_item(transition, item.number, ItemAct::remove, command.by, command.reason);
  transition.emit(RosterSet{item.activation, std::move(roster)});
  raise_version(of);
  go_on_in_turn(transition, item.activation, command.by);
}

}  // namespace countersign
