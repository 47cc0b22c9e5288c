#include "scenario/route.h"

#include <algorithm>

#include "scenario/assumptions.h"
#include "scenario/reading.h"
#include "scenario/route_words.h"
#include "scenario/sample_value.h"
#include "scenario/trial.h"
#include <fmt/format.h>

#include "core/ask.h"
#include "core/field_text.h"
#include "runtime/presentation.h"

namespace countersign::scenario {
namespace {

// A way that is longer goes in circles.
constexpr int kMovesMax = 200;
// What waits for a time that far off is as good as stopped.
constexpr auto kYearsMax = std::chrono::hours(24 * 366 * 5);

Caller explainer(const PersonId& person) {
  Caller caller;
  caller.actor =
      Actor{.kind = Actor::Kind::person, .person = person, .channel = "explain", .authenticated = "explain"};
  return caller;
}

class Walker {
 public:
  Walker(const RouteQuestion& question, const Definition& definition, Trial& trial)
      : question_(question), definition_(definition), trial_(trial), assumed_(question.assumed) {}

  // By step: the ledger that it posted to.
  const std::map<std::string, std::string>& ledgers() const { return ledgers_; }

  std::expected<Route, Refusal> walk() {
    const Answer started = trial_.ask(StartRequest{question_.workflow, question_.requester, question_.form},
                                      explainer(question_.requester));
    if (!started) return std::unexpected(started.error());
    const auto body = parse_json(started->body);
    instance_ = InstanceId(body ? string_at(*body, "id") : std::string());
    read_history();
    for (int moves = 0; moves < kMovesMax && route_.end.empty() && route_.stops.empty(); ++moves) {
      move();
      read_history();
    }
    if (route_.end.empty() && route_.stops.empty())
      route_.stops = fmt::format("the way goes on after {} answers", kMovesMax);
    list_conditions();
    for (RouteStep& step : route_.steps)
      step.not_asked = managers_not_asked(*question_.snapshot->directory, step);
    return std::move(route_);
  }

 private:
  std::optional<State> state() const {
    auto read = trial_.reader().instance(instance_);
    return read ? std::move(*read) : std::nullopt;
  }

  void move() {
    const std::optional<State> now = state();
    if (!now) return (void)(route_.stops = "the instance cannot be read");
    route_.reference = now->reference;
    if (now->ended) return (void)(route_.end = now->status);
    for (const auto& [id, activation] : now->activations) {
      if (!activation.incident.empty()) return (void)(route_.stops = activation.incident);
    }
    if (answer_call(*now)) return;
    if (bring_event(*now)) return;
    for (const auto& [number, item] : now->items) {
      if (item.status != ItemStatus::open) continue;
      const std::string& step = definition_.step(now->activations.at(item.activation).step).name;
      const auto assumed = assumed_.find(step);
      if (assumed != assumed_.end() && assumed->second == "timeout") continue;  // nobody answers in time
      return answer(*now, definition_, item, assumed_);
    }
    if (move_child()) return;
    let_time_pass(*now);
  }

  // Everybody agrees in what was started and is waited for, too. True where something happened.
  bool move_child() {
    for (const InstanceId& id : children_) {
      auto read = trial_.reader().instance(id);
      if (!read || !*read || (*read)->ended) continue;
      const State& child = **read;
      const auto definition = question_.snapshot->workflow(child.workflow);
      if (definition == nullptr) continue;
      for (const auto& [activation_id, activation] : child.activations) {
        if (activation.incident.empty()) continue;
        route_.stops = fmt::format("{}: {}", child.workflow.value, activation.incident);
        return true;
      }
      for (const auto& [activation_id, activation] : child.activations) {
        const auto* call = std::get_if<Call>(&definition->step(activation.step).kind);
        if (call == nullptr) continue;
        const std::string step = child.workflow.value + "/" + definition->step(activation.step).name;
        if (trial_.answer_call(call->connector + "." + call->action, sample_output(*call, step))) return true;
      }
      for (const auto& [number, item] : child.items) {
        if (item.status != ItemStatus::open) continue;
        std::map<std::string, std::string> nothing;
        answer(child, *definition, item, nothing);
        return true;
      }
    }
    return false;
  }

