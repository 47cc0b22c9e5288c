#include "runtime/void_decision.h"

#include <algorithm>
#include <vector>

namespace countersign {
namespace {

// The rosters in which a decision of that step counts: of a step that is open, and of its results that stand.
std::vector<const Roster*> rosters_of(const State& state, StepIndex step) {
  std::vector<const Roster*> rosters;
  for (const auto& [id, activation] : state.activations) {
    if (activation.step == step) rosters.push_back(&activation.roster);
  }
  const auto add = [&](const StepResult& result) {
    if (!result.voided) rosters.push_back(&result.roster);
  };
  if (const auto plain = state.results.find(step); plain != state.results.end()) add(plain->second);
  if (const auto of_items = state.item_results.find(step); of_items != state.item_results.end()) {
    for (const auto& [path, result] : of_items->second) add(result);
  }
  return rosters;
}

}  // namespace

bool is_void(const WorkItemRow& row, const Step* step, const State& state) {
  const bool is_of_earlier_round = row.round < state.round;
  // An opinion and the requester's resubmission fill no seat.
  if (step == nullptr || row.status == ItemStatus::advised || std::holds_alternative<Revise>(step->kind))
    return is_of_earlier_round;
  const std::vector<const Roster*> rosters = rosters_of(state, step->index);
  const auto holds = [&](const Seat& seat) {
    return seat.item == row.number || seat.through == row.number || seat.relies_on == row.number;
  };
  if (std::ranges::any_of(rosters,
                          [&](const Roster* each) { return std::ranges::any_of(each->seats, holds); }))
    return false;
  // Results that were stored before rosters were tell by their round alone.
  const bool is_told = std::ranges::any_of(rosters, [](const Roster* each) { return !each->seats.empty(); });
  return is_told || is_of_earlier_round;
}

}  // namespace countersign
