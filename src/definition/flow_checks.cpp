#include "definition/flow_checks.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/ways.h"
#include "definition/ledger_checks.h"

namespace countersign {
namespace {

void report_unknown_step(Loading& loading, SourceSpan at, std::string message, const std::string& name) {
  std::vector<std::string> ids = known_names(loading.definition.steps, &Step::id);
  std::erase(ids, "");
  if (ids.empty()) {
    message += ": no step has an 'id'; give one to the step that is meant";
    return loading.diagnostics.error(Code::unknown_step, at, std::move(message));
  }
  report_unknown_name(loading.diagnostics, Code::unknown_step, at, std::move(message), name, ids);
}

// Of the steps around one that cannot be reached, the innermost that can: what to name instead.
std::string reachable_instead(const Definition& definition, const Step& target, ListIndex from) {
  for (StepIndex owner = definition.list(target.list).owner; owner != kNoStep;) {
    const Step& around = definition.step(owner);
    if (encloses(definition, around.list, from)) {
      return around.id.empty()
                 ? fmt::format("give the step in line {}, which it is part of, an 'id' and name that one",
                               around.at.line)
                 : fmt::format("name '{}' (line {}), which it is part of", around.id, around.at.line);
    }
    owner = definition.list(around.list).owner;
  }
  return "name a step of this list or of one around it";
}

const Step* find_target(Loading& loading, const StepReference& reference) {
  const Step* target = loading.definition.find_step(reference.name);
  if (target == nullptr) {
    report_unknown_step(loading, reference.at, fmt::format("unknown step '{}'", reference.name),
                        reference.name);
  }
  return target;
}

std::vector<ReturnTarget>* return_targets_of(Step& step) {
  if (auto* approve = std::get_if<Approve>(&step.kind)) return &approve->return_to;
  if (auto* task = std::get_if<Task>(&step.kind)) return &task->return_to;
  return nullptr;
}

void resolve_go(Loading& loading) {
  for (const auto& [index, reference] : loading.go_targets) {
    const Step* target = find_target(loading, reference);
    if (target == nullptr) continue;
    const Step& step = loading.definition.step(index);
    if (!encloses(loading.definition, target->list, step.list)) {
      loading.diagnostics.error(
          Code::out_of_reach, reference.at,
          fmt::format("'go' cannot reach '{}' (line {}): it stands inside a list that this step is "
                      "not in; {}",
                      reference.name, target->at.line,
                      reachable_instead(loading.definition, *target, step.list)));
      continue;
    }
    loading.definition.steps[index].kind = Go{target->index};
  }
}

void resolve_commits(Loading& loading) {
  for (const auto& [index, reference] : loading.commit_targets) {
    const Step* target = find_target(loading, reference);
    if (target == nullptr) continue;
    const auto* reserving = std::get_if<Budget>(&target->kind);
    if (reserving == nullptr || reserving->act != Budget::Act::reserve) {
      loading.diagnostics.error(
          Code::not_reserved, reference.at,
          fmt::format(
              "'{}' (line {}) is no budget step that reserves: name the step with `budget: {{reserve: "
              "...}}`",
              reference.name, target->at.line));
      continue;
    }
    // Inside a for_each that the reservation is outside of, the first item would spend it for all.
    const auto around = for_each_around(loading.definition, loading.definition.step(index).list);
    const auto reserved_in = for_each_around(loading.definition, target->list);
    if (around.size() > reserved_in.size() ||
        !std::equal(around.begin(), around.end(), reserved_in.begin())) {
      loading.diagnostics.error(Code::not_reserved, reference.at,
                                fmt::format("'{}' (line {}) reserves once, and not for each item here: write "
                                            "'commit' behind the for_each, or reserve inside of it",
                                            reference.name, target->at.line));
      continue;
    }
    std::get<Budget>(loading.definition.steps[index].kind).commit = target->index;
  }
}

// Spending what nobody has held would let money pass unseen.
void check_commits(Loading& loading, const Flow& flow) {
  for (const auto& [index, reference] : loading.commit_targets) {
    const Step& step = loading.definition.step(index);
    const StepIndex target = std::get<Budget>(step.kind).commit;
    if (target == kNoStep || step.when || !flow.reachable(index)) continue;
    const Flow::Possible possible = flow.result(index, target);
    const bool lacking = std::ranges::find(possible.outcomes, "insufficient") != possible.outcomes.end();
    if (!possible.absent && !lacking) continue;
    // A step inside a for_each may have run for no item at all: then nothing is to be spent.
    if (!lacking && !for_each_around(loading.definition, loading.definition.step(target).list).empty())
      continue;
    loading.diagnostics.error(
        Code::not_reserved, reference.at,
        lacking
            ? fmt::format("'{}' may have ended with 'insufficient' here: let that outcome lead elsewhere, or "
                          "write `when: {}.outcome == \"reserved\"` on this step",
                          reference.name, reference.name)
            : fmt::format("'{}' may not have run here: write `when: has({}.outcome)` on this step",
                          reference.name, reference.name));
  }
}

void resolve_returns(Loading& loading) {
  for (const auto& [index, references] : loading.return_targets) {
    std::vector<ReturnTarget>* targets = return_targets_of(loading.definition.steps[index]);
    if (targets == nullptr) continue;
    auto slot = targets->begin();
    for (const StepReference& reference : references) {
      while (slot != targets->end() && slot->requester) ++slot;
      if (slot == targets->end()) break;
      const Step* target = find_target(loading, reference);
      if (target != nullptr && target->index == index) {
        loading.diagnostics.error(Code::bad_return_target, reference.at,
                                  "a step cannot return to itself: name one that comes before it, or "
                                  "'requester'");
      } else if (target != nullptr &&
                 !encloses(loading.definition, target->list, loading.definition.step(index).list)) {
        loading.diagnostics.error(
            Code::out_of_reach, reference.at,
            fmt::format("'return_to' cannot reach '{}' (line {}): it stands inside a list that this "
                        "step is not in; {}",
                        reference.name, target->at.line,
                        reachable_instead(loading.definition, *target, loading.definition.step(index).list)));
      } else if (target != nullptr) {
        slot->step = target->index;
      }
      ++slot;
    }
    std::erase_if(*targets,
                  [](const ReturnTarget& target) { return !target.requester && target.step == kNoStep; });
  }
}

void check_items_of(Loading& loading, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (field.type != FieldType::items_of || field.items_of.empty()) continue;
    const Step* step = loading.definition.find_step(field.items_of);
    const Task* task = step == nullptr ? nullptr : std::get_if<Task>(&step->kind);
    if (step == nullptr) {
      report_unknown_step(loading, span_of(field.at, static_cast<std::uint32_t>(field.name.size())),
                          fmt::format("unknown step '{}'", field.items_of), field.items_of);
    } else if (task == nullptr || task->checklist.empty()) {
      loading.diagnostics.error(Code::bad_value,
                                span_of(field.at, static_cast<std::uint32_t>(field.name.size())),
                                fmt::format("'{}' is no task with a checklist: name one, or give it a "
                                            "'checklist'",
                                            field.items_of));
    }
  }
}

void resolve_visible_from(Loading& loading) {
  for (const auto& [index, reference] : loading.visible_from) {
    if (const Step* target = find_target(loading, reference))
      loading.definition.steps[index].visible_from = target->index;
  }
}

void check_visible_from(Loading& loading, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (field.visible_from.empty() || loading.definition.find_step(field.visible_from) != nullptr) continue;
    report_unknown_step(
        loading, span_of(field.at, static_cast<std::uint32_t>(field.name.size())),
        fmt::format("unknown step '{}' in 'visible_from' of '{}'", field.visible_from, field.name),
        field.visible_from);
  }
}