  // True where an event was assumed that a step waits for.
  bool bring_event(const State& now) {
    for (const auto& [id, activation] : now.activations) {
      const Step& step = definition_.step(activation.step);
      const auto* wait = std::get_if<Wait>(&step.kind);
      const auto assumed = assumed_.find(step.name);
      if (wait == nullptr || !wait->event || assumed == assumed_.end() || assumed->second != "received")
        continue;
      assumed_.erase(assumed);
      json::object data;
      for (const Field& field : fields_of_step(*question_.snapshot, definition_, step)) {
        if (field.required || question_.assumed.contains(step.name + "." + field.name))
          data[field.name] = fill_in(field, step.name);
      }
      const WaitEvent& event = *wait->event;
      const Answer answered =
          event.connector.empty()
              ? trial_.ask(EventRequest{instance_, event.name, std::move(data)}, Caller{})
              : trial_.ask(ConnectorEvent{event.connector, event.name, now.key, std::move(data)}, Caller{});
      const std::optional<State> after = state();
      if (!answered) {
        route_.stops =
            fmt::format("the event for {} is not accepted: {}", step.name, answered.error().error.message);
      } else if (after && after->activations.contains(id)) {
        route_.stops = fmt::format(
            "the event that is assumed does not fit {}: --assume {}.FIELD=VALUE says what it brings",
            step.name, step.name);
      }
      return true;
    }
    return false;
  }

  // True where a call was waiting.
  bool answer_call(const State& now) {
    for (const auto& [id, activation] : now.activations) {
      const auto* call = std::get_if<Call>(&definition_.step(activation.step).kind);
      if (call == nullptr) continue;
      const std::string name = call->connector + "." + call->action;
      const std::string step = definition_.step(activation.step).name;
      const auto assumed = assumed_.find(step);
      Result<void> answered;
      if (assumed != assumed_.end() && assumed->second == "failed") {
        assumed_.erase(assumed);
        answered = trial_.fail_call(name, "assumed");
      } else {
        answered = trial_.answer_call(name, sample_output(*call, step));
      }
      if (answered) return true;
    }
    return false;
  }

  json::value sample_output(const Call& call, const std::string& step) {
    json::object data;
    Step asking;
    asking.kind = call;
    for (const Field& field : fields_of_step(*question_.snapshot, definition_, asking))
      data[field.name] = fill_in(field, step);
    return data;
  }

  json::value fill_in(const Field& field, const std::string& step) {
    const std::string name = step + "." + field.name;
    const auto assumed = question_.assumed.find(name);
    if (assumed != question_.assumed.end()) return json::value(assumed->second);
    json::value value = sample_value(field, question_.requester, today());
    const std::string line =
        fmt::format("{} = {}", name, value.is_string() ? std::string(value.as_string()) : write_json(value));
    if (std::ranges::find(route_.filled_in, line) == route_.filled_in.end()) route_.filled_in.push_back(line);
    return value;
  }

  std::string today() const {
    return format_day(calendar_of(*question_.snapshot, definition_).day_of(trial_.now()));
  }

  // One who may answer it.
  PersonId answerer(const Item& item) const {
    if (item.group.empty()) return item.assignee;
    const auto members = question_.snapshot->directory->members(item.group);
    if (!members) return {};
    for (const PersonId& member : *members) {
      const Person* person = question_.snapshot->directory->find(member);
      if (person != nullptr && person->active && member != question_.requester) return member;
    }
    return members->empty() ? PersonId() : members->front();
  }

