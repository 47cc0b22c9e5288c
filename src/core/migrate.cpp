#include "core/migrate.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "core/acts/hand_over.h"
#include "core/after_move.h"
#include "core/commands.h"
#include "core/evolve.h"
#include "core/form.h"
#include "core/form_rules.h"
#include "core/out_of_hands.h"
#include "core/policy.h"
#include "core/recount.h"
#include "core/turns.h"

namespace countersign {
namespace {

const cel::Value* value_of(const Fields& form, const std::string& name) {
  const auto found = form.find(name);
  return found == form.end() ? nullptr : &found->second;
}

// Whether expressions rely on a value that is not there.
bool lacks(const Definition& definition, const Fields& form, const Field& field) {
  return field.required && !field.when && is_empty(value_of(form, field.name)) &&
         !is_filled_in_later(definition, field);
}

std::string lacking(const Field& field) {
  return fmt::format(
      "the form lacks '{}', which must be filled in now: give it a 'default', or let a step 'edit' it",
      field.name);
}

class Planner {
 public:
  Planner(const Definition& from, const Definition& to, const State& state)
      : from_(from), to_(to), state_(state) {}

  MigrationPlan plan() {
    plan_.event.version = to_.version;
    match_steps();
    for (const auto& [id, activation] : state_.activations) check_step(activation);
    for (const auto& [id, frame] : state_.frames) match_list(frame);
    for (const auto& [key, timer] : state_.timers) check_timer(key);
    check_reservations();
    check_form();
    check_results();
    check_stage();
    std::vector<std::string>& all = plan_.obstacles;
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return std::move(plan_);
  }

 private:
  void obstacle(std::string why) { plan_.obstacles.push_back(std::move(why)); }

  static std::string named(const Step& step) { return fmt::format("step '{}'", step.name); }

  // kNoStep where there is none.
  StepIndex step_named(const std::string& name) const {
    const auto found = std::ranges::find_if(
        to_.steps, [&](const Step& step) { return step.name == name && step.list != kNoList; });
    return found == to_.steps.end() ? kNoStep : found->index;
  }

  // The level of gates whose list this is: its place among them.
  static std::size_t level_of(const Gates& gates, ListIndex list) {
    const auto found = std::ranges::find(gates.levels, list, &Gates::Level::list);
    return static_cast<std::size_t>(found - gates.levels.begin());
  }

  // Levels are known by their stage, wherever they stand. nullopt where the other version has none such.
  std::optional<std::size_t> level_there(const Step& step, std::size_t level) const {
    const std::string name = name_there(step);
    const StepIndex other = name.empty() ? kNoStep : step_named(name);
    const auto* gates = other == kNoStep ? nullptr : std::get_if<Gates>(&to_.step(other).kind);
    if (gates == nullptr) return std::nullopt;
    const std::string& stage = std::get<Gates>(step.kind).levels[level].stage;
    const auto found = std::ranges::find(gates->levels, stage, &Gates::Level::stage);
    if (found == gates->levels.end()) return std::nullopt;
    return static_cast<std::size_t>(found - gates->levels.begin());
  }

  // What the step is called in the other version: a step without an id is named by the way to it, which
  // counts levels by their place. "" where the level in which it stands is gone.
  std::string name_there(const Step& step) const {
    std::string name = step.name;
    for (ListIndex list = step.list; list != kNoList;) {
      const StepIndex owner = from_.list(list).owner;
      if (owner == kNoStep) break;
      const Step& around = from_.step(owner);
      if (const auto* gates = std::get_if<Gates>(&around.kind);
          gates != nullptr && from_.list(list).role.starts_with("gate:")) {
        const std::size_t level = level_of(*gates, list);
        const std::string here = fmt::format("{}/gate/{}/", around.name, level);
        if (name.starts_with(here)) {
          const auto there = level_there(around, level);
          if (!there) return {};
          name = fmt::format("{}/gate/{}/{}", around.name, *there, name.substr(here.size()));
        }
      }
      list = around.list;
    }
    return name;
  }

  void match_steps() {
    plan_.event.steps[from_.revise] = to_.revise;
    for (const Step& step : from_.steps) {
      if (step.list == kNoList) continue;
      const std::string name = name_there(step);
      const StepIndex other = name.empty() ? kNoStep : step_named(name);
      if (other == kNoStep || to_.step(other).kind.index() != step.kind.index()) continue;
      plan_.event.steps[step.index] = other;
    }
  }

