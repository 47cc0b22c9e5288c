#include "core/ways.h"

namespace countersign {
namespace {

// Circles of `go` have a step that waits in them, which the loader has seen to; this is for definitions that
// no loader has seen.
constexpr int kArrowsMax = 1000;

const std::vector<ReturnTarget>* targets_of(const Step& step) {
  if (const auto* approve = std::get_if<Approve>(&step.kind)) return &approve->return_to;
  if (const auto* task = std::get_if<Task>(&step.kind)) return &task->return_to;
  return nullptr;
}

}  // namespace

Way way_to(const Definition& definition, const Step& step) {
  const Step* at = &step;
  for (int arrows = 0; arrows < kArrowsMax; ++arrows) {
    if (const auto* end = std::get_if<End>(&at->kind)) return {kNoStep, end->status};
    const auto* go = std::get_if<Go>(&at->kind);
    if (go == nullptr) return {at->index, {}};
    if (go->step >= definition.steps.size()) return {};
    at = &definition.step(go->step);
  }
  return {};
}

Way way_behind(const Definition& definition, const Step& step) {
  if (step.list == kNoList) return {};
  const StepList& list = definition.list(step.list);
  if (step.position + 1 < list.steps.size())
    return way_to(definition, definition.step(list.steps[step.position + 1]));
  if (list.owner == kNoStep) return {};
  return way_behind(definition, definition.step(list.owner));
}

Way way_into(const Definition& definition, ListIndex index) {
  if (index >= definition.lists.size()) return {};
  const StepList& list = definition.list(index);
  if (!list.steps.empty()) return way_to(definition, definition.step(list.steps.front()));
  return list.owner == kNoStep ? Way{} : way_behind(definition, definition.step(list.owner));
}

Way way_of(const Definition& definition, const Step& step, std::string_view outcome) {
  if (const auto handler = step.on.find(std::string(outcome)); handler != step.on.end())
    return way_into(definition, handler->second);
  if (outcome == "rejected" && std::holds_alternative<Approve>(step.kind)) return {kNoStep, "rejected"};
  if (outcome == "returned") {
    if (const auto* targets = targets_of(step); targets != nullptr && !targets->empty()) {
      if (targets->front().requester) return {definition.revise, {}};
      return way_to(definition, definition.step(targets->front().step));
    }
  }
  return way_behind(definition, step);
}

}  // namespace countersign
