#include "scenario/route.h"

#include <algorithm>

#include "scenario/reading.h"
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

Caller caller_for(const PersonId& person) {
  Caller caller;
  caller.actor =
      Actor{.kind = Actor::Kind::person, .person = person, .channel = "explain", .authenticated = "explain"};
  return caller;
}

class Walker {
 public:
  Walker(const RouteQuestion& question, const Definition& definition, Trial& trial)
      : question_(question), definition_(definition), trial_(trial), assumed_(question.assumed) {}

  std::expected<Route, Refusal> walk() {
    const Answer started = trial_.ask(StartRequest{question_.workflow, question_.requester, question_.form},
                                      caller_for(question_.requester));
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
    for (const auto& [number, item] : now->items) {
      if (item.status == ItemStatus::open) return answer(*now, item);
    }
    let_time_pass(*now);
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
    const auto connector = question_.snapshot->connector(call.connector);
    const Action* action = connector == nullptr || !connector->outbound
                               ? nullptr
                               : connector->outbound->find_action(call.action);
    if (action == nullptr) return data;
    for (const Field& field : fields_of(action->output)) data[field.name] = fill_in(field, step);
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

  void answer(const State& now, const Item& item) {
    const Step& step = definition_.step(now.activations.at(item.activation).step);
    const std::vector<std::string> choices = choices_of(definition_, step, now);
    DecisionRequest request;
    request.instance = instance_;
    request.item = item.number;
    request.version = item.version;
    request.outcome = choices.empty() ? "" : choices.front();
    request.comment = "assumed";
    if (const auto assumed = assumed_.find(step.name); assumed != assumed_.end()) {
      request.outcome = assumed->second;
      assumed_.erase(assumed);
    }
    json::object answers;
    for (const Field& field : asked_fields(step, item.entries)) {
      const bool needed =
          field.required || std::ranges::find(field.required_on, request.outcome) != field.required_on.end();
      if (needed || question_.assumed.contains(step.name + "." + field.name))
        answers[field.name] = fill_in(field, step.name);
    }
    request.answers = std::move(answers);
    request.checklist = item.entries;
    const PersonId by = answerer(item);
    const Answer answered = trial_.ask(std::move(request), caller_for(by));
    if (answered) return;
    std::string why = answered.error().error.message;
    for (const Problem& problem : answered.error().problems) why += "; " + problem.detail;
    route_.stops = fmt::format("{}'s answer to {} is not accepted: {}", by.value, step.name, why);
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
        waiting.push_back(
            fmt::format("{} waits for {}", step.name, event_key(wait->event->connector, wait->event->name)));
      } else if (std::holds_alternative<Run>(step.kind)) {
        waiting.push_back(
            fmt::format("{} waits for {} to end", step.name, std::get<Run>(step.kind).workflow.value));
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
      route_.steps.push_back(std::move(step));
      return;
    }
    if (happened.instance != instance_) return;
    if (const auto* opened = std::get_if<ActivationOpened>(&happened.body)) {
      add_step(definition_.step(opened->step), opened->activation, happened.at, opened->due_at);
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
    }
  }

  void add_step(const Step& step, ActivationId activation, Instant at, std::optional<Instant> due) {
    RouteStep route{.kind = kind_of(step), .step = step.name, .title = title_of(step), .at = at};
    route.due = due;
    if (step.when) route.condition = step.when->program.source();
    if (const auto* call = std::get_if<Call>(&step.kind)) route.what = call->connector + "." + call->action;
    if (const auto* run = std::get_if<Run>(&step.kind)) route.what = run->workflow.value;
    if (step.when) held_[step.name] = true;
    by_activation_[activation] = route_.steps.size();
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

  static std::string title_of(const Step& step) {
    std::string title;
    if (const Prose* prose = step.title.in("en")) {
      for (const Prose::Part& part : prose->parts)
        title += part.expression ? "${" + part.expression->program.source() + "}" : part.text;
    }
    return title;
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

  void list_conditions() {
    for (const Step& step : definition_.steps) {
      if (step.when) {
        const auto held = held_.find(step.name);
        route_.conditions.push_back({step.name, "is done", step.when->program.source(),
                                     held == held_.end() ? std::nullopt : std::optional(held->second)});
      }
      const auto* choose = std::get_if<Choose>(&step.kind);
      if (choose == nullptr) continue;
      const bool came =
          std::ranges::any_of(route_.steps, [&](const RouteStep& each) { return each.step == step.name; });
      bool decided = false;
      for (std::size_t i = 0; i < choose->options.size(); ++i) {
        const Choose::Option& option = choose->options[i];
        if (!option.when) continue;
        const bool taken = taken_.contains(option.list);
        // What stands behind the way that was taken was not looked at.
        route_.conditions.push_back({step.name, fmt::format("goes way {}", i + 1),
                                     option.when->program.source(),
                                     came && !decided ? std::optional(taken) : std::nullopt});
        decided = decided || taken;
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
};

}  // namespace

std::expected<Route, Refusal> explain_route(const RouteQuestion& question) {
  const auto definition = question.snapshot->workflow(question.workflow);
  if (definition == nullptr)
    return refuse(
        {ErrorCode::not_found, fmt::format("there is no workflow '{}'", question.workflow.value), {}});
  const auto scratch = Scratch::make();
  if (!scratch) return refuse(scratch.error());
  ScenarioFile file;
  file.workflow = question.workflow;
  file.snapshot = question.snapshot;
  file.uploads = sample_files(*definition);
  Scenario scenario;
  scenario.now = question.now;
  const auto trial = Trial::begin(file, scenario, **scratch);
  if (!trial) return refuse(trial.error());
  return Walker(question, *definition, **trial).walk();
}

}  // namespace countersign::scenario
