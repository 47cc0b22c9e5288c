#include "runtime/request_job.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "core/ask.h"
#include "core/evaluation.h"
#include "core/form.h"
#include "core/guest.h"
#include "core/questions.h"
#include "runtime/absences.h"
#include "runtime/closed_item.h"
#include "runtime/inbound.h"
#include "runtime/ledger_json.h"
#include "runtime/outbox_acts.h"
#include "runtime/owed_starts.h"

namespace countersign {
namespace {

std::string actor_key(const Actor& actor) {
  return actor.authenticated + "|" + actor.person.value;
}

std::size_t size_of(const json::value& value) {
  if (value.is_string()) return value.as_string().size() + 16;
  std::size_t size = 16;
  if (value.is_array()) {
    for (const auto& item : value.as_array()) size += size_of(item);
  } else if (value.is_object()) {
    for (const auto& member : value.as_object()) size += member.key().size() + size_of(member.value());
  }
  return size;
}

std::size_t size_of(const Request& request) {
  if (const auto* start = std::get_if<StartRequest>(&request)) return 512 + size_of(start->form);
  if (const auto* decision = std::get_if<DecisionRequest>(&request)) {
    return 512 + decision->comment.size() + size_of(decision->answers) + size_of(decision->form);
  }
  if (const auto* act = std::get_if<ItemActRequest>(&request)) return 2048 + act->comment.size();
  if (const auto* copies = std::get_if<CopiesRequest>(&request)) return 4096 + copies->comment.size();
  if (const auto* said = std::get_if<CommentRequest>(&request)) return 512 + said->text.size();
  if (const auto* event = std::get_if<EventRequest>(&request)) return 512 + size_of(event->data);
  if (const auto* event = std::get_if<SendEventRequest>(&request)) return 512 + size_of(event->data);
  if (const auto* inbound = std::get_if<InboundDelivery>(&request)) return 512 + 2 * inbound->body.size();
  return 512;
}

}  // namespace

std::string instance_answer(const State& state, const Links& links) {
  json::value incident;  // why it stands still already
  for (const auto& [id, activation] : state.activations) {
    if (incident.is_null() && !activation.incident.empty()) incident = activation.incident;
  }
  return write_json(json::object{{"id", state.id.value},
                                 {"reference", state.reference},
                                 {"status", state.status},
                                 {"incident", std::move(incident)},
                                 {"url", links.public_url() + "/api/v1/instances/" + state.id.value}});
}

std::unexpected<Refusal> refuse_input(const std::vector<FormProblem>& problems) {
  return std::unexpected(
      Refusal{Error{ErrorCode::invalid_input,
                    fmt::format("the input is not acceptable: {}", problems.front().detail),
                    {}},
              problems});
}

RequestJob::RequestJob(JobContext context, Request request, Caller caller)
    : context_(context),
      request_(std::move(request)),
      caller_(std::move(caller)),
      bytes_(size_of(request_)),
      answer_(refuse(ErrorCode::internal, "the request was not run")) {}

void RequestJob::rehearse(Instant now) {
  const auto* request = std::get_if<DecisionRequest>(&request_);
  if (request == nullptr) return;
  {
    const std::lock_guard lock(rehearsal_mutex_);
    if (rehearsal_ != Rehearsal::open) return;
    rehearsal_ = Rehearsal::under_way;
  }
  const auto stored = context_.reader.stored_instance(request->instance);
  if (stored && *stored) {
    const State& state = *(*stored)->state;
    if (const auto definition = context_.execution.definition_of(state)) {
      const auto command = read_decision(*request, state, **definition, now);
      if (command) rehearsed_ = context_.execution.rehearse(**stored, *command, now);
    }
  }
  {
    const std::lock_guard lock(rehearsal_mutex_);
    rehearsal_ = Rehearsal::settled;
  }
  rehearsal_ended_.notify_one();
}

void RequestJob::settle_rehearsal() {
  std::unique_lock lock(rehearsal_mutex_);
  if (rehearsal_ == Rehearsal::open) rehearsal_ = Rehearsal::settled;
  rehearsal_ended_.wait(lock, [&] { return rehearsal_ == Rehearsal::settled; });
}

Result<void> RequestJob::run(Transaction& transaction, Instant now) {
  settle_rehearsal();
  answer_ = answer_once(transaction, now);
  if (answer_) return {};
  // An incident is stored although the caller gets an error; every other refusal is rolled back.
  if (answer_.error().keep) return {};
  return std::unexpected(answer_.error().error);
}

Answer RequestJob::answer(Result<void> stored) {
  if (!stored && (answer_ || stored.error().code != answer_.error().error.code))
    return refuse(stored.error());
  context_.absences.read_what_changed();
  if (!answer_ && answer_.error().error.code == ErrorCode::conflict) {
    const auto* decision = std::get_if<DecisionRequest>(&request_);
    const auto* act = std::get_if<ItemActRequest>(&request_);
    if (decision != nullptr || act != nullptr) {
      // Now that the batch is committed, whoever was first can be named.
      const auto row = context_.reader.work_item(decision != nullptr ? decision->instance : act->instance,
                                                 decision != nullptr ? decision->item : act->item);
      const std::string fate =
          row && *row ? fate_of(**row, context_.reader, *context_.library.current()->directory) : "";
      if (!fate.empty()) {
        answer_.error().error.message = fmt::format(
            "{} {}", decision != nullptr ? "cannot record the decision on" : "nothing was done with", fate);
      }
    }
  }
  return std::move(answer_);
}

// The answer that was given under that key; refused where the key was used with another request.
std::expected<std::optional<IdempotencyRow>, Refusal> RequestJob::find_answer(
    const std::string& key, Transaction& transaction) const {
  auto known = transaction.find_answer(actor_key(caller_.actor), caller_.route, key);
  if (!known) return refuse(known.error());
  if (*known && (*known)->request_hash != caller_.request_hash) {
    return std::unexpected(Refusal{
        Error{ErrorCode::invalid_input, "this Idempotency-Key was used before with another request", {}},
        {{"", "use a new Idempotency-Key for a new request"}}});
  }
  return std::move(*known);
}

Answer RequestJob::keep_answer(const std::string& key, const Reply& answer, Transaction& transaction,
                               Instant now) const {
  const IdempotencyRow row{
      actor_key(caller_.actor), caller_.route, key, caller_.request_hash, answer.status, answer.body, now};
  if (Result<void> kept = transaction.keep_answer(row); !kept) return refuse(kept.error());
  return answer;
}

Answer RequestJob::answer_once(Transaction& transaction, Instant now) {
  const auto handled = [&] {
    return std::visit([&](const auto& request) { return handle(request, transaction, now); }, request_);
  };
  if (caller_.idempotency_key.empty()) return handled();
  const std::string own_key = caller_.idempotency_key + caller_.part;
  const auto known = find_answer(own_key, transaction);
  if (!known) return std::unexpected(known.error());
  if (*known) return Reply{(*known)->status, (*known)->answer};
  // Of a list each part has an answer of its own, and the key stands for the whole list.
  const bool is_part = !caller_.part.empty();
  const auto whole = is_part ? find_answer(caller_.idempotency_key, transaction) : known;
  if (!whole) return std::unexpected(whole.error());
  Answer answer = handled();
  if (answer && is_part && !*whole) {
    if (Answer kept = keep_answer(caller_.idempotency_key, Reply{200, {}}, transaction, now); !kept)
      return kept;
  }
  return answer ? keep_answer(own_key, *answer, transaction, now) : answer;
}

Answer RequestJob::apply(const InstanceId& instance, const Command& command, Transaction& transaction,
                         Instant now) {
  auto executed = context_.execution.run(transaction, instance, command, now);
  if (!executed) return std::unexpected(std::move(executed.error()));
  if (executed->refusal) return std::unexpected(Refusal{std::move(*executed->refusal), {}, true});
  return Reply{200, instance_answer(*executed->after, context_.links)};
}

Answer RequestJob::handle(const StartRequest& request, Transaction& transaction, Instant now) {
  const auto snapshot = context_.library.current();
  const auto definition = snapshot->workflow(request.workflow);
  if (definition == nullptr) {
    std::vector<std::string> ids;
    for (const auto& [id, workflow] : snapshot->workflows) ids.push_back(id.value);
    const auto meant = nearest(request.workflow.value, ids);
    return refuse(ErrorCode::not_found,
                  fmt::format("there is no workflow '{}'{}", request.workflow.value,
                              meant ? fmt::format(" (did you mean '{}'?)", *meant) : ""));
  }
  const Person* requester = snapshot->directory->find(request.requester);
  if (requester == nullptr || !requester->active || is_guest(requester->id)) {
    return std::unexpected(
        Refusal{Error{ErrorCode::invalid_input,
                      fmt::format("'{}' is not an active person of the directory", request.requester.value),
                      {}},
                {{"/requester", "name an active person"}}});
  }
  FormReading reading = read_fields(definition->form, request.form.is_null() ? json::object() : request.form,
                                    form_context(*snapshot->directory, "/form", now));
  if (!reading.ok()) return refuse_input(reading.problems);
  const Start command{
      definition->id, request.requester, caller_.actor, "form", std::move(reading.values), {}, {}};
  auto executed = context_.execution.start(transaction, InstanceId("i_" + sortable_id(now, context_.random)),
                                           command, definition, now);
  if (!executed) return std::unexpected(std::move(executed.error()));
  return Reply{executed->existing ? 200 : 201, instance_answer(*executed->after, context_.links)};
}

std::expected<Decide, Refusal> RequestJob::read_decision(const DecisionRequest& request, const State& state,
                                                         const Definition& definition, Instant now) const {
  Decide command{.item = request.item,
                 .version = request.version,
                 .by = caller_.actor,
                 .outcome = request.outcome,
                 .comment = request.comment,
                 .checklist = request.checklist,
                 .return_to = request.return_to,
                 .confirmed = request.confirmed};
  const auto item = state.items.find(request.item);
  if (item != state.items.end()) {
    const auto snapshot = context_.library.current();
    const Step& step = definition.step(state.activations.at(item->second.activation).step);
    FormContext answering = form_context(*snapshot->directory, "/answers", now, &state);
    answering.checklist_of = [&](std::string_view listed) { return checklist_ids(definition, listed); };
    FormReading answers =
        read_fields(asked_fields(step, item->second.entries),
                    request.answers.is_null() ? json::object() : request.answers, answering, Extent::named);
    FormReading edits = read_fields(definition.form, request.form.is_null() ? json::object() : request.form,
                                    form_context(*snapshot->directory, "/form", now, &state), Extent::named);
    answers.problems.insert(answers.problems.end(), edits.problems.begin(), edits.problems.end());
    if (!answers.problems.empty()) return refuse_input(answers.problems);
    command.answers = std::move(answers.values);
    command.edits = std::move(edits.values);
  }
  return command;
}

Answer RequestJob::handle(const DecisionRequest& request, Transaction& transaction, Instant now) {
  // Used up: whatever makes it fail is decided anew when the job runs again.
  std::optional<std::expected<Executed, Refusal>> rehearsed;
  if (const auto made = std::exchange(rehearsed_, std::nullopt)) {
    rehearsed = context_.execution.perform(transaction, *made);
  }
  const auto decide_now = [&]() -> std::expected<Executed, Refusal> {
    auto state = transaction.load(request.instance);
    if (!state) return refuse(state.error());
    if (*state == nullptr) {
      return refuse(ErrorCode::not_found, fmt::format("there is no instance '{}'", request.instance.value));
    }
    auto definition = context_.execution.definition_of(**state);
    if (!definition) return refuse(definition.error());
    const auto command = read_decision(request, **state, **definition, now);
    if (!command) return std::unexpected(command.error());
    return context_.execution.run(transaction, request.instance, *command, now);
  };
  auto executed = rehearsed ? std::move(*rehearsed) : decide_now();
  if (!executed) return std::unexpected(std::move(executed.error()));
  if (executed->refusal) return std::unexpected(Refusal{std::move(*executed->refusal), {}, true});
  const State& after = *executed->after;
  return Reply{200, write_json(json::object{{"id", fmt::format("{}.{}", after.id.value, request.item)},
                                            {"instance", after.id.value},
                                            {"reference", after.reference},
                                            {"status", "decided"},
                                            {"outcome", request.outcome},
                                            {"instance_status", after.status}})};
}

Answer RequestJob::handle(const CommentRequest& request, Transaction& transaction, Instant now) {
  auto state = transaction.load(request.instance);
  if (!state) return refuse(state.error());
  if (*state == nullptr) {
    return refuse(ErrorCode::not_found, fmt::format("there is no instance '{}'", request.instance.value));
  }
  // An administrator who has a part in it writes as themselves.
  Actor by = caller_.actor;
  const bool has_part =
      (*state)->requester == by.person || std::ranges::binary_search((*state)->involved, by.person);
  if (caller_.admin && !has_part) by.kind = Actor::Kind::admin;
  return apply(request.instance, Comment{by, request.text}, transaction, now);
}

Answer RequestJob::handle(const WithdrawRequest& request, Transaction& transaction, Instant now) {
  return apply(request.instance, Withdraw{caller_.actor, request.reason}, transaction, now);
}

Answer RequestJob::handle(const CancelRequest& request, Transaction& transaction, Instant now) {
  Actor by = caller_.actor;
  // The core takes the system for a parent that was left; a key without a person is no such thing.
  if (!caller_.admin && by.kind == Actor::Kind::system) {
    return refuse(ErrorCode::forbidden,
                  fmt::format("cannot cancel {}: a key without a person needs the scope admin",
                              request.instance.value));
  }
  if (caller_.admin) by.kind = Actor::Kind::admin;
  return apply(request.instance, Cancel{by, request.reason}, transaction, now);
}

Answer RequestJob::handle(const RetryRequest& request, Transaction& transaction, Instant now) {
  Actor by = caller_.actor;
  by.kind = Actor::Kind::admin;
  if (request.activation != 0) {
    return apply(request.instance, Retry{ActivationId(request.activation), by, request.reason}, transaction,
                 now);
  }
  auto state = transaction.load(request.instance);
  if (!state) return refuse(state.error());
  if (*state == nullptr) {
    return refuse(ErrorCode::not_found, fmt::format("there is no instance '{}'", request.instance.value));
  }
  std::vector<ActivationId> standing;
  for (const auto& [id, activation] : (*state)->activations) {
    if (stands_still(**state, activation)) standing.push_back(id);
  }
  Answer answer = refuse(ErrorCode::conflict, fmt::format("{} does not stand still", (*state)->reference));
  bool tried = false;
  for (const ActivationId id : standing) {
    if (state = transaction.load(request.instance); !state) return refuse(state.error());
    const auto activation = (*state)->activations.find(id);
    if (activation == (*state)->activations.end() || !stands_still(**state, activation->second))
      continue;  // one before has mended it
    Answer next = apply(request.instance, Retry{id, by, request.reason}, transaction, now);
    if (!next && !next.error().keep) return next;
    // What still stands is what the answer says, and the others are mended all the same.
    if (!tried || answer) answer = std::move(next);
    tried = true;
  }
  return answer;
}

Answer RequestJob::handle(const ReassignRequest& request, Transaction& transaction, Instant now) {
  Actor by = caller_.actor;
  if (caller_.admin) by.kind = Actor::Kind::admin;
  return apply(request.instance, Reassign{request.item, request.to, by, request.reason}, transaction, now);
}

Answer RequestJob::handle(const MigrateRequest& request, Transaction& transaction, Instant now) {
  auto state = transaction.load(request.instance);
  if (!state) return refuse(state.error());
  if (*state == nullptr) {
    return refuse(ErrorCode::not_found, fmt::format("there is no instance '{}'", request.instance.value));
  }
  const WorkflowId& workflow = (*state)->workflow;
  const auto to = request.version.empty() ? context_.library.current()->workflow(workflow)
                                          : context_.library.version(workflow, request.version);
  if (to == nullptr) {
    return refuse(ErrorCode::not_found,
                  request.version.empty() ? fmt::format("no file holds the workflow '{}' now", workflow.value)
                                          : fmt::format("'{}' has no version {} that can be loaded",
                                                        workflow.value, request.version));
  }
  const DefinitionRow row{to->id, to->version, to->source, to->message_sources, now, to->table_sources};
  if (Result<void> kept = transaction.keep_definition(row); !kept) return refuse(kept.error());
  context_.library.remember(to);
  Actor by = caller_.actor;
  if (caller_.admin) by.kind = Actor::Kind::admin;
  return apply(request.instance, Migrate{to, by, request.reason}, transaction, now);
}

Answer RequestJob::handle(const RetryOwedStart& request, Transaction& transaction, Instant now) {
  return retry_owed_start(context_, request, transaction, now);
}

Answer RequestJob::handle(const TakeBackRequest& request, Transaction& transaction, Instant now) {
  // A decided item changes no more, so the row is as it was seen or the caller means another one.
  if (request.version) {
    const auto row = context_.reader.work_item(request.instance, request.item);
    if (!row) return refuse(row.error());
    if (*row && (*row)->version != *request.version) {
      return refuse(
          ErrorCode::conflict,
          fmt::format("cannot take the decision back: the work item has the version {}, not {}; look "
                      "at it again",
                      (*row)->version, *request.version));
    }
  }
  return apply(request.instance, TakeBack{request.item, caller_.actor, request.reason}, transaction, now);
}

Answer RequestJob::handle(const ViewRequest& request, Transaction& transaction, Instant now) {
  return apply(request.instance, View{request.item, caller_.actor}, transaction, now);
}

Answer RequestJob::handle(const SkipRequest& request, Transaction& transaction, Instant now) {
  Actor by = caller_.actor;
  if (caller_.admin) by.kind = Actor::Kind::admin;
  return apply(request.instance, Skip{request.step, ActivationId(request.activation), by, request.reason},
               transaction, now);
}

Answer RequestJob::handle(const JumpRequest& request, Transaction& transaction, Instant now) {
  Actor by = caller_.actor;
  if (caller_.admin) by.kind = Actor::Kind::admin;
  return apply(request.instance, Jump{request.step, by, request.reason}, transaction, now);
}

Answer RequestJob::handle(const InboundDelivery& request, Transaction& transaction, Instant now) {
  return apply_inbound(context_, request, transaction, now);
}

Answer RequestJob::handle(const ConnectorEvent& request, Transaction& transaction, Instant now) {
  const auto snapshot = context_.library.current();
  return apply_connector_event(context_, request, form_context(*snapshot->directory, "/data", now),
                               transaction, now);
}

Answer RequestJob::handle(const ReplayInbound& request, Transaction& transaction, Instant now) {
  return replay_inbound(context_, request.id, transaction, now);
}

Answer RequestJob::handle(const DropInbound& request, Transaction& transaction, Instant) {
  return drop_inbound(context_, request.id, caller_.actor.person, transaction);
}

Answer RequestJob::handle(const OutboxAct& request, Transaction& transaction, Instant now) {
  return act_on_outbox(context_, request, caller_.actor.person, transaction, now);
}

Answer RequestJob::handle(const CreateKey& request, Transaction& transaction, Instant now) {
  static const std::vector<std::string> kScopes{"start", "read", "decide", "admin", "act-as"};
  for (const std::string& scope : request.scopes) {
    if (std::find(kScopes.begin(), kScopes.end(), scope) == kScopes.end()) {
      return std::unexpected(
          Refusal{Error{ErrorCode::invalid_input,
                        fmt::format("'{}' is no scope (there are: {})", scope, fmt::join(kScopes, ", ")),
                        {}},
                  {{"/scopes", "choose among start, read, decide, admin, act-as"}}});
    }
  }
  const std::string key = KeyRing::new_key(context_.random);
  KeyRow row;
  row.id = key.substr(0, 12);
  row.hash = KeyRing::hash(key);
  row.name = request.name;
  row.person = request.person;
  row.scopes = request.scopes;
  row.created_at = now;
  row.expires_at = request.expires_at;
  if (Result<void> added = transaction.add_key(row); !added) return refuse(added.error());
  return Reply{201, write_json(json::object{{"id", row.id}, {"key", key}, {"name", row.name}})};
}

Answer RequestJob::handle(const RevokeKey& request, Transaction& transaction, Instant now) {
  if (Result<void> revoked = transaction.revoke_key(request.id, now); !revoked)
    return refuse(revoked.error());
  return Reply{200, write_json(json::object{{"id", request.id}, {"revoked", true}})};
}

Answer RequestJob::handle(const AdjustLedger& request, Transaction& transaction, Instant now) {
  const auto refuse_at = [](std::string message, std::string pointer, std::string detail) {
    return std::unexpected(Refusal{Error{ErrorCode::invalid_input, std::move(message), {}},
                                   {{std::move(pointer), std::move(detail)}}});
  };
  if (request.reason.empty()) return refuse_at("an administrator gives a reason", "/reason", "say why");
  const Decimal most = Decimal::from_int(kLedgerAmountMax);
  if (request.by.is_zero() || request.by > most || request.by < -most) {
    return refuse_at("the budget is changed by some amount", "/by",
                     "write an amount such as 5000.00, or -5000.00 to take it off");
  }
  const auto adjusted = transaction.adjust_ledger({.name = request.name,
                                                   .year = request.year,
                                                   .by = request.by,
                                                   .person = caller_.actor.person,
                                                   .authenticated = caller_.actor.authenticated,
                                                   .reason = request.reason},
                                                  now);
  if (!adjusted) return refuse(adjusted.error());
  return Reply{200, write_json(ledger_json(*adjusted))};
}

Answer RequestJob::handle(const SetAbsence& request, Transaction& transaction, Instant now) {
  return set_absence(context_, caller_, request, transaction, now);
}

Answer RequestJob::handle(const EndAbsence& request, Transaction& transaction, Instant now) {
  return end_absence(context_, caller_, request, transaction, now);
}

Answer RequestJob::handle(const ImportAbsences& request, Transaction& transaction, Instant now) {
  return import_absences(context_, caller_, request, transaction, now);
}

}  // namespace countersign
