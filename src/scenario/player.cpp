#include "scenario/player.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "scenario/guests.h"
#include "scenario/item_choice.h"
#include "scenario/reading.h"
#include <fmt/format.h>

#include "base/text.h"
#include "core/calendar.h"
#include "runtime/presentation.h"

namespace countersign::scenario {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

constexpr std::size_t kOwedMax = 1000;

// How an act went: nullopt where it was done.
struct Refused {
  Error error;
  std::vector<Problem> problems;
};
using Outcome = std::optional<Refused>;

Outcome outcome_of(const Answer& answer) {
  if (answer) return std::nullopt;
  return Refused{answer.error().error, answer.error().problems};
}
Outcome outcome_of(const Result<void>& done) {
  if (done) return std::nullopt;
  Refused refused{done.error(), {}};
  if (!done.error().pointer.empty()) refused.problems.push_back({done.error().pointer, done.error().message});
  return refused;
}
Outcome refused(ErrorCode code, std::string why) {
  return Refused{Error{code, std::move(why), {}}, {}};
}

Caller as_person(const PersonId& person) {
  Caller caller;
  caller.actor = Actor{.kind = person.empty() ? Actor::Kind::system : Actor::Kind::person,
                       .person = person,
                       .channel = "scenario",
                       .authenticated = "scenario"};
  return caller;
}
Caller as_administrator(const PersonId& person) {
  Caller caller = as_person(person);
  caller.admin = true;
  return caller;
}

class Player {
 public:
  Player(const ScenarioFile& file, const Scenario& scenario, Trial& trial, Coverage& coverage,
         ScenarioResult& result)
      : file_(file), scenario_(scenario), trial_(trial), coverage_(coverage), result_(result) {}

  void play() {
    for (const Entry& entry : scenario_.entries) {
      begin_entry();
      if (entry.act) do_act(entry);
      if (result_.passed()) look(entry);
      if (!result_.passed()) return;
    }
  }

 private:
  void begin_entry() {
    since_ = {trial_.mail().size(), trial_.calls().size(), trial_.history().size()};
    faults_ = trial_.faults().size();
  }

  void add(Failure failure) { result_.failures.push_back(std::move(failure)); }

  // ---- acts ----

  void do_act(const Entry& entry) {
    const Outcome outcome = std::visit([&](const auto& act) { return run(entry, act); }, *entry.act);
    follow_starts(entry);
    if (!entry.refused) {
      if (outcome) add_refusal(entry, *outcome);
      return;
    }
    if (!outcome) {
      return add({Code::act_not_refused, entry.refused->at, fmt::format("'{}' was not refused", entry.word),
                  fmt::format("a refusal that says '{}'", entry.refused->text), "it was done"});
    }
    std::string said = outcome->error.message;
    for (const Problem& problem : outcome->problems) {
      if (said.find(problem.detail) == std::string::npos) said += "; " + problem.detail;
    }
    if (said.find(entry.refused->text) != std::string::npos) return;
    add({Code::act_not_refused, entry.refused->at,
         fmt::format("'{}' was refused for another reason", entry.word),
         fmt::format("... {} ...", entry.refused->text), said});
  }

  // Problems of single fields are shown where the fields stand.
  void add_refusal(const Entry& entry, const Refused& refusal) {
    bool placed = false;
    for (const Problem& problem : refusal.problems) {
      const auto at = entry.places.find(problem.pointer);
      if (at == entry.places.end()) continue;
      placed = true;
      add({Code::act_refused,
           at->second,
           fmt::format("'{}' is refused: {}", entry.word, problem.detail),
           {},
           {}});
    }
    if (placed) return;
    std::string why = refusal.error.message;
    for (const Problem& problem : refusal.problems) {
      if (why.find(problem.detail) == std::string::npos)
        why += fmt::format("; {}: {}", problem.pointer, problem.detail);
    }
    add({Code::act_refused, entry.at, fmt::format("'{}' is refused: {}", entry.word, why), {}, {}});
  }