  void check_step(const Activation& activation) {
    const Step& step = from_.step(activation.step);
    const auto found = plan_.event.steps.find(activation.step);
    if (found == plan_.event.steps.end()) {
      return obstacle(step_named(step.name) == kNoStep ? named(step) + " is gone"
                                                       : named(step) + " does something else now");
    }
    const StepKind& before = step.kind;
    const StepKind& after = to_.step(found->second).kind;
    // Everything below an open step runs already: what is added would never begin.
    if (const auto* parallel = std::get_if<Parallel>(&before)) {
      if (names_of(*parallel) != names_of(std::get<Parallel>(after)))
        obstacle(fmt::format("the branches of {} are others now", named(step)));
    } else if (const auto* gates = std::get_if<Gates>(&before)) {
      check_levels(activation, step, *gates, std::get<Gates>(after));
    } else if (const auto* task = std::get_if<Task>(&before)) {
      const std::vector<ChecklistItem>& now = std::get<Task>(after).checklist;
      const bool same = std::ranges::equal(task->checklist, now, {}, &ChecklistItem::id, &ChecklistItem::id);
      if (!same) obstacle(fmt::format("the checklist of {} is another now", named(step)));
    } else if (const auto* approve = std::get_if<Approve>(&before)) {
      check_votes(activation, step, *approve, std::get<Approve>(after));
    }
  }

  void check_votes(const Activation& activation, const Step& step, const Approve& before,
                   const Approve& after) {
    if (!activation.outcome.empty()) return;
    Recount recount = counted_anew(before, after, activation.roster);
    if (!recount.obstacle.empty()) obstacle(fmt::format("in {} {}", named(step), recount.obstacle));
    if (recount.roster) plan_.recounts.emplace(activation.id, std::move(*recount.roster));
  }

  // Levels that are open stay so in their order; those that still wait may stand in another.
  void check_levels(const Activation& activation, const Step& step, const Gates& before, const Gates& after) {
    const std::vector<std::string> old_stages = stages_of(before);
    const std::vector<std::string> new_stages = stages_of(after);
    const auto has = [](const std::vector<std::string>& stages, const std::string& stage) {
      return std::ranges::find(stages, stage) != stages.end();
    };
    bool same = true;
    for (std::size_t i = 0; i < new_stages.size(); ++i) {
      const std::string& stage = new_stages[i];
      if (has(old_stages, stage)) continue;
      const bool without_work = to_.list(after.levels[i].list).steps.empty();
      if (without_work && i >= activation.levels) continue;  // it opens like any other
      same = false;
      obstacle(
          without_work
              ? fmt::format("{} has a new level '{}' before one that is open", named(step), stage)
              : fmt::format("{} has a new level '{}', whose work would never begin", named(step), stage));
    }
    for (const std::string& stage : old_stages) {
      if (has(new_stages, stage)) continue;
      same = false;
      obstacle(fmt::format("the level '{}' of {} is gone", stage, named(step)));
    }
    const auto open = static_cast<std::ptrdiff_t>(activation.levels);
    if (same && !std::equal(old_stages.begin(), old_stages.begin() + open, new_stages.begin())) {
      obstacle(fmt::format("levels of {} that are open stand in another place now", named(step)));
    }
  }

  static std::set<std::string> names_of(const Parallel& parallel) {
    std::set<std::string> names;
    for (const Parallel::Branch& branch : parallel.branches) names.insert(branch.name);
    return names;
  }
  static std::vector<std::string> stages_of(const Gates& gates) {
    std::vector<std::string> stages;
    for (const Gates::Level& level : gates.levels) stages.push_back(level.stage);
    return stages;
  }

  // Budget is held under the step's name.
  void check_reservations() {
    for (const auto& [key, reservation] : state_.reservations) {
      if (step_named(key.step) == kNoStep)
        obstacle(fmt::format("step '{}' is gone, and budget is held for it", key.step));
    }
  }

  void match_list(const Frame& frame) {
    const StepList& list = from_.list(frame.list);
    std::string role = list.role;
    if (list.owner != kNoStep && role.starts_with("gate:")) {
      const Step& owner = from_.step(list.owner);
      const auto level = level_there(owner, level_of(std::get<Gates>(owner.kind), frame.list));
      if (!level) return;  // check_levels has said so
      role = fmt::format("gate:{}", *level);
    }
    ListIndex other = kNoList;
    for (ListIndex i = 0; i < to_.lists.size(); ++i) {
      if (to_.list(i).role != role) continue;
      const bool both_free = list.owner == kNoStep && to_.list(i).owner == kNoStep;
      const auto owner = plan_.event.steps.find(list.owner);
      if (both_free || (owner != plan_.event.steps.end() && owner->second == to_.list(i).owner)) other = i;
    }
    if (other == kNoList) {
      return obstacle(list.owner == kNoStep ? fmt::format("the steps of {} are gone", list.role)
                                            : fmt::format("the list '{}' of {} is gone", list.role,
                                                          named(from_.step(list.owner))));
    }
    plan_.event.lists[frame.list] = other;
    const auto current = state_.activations.find(frame.current);
    if (current == state_.activations.end()) return;
    const auto step = plan_.event.steps.find(current->second.step);
    // Revise stands in no list: the frame goes on where it is.
    if (step == plan_.event.steps.end() || to_.step(step->second).list == kNoList) return;
    if (to_.step(step->second).list != other) {
      return obstacle(named(from_.step(current->second.step)) + " stands in another list now");
    }
    plan_.event.positions[frame.id.value] = to_.step(step->second).position + 1;
  }

