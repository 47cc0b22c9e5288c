#include "core/for_each.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/flow.h"
#include "core/plain_step.h"
#include "core/roster.h"

namespace countersign {
namespace {

// Every step inside, however deep.
std::vector<StepIndex> steps_inside(const Definition& definition, ListIndex list) {
  std::vector<StepIndex> inside;
  for (const Step& step : definition.steps) {
    if (step.list != kNoList && encloses(definition, list, step.list)) inside.push_back(step.index);
  }
  return inside;
}

// nullopt where the expression stopped the transition. A group stands for its active members; where nothing
// is, there is nothing to do.
std::optional<std::vector<cel::Value>> items_of(Transition& transition, const Step& step, const ForEach& each,
                                                FrameId frame) {
  const std::string what = fmt::format("in of {}", step.name);
  const std::optional<cel::Value> value = transition.value(each.in, frame, what);
  if (transition.stopped()) return std::nullopt;
  std::vector<cel::Value> items;
  if (!value) return items;
  if (value->is(cel::Kind::group)) {
    const Seat group{.group = std::string(value->as_string())};
    for (const Seat& seat : expand_groups(transition.context().directory, {group}))
      items.push_back(cel::Value::person(seat.person));
  } else if (value->is(cel::Kind::list)) {
    for (const cel::Value& item : value->as_list()) items.push_back(item);
  } else {
    transition.raise(fmt::format("{}: '{}' is no list", what, each.in.program.source()));
    return std::nullopt;
  }
  if (items.size() > kItemsMax) {
    transition.raise(fmt::format("{}: the list has {} items, more than {}", what, items.size(), kItemsMax));
    return std::nullopt;
  }
  if (std::ranges::any_of(items, [](const cel::Value& item) { return !is_storable(item); })) {
    transition.raise(fmt::format("{}: an item is nested too deep", what));
    return std::nullopt;
  }
  return items;
}

void finish(Transition& transition, ActivationId id, std::string outcome, Fields fields) {
  cel::List items;
  for (const cel::Value& item : transition.state().activations.at(id).listed) items.push_back(item);
  fields.insert_or_assign("items", cel::Value::list(std::move(items)));
  complete(transition, id, {std::move(outcome), Actor{}, {}, std::move(fields)});
}

// Begins as many items as may go on at once.
void begin_items(Transition& transition, ActivationId id, const ForEach& each) {
  const std::size_t limit = each.one_by_one ? 1 : each.at_once == 0 ? kItemsMax : each.at_once;
  const Activation& activation = transition.state().activations.at(id);
  while (activation.begun < activation.listed.size() && activation.begun - activation.finished < limit) {
    const std::uint32_t item = activation.begun;
    open_frame(transition, id, each.list, fmt::format("item:{}", item), std::nullopt, item);
  }
}

}  // namespace

void open_for_each(Transition& transition, ActivationId id, const Step& step, const ForEach& each) {
  const FrameId frame = transition.state().activations.at(id).frame;
  std::optional<std::vector<cel::Value>> items = items_of(transition, step, each, frame);
  if (!items) return;
  const bool empty = items->empty();
  transition.emit(ItemsListed{id, std::move(*items), steps_inside(transition.definition(), each.list)});
  if (empty) return finish(transition, id, "all", {});
  begin_items(transition, id, each);
}

void item_finished(Transition& transition, ActivationId id, const ForEach& each, std::uint32_t item) {
  const Activation& activation = transition.state().activations.at(id);
  if (each.need.kind != QuorumKind::all && activation.finished >= each.need.number) {
    return finish(transition, id, "enough",
                  {{"index", cel::Value::integer(item)}, {"item", activation.listed.at(item)}});
  }
  if (activation.finished == activation.listed.size()) return finish(transition, id, "all", {});
  begin_items(transition, id, each);
}

}  // namespace countersign
