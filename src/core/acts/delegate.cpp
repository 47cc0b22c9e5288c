#include "core/acts/delegate.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/acts/hand_over.h"
#include "core/ask.h"
#include "core/chase.h"
#include "core/commands.h"
#include "core/people_step.h"
#include "core/policy.h"

namespace countersign {
namespace {

void raise_version(Transition& transition, std::uint32_t item, const Actor& by,
                   const std::string& comment = {}) {
  transition.emit(ItemChanged{
      .item = item, .act = ItemAct::involve, .status = ItemStatus::open, .by = by, .comment = comment});
}

}  // namespace

void delegate(Transition& transition, const Delegate& command) {
  const Item* item = find_open_item(transition, command.item, "delegate");
  if (item == nullptr) return;
  if (!admit(transition, refusal_to(transition, *item, StepAct::delegate, command.by, command.version))) {
    return;
  }
  if (command.to == command.by.person) {
    return transition.refuse(ErrorCode::invalid_input, "nobody asks themselves for an opinion",
                             {{"/to", "name somebody else"}});
  }
  if (!admit(transition, refusal_to_ask(transition, *item, command.to, "/to"))) return;
  const Actor by = in_place_of(transition, *item, command.by);
  take_from_group(transition, command.item, by);
  raise_version(transition, command.item, by, command.comment);
  open_item(
      transition, transition.state().items.at(command.item).activation,
      Seat{.person = command.to, .reason = fmt::format("opinion asked by {}", owner_of(by).value)},
      {.added = AddedAs::opinion, .added_by = owner_of(by), .of = command.item, .note = command.comment});
}

void advise(Transition& transition, const Item& item, const Step& step, const Decide& command) {
  std::vector<std::string> choices = choices_of(transition.definition(), step, transition.state());
  std::erase(choices, "returned");
  if (std::ranges::find(choices, command.outcome) == choices.end()) {
    return transition.refuse(ErrorCode::invalid_input,
                             fmt::format("an opinion on {} is one of {}; '{}' is none of them", step.name,
                                         fmt::join(choices, ", "), command.outcome),
                             {{"/outcome", "choose what you would decide"}});
  }
  const auto no = [&](std::string pointer) {
    transition.refuse(
        ErrorCode::invalid_input,
        fmt::format("an opinion on {} changes and fills in nothing: write it as the comment", step.name),
        {{std::move(pointer), "leave it to whoever decides"}});
  };
  if (!command.edits.empty()) return no("/form");
  if (!command.answers.empty()) return no("/answers");
  if (!command.checklist.empty()) return no("/checklist");
  transition.emit(ItemChanged{.item = item.number,
                              .act = ItemAct::advise,
                              .status = ItemStatus::advised,
                              .outcome = command.outcome,
                              .by = command.by,
                              .comment = command.comment});
  clear_item_timers(transition, item.activation, item.number);
  const auto asker = transition.state().items.find(item.of);
  if (asker == transition.state().items.end()) return;  // nobody waits for it any more
  if (asker->second.status == ItemStatus::open) raise_version(transition, item.of, command.by);
  transition.request(Send{.kind = SendKind::advice, .to = asker->second.assignee, .item = item.of});
}

}  // namespace countersign
