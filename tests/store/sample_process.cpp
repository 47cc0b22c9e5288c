#include "tests/store/sample_process.h"

#include <fmt/format.h>

#include "core/evolve.h"

namespace countersign::sample {
namespace {

class Recorder {
 public:
  Recorder(std::shared_ptr<const State> before, Instant now) : state_(*before), now_(now) {
    move_.before = std::move(before);
  }
  const State& state() const { return state_; }
  std::uint32_t next_id() const { return state_.next_id; }
  void add(EventBody body) {
    Event event{.seq = state_.seq + 1, .at = now_, .body = std::move(body)};
    evolve(state_, event);
    move_.events.push_back(std::move(event));
  }
  Move done() {
    move_.after = std::make_shared<const State>(std::move(state_));
    return std::move(move_);
  }

 private:
  Move move_;
  State state_;
  Instant now_;
};

void ask(Recorder& recorder, FrameId frame, std::string_view assignee, std::string_view group, Instant now,
         Duration due_after) {
  const ActivationId activation(recorder.next_id());
  const Instant due = now + due_after;
  recorder.add(ActivationOpened{
      .activation = activation, .frame = frame, .step = 0, .name = "manager", .due_at = due});
  Item item;
  item.number = recorder.next_id();
  item.activation = activation;
  item.assignee = PersonId(std::string(assignee));
  item.group = group;
  item.opened_at = now;
  item.due_at = due;
  recorder.add(ItemOpened{.item = item, .reason = "requester.manager"});
  recorder.add(TimerSet{.timer = {.activation = activation, .item = 0, .kind = TimerKind::due, .rule = 0},
                        .due = due,
                        .fired = 0});
}

// Decides the open item and leaves its activation.
FrameId answer(Recorder& recorder) {
  const Item item = recorder.state().items.begin()->second;
  const FrameId frame = recorder.state().activations.at(item.activation).frame;
  Actor by{.kind = Actor::Kind::person, .person = item.assignee, .channel = "link"};
  recorder.add(ItemChanged{.item = item.number, .outcome = "approved", .by = by, .comment = "fine"});
  recorder.add(
      TimerCleared{.timer = {.activation = item.activation, .item = 0, .kind = TimerKind::due, .rule = 0}});
  recorder.add(ActivationClosed{.activation = item.activation, .how = "completed"});
  return frame;
}

Result<void> with_state(Transaction& transaction, const InstanceId& id,
                        const std::function<Move(const std::shared_ptr<const State>&)>& next) {
  auto state = transaction.load(id);
  if (!state) return std::unexpected(state.error());
  if (!*state) return fail(ErrorCode::not_found, "there is no " + id.value);
  return transaction.apply(next(*state).change());
}

}  // namespace

Instant at(std::int64_t seconds) {
  return from_unix_ms(1'772'000'000'000 + seconds * 1000);
}

Move start(const InstanceId& id, const StartOptions& options) {
  State none;
  none.id = id;
  Recorder recorder(std::make_shared<const State>(std::move(none)), options.now);
  Started started;
  started.workflow = WorkflowId(options.workflow);
  started.version = options.version;
  started.reference = options.reference;
  started.key = options.claim_key;
  started.requester = PersonId(options.requester);
  started.by = {.kind = Actor::Kind::person, .person = started.requester, .channel = "api"};
  started.form.emplace("purpose", cel::Value::string("a train to Hangzhou"));
  recorder.add(std::move(started));
  if (!options.claim_key.empty()) {
    recorder.add(ClaimTaken{.scope = "key:" + options.workflow, .key = options.claim_key});
  }
  if (options.counter != 0) recorder.add(CounterTaken{.scope = "EXP", .value = options.counter});
  const FrameId frame(recorder.next_id());
  recorder.add(FrameOpened{.frame = frame, .list = 0, .key = "root"});
  ask(recorder, frame, options.assignee, options.group, options.now, options.due_after);
  return recorder.done();
}

Move decide(const std::shared_ptr<const State>& before, std::string_view next_assignee, Instant now) {
  Recorder recorder(before, now);
  const FrameId frame = answer(recorder);
  ask(recorder, frame, next_assignee, "", now, std::chrono::hours(24));
  return recorder.done();
}

Move finish(const std::shared_ptr<const State>& before, Instant now) {
  Recorder recorder(before, now);
  recorder.add(FrameClosed{.frame = answer(recorder), .reason = "finished"});
  if (!before->key.empty()) {
    recorder.add(ClaimFreed{.scope = "key:" + before->workflow.value, .key = before->key});
  }
  recorder.add(Ended{.status = "approved", .by = {}, .reason = ""});
  return recorder.done();
}

Job start_job(const InstanceId& id, const StartOptions& options) {
  return [=](Transaction& transaction) { return transaction.apply(start(id, options).change()); };
}

Job decide_job(const InstanceId& id, std::string_view next_assignee, Instant now) {
  return [=, next = std::string(next_assignee)](Transaction& transaction) {
    return with_state(transaction, id, [&](const auto& state) { return decide(state, next, now); });
  };
}

Job finish_job(const InstanceId& id, Instant now) {
  return [=](Transaction& transaction) {
    return with_state(transaction, id, [&](const auto& state) { return finish(state, now); });
  };
}

InstanceId id_of(int number) {
  return InstanceId(fmt::format("i_{:06}", number));
}

OutboxRow message(std::string_view target, Instant next_at, std::string_view order_key) {
  OutboxRow row;
  row.target = target;
  row.order_key = order_key;
  row.idempotency_key = "m-1";
  row.instance = id_of(1);
  row.item = 3;
  row.kind = "request";
  row.recipient = PersonId("li.na");
  row.payload = "{}";
  row.nonce = std::string(16, 'n');
  row.created_at = next_at;
  row.next_at = next_at;
  return row;
}

}  // namespace countersign::sample