  // Instances in the order in which they were started.
  void follow_starts(const Entry& entry) {
    for (std::size_t i = since_.history; i < trial_.history().size(); ++i) {
      const Happened& happened = trial_.history()[i];
      const auto* started = std::get_if<Started>(&happened.body);
      if (started == nullptr) continue;
      newest_[started->workflow.value] = happened.instance;
      if (!entry.as.empty() && !named_.contains(entry.as.text)) named_[entry.as.text] = happened.instance;
    }
  }

  // The instance that an entry means; empty where there is none yet.
  InstanceId instance_of(const Entry& entry) const {
    if (const auto named = named_.find(entry.in.text); named != named_.end()) return named->second;
    const auto newest = newest_.find(entry.in.empty() ? file_.workflow.value : entry.in.text);
    return newest == newest_.end() ? InstanceId() : newest->second;
  }

  PersonId meant(const InstanceId& instance, const PersonId& person) const {
    return person_meant(person, *trial_.snapshot().directory, trial_.reader(), instance);
  }

  Outcome nothing_started() const { return refused(ErrorCode::not_found, "no instance was started"); }

  Outcome run(const Entry& entry, const Start& act) {
    if (act.event.empty()) {
      const Answer answer = trial_.ask(StartRequest{act.workflow, act.by, act.data}, as_person(act.by));
      if (answer && !entry.as.empty()) name_instance(entry.as.text, *answer);
      if (!answer) coverage_.note_refusal(act.workflow, answer.error().problems);
      return outcome_of(answer);
    }
    const std::size_t dot = act.event.find('.');
    const bool declared = dot == std::string::npos;  // under `events:`, without a connector
    const Answer answer =
        declared
            ? trial_.ask(SendEventRequest{act.event, {}, act.workflow, act.data}, Caller{})
            : trial_.ask(ConnectorEvent{act.event.substr(0, dot), act.event.substr(dot + 1), {}, act.data},
                         Caller{});
    if (answer && !has_instances(*answer))
      return refused(ErrorCode::not_found, fmt::format("the event {} starts nothing", act.event));
    return outcome_of(answer);
  }

  static bool has_instances(const countersign::Reply& reply) {
    const auto body = parse_json(reply.body);
    const json::value* list = body ? find(*body, "instances") : nullptr;
    return list != nullptr && list->is_array() && !list->as_array().empty();
  }
  void name_instance(const std::string& name, const countersign::Reply& reply) {
    const auto body = parse_json(reply.body);
    if (body) named_[name] = InstanceId(string_at(*body, "id"));
  }

  Outcome run(const Entry& entry, const Decide& act) {
    const InstanceId instance = instance_of(entry);
    if (instance.empty()) return nothing_started();
    const PersonId by = meant(instance, act.by);
    const auto item = item_for(instance, by, act.step.text, entry.refused.has_value());
    if (!item) return refused(ErrorCode::not_found, item.error().message);
    DecisionRequest request;
    request.instance = instance;
    request.item = item->number;
    request.version = item->version;
    request.outcome = act.outcome;
    request.comment = act.comment;
    request.answers = act.answers;
    request.form = act.form;
    request.checklist = act.checklist;
    request.confirmed = act.confirm;
    request.return_to = act.return_to;
    const Step* step = step_of(instance, item->step);
    const auto* task = step == nullptr ? nullptr : std::get_if<Task>(&step->kind);
    if (request.outcome.empty()) {
      if (task == nullptr || task->outcomes.size() != 1) {
        return refused(ErrorCode::invalid_input,
                       fmt::format("{} has several outcomes: write 'outcome'", item->step));
      }
      request.outcome = task->outcomes.front();
    }
    if (act.all_done) request.checklist = entries_of(instance, *item);
    return outcome_of(trial_.ask(std::move(request), as_person(by)));
  }

