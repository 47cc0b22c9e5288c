#include "core/ways.h"

#include <algorithm>

#include <fmt/format.h>

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

// A branch, an item or a level: others go on beside it.
bool is_beside_others(const StepList& list) {
  return list.role.starts_with("branch:") || list.role == "each" || list.role.starts_with("gate:");
}

// Frames of the block that are open beside one of them.
std::vector<const Frame*> frames_beside(const State& state, const Activation& block, const Frame& own) {
  std::vector<const Frame*> beside;
  for (const auto& [id, frame] : state.frames) {
    if (frame.parent == block.id && id != own.id && frame.list != kNoList) beside.push_back(&frame);
  }
  return beside;
}

std::size_t lists_needed(const Quorum& need, std::size_t all) {
  if (need.kind == QuorumKind::one) return 1;
  return need.kind == QuorumKind::count ? std::min<std::size_t>(need.number, all) : all;
}

// What the block still waits for once `own` has ended; empty where it is over then, with that outcome.
std::vector<std::string> awaited(const Parallel& parallel, const State& state, const Activation& block,
                                 const Frame& own, std::string& outcome) {
  const std::vector<const Frame*> open = frames_beside(state, block, own);
  const std::size_t all = parallel.branches.size();
  outcome = parallel.need.kind == QuorumKind::all ? "all" : own.key;
  if (all - std::min(all, open.size()) >= lists_needed(parallel.need, all)) return {};
  std::vector<std::string> names;
  for (const Frame* frame : open) names.push_back(frame->key);
  return names;
}

std::vector<std::string> awaited(const ForEach& each, const State& state, const Activation& block,
                                 const Frame& own, std::string& outcome) {
  const std::size_t all = block.listed.size();
  outcome = each.need.kind == QuorumKind::all ? "all" : "enough";
  if (block.finished + 1 >= lists_needed(each.need, all)) return {};
  std::vector<std::string> names;
  for (const Frame* frame : frames_beside(state, block, own)) {
    if (frame->item) names.push_back(fmt::format("item {}", *frame->item + 1));
  }
  for (std::size_t i = block.begun; i < all; ++i) names.push_back(fmt::format("item {}", i + 1));
  return names;
}

std::vector<std::string> awaited(const Gates& gates, const State& state, const Activation& block,
                                 const Frame& own, std::string& outcome) {
  const std::vector<const Frame*> open = frames_beside(state, block, own);
  outcome = "all";
  std::vector<std::string> names;
  for (std::size_t i = block.levels; i < gates.levels.size(); ++i) {
    const Gates::Level& level = gates.levels[i];
    const bool works =
        std::ranges::any_of(open, [&](const Frame* frame) { return frame->list == level.list; });
    if (works || level.when) names.push_back("stage " + level.stage);
  }
  return names;
}

template <class Other>
std::vector<std::string> awaited(const Other&, const State&, const Activation&, const Frame&, std::string&) {
  return {};
}

}  // namespace

Way way_to(const Definition& definition, const Step& step) {
  const Step* at = &step;
  for (int arrows = 0; arrows < kArrowsMax; ++arrows) {
    if (at->when) return {at->index, {}};
    if (const auto* end = std::get_if<End>(&at->kind)) return {kNoStep, end->status};
    const auto* go = std::get_if<Go>(&at->kind);
    if (go == nullptr) return {at->index, {}};
    if (go->step >= definition.steps.size()) return {};
    at = &definition.step(go->step);
  }
  return {};
}

Way way_to(const Definition& definition, StepIndex step) {
  return step < definition.steps.size() ? way_to(definition, definition.step(step)) : Way();
}

Way way_behind(const Definition& definition, const Step& step, Blocks blocks) {
  if (step.list == kNoList) return {};
  const StepList& list = definition.list(step.list);
  if (step.position + 1 < list.steps.size())
    return way_to(definition, definition.step(list.steps[step.position + 1]));
  if (list.owner == kNoStep) return {};
  if (blocks == Blocks::stop && is_beside_others(list)) return {kNoStep, {}, list.owner};
  return way_behind(definition, definition.step(list.owner), blocks);
}

Way way_into(const Definition& definition, ListIndex index, Blocks blocks) {
  if (index >= definition.lists.size()) return {};
  const StepList& list = definition.list(index);
  if (!list.steps.empty()) return way_to(definition, definition.step(list.steps.front()));
  if (list.owner == kNoStep) return {};
  if (blocks == Blocks::stop && is_beside_others(list)) return {kNoStep, {}, list.owner};
  return way_behind(definition, definition.step(list.owner), blocks);
}

Way way_of(const Definition& definition, const Step& step, std::string_view outcome, Blocks blocks) {
  if (const auto handler = step.on.find(std::string(outcome)); handler != step.on.end())
    return way_into(definition, handler->second, blocks);
  if (outcome == "rejected" && std::holds_alternative<Approve>(step.kind)) return {kNoStep, "rejected"};
  if (outcome == "returned") {
    if (const auto* targets = targets_of(step); targets != nullptr && !targets->empty()) {
      if (targets->front().requester) return {definition.revise, {}};
      return way_to(definition, targets->front().step);
    }
  }
  return way_behind(definition, step, blocks);
}

WayOn way_on(const Definition& definition, const State& state, const Activation& activation,
             std::string_view outcome) {
  Way way = way_of(definition, definition.step(activation.step), outcome, Blocks::stop);
  FrameId at = activation.frame;
  while (way.block != kNoStep) {
    const Step& block = definition.step(way.block);
    const Frame* own = nullptr;
    const Activation* around = nullptr;
    while (around == nullptr || around->step != way.block) {
      const auto frame = state.frames.find(at);
      if (frame == state.frames.end()) return {way, kNoStep, {}};
      own = &frame->second;
      const auto parent = state.activations.find(own->parent);
      if (parent == state.activations.end()) return {way, kNoStep, {}};
      around = &parent->second;
      at = around->frame;
    }
    std::string reached;
    std::vector<std::string> beside = std::visit(
        [&](const auto& kind) { return awaited(kind, state, *around, *own, reached); }, block.kind);
    if (!beside.empty()) return {{}, block.index, std::move(beside)};
    way = way_of(definition, block, reached, Blocks::stop);
  }
  return {way, kNoStep, {}};
}

}  // namespace countersign