  // Timers stay as they are set; those of rules need their rule.
  void check_timer(const TimerKey& key) {
    const auto activation = state_.activations.find(key.activation);
    if (activation == state_.activations.end()) return;
    const auto found = plan_.event.steps.find(activation->second.step);
    if (found == plan_.event.steps.end()) return;
    const Step& step = to_.step(found->second);
    const bool gone = (key.kind == TimerKind::remind && key.rule >= step.remind.size()) ||
                      (key.kind == TimerKind::escalate && key.rule >= step.escalate.size());
    if (gone) obstacle(fmt::format("{} has a {} timer whose rule is gone", named(step), to_string(key.kind)));
    if (key.kind == TimerKind::deadline && !step.deadline) {
      obstacle(fmt::format("{} has a deadline running, and none in the other version", named(step)));
    }
  }

  void check_form() {
    for (const auto& [name, value] : state_.form) {
      const Field* before = from_.find_field(name);
      const Field* after = to_.find_field(name);
      if (after == nullptr) {
        obstacle(fmt::format("the form has no field '{}' any more, and it is filled in", name));
      } else if (before != nullptr && (before->type != after->type || before->currency != after->currency)) {
        obstacle(fmt::format("the field '{}' was {} and is {} now", name, type_of(*before), type_of(*after)));
      } else if (after->type == FieldType::table && before != nullptr) {
        check_rows(*before, *after, value);
      }
    }
    for (const Field& field : to_.form) {
      if (!is_empty(value_of(state_.form, field.name))) continue;
      if (field.default_value || field.computed) {
        plan_.fills.push_back(field.name);
      } else if (lacks(to_, state_.form, field)) {
        obstacle(lacking(field));
      }
    }
  }

  static std::string type_of(const Field& field) {
    return std::string(to_string(field.type)) + (field.currency.empty() ? "" : " in " + field.currency);
  }

  void check_rows(const Field& before, const Field& after, const cel::Value& rows) {
    const auto column = [](const Field& table, const std::string& name) -> const Field* {
      const auto found = std::ranges::find(table.columns, name, &Field::name);
      return found == table.columns.end() ? nullptr : &*found;
    };
    if (!rows.is(cel::Kind::list)) return;
    for (const cel::Value& row : rows.as_list()) {
      if (!row.is(cel::Kind::map)) continue;
      for (const Field& old : before.columns) {
        if (is_empty(row.as_map().find(old.name))) continue;
        const Field* now = column(after, old.name);
        if (now == nullptr) {
          obstacle(fmt::format("the table '{}' has no column '{}' any more, and it is filled in", after.name,
                               old.name));
        } else if (now->type != old.type || now->currency != old.currency) {
          obstacle(fmt::format("the column '{}' of '{}' was {} and is {} now", old.name, after.name,
                               type_of(old), type_of(*now)));
        }
      }
      for (const Field& now : after.columns) {
        if (now.required && !now.when && is_empty(row.as_map().find(now.name)))
          obstacle(fmt::format("rows of '{}' lack '{}', which must be filled in now", after.name, now.name));
      }
    }
  }

  // What a step asked for is read like a field of the form.
  void check_results() {
    const auto check = [&](StepIndex index, const StepResult& result) {
      const auto found = plan_.event.steps.find(index);
      if (found == plan_.event.steps.end() || result.voided || result.outcome == "timeout") return;
      const Step& step = to_.step(found->second);
      const auto* approve = std::get_if<Approve>(&step.kind);
      const auto* task = std::get_if<Task>(&step.kind);
      if (approve == nullptr && task == nullptr) return;
      for (const Field& field : approve != nullptr ? approve->ask : task->ask) {
        if (field.required && !field.when && is_empty(value_of(result.fields, field.name)))
          obstacle(fmt::format("{} has been answered without '{}', which it must be filled in with now",
                               named(step), field.name));
      }
    };
    for (const auto& [index, result] : state_.results) check(index, result);
    for (const auto& [index, of_items] : state_.item_results) {
      for (const auto& [path, result] : of_items) check(index, result);
    }
  }