  const Step* step_of(const InstanceId& instance, const std::string& name) const {
    const auto state = trial_.reader().instance(instance);
    if (!state || !*state) return nullptr;
    const auto definition = file_.snapshot->workflow((*state)->workflow);
    if (definition == nullptr) return nullptr;
    const auto found = std::ranges::find(definition->steps, name, &Step::name);
    return found == definition->steps.end() ? nullptr : &*found;
  }
  std::vector<std::string> entries_of(const InstanceId& instance, const WorkItemRow& row) const {
    const auto state = trial_.reader().instance(instance);
    if (!state || !*state) return {};
    const auto item = (*state)->items.find(row.number);
    return item == (*state)->items.end() ? std::vector<std::string>() : item->second.entries;
  }

  // The open item that the person answers. Where they are expected to be refused, one that is not theirs.
  Result<WorkItemRow> item_for(const InstanceId& instance, const PersonId& person, const std::string& step,
                               bool expects_refusal) const {
    return find_item({trial_, instance, person, step, expects_refusal});
  }

  Outcome run(const Entry& entry, const SendEvent& act) {
    const InstanceId instance = instance_of(entry);
    if (act.connector.empty()) {
      if (instance.empty()) return nothing_started();
      return outcome_of(trial_.ask(EventRequest{instance, act.name, act.data}, Caller{}));
    }
    std::string key = act.key.value_or("");
    if (!act.key && !instance.empty()) {
      const auto state = trial_.reader().instance(instance);
      if (state && *state) key = (*state)->key;
    }
    return outcome_of(trial_.ask(ConnectorEvent{act.connector, act.name, key, act.data}, Caller{}));
  }

  Outcome run(const Entry&, const Webhook& act) {
    InboundDelivery delivery;
    delivery.source = act.connector;
    delivery.delivery_id = fmt::format("scenario-{}", ++deliveries_);
    delivery.headers = "{}";
    delivery.body = write_json(act.body);
    const Answer answer = trial_.ask(std::move(delivery), Caller{});
    if (!answer) return outcome_of(answer);
    // What could not be mapped is kept for replay, and the sender is told nothing.
    const auto stored = trial_.reader().inbound(act.connector, "error", 1, "");
    if (stored && !stored->rows.empty() && stored->rows.front().id > seen_error_) {
      seen_error_ = stored->rows.front().id;
      return refused(ErrorCode::invalid_input, stored->rows.front().error);
    }
    return std::nullopt;
  }

  Outcome run(const Entry&, const Advance& act) {
    Instant until = trial_.now();
    if (act.until) until = *act.until;
    if (act.span) {
      const auto definition = file_.snapshot->workflow(file_.workflow);
      const auto at = add_time(calendar_of(trial_.snapshot(), *definition), trial_.now(), *act.span);
      if (!at) return refused(at.error().code, at.error().message);
      until = *at;
    }
    if (until < trial_.now()) {
      return refused(ErrorCode::invalid_input,
                     fmt::format("it is later than that already ({})", format_rfc3339(trial_.now())));
    }
    trial_.pass_until(until);
    return starts_refused();
  }

  // What schedules of the tested workflow could not start, since the last time.
  Outcome starts_refused() {
    const auto owed = trial_.reader().owed_starts(kOwedMax);
    if (!owed) return outcome_of(std::unexpected(owed.error()));
    std::string why;
    std::size_t others = 0;
    for (const OwedStartRow& start : *owed) {
      if (start.workflow != file_.workflow) continue;
      if (!seen_owed_.insert(fmt::format("{}\n{}\n{}", start.name, start.person.value, start.period)).second)
        continue;
      if (!why.empty()) {
        ++others;
        continue;
      }
      why = fmt::format("the schedule '{}' cannot start {} for {}{}: {}", start.name, start.workflow.value,
                        start.person.empty() ? "" : start.person.value + " and ", start.period, start.error);
    }
    if (why.empty()) return std::nullopt;
    if (others > 0) why += fmt::format(" (and {} more starts)", others);
    return refused(ErrorCode::invalid_input, std::move(why));
  }

  Outcome run(const Entry&, const AnswerCall& act) {
    return outcome_of(trial_.answer_call(act.call, act.data));
  }
  Outcome run(const Entry&, const FailCall& act) { return outcome_of(trial_.fail_call(act.call, act.why)); }
  Outcome run(const Entry&, const ChangeDirectory& act) { return outcome_of(trial_.change_directory(act)); }

