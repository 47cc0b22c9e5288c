// Walks over the flow's edges: what comes before what, and circles that never wait.
#include <algorithm>

#include "definition/flow.h"

namespace countersign {

StepIndex Flow::landing(const Edge& edge, bool through_branches) const {
  Edge at = edge;
  while (at.to == kNoStep) {
    if (at.leaves == kNoList) return kNoStep;
    const StepIndex owner = definition_.list(at.leaves).owner;
    if (owner == kNoStep || (is_branch(at.leaves) && !through_branches)) return kNoStep;
    at = edge_behind(owner, Edge::Kind::outcome);
  }
  return at.to;
}

bool Flow::leads_to(StepIndex from, StepIndex to) const {
  return steps_after(from)[to];
}

const std::vector<bool>& Flow::steps_after(StepIndex from) const {
  const auto known = after_.find(from);
  if (known != after_.end()) return known->second;
  std::vector<bool> seen(definition_.steps.size(), false);
  std::vector<StepIndex> open{from};
  seen[from] = true;
  while (!open.empty()) {
    const StepIndex step = open.back();
    open.pop_back();
    const auto go_on = [&](const Edge& edge) {
      if (edge.kind == Edge::Kind::send_back && step != definition_.revise) return;
      const StepIndex next = landing(edge, true);
      if (next == kNoStep || seen[next]) return;
      seen[next] = true;
      open.push_back(next);
    };
    for (const Edge& edge : edges_[step]) go_on(edge);
    // What follows branches, and the lists of its outcomes.
    if (!branches_of(definition_.step(step)).empty()) {
      go_on(edge_behind(step, Edge::Kind::outcome));
      for (const auto& [outcome, list] : definition_.step(step).on)
        go_on(edge_into(list, Edge::Kind::outcome));
    }
  }
  return after_.emplace(from, std::move(seen)).first->second;
}

bool waits_by_kind(const Step& step) {
  const auto* run = std::get_if<Run>(&step.kind);
  return (run != nullptr && run->wait) || std::holds_alternative<Approve>(step.kind) ||
         std::holds_alternative<Task>(step.kind) || std::holds_alternative<Wait>(step.kind) ||
         std::holds_alternative<Call>(step.kind) || std::holds_alternative<Revise>(step.kind);
}

std::vector<Flow::Edge> Flow::instant_edges(StepIndex at, const AtOnce& at_once) const {
  const Step& step = definition_.step(at);
  const bool waits = waits_by_kind(step);
  const auto instant = at_once.outcomes.find(at);
  std::vector<Edge> edges;
  for (const Edge& edge : edges_[at]) {
    // Back to an approval whose guarded field is set here, which somebody has waited for.
    const bool guarded = edge.kind == Edge::Kind::send_back && at != definition_.revise;
    const bool in_no_time = edge.kind == Edge::Kind::outcome && instant != at_once.outcomes.end() &&
                            instant->second.contains(edge.outcome);
    if ((!waits && !guarded) || in_no_time || edge.kind == Edge::Kind::skip) edges.push_back(edge);
  }
  if (const std::vector<ListIndex> branches = branches_of(step); !branches.empty()) {
    const auto passing = static_cast<std::size_t>(
        std::ranges::count_if(branches, [&](ListIndex branch) { return at_once.passes[branch]; }));
    if (passing >= branches_needed(step)) {
      for (const std::string& outcome : outcomes_of(definition_, step)) {
        const auto handler = step.on.find(outcome);
        edges.push_back(handler == step.on.end() ? edge_behind(at, Edge::Kind::outcome)
                                                 : edge_into(handler->second, Edge::Kind::outcome));
      }
    }
  }
  return edges;
}

Flow::AtOnce Flow::find_passing_branches(const InstantOutcomes& instant) const {
  AtOnce at_once{instant, std::vector<bool>(definition_.lists.size(), false)};
  // Lists inside a list have higher numbers, and their answers are needed first.
  for (ListIndex list = static_cast<ListIndex>(definition_.lists.size()); list-- > 0;) {
    if (is_branch(list)) at_once.passes[list] = passes_without_waiting(list, at_once);
  }
  return at_once;
}

bool Flow::passes_without_waiting(ListIndex list, const AtOnce& at_once) const {
  const Edge into = edge_into(list, Edge::Kind::inner);
  if (into.to == kNoStep) return true;
  std::vector<bool> seen(definition_.steps.size(), false);
  std::vector<StepIndex> open{into.to};
  seen[into.to] = true;
  while (!open.empty()) {
    const StepIndex step = open.back();
    open.pop_back();
    for (const Edge& edge : instant_edges(step, at_once)) {
      Edge at = edge;
      while (at.to == kNoStep && at.leaves != kNoList) {
        if (at.leaves == list) return true;
        const StepIndex owner = definition_.list(at.leaves).owner;
        if (owner == kNoStep || is_branch(at.leaves)) break;
        at = edge_behind(owner, Edge::Kind::outcome);
      }
      if (at.to == kNoStep || seen[at.to]) continue;
      seen[at.to] = true;
      open.push_back(at.to);
    }
  }
  return false;
}

std::vector<std::vector<StepIndex>> Flow::endless_cycles(const InstantOutcomes& instant) const {
  const AtOnce at_once = find_passing_branches(instant);
  enum class Mark { unseen, open, done };
  std::vector<Mark> marks(definition_.steps.size(), Mark::unseen);
  std::map<StepIndex, std::vector<StepIndex>> closed_by;
  struct Walk {
    StepIndex step;
    std::vector<StepIndex> next;
  };
  const auto walk_from = [&](StepIndex step) {
    std::vector<StepIndex> next;
    for (const Edge& edge : instant_edges(step, at_once)) {
      const StepIndex to = landing(edge, false);
      if (to != kNoStep) next.push_back(to);
    }
    marks[step] = Mark::open;
    return Walk{step, std::move(next)};
  };
  for (StepIndex first = 0; first < marks.size(); ++first) {
    if (marks[first] != Mark::unseen) continue;
    std::vector<Walk> path{walk_from(first)};
    while (!path.empty()) {
      Walk& here = path.back();
      if (here.next.empty()) {
        marks[here.step] = Mark::done;
        path.pop_back();
        continue;
      }
      const StepIndex to = here.next.back();
      here.next.pop_back();
      if (marks[to] == Mark::open) {
        const auto first_of_it = std::ranges::find(path, to, &Walk::step);
        std::vector<StepIndex> circle;
        for (auto each = first_of_it; each != path.end(); ++each) circle.push_back(each->step);
        closed_by.emplace(here.step, std::move(circle));
      } else if (marks[to] == Mark::unseen) {
        path.push_back(walk_from(to));
      }
    }
  }
  std::vector<std::vector<StepIndex>> circles;
  for (auto& [closing, circle] : closed_by) circles.push_back(std::move(circle));
  return circles;
}

}  // namespace countersign