  // Of the steps of another workflow, which this one runs, nothing is assumed.
  void answer(const State& now, const Definition& definition, const Item& item,
              std::map<std::string, std::string>& outcomes) {
    const Step& step = definition.step(now.activations.at(item.activation).step);
    const bool own = now.id == instance_;
    const std::string name = own ? step.name : now.workflow.value + "/" + step.name;
    const std::vector<std::string> choices = choices_of(definition, step, now);
    DecisionRequest request;
    request.instance = now.id;
    request.item = item.number;
    request.version = item.version;
    request.outcome = choices.empty() ? "" : choices.front();
    request.comment = "assumed";
    request.confirmed = true;
    if (const auto assumed = outcomes.find(step.name); own && assumed != outcomes.end()) {
      request.outcome = assumed->second;
      outcomes.erase(assumed);
    }
    json::object answers;
    for (const Field& field : asked_fields(step, item.entries)) {
      const bool needed =
          field.required || std::ranges::find(field.required_on, request.outcome) != field.required_on.end();
      if (needed || question_.assumed.contains(name + "." + field.name))
        answers[field.name] = fill_in(field, name);
    }
    request.answers = std::move(answers);
    request.checklist = item.entries;
    const PersonId by = answerer(item);
    const Answer answered = trial_.ask(std::move(request), explainer(by));
    if (answered) return;
    std::string why = answered.error().error.message;
    for (const Problem& problem : answered.error().problems) {
      if (!why.contains(problem.detail)) why += "; " + problem.detail;
    }
    route_.stops = fmt::format("{}'s answer to {} is not accepted: {}", by.value, name, why);
  }

  void let_time_pass(const State& now) {
    std::optional<Instant> next;
    for (const auto& [key, timer] : now.timers) next = next ? std::min(*next, timer.due) : timer.due;
    if (next && *next - question_.now < kYearsMax) return trial_.pass_until(*next);
    std::vector<std::string> waiting;
    for (const auto& [id, activation] : now.activations) {
      const Step& step = definition_.step(activation.step);
      const auto* wait = std::get_if<Wait>(&step.kind);
      if (wait != nullptr && wait->event) {
        waiting.push_back(fmt::format("{} waits for {} (--assume {}=received)", step.name,
                                      event_key(wait->event->connector, wait->event->name), step.name));
      } else if (std::holds_alternative<Run>(step.kind)) {
        waiting.push_back(
            fmt::format("{} waits for {} to end", step.name, std::get<Run>(step.kind).workflow.value));
      } else if (const auto* gates = std::get_if<Gates>(&step.kind)) {
        if (activation.levels >= gates->levels.size()) continue;
        const Gates::Level& level = gates->levels[activation.levels];
        if (level.when)
          waiting.push_back(
              fmt::format("{} waits for stage {}: {}", step.name, level.stage, level.when->program.source()));
      }
    }
    route_.stops =
        waiting.empty() ? "nothing is open and nothing is due" : fmt::format("{}", fmt::join(waiting, "; "));
  }

  // ---- what happened ----

  void read_history() {
    for (; seen_ < trial_.history().size(); ++seen_) note(trial_.history()[seen_]);
  }

  RouteStep* step_of(ActivationId activation) {
    const auto found = by_activation_.find(activation);
    return found == by_activation_.end() ? nullptr : &route_.steps[found->second];
  }

  void note(const Happened& happened) {
    if (const auto* started = std::get_if<Started>(&happened.body)) {
      if (happened.instance == instance_ || started->parent != instance_) return;
      RouteStep step{.kind = RouteStep::Kind::starts, .step = "", .title = "", .at = happened.at};
      step.what = started->workflow.value;
      children_.push_back(happened.instance);
      route_.steps.push_back(std::move(step));
      return;
    }
    if (happened.instance != instance_) return;
    if (const auto* opened = std::get_if<ActivationOpened>(&happened.body)) {
      add_step(definition_.step(opened->step), *opened, happened.at);
    } else if (const auto* closed = std::get_if<ActivationClosed>(&happened.body)) {
      if (closed->how != "skipped") return;
      if (RouteStep* step = step_of(closed->activation)) {
        step->kind = RouteStep::Kind::skips;
        held_[step->step] = false;
      }
    } else if (const auto* item = std::get_if<ItemOpened>(&happened.body)) {
      if (RouteStep* step = step_of(item->item.activation)) add_person(*step, *item);
    } else if (const auto* reached = std::get_if<OutcomeReached>(&happened.body)) {
      if (RouteStep* step = step_of(reached->activation)) step->outcome = reached->outcome;
    } else if (const auto* frame = std::get_if<FrameOpened>(&happened.body)) {
      taken_.insert(frame->list);
    } else if (const auto* level = std::get_if<LevelOpened>(&happened.body)) {
      if (const RouteStep* step = step_of(level->activation)) levels_[step->step].insert(level->level);
    } else if (const auto* timer = std::get_if<TimerSet>(&happened.body)) {
      RouteStep* step = step_of(timer->timer.activation);
      if (step != nullptr && timer->timer.kind == TimerKind::deadline) step->deadline = timer->due;
    } else if (const auto* posted = std::get_if<LedgerPosted>(&happened.body)) {
      ledgers_[posted->reservation.step] = posted->ledger;
    }
  }