  Outcome run(const Entry& entry, const Withdraw& act) {
    return act_on(entry, [&](const InstanceId& id) {
      return trial_.ask(WithdrawRequest{id, act.reason}, as_person(act.by));
    });
  }
  Outcome run(const Entry& entry, const Cancel& act) {
    return act_on(entry, [&](const InstanceId& id) {
      return trial_.ask(CancelRequest{id, act.reason}, as_administrator(act.by));
    });
  }
  Outcome run(const Entry& entry, const AddComment& act) {
    return act_on(entry, [&](const InstanceId& id) {
      return trial_.ask(CommentRequest{id, act.text}, as_person(meant(id, act.by)));
    });
  }
  Outcome run(const Entry& entry, const Retry& act) {
    return act_on(entry, [&](const InstanceId& id) {
      return trial_.ask(RetryRequest{id, 0, act.reason}, as_administrator(act.by));
    });
  }
  Outcome run(const Entry& entry, const Reassign& act) {
    const InstanceId instance = instance_of(entry);
    if (instance.empty()) return nothing_started();
    const auto item = item_for(instance, meant(instance, act.from), act.step.text, false);
    if (!item) return refused(ErrorCode::not_found, item.error().message);
    return outcome_of(
        trial_.ask(ReassignRequest{instance, item->number, act.to, act.reason}, as_administrator(act.by)));
  }

  // What somebody does with an item other than decide it.
  Outcome run(const Entry& entry, const ActOnItem& act) {
    const InstanceId instance = instance_of(entry);
    if (instance.empty()) return nothing_started();
    const PersonId by = meant(instance, act.by);
    const bool of_another = !act.of.empty();
    const auto item = find_item({trial_, instance, of_another ? meant(instance, act.of) : by, act.step.text,
                                 entry.refused.has_value(), of_another});
    if (!item) return refused(ErrorCode::not_found, item.error().message);
    ItemActRequest request{.act = act.act,
                           .instance = instance,
                           .item = item->number,
                           .version = item->version,
                           .where = act.where,
                           .comment = act.comment};
    for (const PersonId& person : act.people) request.people.push_back(person.value);
    return outcome_of(trial_.ask(std::move(request), act.as_admin ? as_administrator(by) : as_person(by)));
  }
  Outcome run(const Entry& entry, const TakeBack& act) {
    const InstanceId instance = instance_of(entry);
    if (instance.empty()) return nothing_started();
    const PersonId by = meant(instance, act.by);
    const auto item = find_decided_item({trial_, instance, by, act.step.text, entry.refused.has_value()});
    if (!item) return refused(ErrorCode::not_found, item.error().message);
    return outcome_of(trial_.ask(TakeBackRequest{instance, item->number, act.reason}, as_person(by)));
  }
  Outcome run(const Entry& entry, const View& act) {
    const InstanceId instance = instance_of(entry);
    if (instance.empty()) return nothing_started();
    const PersonId by = meant(instance, act.by);
    const auto item = item_for(instance, by, act.step.text, entry.refused.has_value());
    if (!item) return refused(ErrorCode::not_found, item.error().message);
    return outcome_of(trial_.ask(ViewRequest{instance, item->number}, as_person(by)));
  }
  Outcome run(const Entry& entry, const Nudge& act) {
    return act_on(entry,
                  [&](const InstanceId& id) { return trial_.ask(NudgeRequest{id}, as_person(act.by)); });
  }
  Outcome run(const Entry& entry, const SendCopies& act) {
    CopiesRequest request{.comment = act.comment};
    for (const PersonId& person : act.to) request.people.push_back(person.value);
    return act_on(entry, [&](const InstanceId& id) {
      request.instance = id;
      return trial_.ask(request, as_person(act.by));
    });
  }
  Outcome run(const Entry& entry, const Skip& act) {
    return act_on(entry, [&](const InstanceId& id) {
      return trial_.ask(SkipRequest{id, act.step, 0, act.reason}, as_administrator(act.by));
    });
  }
  Outcome run(const Entry& entry, const Jump& act) {
    return act_on(entry, [&](const InstanceId& id) {
      return trial_.ask(JumpRequest{id, act.step, act.reason}, as_administrator(act.by));
    });
  }