// Where it may come from a way without an approval on it: to which steps, and which statuses it ends with.
// What conditions make of it shows only when it runs.
struct Reach {
  std::set<StepIndex> steps;  // approvals that are met too
  std::set<std::string> statuses;
};

std::vector<Way> ways_on(const Definition& definition, const Step& step) {
  std::vector<Way> ways;
  for (const StepList& list : definition.lists) {
    const bool inside = list.owner == step.index && !list.role.starts_with("on:");
    if (inside) ways.push_back(way_into(definition, static_cast<ListIndex>(&list - definition.lists.data())));
  }
  // They are met where they have a condition.
  if (const auto* go = std::get_if<Go>(&step.kind)) ways.push_back(way_to(definition, go->step));
  if (const auto* end = std::get_if<End>(&step.kind)) ways.push_back({kNoStep, end->status});
  for (const std::string& outcome : outcomes_of(definition, step))
    ways.push_back(way_of(definition, step, outcome));
  ways.push_back(way_behind(definition, step));
  return ways;
}

Reach reach_of(const Definition& definition, const Way& from, bool past_approvals) {
  Reach reach;
  std::vector<Way> open{from};
  while (!open.empty()) {
    const Way way = open.back();
    open.pop_back();
    if (!way.status.empty()) reach.statuses.insert(way.status);
    if (way.step == kNoStep || !reach.steps.insert(way.step).second) continue;
    const Step& step = definition.step(way.step);
    const bool asks = std::holds_alternative<Approve>(step.kind) || std::holds_alternative<Revise>(step.kind);
    if (asks && !past_approvals) {
      if (step.when) open.push_back(way_behind(definition, step));
      continue;
    }
    for (Way& next : ways_on(definition, step)) open.push_back(std::move(next));
  }
  return reach;
}

