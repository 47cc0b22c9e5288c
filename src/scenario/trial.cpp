#include "scenario/trial.h"

#include <algorithm>

#include "scenario/ledgers.h"
#include <fmt/format.h>

#include "base/digest.h"
#include "core/event_codec.h"
#include "core/form.h"
#include "core/form_value.h"
#include "core/outbound_call.h"
#include "runtime/outbox_rows.h"
#include "runtime/workspace.h"

namespace countersign::scenario {
namespace {

// Timers that fire again and again would hardly let time pass.
constexpr int kStopsMax = 10'000;

std::string type_of_file(const std::string& name) {
  const std::string_view type = type_of_file_name(name);
  return type.empty() ? "application/octet-stream" : std::string(type);
}

}  // namespace

Trial::Trial(const ScenarioFile& file, const Scenario& scenario, std::unique_ptr<SqliteStore> store)
    : scenario_(scenario),
      clock_(scenario.now),
      current_(file.snapshot),
      store_(std::move(store)),
      library_(current_),
      composer_(library_, store_->reader(), links_, {{"Approvals", "approvals@example.com"}}) {}

Trial::~Trial() = default;

Result<std::unique_ptr<Trial>> Trial::begin(const ScenarioFile& file, const Scenario& scenario,
                                            Scratch& scratch) {
  auto store = scratch.open();
  if (!store) return std::unexpected(store.error());
  std::unique_ptr<Trial> trial(new Trial(file, scenario, std::move(*store)));
  load_versions_from(trial->store_->reader(), trial->library_);
  if (auto prepared = trial->prepare(file); !prepared) return std::unexpected(prepared.error());
  return trial;
}

Result<void> Trial::prepare(const ScenarioFile& file) {
  if (auto set = open_ledgers(*store_, *current_, clock_.now()); !set) return set;
  engine_ = std::make_unique<Engine>(*store_, library_, clock_, random_, links_);
  Result<void> added;
  for (const std::string& name : file.uploads) {
    engine_->submit(AddFile{name, to_hex(as_text(sha256(name))), name, type_of_file(name), 1000}, Caller{},
                    [&](const Answer& answer) {
                      if (!answer) added = std::unexpected(answer.error().error);
                    });
  }
  settle();
  return added;
}

Answer Trial::ask(Request request, Caller caller) {
  Answer got = std::unexpected(Refusal{Error{ErrorCode::internal, "the engine did not answer", {}}, {}});
  engine_->submit(std::move(request), std::move(caller), [&](Answer answer) { got = std::move(answer); });
  settle();
  return got;
}

void Trial::settle() {
  do {
    engine_->drain();
  } while (deliver());
  read_history();
}

void Trial::pass_until(Instant until) {
  for (int stops = 0;; ++stops) {
    const auto next = engine_->next_due();
    if (!next || *next > until) break;
    if (*next <= clock_.now()) break;  // it could not act, and rests
    if (stops == kStopsMax) {
      return faults_.push_back(
          fmt::format("something was due {} times, and it is only {}: let what comes again wait longer, or "
                      "advance by less",
                      kStopsMax, format_rfc3339(clock_.now())));
    }
    clock_.set(*next);
    settle();
  }
  clock_.set(std::max(until, clock_.now()));
  settle();
}

// True where something was done.
bool Trial::deliver() {
  read_history();
  const auto targets = reader().due_targets();
  if (!targets) {
    faults_.push_back(targets.error().message);
    return false;
  }
  bool done = false;
  for (const Reader::TargetDue& target : *targets) {
    if (is_inside(target.target) || target.next_at > clock_.now()) continue;
    const auto rows = reader().due_outbox(target.target, clock_.now(), 256);
    if (!rows) {
      faults_.push_back(rows.error().message);
      continue;
    }
    for (const OutboxRow& row : *rows) {
      if (open_calls_.contains(row.id)) continue;
      done = true;
      if (target.target == kMailTarget) {
        send_mail(row);
      } else {
        make_call(row);
      }
    }
  }
  return done;
}

void Trial::report(const OutboxRow& row, DeliveryReport::Kind kind, std::string detail,
                   std::optional<EffectDone> answer) {
  DeliveryReport report;
  report.row = row.id;
  report.kind = kind;
  report.detail = std::move(detail);
  report.instance = row.instance;
  report.answer = std::move(answer);
  engine_->report_delivery(std::move(report), [this](const Result<void>& stored) {
    if (!stored) faults_.push_back(stored.error().message);
  });
  engine_->drain();
}

void Trial::send_mail(const OutboxRow& row) {
  const auto mail = composer_.compose(row, clock_.now());
  const auto message = read_message(row);
  if (!mail || !message) {
    faults_.push_back(fmt::format("the message to {} cannot be written: {}", row.recipient.value,
                                  mail ? message.error().message : mail.error().message));
    return report(row, DeliveryReport::Kind::dead, faults_.back());
  }
  if (*mail) {
    mail_.push_back({row.instance, row.recipient, message->kind, message->message, (*mail)->subject,
                     (*mail)->text, clock_.now(), history_.size()});
  }
  report(row, DeliveryReport::Kind::sent, "recorded");
}

void Trial::make_call(const OutboxRow& row) {
  auto call = read_call(row);
  if (!call) {
    faults_.push_back(call.error().message);
    return report(row, DeliveryReport::Kind::dead, call.error().message);
  }
  const std::string name = call->connector + "." + call->action;
  const auto connector = current_->connector(call->connector);
  // Everything that would leave is put together, so that a mistake of the connector shows.
  Result<HttpCall> http =
      fail(ErrorCode::not_found, fmt::format("there is no connector '{}'", call->connector));
  if (connector != nullptr && connector->outbound) {
    const SecretLookup secrets = [](const std::string& secret) -> Result<std::string> {
      return "https://scenario.invalid/" + secret;  // some secrets are addresses
    };
    http = build_request(*connector->outbound, call->action, call->input, secrets, *current_->directory);
  }
  if (!http) {
    if (!call->effect) faults_.push_back(fmt::format("{}: {}", name, http.error().message));
    return report(row, DeliveryReport::Kind::dead, http.error().message,
                  call->effect ? std::optional(EffectDone{call->effect, false, {}, http.error().message})
                               : std::nullopt);
  }
  calls_.push_back({row.instance, name, call->input, clock_.now(), history_.size()});
  if (!call->effect) return report(row, DeliveryReport::Kind::sent, "recorded");
  open_calls_.emplace(row.id, OpenCall{row, name, call->effect});
  const auto reply = std::ranges::find(scenario_.replies, name, &Reply::call);
  if (reply == scenario_.replies.end()) return;
  const Result<void> answered =
      reply->failure.empty() ? answer_call(name, reply->data) : fail_call(name, reply->failure);
  if (!answered) faults_.push_back(fmt::format("the reply to {}: {}", name, answered.error().message));
}

Result<Fields> Trial::read_reply_data(const std::string& call, const json::value& data) const {
  const std::size_t dot = call.find('.');
  const auto connector = current_->connector(call.substr(0, dot));
  const Action* action = connector == nullptr || !connector->outbound
                             ? nullptr
                             : connector->outbound->find_action(call.substr(dot + 1));
  if (action == nullptr) return fail(ErrorCode::not_found, fmt::format("there is no action '{}'", call));
  FormReading reading = read_fields(fields_of(action->output), data.is_null() ? json::object() : data,
                                    FormContext{.directory = *current_->directory, .pointer = "/data"});
  if (reading.ok()) return std::move(reading.values);
  const FormProblem& first = reading.problems.front();
  return std::unexpected(Error{ErrorCode::invalid_input, first.detail, first.pointer});
}

Result<void> Trial::answer_call(const std::string& call, const json::value& data) {
  const auto open =
      std::ranges::find_if(open_calls_, [&](const auto& each) { return each.second.call == call; });
  if (open == open_calls_.end()) return fail(ErrorCode::not_found, fmt::format("nothing waits for {}", call));
  auto fields = read_reply_data(call, data);
  if (!fields) return std::unexpected(fields.error());
  const OpenCall taken = open->second;
  open_calls_.erase(open);
  report(taken.row, DeliveryReport::Kind::sent, "answered by the scenario",
         EffectDone{taken.effect, true, std::move(*fields), {}});
  settle();
  return {};
}

Result<void> Trial::fail_call(const std::string& call, const std::string& why) {
  const auto open =
      std::ranges::find_if(open_calls_, [&](const auto& each) { return each.second.call == call; });
  if (open == open_calls_.end()) return fail(ErrorCode::not_found, fmt::format("nothing waits for {}", call));
  const OpenCall taken = open->second;
  open_calls_.erase(open);
  report(taken.row, DeliveryReport::Kind::dead, why, EffectDone{taken.effect, false, {}, why});
  settle();
  return {};
}

Result<void> Trial::change_directory(const ChangeDirectory& change) {
  std::vector<Person> people(current_->directory->people().begin(), current_->directory->people().end());
  std::vector<Group> groups(current_->directory->groups().begin(), current_->directory->groups().end());
  people.insert(people.end(), change.join.begin(), change.join.end());
  const auto person = [&](const PersonId& id) { return std::ranges::find(people, id, &Person::id); };
  for (const PersonId& id : change.leave) {
    if (const auto found = person(id); found != people.end()) found->active = false;
  }
  for (const auto& [id, absence] : change.away) {
    if (const auto found = person(id); found != people.end()) found->away.push_back(absence);
  }
  for (const auto& [id, manager] : change.managers) {
    if (const auto found = person(id); found != people.end()) found->manager = manager;
  }
  for (const auto& [id, members] : change.groups) {
    const auto found = std::ranges::find(groups, id, &Group::id);
    if (found == groups.end()) {
      groups.push_back({id, id, members});
    } else {
      found->members = members;
    }
  }
  auto built = Directory::build(std::move(people), std::move(groups));
  if (!built) return std::unexpected(built.error().front());
  auto next = std::make_shared<Snapshot>(*current_);
  next->directory = std::move(*built);
  current_ = next;
  library_.replace(current_);
  settle();
  return {};
}

void Trial::read_history() {
  constexpr std::size_t kPage = 500;
  for (;;) {
    const auto page = reader().feed(feed_cursor_, kPage);
    if (!page) return faults_.push_back(page.error().message);
    feed_cursor_ = page->next_cursor;
    for (const EventRow& row : page->rows) {
      auto body = decode_event(row.type, row.version, row.payload);
      if (!body) {
        faults_.push_back(body.error().message);
        continue;
      }
      history_.push_back({row.instance, row.at, std::move(*body)});
    }
    if (page->rows.size() < kPage) return;
  }
}

}  // namespace countersign::scenario
