#include "core/directory_change.h"

#include <algorithm>

#include "core/commands.h"
#include "core/gates.h"
#include "core/stand_in.h"

namespace countersign {
namespace {

// Those of stand_ins_of() whom the stage's `only` admits.
std::vector<StandIn> admitted_stand_ins(Transition& transition, const Item& item) {
  std::vector<StandIn> found = stand_ins_of(stand_in_view(transition.context(), transition.state()), item);
  const FrameId frame = transition.state().activations.at(item.activation).frame;
  std::erase_if(found, [&](const StandIn& each) { return !may_complete(transition, frame, each.stand_in); });
  return found;
}

}  // namespace

void ask_stand_ins(Transition& transition, std::uint32_t number) {
  const Item item = transition.state().items.at(number);
  std::vector<PersonId> told = item.stand_ins;
  for (const StandIn& each : admitted_stand_ins(transition, item)) {
    if (std::ranges::find(told, each.stand_in) != told.end()) continue;
    told.push_back(each.stand_in);
    transition.emit(StandInAsked{number, each.absent, each.stand_in, each.until});
    transition.request(Send{.kind = SendKind::request, .to = each.stand_in, .item = number});
  }
}

namespace {

// Whoever was told of the item and does not stand in any more: the absence is over, or does not cover the
// request as it is now. They may be at work on it, and their link has just died.
void relieve_stand_ins(Transition& transition, std::uint32_t number) {
  const Item item = transition.state().items.at(number);
  if (item.stand_ins.empty()) return;
  const std::vector<StandIn> now = admitted_stand_ins(transition, item);
  const bool is_told = transition.definition().tell_settled != TellSettled::never;
  for (const PersonId& told : item.stand_ins) {
    if (std::ranges::find(now, told, &StandIn::stand_in) != now.end()) continue;
    transition.emit(StandInRelieved{number, told});
    const Person* person = transition.context().directory.find(told);
    if (is_told && item.status == ItemStatus::open && person != nullptr && person->active)
      transition.request(Send{.kind = SendKind::relieved, .to = told, .item = number});
  }
}

// Whether somebody may stand in at some time. Cheap, since most people are never away.
bool has_absences(const Context& context, const Item& item) {
  const auto is_ever_away = [&](const PersonId& id) {
    const Person* person = context.directory.find(id);
    return (person != nullptr && !person->away.empty()) || !context.known_absences().of(id).empty();
  };
  if (!item.assignee.empty()) return is_ever_away(item.assignee);
  const auto members = context.directory.members(item.group);
  return members && std::ranges::any_of(*members, is_ever_away);
}

// Whether those who were told are not those who stand in, whatever `only` says of them.
bool are_others(const StandInView& view, const Item& item) {
  const std::vector<StandIn> now = stand_ins_of(view, item);
  const auto is_told = [&](const StandIn& each) {
    return std::ranges::find(item.stand_ins, each.stand_in) != item.stand_ins.end();
  };
  return !std::ranges::all_of(now, is_told) || std::ranges::any_of(item.stand_ins, [&](const PersonId& told) {
    return std::ranges::find(now, told, &StandIn::stand_in) == now.end();
  });
}

}  // namespace

void tell_stand_ins(Transition& transition) {
  if (transition.stopped() || transition.state().ended) return;
  const Context& context = transition.context();
  std::vector<std::uint32_t> changed;
  for (const auto& [number, item] : transition.state().items) {
    if (item.stand_ins.empty() && (item.status != ItemStatus::open || !has_absences(context, item))) continue;
    if (are_others(stand_in_view(context, transition.state()), item)) changed.push_back(number);
  }
  for (const std::uint32_t number : changed) {
    // Nobody's answer waits for this: where `only` cannot be evaluated, whoever acts there is told so.
    (void)transition.attempt([&] {
      relieve_stand_ins(transition, number);
      if (transition.state().items.at(number).status == ItemStatus::open) ask_stand_ins(transition, number);
    });
  }
}

std::vector<Recipient> asked_now(Transition& transition, const Item& item) {
  std::vector<Recipient> recipients;
  for (const StandIn& each : admitted_stand_ins(transition, item)) recipients.push_back({each.stand_in, {}});
  if (recipients.empty()) recipients.push_back({item.assignee, item.assignee.empty() ? item.group : ""});
  return recipients;
}

void directory_changed(Transition& transition) {
  if (!transition.state().ended) move_on_from_leavers(transition);
}

}  // namespace countersign