// Time is no approval where somebody has to be asked: what `timeout` leads to may not be where an approval
// leads.
void check_always_ask(Loading& loading) {
  if (loading.catalogue.in_force) return;
  const Definition& definition = loading.definition;
  for (const Step& step : definition.steps) {
    const auto* approve = std::get_if<Approve>(&step.kind);
    if (approve == nullptr || (!approve->always_ask && approve->confirm.empty())) continue;
    if (!step.deadline || !step.on.contains("timeout")) continue;
    const Way approved = way_of(definition, step, "approved");
    const Reach timeout = reach_of(definition, way_of(definition, step, "timeout"), false);
    const Reach after = reach_of(definition, approved, true);
    const Reach rejected = reach_of(definition, way_of(definition, step, "rejected"), true);
    bool passed = approved.step != kNoStep && timeout.steps.contains(approved.step);
    for (const std::string& status : timeout.statuses)
      passed = passed || (after.statuses.contains(status) && !rejected.statuses.contains(status));
    if (!passed) continue;
    loading.diagnostics.error(
        Code::always_ask_passed, span_of(step.at),
        fmt::format(
            "'timeout' leads where an approval leads, and '{}' wants somebody asked: let it ask again, ask "
            "somebody else, or end otherwise",
            approve->always_ask ? "always_ask" : "confirm"));
  }
}

// Why a step is passed at once that somebody may have thought to wait; "" where nobody would.
std::string why_at_once(const Step& step, const InstantOutcomes& instant) {
  if (const auto found = instant.find(step.index); found != instant.end())
    return found->second.begin()->second;
  constexpr std::string_view kInstead =
      "put an 'approve', a 'task' or a 'wait' beside it, or let it lead out of the circle";
  if (waits_by_kind(step))
    return fmt::format("'{}' is passed over where its 'when' does not hold; {}", step.name, kInstead);
  if (std::holds_alternative<ForEach>(step.kind))
    return fmt::format("'{}' waits for nothing where its list is empty; {}", step.name, kInstead);
  if (std::holds_alternative<Parallel>(step.kind) || std::holds_alternative<Gates>(step.kind))
    return fmt::format("enough of what '{}' waits for can end at once; {}", step.name, kInstead);
  return "";
}

