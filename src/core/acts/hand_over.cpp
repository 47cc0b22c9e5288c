#include "core/acts/hand_over.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/commands.h"
#include "core/people_step.h"
#include "core/policy.h"
#include "core/turns.h"

namespace countersign {

const Item* find_open_item(Transition& transition, std::uint32_t item, std::string_view act) {
  const State& state = transition.state();
  const auto found = state.items.find(item);
  if (found != state.items.end()) return &found->second;
  transition.refuse(ErrorCode::conflict,
                    fmt::format("cannot {} work item {} of {}: it is closed ({})", act, item, state.reference,
                                state.ended ? "the instance has ended" : "it was decided or left"));
  return nullptr;
}

void take_from_group(Transition& transition, std::uint32_t item, const Actor& by) {
  const Item& open = transition.state().items.at(item);
  if (open.group.empty() || is_claimed(transition.context().directory, open)) return;
  // Who stands in for its members has it as long as they are away, and cannot have it for themselves.
  if (!transition.context().directory.is_member(by.person, open.group)) return;
  transition.emit(ItemChanged{.item = item, .act = ItemAct::claim, .status = ItemStatus::open, .by = by});
}

bool admit(Transition& transition, std::optional<Error> refusal) {
  if (refusal) transition.refuse(refusal->code, std::move(refusal->message));
  return !transition.stopped();
}
bool admit(Transition& transition, std::optional<Rejection> refusal) {
  if (refusal)
    transition.refuse(refusal->error.code, std::move(refusal->error.message), std::move(refusal->problems));
  return !transition.stopped();
}

void hand_over(Transition& transition, std::uint32_t number, const PersonId& to, const Actor& by,
               const std::string& comment) {
  const Item item = transition.state().items.at(number);
  std::vector<Item> stand_ins;
  for (const std::uint32_t sibling : transition.state().activations.at(item.activation).items) {
    const Item& other = transition.state().items.at(sibling);
    if (std::ranges::find(other.stands_for, number) != other.stands_for.end()) stand_ins.push_back(other);
  }
  close_item(transition, number, ItemAct::reassign, by, comment);
  const bool by_itself = by.kind == Actor::Kind::person;
  // Reasons are read by all who see the instance, what people write to each other may be hidden.
  std::string reason =
      by_itself ? fmt::format("transferred by {}", by.person.value) : "reassigned: " + comment;
  Roster roster = transition.state().activations.at(item.activation).roster;
  const std::uint32_t renewed = transition.fresh_id();
  for (Seat& seat : roster.seats) {
    if (seat.of == number) seat.of = renewed;
    if (seat.item != number) continue;
    seat.named_by = named_by(seat);
    if (seat.named.empty()) seat.named = seat.person;
    seat.person = to;
    seat.group.clear();
    seat.reason = reason;
    seat.item = 0;
  }
  transition.emit(RosterSet{item.activation, std::move(roster)});
  open_item(transition, item.activation, Seat{.person = to, .reason = std::move(reason)},
            {.stands_for = item.stands_for,
             .entries = item.entries,
             .waiting = item.status == ItemStatus::waiting,
             .added = item.added,
             .added_by = item.added_by,
             .of = item.of,
             .transferred_by = by.person.empty() ? item.transferred_by : by.person,
             .note = by_itself ? comment : item.note});
  for (Item& stand_in : stand_ins) {
    close_item(transition, stand_in.number, ItemAct::supersede, by);
    std::ranges::replace(stand_in.stands_for, number, renewed);
    open_item(transition, item.activation,
              Seat{.person = stand_in.assignee, .group = stand_in.group, .reason = "escalation"},
              {stand_in.stands_for, stand_in.entries, false});
  }
  // Their turn may have come while nobody could be asked in that seat.
  if (std::holds_alternative<Approve>(
          transition.definition().step(transition.state().activations.at(item.activation).step).kind))
    go_on_in_turn(transition, item.activation, by);
}

void reassign(Transition& transition, const Reassign& command) {
  const Item* item = find_open_item(transition, command.item, "reassign");
  if (item == nullptr) return;
  if (command.by.kind != Actor::Kind::admin) {
    return transition.refuse(ErrorCode::forbidden, "only an administrator reassigns work");
  }
  if (!admit(transition, refusal_without_reason(command.by, command.reason))) return;
  if (!admit(transition, refusal_to_ask(transition, *item, command.to, "/to"))) return;
  hand_over(transition, command.item, command.to, command.by, command.reason);
}

void transfer(Transition& transition, const Transfer& command) {
  const Item* item = find_open_item(transition, command.item, "transfer");
  if (item == nullptr) return;
  if (!admit(transition, refusal_to(transition, *item, StepAct::transfer, command.by, command.version))) {
    return;
  }
  if (command.to == command.by.person) {
    return transition.refuse(ErrorCode::invalid_input, "nobody transfers to themselves",
                             {{"/to", "name somebody else"}});
  }
  if (!admit(transition, refusal_to_ask(transition, *item, command.to, "/to"))) return;
  hand_over(transition, command.item, command.to, in_place_of(transition, *item, command.by),
            command.comment);
}

}  // namespace countersign
