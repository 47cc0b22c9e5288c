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

std::vector<Recipient> asked_now(Transition& transition, const Item& item) {
  std::vector<Recipient> recipients;
  for (const StandIn& each : admitted_stand_ins(transition, item)) recipients.push_back({each.stand_in, {}});
  if (recipients.empty()) recipients.push_back({item.assignee, item.assignee.empty() ? item.group : ""});
  return recipients;
}

void directory_changed(Transition& transition) {
  if (transition.state().ended) return;
  move_on_from_leavers(transition);
  std::vector<std::uint32_t> open;
  for (const auto& [number, item] : transition.state().items) {
    if (item.status == ItemStatus::open) open.push_back(number);
  }
  for (const std::uint32_t number : open) {
    if (transition.stopped()) return;
    ask_stand_ins(transition, number);
  }
}

}  // namespace countersign