// Circles that never wait, and those that need not.
void check_circles(Loading& loading, const Flow& flow) {
  const Definition& definition = loading.definition;
  // A version that runs went well so far: the run itself looks after circles (core/circles.h).
  const InstantOutcomes instant =
      loading.catalogue.in_force ? InstantOutcomes() : instant_outcomes(definition);
  for (const std::vector<StepIndex>& circle : flow.endless_cycles(instant)) {
    std::string why;
    for (const StepIndex step : circle) {
      if (why.empty()) why = why_at_once(definition.step(step), instant);
    }
    if (why.empty()) why = "put an 'approve', a 'task' or a 'wait' on it, or let it lead out of the circle";
    const Step& back = definition.step(circle.front());
    const std::string to = circle.size() == 1 ? "itself"
                           : back.id.empty()  ? fmt::format("line {}", back.at.line)
                                              : fmt::format("'{}' (line {})", back.id, back.at.line);
    loading.diagnostics.error(Code::endless_cycle, span_of(definition.step(circle.back()).at),
                              fmt::format("from here the way leads back to {} without waiting: {}", to, why));
  }
}

}  // namespace

void resolve_steps(Loading& loading) {
  resolve_visible_from(loading);
  check_visible_from(loading, loading.definition.form);
  resolve_go(loading);
  resolve_commits(loading);
  resolve_returns(loading);
  for (const Step& step : loading.definition.steps) {
    const auto* approve = std::get_if<Approve>(&step.kind);
    const auto* task = std::get_if<Task>(&step.kind);
    if (approve == nullptr && task == nullptr) continue;
    const std::vector<Field>& ask = approve != nullptr ? approve->ask : task->ask;
    check_items_of(loading, ask);
    check_visible_from(loading, ask);
  }
}

void check_flow(Loading& loading, const Flow& flow) {
  const Definition& definition = loading.definition;
  check_commits(loading, flow);
  check_always_ask(loading);
  check_ledger_names(loading);
  for (const Step& step : definition.steps) {
    if (step.list == kNoList || flow.reachable(step.index)) continue;
    // One report for a run of unreachable steps: for its first.
    const StepList& list = definition.list(step.list);
    const StepIndex before = step.position > 0 ? list.steps[step.position - 1] : list.owner;
    if (before != kNoStep && !flow.reachable(before)) continue;
    const std::string lead = step.id.empty() ? std::string("give it an 'id' and lead to it with `go`")
                                             : fmt::format("lead to it with `go: {}`", step.id);
    const std::string why =
        step.position > 0
            ? fmt::format(
                  "this step is never reached: the one before it (line {}) never goes on; move it "
                  "before that one, {}, or take it away",
                  definition.step(before).at.line, lead)
            : fmt::format("no way through the workflow leads to this step: {}, or take it away", lead);
    loading.diagnostics.error(Code::unreachable, span_of(step.at), why);
  }
  if (const StepIndex last = flow.falls_off_at(); last != kNoStep) {
    loading.diagnostics.error(Code::never_ends, span_of(definition.step(last).at),
                              "the steps run out behind this one: write `- end: STATUS` behind it");
  }
  check_circles(loading, flow);
  for (const auto& [index, references] : loading.return_targets) {
    for (const StepReference& reference : references) {
      const Step* target = definition.find_step(reference.name);
      if (target == nullptr || target->index == index || flow.leads_to(target->index, index)) continue;
      if (!encloses(definition, target->list, definition.step(index).list)) continue;  // reported
      loading.diagnostics.error(
          Code::bad_return_target, reference.at,
          fmt::format("'{}' (line {}) does not come before this step: name one that does, or 'requester'",
                      reference.name, target->at.line));
    }
  }
}

}  // namespace countersign
