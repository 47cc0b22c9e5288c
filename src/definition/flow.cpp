#include "definition/flow.h"

#include <algorithm>

namespace countersign {
Flow::Flow(const Definition& definition) : definition_(definition) {
  number_results();
  make_edges();
  add_guards();
  solve();
}

void Flow::number_results() {
  tracked_.resize(definition_.steps.size());
  for (const Step& step : definition_.steps) {
    Tracked& tracked = tracked_[step.index];
    if (step.id.empty()) continue;
    tracked.first_bit = bits_;
    tracked.outcomes = outcomes_of(definition_, step);
    bits_ += 1 + tracked.outcomes.size();
  }
}

// ---- the ways on

Flow::Edge Flow::edge_behind(StepIndex step, Edge::Kind kind) const {
  const Step& of = definition_.step(step);
  const StepList& list = definition_.list(of.list);
  if (of.position + 1 < list.steps.size()) return {kind, "", list.steps[of.position + 1], kNoList};
  return {kind, "", kNoStep, of.list};
}

Flow::Edge Flow::edge_into(ListIndex list, Edge::Kind kind) const {
  const StepList& into = definition_.list(list);
  if (!into.steps.empty()) return {kind, "", into.steps.front(), kNoList};
  return {kind, "", kNoStep, list};
}

void Flow::add_outcome(StepIndex from, const std::string& outcome) {
  const Step& step = definition_.step(from);
  const auto handler = step.on.find(outcome);
  Edge edge;
  if (handler != step.on.end()) {
    edge = edge_into(handler->second, Edge::Kind::outcome);
  } else if (outcome == "rejected" && std::holds_alternative<Approve>(step.kind)) {
    edge = {Edge::Kind::outcome, "", kNoStep, kNoList};  // ends as rejected
  } else if (outcome == "returned") {
    if (const auto* approve = std::get_if<Approve>(&step.kind))
      return add_send_back(from, approve->return_to);
    if (const auto* task = std::get_if<Task>(&step.kind)) return add_send_back(from, task->return_to);
    return;
  } else if (outcome == "timeout" || outcome == "failed" ||
             (outcome == "insufficient" && std::holds_alternative<Budget>(step.kind))) {
    return;  // must be handled: reported elsewhere
  } else {
    edge = edge_behind(from, Edge::Kind::outcome);
  }
  edge.outcome = outcome;
  edges_[from].push_back(edge);
}

void Flow::add_send_back(StepIndex from, const std::vector<ReturnTarget>& targets) {
  for (const ReturnTarget& target : targets) {
    const StepIndex to = target.requester ? definition_.revise : target.step;
    if (to != kNoStep) edges_[from].push_back({Edge::Kind::send_back, "returned", to, kNoList});
  }
}

void Flow::make_edges() {
  below_.resize(definition_.lists.size());
  for (const Step& step : definition_.steps) {
    for (ListIndex at = step.list; at != kNoList;) {
      below_[at].push_back(step.index);
      const StepIndex owner = definition_.list(at).owner;
      at = owner == kNoStep ? kNoList : definition_.step(owner).list;
    }
  }
  edges_.resize(definition_.steps.size());
  for (const Step& step : definition_.steps) {
    std::vector<Edge>& edges = edges_[step.index];
    if (std::holds_alternative<Revise>(step.kind)) {
      if (definition_.root != kNoList) edges.push_back(edge_into(definition_.root, Edge::Kind::send_back));
      continue;
    }
    if (step.when) edges.push_back(edge_behind(step.index, Edge::Kind::skip));
    if (const auto* go = std::get_if<Go>(&step.kind)) {
      if (go->step != kNoStep) edges.push_back({Edge::Kind::jump, "", go->step, kNoList});
    } else if (std::holds_alternative<End>(step.kind)) {
      edges.push_back({Edge::Kind::jump, "", kNoStep, kNoList});
    } else if (const auto* choose = std::get_if<Choose>(&step.kind)) {
      bool otherwise = false;
      for (const Choose::Option& option : choose->options) {
        if (option.list != kNoList) edges.push_back(edge_into(option.list, Edge::Kind::inner));
        if (!option.when) otherwise = true;
      }
      if (!otherwise) edges.push_back(edge_behind(step.index, Edge::Kind::outcome));
    } else if (const std::vector<ListIndex> branches = branches_of(step); !branches.empty()) {
      // What follows is found when branches join.
      for (const ListIndex branch : branches) edges.push_back(edge_into(branch, Edge::Kind::inner));
    } else {
      // A for_each may have no items, so that what follows it needs nothing of what is inside.
      const auto* each = std::get_if<ForEach>(&step.kind);
      if (each != nullptr && each->list != kNoList) edges.push_back(edge_into(each->list, Edge::Kind::inner));
      const std::vector<std::string> outcomes = outcomes_of(definition_, step);
      for (const std::string& outcome : outcomes) add_outcome(step.index, outcome);
      if (outcomes.empty()) edges.push_back(edge_behind(step.index, Edge::Kind::outcome));
    }
  }
}

namespace {

// Whether the step may change one of the fields of the form.
bool changes(const Step& step, const std::vector<std::string>& fields) {
  const auto is_named = [&](const std::string& name) {
    return std::ranges::find(fields, name) != fields.end();
  };
  if (const auto* approve = std::get_if<Approve>(&step.kind))
    return std::ranges::any_of(approve->edit, is_named);
  if (const auto* task = std::get_if<Task>(&step.kind)) return std::ranges::any_of(task->edit, is_named);
  const auto* set = std::get_if<Assign>(&step.kind);
  return set != nullptr && std::ranges::any_of(set->targets, [&](const Assign::Target& target) {
           return target.form && is_named(target.name);
         });
}

}  // namespace

void Flow::add_guards() {
  for (const Step& guard : definition_.steps) {
    const auto* approve = std::get_if<Approve>(&guard.kind);
    if (approve == nullptr || approve->guards.empty()) continue;
    for (const Step& step : definition_.steps) {
      if (step.list == kNoList || !changes(step, approve->guards) || !leads_to(guard.index, step.index))
        continue;
      // Itself, or the block around it that ends before the change.
      StepIndex to = guard.index;
      while (to != kNoStep && !encloses(definition_, definition_.step(to).list, step.list))
        to = definition_.list(definition_.step(to).list).owner;
      if (to != kNoStep) edges_[step.index].push_back({Edge::Kind::send_back, "returned", to, kNoList});
    }
  }
}

// ---- what is known where

bool Flow::is_branch(ListIndex list) const {
  const std::string& role = definition_.list(list).role;
  return role.starts_with("branch:") || role.starts_with("gate:") || is_item(list);
}

bool Flow::is_item(ListIndex list) const {
  return definition_.list(list).role == "each";
}

std::vector<ListIndex> Flow::branches_of(const Step& step) {
  std::vector<ListIndex> lists;
  if (const auto* parallel = std::get_if<Parallel>(&step.kind)) {
    for (const Parallel::Branch& branch : parallel->branches) lists.push_back(branch.list);
  } else if (const auto* gates = std::get_if<Gates>(&step.kind)) {
    for (const Gates::Level& level : gates->levels) lists.push_back(level.list);
  }
  std::erase(lists, kNoList);
  return lists;
}

std::size_t Flow::branches_needed(const Step& step) {
  const auto* parallel = std::get_if<Parallel>(&step.kind);
  if (parallel != nullptr && parallel->need.kind != QuorumKind::all) return parallel->need.number;
  return branches_of(step).size();
}

void Flow::set_result(Bits& state, StepIndex step, const std::string& outcome) const {
  const Tracked& tracked = tracked_[step];
  if (tracked.outcomes.empty()) return;
  for (std::size_t i = 0; i <= tracked.outcomes.size(); ++i) {
    const std::size_t bit = tracked.first_bit + i;
    const bool set = i > 0 && tracked.outcomes[i - 1] == outcome;
    if (set) {
      state[bit / 64] |= std::uint64_t{1} << (bit % 64);
    } else {
      state[bit / 64] &= ~(std::uint64_t{1} << (bit % 64));
    }
  }
}

void Flow::set_absent(Bits& state, StepIndex step) const {
  if (definition_.step(step).id.empty()) return;
  set_result(state, step, "");
  const std::size_t bit = tracked_[step].first_bit;
  state[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

void Flow::copy_result(Bits& to, const Bits& from, StepIndex step) const {
  const Tracked& tracked = tracked_[step];
  if (definition_.step(step).id.empty()) return;
  for (std::size_t bit = tracked.first_bit; bit <= tracked.first_bit + tracked.outcomes.size(); ++bit) {
    const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
    to[bit / 64] = (to[bit / 64] & ~mask) | (from[bit / 64] & mask);
  }
}

void Flow::widen(Bits& state, StepIndex step) const {
  if (definition_.step(step).id.empty()) return;
  const Tracked& tracked = tracked_[step];
  for (std::size_t bit = tracked.first_bit; bit <= tracked.first_bit + tracked.outcomes.size(); ++bit) {
    state[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
}

void Flow::solve() {
  entry_.resize(definition_.steps.size());
  exit_.resize(definition_.lists.size());
  queued_.resize(definition_.steps.size(), false);
  Bits& start = start_;
  start.assign((bits_ + 63) / 64, 0);
  for (const Step& step : definition_.steps) {
    if (step.id.empty()) continue;
    const std::size_t bit = tracked_[step.index].first_bit;
    start[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  Bits anything = start;
  for (const Step& step : definition_.steps) widen(anything, step.index);
  for (const EventHandler& handler : definition_.on_event) {
    if (handler.list == kNoList) continue;
    // It runs at any time beside the root list.
    for (const StepIndex step : steps_below(handler.list)) widen(start, step);
    const Edge into = edge_into(handler.list, Edge::Kind::inner);
    if (into.to != kNoStep) flow_into(into.to, anything);
  }
  if (definition_.root != kNoList) {
    const Edge into = edge_into(definition_.root, Edge::Kind::inner);
    if (into.to != kNoStep) flow_into(into.to, start);
  }
  while (!work_.empty()) {
    const StepIndex step = work_.back();
    work_.pop_back();
    queued_[step] = false;
    visit(step);
  }
}

void Flow::flow_into(StepIndex step, const Bits& state) {
  std::optional<Bits>& entry = entry_[step];
  if (!entry) {
    entry = state;
  } else {
    bool grown = false;
    for (std::size_t i = 0; i < state.size(); ++i) {
      grown = grown || (state[i] & ~(*entry)[i]) != 0;
      (*entry)[i] |= state[i];
    }
    if (!grown) return;
  }
  if (queued_[step]) return;
  queued_[step] = true;
  work_.push_back(step);
}

void Flow::visit(StepIndex at) {
  const Step& step = definition_.step(at);
  const Bits state = *entry_[at];
  if (const std::vector<ListIndex> branches = branches_of(step); !branches.empty()) {
    for (const Edge& edge : edges_[at]) {
      if (edge.kind == Edge::Kind::skip) flow_along(at, edge, state);
    }
    for (const ListIndex branch : branches) {
      Bits inside = state;
      for (const ListIndex other : branches) {
        if (other == branch) continue;
        for (const StepIndex below : steps_below(other)) widen(inside, below);
      }
      flow_along(at, edge_into(branch, Edge::Kind::inner), inside);
    }
    return;
  }
  const auto* each = std::get_if<ForEach>(&step.kind);
  for (const Edge& edge : edges_[at]) {
    Bits out = state;
    if (each != nullptr && edge.kind == Edge::Kind::inner) {
      // Every item begins with nothing of its own.
      for (const StepIndex below : steps_below(each->list)) set_absent(out, below);
    }
    if (edge.kind == Edge::Kind::outcome) set_result(out, at, edge.outcome);
    if (at == definition_.revise) {
      out = start_;  // everything is void
    } else if (edge.kind == Edge::Kind::send_back) {
      set_result(out, at, "");  // void as well
      // Void is what was opened since the target's last visit: it may be absent now.
      const std::vector<bool>& voided = steps_after(edge.to);
      for (const Step& other : definition_.steps) {
        if (other.id.empty() || !voided[other.index]) continue;
        const std::size_t bit = tracked_[other.index].first_bit;
        out[bit / 64] |= std::uint64_t{1} << (bit % 64);
      }
    }
    flow_along(at, edge, out);
  }
}

void Flow::flow_along(StepIndex from, const Edge& edge, const Bits& state) {
  if (edge.to != kNoStep) {
    flow_into(edge.to, state);
  } else if (edge.leaves != kNoList) {
    leave_list(edge.leaves, from, state);
  }
}

void Flow::leave_list(ListIndex list, StepIndex from, const Bits& state) {
  const StepIndex owner = definition_.list(list).owner;
  if (owner == kNoStep) {
    if (list == definition_.root && falls_off_at_ == kNoStep) falls_off_at_ = from;
    return;
  }
  if (is_item(list)) return;
  if (!is_branch(list)) {
    flow_along(from, edge_behind(owner, Edge::Kind::outcome), state);
    return;
  }
  std::optional<Bits>& exit = exit_[list];
  if (!exit) {
    exit = state;
  } else {
    for (std::size_t i = 0; i < state.size(); ++i) (*exit)[i] |= state[i];
  }
  join_branches(owner);
}

void Flow::join_branches(StepIndex at) {
  const Step& step = definition_.step(at);
  const auto* parallel = std::get_if<Parallel>(&step.kind);
  const bool all = parallel == nullptr || parallel->need.kind == QuorumKind::all;
  Bits joined = *entry_[at];
  std::size_t done = 0;
  for (const ListIndex branch : branches_of(step)) {
    const std::optional<Bits>& exit = exit_[branch];
    done += exit ? 1 : 0;
    for (const StepIndex below : steps_below(branch)) {
      if (all && exit) {
        copy_result(joined, *exit, below);
      } else {
        widen(joined, below);
      }
    }
  }
  if (done < branches_needed(step)) return;
  for (const std::string& outcome : outcomes_of(definition_, step)) {
    Bits out = joined;
    set_result(out, at, outcome);
    const auto handler = step.on.find(outcome);
    flow_along(at,
               handler == step.on.end() ? edge_behind(at, Edge::Kind::outcome)
                                        : edge_into(handler->second, Edge::Kind::outcome),
               out);
  }
}

Flow::Possible Flow::result(StepIndex at, StepIndex step) const {
  Possible possible;
  const Tracked& tracked = tracked_[step];
  if (at == kNoStep || !entry_[at]) {
    possible.outcomes = tracked.outcomes;
    possible.absent = at == kNoStep;  // an unreachable step has its own diagnostic
    return possible;
  }
  const Bits& state = *entry_[at];
  const auto has = [&](std::size_t bit) { return (state[bit / 64] >> (bit % 64) & 1) != 0; };
  possible.absent = has(tracked.first_bit);
  for (std::size_t i = 0; i < tracked.outcomes.size(); ++i) {
    if (has(tracked.first_bit + 1 + i)) possible.outcomes.push_back(tracked.outcomes[i]);
  }
  return possible;
}

}  // namespace countersign