  Outcome run(const Entry&, const BeAway& act) {
    const bool own = act.by == act.absence.person;
    return outcome_of(trial_.ask(act.absence, own ? as_person(act.by) : as_administrator(act.by)));
  }
  Outcome run(const Entry&, const ComeBack& act) {
    const auto absences = trial_.library().absences();
    const auto of_person = absences->of(act.person);
    if (of_person.empty())
      return refused(ErrorCode::not_found, fmt::format("{} is not away", act.person.value));
    std::vector<std::int64_t> ids;
    for (const RecordedAbsence& each : of_person) ids.push_back(each.id);
    const Caller caller = act.by == act.person ? as_person(act.by) : as_administrator(act.by);
    for (const std::int64_t id : ids) {
      if (Outcome outcome = outcome_of(trial_.ask(EndAbsence{act.person, id}, caller))) return outcome;
    }
    return std::nullopt;
  }

  template <class Ask>
  Outcome act_on(const Entry& entry, const Ask& ask) {
    const InstanceId instance = instance_of(entry);
    return instance.empty() ? nothing_started() : outcome_of(ask(instance));
  }

  // ---- expectations ----

  void look(const Entry& entry) {
    Scene scene{trial_, nullptr, nullptr, {}, since_};
    std::optional<State> state;
    std::shared_ptr<const Definition> definition;
    const InstanceId instance = instance_of(entry);
    if (!instance.empty()) {
      auto read = trial_.reader().instance(instance);
      if (read) state = std::move(*read);
      if (state) {
        definition = file_.snapshot->workflow(state->workflow);
        scene.state = &*state;
        scene.definition = definition.get();
      }
      if (auto items = all_items(trial_.reader(), instance)) scene.items = std::move(*items);
    }
    for (const Expectation& expectation : entry.expected) {
      if (auto failure = check(expectation, scene)) add(std::move(*failure));
    }
    if (!entry.expects_incident) look_for_incidents(entry);
    for (std::size_t i = faults_; i < trial_.faults().size(); ++i)
      add({Code::not_as_expected, entry.at, trial_.faults()[i], {}, {}});
  }

  // Nobody meant what nobody wrote down: an instance that stands still fails the scenario.
  void look_for_incidents(const Entry& entry) {
    for (std::size_t i = since_.history; i < trial_.history().size(); ++i) {
      const auto* raised = std::get_if<IncidentRaised>(&trial_.history()[i].body);
      if (raised == nullptr) continue;
      add({Code::stands_still,
           entry.at,
           fmt::format("the instance stands still: {}", raised->message),
           {},
           {}});
    }
  }

  const ScenarioFile& file_;
  const Scenario& scenario_;
  Trial& trial_;
  Coverage& coverage_;
  ScenarioResult& result_;
  Marks since_;
  std::size_t faults_ = 0;
  std::map<std::string, InstanceId> named_;
  std::map<std::string, InstanceId> newest_;
  int deliveries_ = 0;
  std::set<std::string> seen_owed_;  // starts that a schedule owes, by its name, person and period
  std::int64_t seen_error_ = 0;
};

}  // namespace

ScenarioResult play(const ScenarioFile& file, const Scenario& scenario, Scratch& scratch,
                    Coverage& coverage) {
  ScenarioResult result;
  result.name = scenario.name.text;
  result.at = scenario.name.at;
  const auto begun = std::chrono::steady_clock::now();
  const auto trial = Trial::begin(file, scenario, scratch);
  if (!trial) {
    result.failures.push_back(
        {Code::not_as_expected, scenario.name.at, "cannot begin: " + trial.error().message, {}, {}});
    return result;
  }
  Player(file, scenario, **trial, coverage, result).play();
  coverage.note((*trial)->history());
  if (const auto tested = file.snapshot->workflow(file.workflow)) result.story = story_of(**trial, *tested);
  result.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun);
  return result;
}

}  // namespace countersign::scenario
