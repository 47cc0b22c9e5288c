#include "tests/core/instance_fixture.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "core/ask.h"
#include "core/event_codec.h"
#include "core/evolve.h"
#include "core/quorum.h"
#include "definition/workflow_loader.h"

namespace countersign::testing {
namespace {

Catalogue sample_catalogue() {
  Catalogue catalogue;
  catalogue.directory = sample_directory();
  ConnectorOutline crm;
  Field deal;
  deal.name = "deal";
  Field amount;
  amount.name = "amount";
  amount.type = FieldType::number;
  crm.events["deal_changed"].data = {deal, amount};
  crm.events["answered"].data = {deal};
  ActionOutline book;
  book.input = {deal};
  Field booked;
  booked.name = "booked";
  book.output = {booked};
  crm.actions["book"] = book;
  catalogue.connectors["crm"] = crm;
  WorkflowOutline child;
  child.form = {deal};
  child.statuses = {"approved", "rejected"};
  catalogue.workflows["child"] = child;
  return catalogue;
}

json::value parsed(const std::string& text) {
  Result<json::value> value = parse_json(text);
  EXPECT_TRUE(value) << (value ? "" : value.error().message) << " in " << text;
  return value ? *value : json::value(json::object());
}

}  // namespace

std::shared_ptr<const Directory> sample_directory() {
  const auto person = [](const char* id, const char* manager) {
    Person p;
    p.id = PersonId(id);
    p.name = id;
    p.mail = std::string(id) + "@example.com";
    if (*manager != '\0') p.manager = PersonId(manager);
    return p;
  };
  std::vector<Person> people{person("chen.jie", ""),          person("zhang.wei", "chen.jie"),
                             person("li.na", "zhang.wei"),    person("wang.fang", "chen.jie"),
                             person("zhao.lei", "wang.fang"), person("qian.min", "wang.fang"),
                             person("sun.li", "chen.jie"),    person("adm", ""),
                             person("he.left", "zhang.wei")};
  people.back().active = false;
  std::vector<Group> groups{
      {"finance", "Finance", {PersonId("wang.fang"), PersonId("zhao.lei"), PersonId("qian.min")}},
      {"legal", "Legal", {PersonId("sun.li")}},
      {"admins", "Administrators", {PersonId("adm")}},
      {"left", "Left", {PersonId("he.left")}},
      {"employees", "All", {}}};
  for (const Person& p : people) groups.back().members.push_back(p.id);
  auto built = Directory::build(std::move(people), std::move(groups));
  EXPECT_TRUE(built.has_value());
  return *built;
}

Calendars sample_calendars() {
  CalendarSettings settings;
  settings.name = "office";
  settings.zone = "UTC";
  for (int day = 0; day < 5; ++day) {
    settings.hours[static_cast<std::size_t>(day)] = {*parse_working_hours("09:00-12:00"),
                                                     *parse_working_hours("13:00-18:00")};
  }
  auto calendar = Calendar::make(settings);
  EXPECT_TRUE(calendar) << (calendar ? "" : calendar.error().message);
  const auto shared = std::make_shared<const Calendar>(std::move(*calendar));
  return {{"", shared}, {"office", shared}};
}

std::shared_ptr<const Definition> load(const std::string& yaml) {
  const std::size_t at = yaml.find("workflow: ") + 10;
  const std::string id = yaml.substr(at, yaml.find('\n', at) - at);
  LoadedWorkflow loaded = load_workflow("workflows/" + id + ".yaml", yaml, {}, sample_catalogue());
  // Nothing of the test makes sense without it; thrown, it fails this test and not the whole program.
  if (!loaded.definition) throw std::runtime_error(loaded.diagnostics.to_text());
  return loaded.definition;
}

std::shared_ptr<const Definition> load_steps(const std::string& steps) {
  return load(R"(workflow: t
start:
  - form:
form:
  amount: {type: money, currency: CNY}
  note: {type: text}
statuses: [approved, rejected, expired]
steps:
)" + steps);
}

Ledger sample_ledger(const std::string& name, int amount, bool strict, std::vector<std::string> spending) {
  Ledger ledger;
  ledger.name = name;
  ledger.year = 2026;
  ledger.currency = "CNY";
  ledger.strict = strict;
  ledger.spending = std::move(spending);
  ledger.amount = Decimal::from_int(amount);
  return ledger;
}

void Shared::post(const LedgerPosted& posted) {
  const auto ledger = ledgers.find(posted.ledger);
  ASSERT_NE(ledger, ledgers.end()) << "a posting on a ledger that is not there: " << posted.ledger;
  ASSERT_EQ(posted.year, 2026U);
  EXPECT_EQ(posted.amount.as_money().currency, ledger->second.currency);
  EXPECT_FALSE(posted.amount.as_money().amount.is_negative());
  ASSERT_TRUE(ledger->second.post(posted.act, posted.amount.as_money().amount));
  if (ledger->second.strict) {
    EXPECT_FALSE(ledger->second.available().is_negative()) << "a strict ledger was overdrawn";
  }
  EXPECT_FALSE(ledger->second.reserved.is_negative());
}

Instance::Instance(std::shared_ptr<const Definition> definition, Shared* shared, std::string id)
    : definition_(std::move(definition)),
      shared_(shared == nullptr ? &own_ : shared),
      now_(*parse_rfc3339(kMonday9)) {
  auto state = std::make_shared<State>();
  state->id = InstanceId(std::move(id));
  replayed_ = *state;
  state_ = state;
}

Outcome Instance::start(const std::string& requester, const std::string& form_json) {
  const FormReading reading =
      read_fields(definition_->form, parsed(form_json), FormContext{.directory = *directory});
  EXPECT_TRUE(reading.ok()) << (reading.ok() ? "" : reading.problems.front().detail);
  return run(Start{definition_->id,
                   PersonId(requester),
                   Actor{.kind = Actor::Kind::person, .person = PersonId(requester), .channel = "api"},
                   "form",
                   reading.values,
                   {},
                   {}});
}

std::uint32_t Instance::item(const std::string& person, const std::string& step) const {
  for (const auto& [number, item] : state_->items) {
    const std::string at = definition_->step(state_->activations.at(item.activation).step).name;
    if (!step.empty() && at != step) continue;
    const bool theirs = item.group.empty() || !item.assignee.empty()
                            ? item.assignee.value == person
                            : directory->is_member(PersonId(person), item.group);
    if (theirs) return number;
  }
  return 0;
}

Outcome Instance::decide_as(const std::string& person, const std::string& outcome, const std::string& comment,
                            const std::string& answers_json, const std::string& edits_json) {
  Decide command;
  command.item = item(person);
  command.by = Actor{.kind = Actor::Kind::person, .person = PersonId(person), .channel = "api"};
  command.outcome = outcome;
  command.comment = comment;
  if (command.item != 0) {
    const Item& asked = state_->items.at(command.item);
    const Step& step = definition_->step(state_->activations.at(asked.activation).step);
    if (outcome != "returned") command.checklist = asked.entries;
    const FormReading answers = read_fields(asked_fields(step, command.checklist), parsed(answers_json),
                                            FormContext{.directory = *directory}, Extent::named);
    command.answers = answers.values;
    const FormReading edits = read_fields(definition_->form, parsed(edits_json),
                                          FormContext{.directory = *directory}, Extent::named);
    command.edits = edits.values;
  }
  return run(command);
}

Outcome Instance::run(const Command& command) {
  Facts facts;
  last_events_.clear();
  last_effects_.clear();
  for (int round = 0; round < 8; ++round) {
    const Context context{*definition_, *directory, calendars, facts, now_, nullptr, &absences};
    const State before = *state_;
    Outcome outcome = decide(context, *state_, command);
    EXPECT_EQ(*state_, before) << "decide changed its input";
    if (const auto* need = std::get_if<NeedFacts>(&outcome)) {
      for (const FactKey& key : need->facts) {
        if (key.kind == FactKey::Kind::ledger) {
          const auto ledger = shared_->ledgers.find(key.scope);
          if (ledger != shared_->ledgers.end() && (key.key.empty() || key.key == "2026")) {
            facts[key].ledger = ledger->second;
          } else {
            facts[key] = FactValue{};
          }
          continue;
        }
        const auto claim = shared_->claims.find({key.scope, key.key});
        const InstanceId holder = claim == shared_->claims.end() ? InstanceId() : claim->second;
        const auto counter = shared_->counters.find(key.scope);
        facts[key] = FactValue{.holder = holder,
                               .next = counter == shared_->counters.end() ? 1 : counter->second,
                               .reference = "reference of " + holder.value};
      }
      continue;
    }
    EXPECT_EQ(rejection(outcome).find("an error in Countersign itself"), std::string::npos)
        << rejection(outcome);
    if (const auto* decision = std::get_if<Decision>(&outcome)) {
      if (const auto* moved = std::get_if<Migrate>(&command)) definition_ = moved->to;
      keep(*decision);
    }
    return outcome;
  }
  ADD_FAILURE() << "the core asks for facts without end";
  return Rejection{};
}

void Instance::keep(const Decision& decision) {
  state_ = decision.after;
  last_events_ = decision.events;
  last_effects_ = decision.effects;
  events_.insert(events_.end(), decision.events.begin(), decision.events.end());
  for (const Event& event : decision.events) {
    if (const auto* taken = std::get_if<ClaimTaken>(&event.body)) {
      const bool fresh = shared_->claims.emplace(std::pair(taken->scope, taken->key), state_->id).second;
      EXPECT_TRUE(fresh) << "a claim was taken twice: " << taken->scope << " " << taken->key;
    } else if (const auto* freed = std::get_if<ClaimFreed>(&event.body)) {
      EXPECT_EQ(shared_->claims.erase({freed->scope, freed->key}), 1U) << "freed without being held";
    } else if (const auto* counted = std::get_if<CounterTaken>(&event.body)) {
      shared_->counters[counted->scope] = counted->value + 1;
    } else if (const auto* posted = std::get_if<LedgerPosted>(&event.body)) {
      shared_->post(*posted);
    }
  }
  check_invariants();
}

void Instance::advance_to(const std::string& rfc3339) {
  const Instant target = *parse_rfc3339(rfc3339);
  for (int fired = 0; fired < 10'000; ++fired) {
    const std::pair<const TimerKey, Timer>* next = nullptr;
    for (const auto& timer : state_->timers) {
      if (timer.second.due <= target && (next == nullptr || timer.second.due < next->second.due))
        next = &timer;
    }
    if (next == nullptr) break;
    now_ = std::max(now_, next->second.due);
    const Outcome outcome = run(TimerDue{next->first});
    ASSERT_TRUE(std::holds_alternative<Decision>(outcome)) << rejection(outcome);  // an incident is one too
  }
  now_ = std::max(now_, target);
}

void Instance::check_invariants() {
  for (const Event& event : last_events_) {
    const EncodedEvent encoded = encode_event(event.body);
    const Result<EventBody> decoded = decode_event(encoded.type, encoded.version, encoded.payload);
    ASSERT_TRUE(decoded) << encoded.type << ": " << decoded.error().message;
    evolve(replayed_, Event{event.seq, event.at, *decoded});
  }
  EXPECT_EQ(replayed_, *state_) << "replaying the events gives another state";
  const Result<State> restored = decode_state(encode_state(*state_));
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(*restored, *state_) << "the snapshot gives another state";

  for (const auto& [number, item] : state_->items) {
    EXPECT_TRUE(is_open(item.status));
    ASSERT_TRUE(state_->activations.contains(item.activation)) << "an item of a closed step";
    EXPECT_EQ(item.round, state_->activations.at(item.activation).round);
  }
  for (const auto& [key, timer] : state_->timers) {
    ASSERT_TRUE(state_->activations.contains(key.activation)) << "a timer of a closed step";
    if (key.item != 0) {
      EXPECT_TRUE(state_->items.contains(key.item)) << "a timer of a closed item";
    }
  }
  for (const Event& event : last_events_) {
    if (const auto* set = std::get_if<TimerSet>(&event.body)) {
      EXPECT_GT(set->due, event.at) << "a timer was set that is not later than now";
    }
  }
  for (const auto& [id, frame] : state_->frames) {
    EXPECT_TRUE(frame.current) << "a frame without an open activation";
    if (frame.parent) {
      EXPECT_TRUE(state_->activations.contains(frame.parent));
    }
  }
  check_verdicts();
  if (state_->ended) {
    EXPECT_TRUE(state_->frames.empty() && state_->activations.empty() && state_->items.empty() &&
                state_->timers.empty())
        << "something is open after the end";
  }
}

// A step that is open is not decided, and one that is approved is so by the votes of its roster.
void Instance::check_verdicts() const {
  const auto approves = [&](StepIndex step) {
    return std::holds_alternative<Approve>(definition_->step(step).kind);
  };
  for (const auto& [id, activation] : state_->activations) {
    if (!approves(activation.step) || !activation.outcome.empty() || activation.roster.seats.empty())
      continue;
    EXPECT_EQ(verdict_of(activation.roster), Verdict::open)
        << definition_->step(activation.step).name << " is open, and its votes have decided it";
  }
  const auto check_result = [&](StepIndex step, const StepResult& result) {
    if (!approves(step) || result.voided || result.outcome != "approved" || result.roster.seats.empty())
      return;
    EXPECT_EQ(verdict_of(result.roster), Verdict::approved)
        << definition_->step(step).name << " is approved, and its roster has not";
  };
  for (const auto& [step, result] : state_->results) check_result(step, result);
  for (const auto& [step, of_items] : state_->item_results) {
    for (const auto& [path, result] : of_items) check_result(step, result);
  }
}

std::vector<std::string> Instance::asked() const {
  std::vector<std::string> asked;
  for (const auto& [number, item] : state_->items) {
    if (item.status != ItemStatus::open) continue;
    const std::string step = definition_->step(state_->activations.at(item.activation).step).name;
    asked.push_back((item.assignee.empty() ? item.group : item.assignee.value) + "@" + step);
  }
  std::sort(asked.begin(), asked.end());
  return asked;
}

std::string Instance::outcome_of(const std::string& step) const {
  const Step* found = definition_->find_step(step);
  EXPECT_NE(found, nullptr) << step;
  const auto result = state_->results.find(found->index);
  if (result == state_->results.end()) return "";
  return result->second.voided ? "(void)" : result->second.outcome;
}

std::vector<std::string> Instance::last_events() const {
  std::vector<std::string> names;
  for (const Event& event : last_events_) names.emplace_back(type_of(event.body));
  return names;
}

std::vector<std::string> Instance::last_sends() const {
  std::vector<std::string> sends;
  for (const Effect& effect : last_effects_) {
    if (const auto* send = std::get_if<Send>(&effect)) {
      sends.push_back(std::string(to_string(send->kind)) + " " +
                      (send->group.empty() ? send->to.value : send->group));
    }
  }
  return sends;
}

std::string rejection(const Outcome& outcome) {
  if (const auto* rejected = std::get_if<Rejection>(&outcome)) return rejected->error.message;
  if (const auto* decision = std::get_if<Decision>(&outcome); decision != nullptr && decision->refusal) {
    return decision->refusal->message;
  }
  return {};
}

ErrorCode rejection_code(const Outcome& outcome) {
  const auto* rejected = std::get_if<Rejection>(&outcome);
  EXPECT_NE(rejected, nullptr);
  return rejected == nullptr ? ErrorCode::internal : rejected->error.code;
}

bool accepted(const Outcome& outcome) {
  const auto* decision = std::get_if<Decision>(&outcome);
  return decision != nullptr && !decision->refusal;
}

}  // namespace countersign::testing