  void add_step(const Step& step, const ActivationOpened& opened, Instant at) {
    RouteStep route{
        .kind = kind_of(step), .step = step.name, .title = title_of(step, opened.frame), .at = at};
    route.due = opened.due_at;
    route.chases = chases_of(step);
    if (step.when) route.condition = step.when->program.source();
    if (const auto* call = std::get_if<Call>(&step.kind)) route.what = call->connector + "." + call->action;
    if (const auto* run = std::get_if<Run>(&step.kind)) route.what = run->workflow.value;
    if (route.kind == RouteStep::Kind::passes) route.what = deed_of(step);
    if (step.when) held_[step.name] = true;
    by_activation_[opened.activation] = route_.steps.size();
    route_.steps.push_back(std::move(route));
  }

  static RouteStep::Kind kind_of(const Step& step) {
    if (std::holds_alternative<Approve>(step.kind) || std::holds_alternative<Task>(step.kind) ||
        std::holds_alternative<Revise>(step.kind)) {
      return RouteStep::Kind::asks;
    }
    if (std::holds_alternative<Call>(step.kind)) return RouteStep::Kind::calls;
    if (std::holds_alternative<Wait>(step.kind)) return RouteStep::Kind::waits;
    return RouteStep::Kind::passes;
  }

  static std::string sources(const std::vector<Expression>& expressions) {
    std::string all;
    for (const Expression& each : expressions) all += (all.empty() ? "" : ", ") + each.program.source();
    return all;
  }

  // What a step does that asks nobody and waits for nothing.
  std::string deed_of(const Step& step) const {
    if (const auto* notify = std::get_if<Notify>(&step.kind))
      return "notifies " + (notify->to.empty() ? notify->via : sources(notify->to));
    if (const auto* run = std::get_if<Run>(&step.kind)) return "runs " + run->workflow.value;
    if (const auto* each = std::get_if<ForEach>(&step.kind))
      return "for each of " + each->in.program.source();
    if (const auto* assign = std::get_if<Assign>(&step.kind)) {
      std::string targets;
      for (const Assign::Target& target : assign->targets)
        targets +=
            (targets.empty() ? "sets " : ", ") + std::string(target.form ? "form." : "vars.") + target.name;
      return targets;
    }
    if (const auto* budget = std::get_if<Budget>(&step.kind)) {
      if (budget->act == Budget::Act::commit)
        return "spends what " + definition_.step(budget->commit).name + " holds";
      static constexpr std::string_view kActs[] = {"reserves", "commits", "adds", "moves"};
      std::string deed = fmt::format("{} {}", kActs[static_cast<std::size_t>(budget->act)],
                                     budget->amount->program.source());
      if (budget->from) deed += " from " + budget->from->program.source();
      if (budget->to) deed += " to " + budget->to->program.source();
      return deed;
    }
    return {};
  }

  std::string title_of(const Step& step, FrameId frame) const {
    const std::optional<State> now = state();
    if (!now) return {};
    const Facts nothing;
    return title_in(Context{.definition = definition_,
                            .directory = *question_.snapshot->directory,
                            .calendars = question_.snapshot->calendars,
                            .facts = nothing,
                            .now = trial_.now()},
                    *now, frame, step);
  }

