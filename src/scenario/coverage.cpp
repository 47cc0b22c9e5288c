#include "scenario/coverage.h"

#include <algorithm>

#include "scenario/trial.h"
#include <fmt/format.h>

namespace countersign::scenario {
namespace {

std::string outcome_point(const std::string& step, const std::string& outcome) {
  return step + ": " + outcome;
}
std::string list_point(const Definition& definition, ListIndex list) {
  const StepList& of = definition.list(list);
  if (of.role.starts_with("event:")) return "on_event " + of.role.substr(6);
  if (of.owner == kNoStep || !of.role.starts_with("option:")) return {};
  const auto& options = std::get<Choose>(definition.step(of.owner).kind).options;
  const auto option = std::ranges::find(options, list, &Choose::Option::list);
  return outcome_point(definition.step(of.owner).name, fmt::format("way {}", option - options.begin() + 1));
}

std::string level_point(const Step& step, const Gates::Level& level, std::string_view what) {
  return outcome_point(step.name, fmt::format("stage {} {}", level.stage, what));
}

// A level whose work is complete and whose turn it is: if it does not open, its condition does not hold.
class WaitingLevels {
 public:
  void list_opened(FrameId frame, ActivationId gates, ListIndex list) { frames_[frame] = {gates, list}; }
  void list_closed(FrameId frame) { frames_.erase(frame); }
  void opened(ActivationId gates) { ++open_[gates]; }

  std::vector<std::string> points(const Definition& definition,
                                  const std::map<ActivationId, StepIndex>& steps) const {
    std::vector<std::string> waiting;
    for (const auto& [activation, index] : steps) {
      const auto* gates = std::get_if<Gates>(&definition.step(index).kind);
      if (gates == nullptr) continue;
      const auto done = open_.find(activation);
      const std::size_t next = done == open_.end() ? 0 : done->second;
      if (next >= gates->levels.size() || !gates->levels[next].when) continue;
      const bool works = std::ranges::any_of(frames_, [&, id = activation](const auto& frame) {
        return frame.second.first == id && frame.second.second == gates->levels[next].list;
      });
      if (!works)
        waiting.push_back(
            level_point(definition.step(index), gates->levels[next], "waits for its condition"));
    }
    return waiting;
  }

 private:
  std::map<FrameId, std::pair<ActivationId, ListIndex>> frames_;
  std::map<ActivationId, std::size_t> open_;
};

std::string trigger_point(const Trigger& trigger) {
  if (trigger.kind == Trigger::Kind::form) return "start by form";
  if (trigger.kind != Trigger::Kind::event) return "start by schedule";
  return "start by " + event_key(trigger.connector, trigger.event);
}

std::string refusal_point(std::string_view rule, bool refuses) {
  return fmt::format("refuse_when {}: {}", rule, refuses ? "refuses" : "lets pass");
}

// Steps that leave no trace of their own: where they lead does.
bool leaves_no_trace(const Step& step) {
  return std::holds_alternative<Go>(step.kind) || std::holds_alternative<End>(step.kind);
}

// What only a clash with another system's data brings about is still to be reached, a revision is not: it is
// the other side of "returned".
std::vector<Point> points_of(const Definition& definition) {
  std::vector<Point> points;
  if (definition.triggers.size() > 1) {
    for (const Trigger& trigger : definition.triggers) {
      if (std::string name = trigger_point(trigger); !name.empty())
        points.push_back({std::move(name), {}, 0});
    }
  }
  for (std::size_t i = 0; i < definition.refuse_when.size(); ++i) {
    for (const bool refuses : {true, false})
      points.push_back({refusal_point(std::to_string(i + 1), refuses), definition.refuse_when[i].when.at, 0});
  }
  for (const Step& step : definition.steps) {
    if (std::holds_alternative<Revise>(step.kind)) continue;
    const std::vector<std::string> outcomes = outcomes_of(definition, step);
    if (outcomes.empty() && !leaves_no_trace(step)) points.push_back({step.name, step.at, 0});
    for (const std::string& outcome : outcomes)
      points.push_back({outcome_point(step.name, outcome), step.at, 0});
    if (step.when) points.push_back({outcome_point(step.name, "skipped"), step.at, 0});
    if (!step.remind.empty()) points.push_back({outcome_point(step.name, "a reminder"), step.at, 0});
    if (!step.escalate.empty()) points.push_back({outcome_point(step.name, "an escalation"), step.at, 0});
    if (const auto* gates = std::get_if<Gates>(&step.kind)) {
      for (const Gates::Level& level : gates->levels) {
        points.push_back({level_point(step, level, "opens"), step.at, 0});
        if (level.when) points.push_back({level_point(step, level, "waits for its condition"), step.at, 0});
      }
    }
    if (const auto* choose = std::get_if<Choose>(&step.kind)) {
      for (const Choose::Option& option : choose->options)
        points.push_back({list_point(definition, option.list), step.at, 0});
    }
  }
  for (const EventHandler& handler : definition.on_event) {
    const StepList& list = definition.list(handler.list);
    const SourcePosition at = list.steps.empty() ? SourcePosition{} : definition.step(list.steps.front()).at;
    points.push_back({list_point(definition, handler.list), at, 0});
  }
  std::erase_if(points, [](const Point& point) { return point.name.empty(); });
  return points;
}

}  // namespace

std::size_t WorkflowCoverage::reached() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(points, [](const Point& point) { return point.hits > 0; }));
}