  void check_stage() {
    if (state_.stage.empty() || to_.stages.empty()) return;
    if (std::ranges::find(to_.stages, state_.stage) == to_.stages.end()) {
      obstacle(fmt::format("it is in the stage '{}', which is gone", state_.stage));
    }
  }

  const Definition& from_;
  const Definition& to_;
  const State& state_;
  MigrationPlan plan_;
};

// Those who are asked stay; whose turn it is may be another's.
void count_anew(Transition& under, ActivationId id, const Roster& roster) {
  const bool turns = under.state().activations.at(id).roster.one_by_one != roster.one_by_one;
  under.emit(RosterSet{id, roster});
  if (!turns) return;
  wait_again(under, id);
  go_on_in_turn(under, id, Actor{.kind = Actor::Kind::policy});
}

// What the form lacks, as the other version gives it.
void fill_in(Transition& under, const Actor& by) {
  const Definition& to = under.definition();
  Fields form = complete_form(under, under.state().form);
  if (!under.stopped()) {
    const auto missing =
        std::ranges::find_if(to.form, [&](const Field& each) { return lacks(to, form, each); });
    if (missing != to.form.end())
      under.refuse(ErrorCode::conflict, fmt::format("cannot move {} to another version: {}",
                                                    under.state().reference, lacking(*missing)));
  }
  if (!under.stopped()) change_form(under, difference(under.state().form, form, by));
}

// What the move brings with it, decided under the other version on the moved state.
void fit_in(Transition& transition, const Migrate& command, const MigrationPlan& plan) {
  if (plan.recounts.empty() && plan.fills.empty()) return;
  const Context& context = transition.context();
  const Context moved{*command.to, context.directory, context.calendars, context.facts,
                      context.now, context.asked,     context.absences};
  Transition under(moved, transition.state());
  for (const auto& [id, roster] : plan.recounts) count_anew(under, id, roster);
  if (!plan.fills.empty()) fill_in(under, command.by);
  for (const FactKey& key : under.needs()) (void)transition.fact(key);
  if (under.refusal())
    transition.refuse(under.refusal()->error.code, under.refusal()->error.message, under.refusal()->problems);
  if (under.incident())
    transition.refuse(ErrorCode::conflict, fmt::format("cannot move {} to another version: {}",
                                                       under.state().reference, *under.incident()));
  if (transition.stopped()) return;
  for (Event& event : under.events()) transition.emit(std::move(event.body));
  for (Effect& effect : under.effects()) transition.request(std::move(effect));
}

}  // namespace

MigrationPlan plan_migration(const Definition& from, const Context& to, const State& state) {
  MigrationPlan plan = Planner(from, to.definition, state).plan();
  if (!plan.obstacles.empty() || state.ended) return plan;
  State moved = state;
  evolve(moved, Event{state.seq + 1, to.now, plan.event});
  plan.obstacles = unreadable_after_move(to.definition, moved);
  for (const OutOfHands& work : work_out_of_hands(to, moved)) {
    if (!work.is_barred) continue;  // that is not the new version's doing
    plan.obstacles.push_back(
        fmt::format("the work item of step '{}' is before {}, whom 'only' of its stage does not "
                    "name there: reassign it first, or leave it where it is",
                    to.definition.step(work.step).name, work.whose));
  }
  return plan;
}

void migrate(Transition& transition, const Migrate& command) {
  const State& state = transition.state();
  const auto no = [&](ErrorCode code, std::string_view why) {
    transition.refuse(code, fmt::format("cannot move {} to another version: {}", state.reference, why));
  };
  if (state.ended) return no(ErrorCode::conflict, "it has ended");
  if (command.by.kind != Actor::Kind::admin)
    return no(ErrorCode::forbidden, "only an administrator does that");
  if (!admit(transition, refusal_without_reason(command.by, command.reason))) return;
  if (command.to == nullptr || command.to->id != state.workflow) {
    return no(ErrorCode::invalid_input, "the version is of another workflow");
  }
  if (command.to->version == state.version) return no(ErrorCode::conflict, "it runs that version already");
  Context there{*command.to,
                transition.context().directory,
                transition.context().calendars,
                transition.context().facts,
                transition.now(),
                nullptr,
                transition.context().absences};
  MigrationPlan plan = plan_migration(transition.definition(), there, state);
  if (!plan.obstacles.empty()) return no(ErrorCode::conflict, join(plan.obstacles, "; "));
  plan.event.by = command.by;
  plan.event.reason = command.reason;
  transition.emit(std::move(plan.event));
  fit_in(transition, command, plan);
}

}  // namespace countersign