  void add_person(RouteStep& step, const ItemOpened& opened) const {
    AskedPerson person;
    person.reason = opened.reason;
    if (opened.item.group.empty()) {
      person.who = opened.item.assignee.value;
    } else {
      person.who = "group " + opened.item.group;
      if (const auto members = question_.snapshot->directory->members(opened.item.group)) {
        for (const PersonId& member : *members) person.members.push_back(member.value);
      }
    }
    step.people.push_back(std::move(person));
  }

  bool came_by(const Step& step) const {
    return std::ranges::any_of(route_.steps, [&](const RouteStep& each) { return each.step == step.name; });
  }

  static std::string not_come_by(const Step& step) {
    return fmt::format("the way does not come to {}", step.name);
  }

  void list_levels(const Step& step, const Gates& gates) {
    const auto opened = levels_.find(step.name);
    const std::optional<State> now = state();
    std::string closed;  // the first of those before that did not open
    for (std::size_t i = 0; i < gates.levels.size(); ++i) {
      const Gates::Level& level = gates.levels[i];
      const bool open = opened != levels_.end() && opened->second.contains(static_cast<std::uint32_t>(i));
      const bool works = now && std::ranges::any_of(now->frames, [&](const auto& frame) {
                           return frame.second.list == level.list;
                         });
      if (level.when) {
        RouteCondition condition{step.name, "opens stage " + level.stage, level.when->program.source(), open};
        if (!came_by(step)) condition.why_not = not_come_by(step);
        if (condition.why_not.empty() && !closed.empty())
          condition.why_not = fmt::format("stage {} before it is not open", closed);
        if (condition.why_not.empty() && works) condition.why_not = "its work is not complete";
        if (!condition.why_not.empty()) condition.held.reset();
        route_.conditions.push_back(std::move(condition));
      }
      if (!open && closed.empty()) closed = level.stage;
    }
  }

  // What decides beside `when` and `choose`.
  void list_other_conditions(const Step& step) {
    if (const auto* gates = std::get_if<Gates>(&step.kind)) {
      list_levels(step, *gates);
    }
    if (const auto* budget = std::get_if<Budget>(&step.kind);
        budget != nullptr && budget->amount && budget->from) {
      const auto came = std::ranges::find(route_.steps, step.name, &RouteStep::step);
      const bool decided = came != route_.steps.end() && !came->outcome.empty();
      RouteCondition condition{
          step.name, "goes on",
          fmt::format("{} has {}", budget->from->program.source(), budget->amount->program.source()),
          decided ? std::optional(came->outcome != "insufficient") : std::nullopt};
      if (!decided) condition.why_not = not_come_by(step);
      route_.conditions.push_back(std::move(condition));
    }
    const auto follows = [&](std::string_view what, const Expression& from) {
      RouteCondition condition{step.name, std::string(what), from.program.source(), std::nullopt};
      condition.yes_or_no = false;
      route_.conditions.push_back(std::move(condition));
    };
    if (const auto* each = std::get_if<ForEach>(&step.kind)) follows("its items", each->in);
    const auto* approve = std::get_if<Approve>(&step.kind);
    for (const Expression& by : approve != nullptr ? approve->by : std::vector<Expression>()) {
      if (by.program.source().contains(" ? ")) follows("who is asked", by);
    }
    for (const auto& [what, rule] :
         {std::pair{"its due time", &step.due}, std::pair{"its deadline", &step.deadline}}) {
      if (!*rule) continue;
      if (const auto* expression = std::get_if<Expression>(&**rule)) follows(what, *expression);
    }
  }

