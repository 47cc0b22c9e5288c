// A group's item that one of its members takes, and gives back.

#include <fmt/format.h>

#include "base/text.h"
#include "core/acts/hand_over.h"
#include "core/commands.h"
#include "core/people_step.h"
#include "core/policy.h"

namespace countersign {

void claim_item(Transition& transition, const ClaimItem& command) {
  const Item* item = find_open_item(transition, command.item, "claim");
  if (item == nullptr) return;
  if (!admit(transition, refusal_to_act(transition, *item, command.by, command.version))) return;
  if (item->group.empty() || is_claimed(transition.context().directory, *item)) {
    return transition.refuse(ErrorCode::conflict,
                             fmt::format("cannot claim work item {} of {}: it is yours already", command.item,
                                         transition.state().reference));
  }
  if (!transition.context().directory.is_member(command.by.person, item->group)) {
    return transition.refuse(
        ErrorCode::forbidden,
        fmt::format("cannot claim work item {} of {}: you stand in for the group {} and may answer as it is; "
                    "its members claim",
                    command.item, transition.state().reference, item->group));
  }
  take_from_group(transition, command.item, command.by);
}

void release_item(Transition& transition, const ReleaseItem& command) {
  const Item* item = find_open_item(transition, command.item, "release");
  if (item == nullptr) return;
  const auto no = [&](ErrorCode code, std::string_view why) {
    transition.refuse(code, fmt::format("cannot release work item {} of {}: {}", command.item,
                                        transition.state().reference, why));
  };
  if (item->group.empty()) return no(ErrorCode::conflict, "it was never a group's");
  if (item->assignee.empty()) return no(ErrorCode::conflict, "nobody has claimed it");
  if (command.by.kind == Actor::Kind::admin) {
    if (!admit(transition, refusal_without_reason(command.by, command.reason))) return;
    if (item->status != ItemStatus::open)
      return no(ErrorCode::conflict, "it waits for approvers who were added: take them off first");
  } else if (!admit(transition, refusal_to_act(transition, *item, command.by, command.version))) {
    return;
  }
  const Item released = *item;
  const Actor by = in_place_of(transition, released, command.by);
  transition.emit(ItemChanged{.item = command.item,
                              .act = ItemAct::release,
                              .status = ItemStatus::open,
                              .by = by,
                              .comment = command.reason});
  close_opinions(transition, released.activation, command.item, by);
  transition.request(Send{.kind = SendKind::request, .group = released.group, .item = command.item});
}

}  // namespace countersign