void Coverage::add(std::shared_ptr<const Definition> definition, std::string file) {
  const auto [entry, is_new] = workflows_.try_emplace(definition->id.value);
  if (!is_new) return;
  entry->second.points = points_of(*definition);
  entry->second.definition = std::move(definition);
  entry->second.file = std::move(file);
}

void Coverage::hit(const std::string& workflow, const std::string& name) {
  for (Point& point : workflows_.at(workflow).points) {
    if (point.name == name) ++point.hits;
  }
}

void Coverage::note_refusal(const WorkflowId& workflow, const std::vector<FormProblem>& problems) {
  if (!workflows_.contains(workflow.value)) return;
  for (const FormProblem& problem : problems) {
    const bool by_rule = problem.pointer == "/form" && problem.arguments.size() == 1;
    if (by_rule) hit(workflow.value, refusal_point(problem.arguments.front(), true));
  }
}

void Coverage::note(const std::vector<Happened>& history) {
  struct Running {
    std::string workflow;
    std::map<ActivationId, StepIndex> steps;
    std::map<std::uint32_t, ActivationId> items;
    std::set<ActivationId> passed_over;  // by an administrator: no condition of the file was false
    WaitingLevels levels;
    Instant at;
  };
  std::map<InstanceId, Running> instances;
  const auto look_at_levels = [&](const Running& running) {
    const auto known = workflows_.find(running.workflow);
    if (known == workflows_.end()) return;
    for (const std::string& point : running.levels.points(*known->second.definition, running.steps))
      hit(running.workflow, point);
  };
  for (const Happened& happened : history) {
    // What happens in one moment opens all levels that can be opened: whatever is left then waits.
    if (const auto before = instances.find(happened.instance);
        before != instances.end() && happened.at > before->second.at) {
      look_at_levels(before->second);
    }
    instances[happened.instance].at = happened.at;
    if (const auto* started = std::get_if<Started>(&happened.body)) {
      instances[happened.instance].workflow = started->workflow.value;
      if (const auto of = workflows_.find(started->workflow.value); of != workflows_.end()) {
        hit(of->first, "start by " + started->trigger);
        for (std::size_t i = 0; i < of->second.definition->refuse_when.size(); ++i)
          hit(of->first, refusal_point(std::to_string(i + 1), false));
      }
    }
    Running& running = instances[happened.instance];
    const auto known = workflows_.find(running.workflow);
    if (known == workflows_.end()) continue;
    const Definition& definition = *known->second.definition;
    const auto name_of = [&](ActivationId activation) {
      const auto step = running.steps.find(activation);
      return step == running.steps.end() ? std::string() : definition.step(step->second).name;
    };
    if (const auto* opened = std::get_if<ActivationOpened>(&happened.body)) {
      running.steps[opened->activation] = opened->step;
      hit(running.workflow, opened->name);
    } else if (const auto* reached = std::get_if<OutcomeReached>(&happened.body)) {
      hit(running.workflow, outcome_point(name_of(reached->activation), reached->outcome));
    } else if (const auto* closed = std::get_if<ActivationClosed>(&happened.body)) {
      if (closed->how == "skipped" && !running.passed_over.contains(closed->activation))
        hit(running.workflow, outcome_point(name_of(closed->activation), "skipped"));
      running.steps.erase(closed->activation);
    } else if (const auto* skipped = std::get_if<StepSkipped>(&happened.body)) {
      running.passed_over.insert(skipped->activation);
    } else if (const auto* item = std::get_if<ItemOpened>(&happened.body)) {
      running.items[item->item.number] = item->item.activation;
    } else if (const auto* chased = std::get_if<Chased>(&happened.body)) {
      const char* what = chased->kind == TimerKind::escalate ? "an escalation" : "a reminder";
      hit(running.workflow, outcome_point(name_of(running.items[chased->item]), what));
    } else if (const auto* level = std::get_if<LevelOpened>(&happened.body)) {
      running.levels.opened(level->activation);
      const auto step = running.steps.find(level->activation);
      const auto* gates =
          step == running.steps.end() ? nullptr : std::get_if<Gates>(&definition.step(step->second).kind);
      if (gates != nullptr && level->level < gates->levels.size())
        hit(running.workflow,
            level_point(definition.step(step->second), gates->levels[level->level], "opens"));
    } else if (const auto* left = std::get_if<FrameClosed>(&happened.body)) {
      running.levels.list_closed(left->frame);
    } else if (const auto* frame = std::get_if<FrameOpened>(&happened.body)) {
      running.levels.list_opened(frame->frame, frame->parent, frame->list);
      if (std::string point = list_point(definition, frame->list); !point.empty())
        hit(running.workflow, point);
    }
  }
  for (const auto& [id, running] : instances) look_at_levels(running);
}

bool Coverage::is_complete() const {
  return std::ranges::all_of(
      workflows_, [](const auto& each) { return each.second.reached() == each.second.points.size(); });
}

}  // namespace countersign::scenario