  void list_conditions() {
    for (const RefuseRule& rule : definition_.refuse_when)
      route_.conditions.push_back({"form", "is refused", rule.when.program.source(), false});
    for (const Step& step : definition_.steps) {
      list_other_conditions(step);
      if (step.when) {
        const auto held = held_.find(step.name);
        RouteCondition condition{step.name, "is done", step.when->program.source(), std::nullopt};
        if (held != held_.end()) condition.held = held->second;
        if (held == held_.end()) condition.why_not = not_come_by(step);
        route_.conditions.push_back(std::move(condition));
      }
      const auto* choose = std::get_if<Choose>(&step.kind);
      if (choose == nullptr) continue;
      const bool came = came_by(step);
      std::size_t decided =
          0;  // the way that was taken, counted from 1: what stands behind it is not looked at
      for (std::size_t i = 0; i < choose->options.size(); ++i) {
        const Choose::Option& option = choose->options[i];
        if (!option.when) continue;
        const bool taken = taken_.contains(option.list);
        RouteCondition condition{step.name, fmt::format("goes way {}", i + 1), option.when->program.source(),
                                 std::nullopt};
        if (!came) {
          condition.why_not = not_come_by(step);
        } else if (decided > 0) {
          condition.why_not = fmt::format("way {} was taken", decided);
        } else {
          condition.held = taken;
        }
        route_.conditions.push_back(std::move(condition));
        if (taken && decided == 0) decided = i + 1;
      }
    }
  }

  const RouteQuestion& question_;
  const Definition& definition_;
  Trial& trial_;
  std::map<std::string, std::string> assumed_;
  InstanceId instance_;
  Route route_;
  std::size_t seen_ = 0;
  std::map<ActivationId, std::size_t> by_activation_;
  std::map<std::string, bool> held_;
  std::set<ListIndex> taken_;
  std::map<std::string, std::set<std::uint32_t>>
      levels_;  // by gates step: positions of the levels that opened
  std::vector<InstanceId> children_;
  std::map<std::string, std::string> ledgers_;  // by step: the ledger that it posted to
};

// The ledgers of the budget steps that are assumed to find too little, as empty ones.
std::shared_ptr<const Snapshot> with_empty_ledgers(const RouteQuestion& question,
                                                   const std::set<std::string>& names) {
  auto snapshot = std::make_shared<Snapshot>(*question.snapshot);
  for (LedgerSettings& ledger : snapshot->ledgers) {
    if (!names.contains(ledger.name)) continue;
    ledger.amount = Decimal();
    ledger.strict = true;
  }
  return snapshot;
}

std::expected<Route, Refusal> play(const RouteQuestion& question, const Definition& definition,
                                   std::map<std::string, std::string>& ledgers) {
  const auto scratch = Scratch::make();
  if (!scratch) return refuse(scratch.error());
  ScenarioFile file;
  file.workflow = question.workflow;
  file.snapshot = question.snapshot;
  file.uploads = sample_files(definition);
  Scenario scenario;
  scenario.now = question.now;
  const auto trial = Trial::begin(file, scenario, **scratch);
  if (!trial) return refuse(trial.error());
  Walker walker(question, definition, **trial);
  auto route = walker.walk();
  ledgers = walker.ledgers();
  return route;
}

}  // namespace

std::expected<Route, Refusal> explain_route(const RouteQuestion& question) {
  const auto definition = question.snapshot->workflow(question.workflow);
  if (definition == nullptr)
    return refuse(
        {ErrorCode::not_found, fmt::format("there is no workflow '{}'", question.workflow.value), {}});
  if (auto known = check_assumptions(*question.snapshot, *definition, question.assumed); !known)
    return refuse(known.error());
  std::map<std::string, std::string> ledgers;
  auto route = play(question, *definition, ledgers);
  // Which ledger a step asks shows only when it runs: where it is to find too little, it runs again over an
  // empty one.
  std::set<std::string> empty;
  for (const auto& [name, outcome] : question.assumed) {
    if (outcome == "insufficient" && ledgers.contains(name)) empty.insert(ledgers.at(name));
  }
  if (!route || empty.empty()) return route;
  RouteQuestion again = question;
  again.snapshot = with_empty_ledgers(question, empty);
  return play(again, *definition, ledgers);
}

}  // namespace countersign::scenario
