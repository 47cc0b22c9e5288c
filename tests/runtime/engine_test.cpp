// The engine on a real store: answers after the commit, repeats, timers, messages between instances,
// webhooks.

#include "runtime/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kSimple = R"(workflow: simple
start:
  - form:
form:
  amount: {type: money, currency: CNY}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
    due: 1 business day
    remind:
      - {after_due: 0 days, every: 1 business day, at_most: 2}
  - end: approved
)";

int count_kind(const std::vector<OutboxRow>& rows, const std::string& kind) {
  return static_cast<int>(
      std::count_if(rows.begin(), rows.end(), [&](const OutboxRow& row) { return row.kind == kind; }));
}

TEST_F(EngineFixture, AStartIsStoredWithItsRequestBeforeItIsAnswered) {
  load(kSimple);
  const std::string id = start("simple", R"({"amount": "12.50"})");
  EXPECT_EQ(status_of(id), "running");
  EXPECT_EQ(count_kind(outbox(), "request"), 1);
  EXPECT_EQ(items(id).size(), 1U);
}

TEST_F(EngineFixture, ASecondDecisionIsToldWhoWasFirst) {
  load(kSimple);
  const std::string id = start("simple");
  const std::uint32_t item = items(id).front().number;
  EXPECT_EQ(decide(id, "boss", "approved").status, 200);
  const Got late = ask(DecisionRequest{InstanceId(id), item, 1, "approved", "", {}, {}, {}, {}}, by("boss"));
  EXPECT_EQ(late.status, 0);
  EXPECT_EQ(late.refusal.error.code, ErrorCode::conflict);
  EXPECT_THAT(late.refusal.error.message,
              HasSubstr("already decided (approved by boss, 2026-03-02T09:00:00Z)"));
}

TEST_F(EngineFixture, TheSameKeyGetsTheSameAnswerAndAnotherBodyIsRefused) {
  load(kSimple);
  const StartRequest request{WorkflowId("simple"), PersonId("rep"), json::object()};
  const Got first = ask(request, by("rep", "k1"));
  const Got again = ask(request, by("rep", "k1"));
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(first.body, again.body);
  Caller other = by("rep", "k1");
  other.request_hash = "another";
  EXPECT_EQ(ask(request, other).refusal.error.code, ErrorCode::invalid_input);
}

TEST_F(EngineFixture, ARefusedFormSaysEachProblemAndStoresNothing) {
  load(kSimple);
  const Got got =
      ask(StartRequest{WorkflowId("simple"), PersonId("rep"), *parse_json(R"({"amont": 1})")}, by("rep"));
  ASSERT_EQ(got.refusal.problems.size(), 1U);
  EXPECT_EQ(got.refusal.problems.front().pointer, "/form/amont");
  EXPECT_TRUE(outbox().empty());
}

TEST_F(EngineFixture, RemindersComeWhenTheClockSaysSoAndStopWithTheDecision) {
  load(kSimple);
  const std::string id = start("simple");
  advance(std::chrono::hours(23));
  EXPECT_EQ(count_kind(outbox(), "reminder"), 0);
  advance(std::chrono::hours(2));
  EXPECT_EQ(count_kind(outbox(), "reminder"), 1);
  decide(id, "boss", "approved");
  EXPECT_FALSE(*store->reader().next_timer());
  advance(std::chrono::hours(24 * 7));
  EXPECT_EQ(count_kind(outbox(), "reminder"), 1);
}

TEST_F(EngineFixture, ATimerThatWasSetBeforeARestartStillFires) {
  load(kSimple);
  start("simple");
  clock.advance(std::chrono::hours(30));
  restart();
  EXPECT_EQ(count_kind(outbox(), "reminder"), 1);
}

TEST_F(EngineFixture, UnsentMessagesAboutADecidedItemAreDropped) {
  load(kSimple);
  const std::string id = start("simple");
  decide(id, "boss", "approved");
  for (const OutboxRow& row : outbox()) {
    if (row.kind == "request") {
      EXPECT_EQ(row.status, OutboxStatus::dropped);
    } else if (row.kind == "outcome") {
      EXPECT_EQ(row.status, OutboxStatus::pending);
    }
  }
}

TEST_F(EngineFixture, ARunningInstanceKeepsItsVersionWhenTheFileChanges) {
  load(kSimple);
  const std::string old_one = start("simple");
  std::string changed = kSimple;
  changed.replace(changed.find("requester.manager"), 17, "person(\"fin\")    ");
  load(changed);
  const std::string new_one = start("simple");
  EXPECT_EQ(items(old_one).front().assignee.value, "boss");
  EXPECT_EQ(items(new_one).front().assignee.value, "fin");
  EXPECT_EQ(decide(old_one, "boss", "approved").status, 200);
  EXPECT_EQ(decide(new_one, "fin", "approved").status, 200);
}

TEST_F(EngineFixture, AParentWaitsForItsChildAndFollowsItsStatus) {
  load(kSimple);
  load(R"(workflow: parent
start:
  - form:
form:
  note: {type: text}
statuses: [finished]
steps:
  - id: sub
    run: simple
    on:
      approved: []
      rejected: {end: finished}
  - end: finished
)");
  const std::string id = start("parent");
  const auto rows = store->reader().instances({.workflow = "simple"}, 10, "");
  ASSERT_EQ(rows->rows.size(), 1U);
  EXPECT_EQ(status_of(id), "running");
  decide(rows->rows.front().id.value, "boss", "approved");
  EXPECT_EQ(status_of(id), "finished");
}

TEST_F(EngineFixture, CancellingTheParentCancelsTheChildItWaitsFor) {
  load(kSimple);
  load(R"(workflow: parent
start:
  - form:
form:
  note: {type: text}
statuses: [finished]
steps:
  - id: sub
    run: simple
    on:
      approved: []
      rejected: {end: finished}
  - end: finished
)");
  const std::string id = start("parent");
  const std::string child = store->reader().instances({.workflow = "simple"}, 10, "")->rows.front().id.value;
  Caller admin = by("boss");
  admin.admin = true;
  EXPECT_EQ(ask(CancelRequest{InstanceId(id), "not needed"}, admin).status, 200);
  EXPECT_EQ(status_of(child), "cancelled");
}

constexpr const char* kConnector = R"(connector: crm
inbound:
  verify: {scheme: standard-webhooks, secret: crm-secret}
  events:
    won:
      when: body.type == "won"
      key: string(body.deal)
      data:
        deal: {type: text, required: true, value: string(body.deal)}
        owner: {type: text, value: body.owner}
    lost:
      when: body.type == "lost"
      key: string(body.deal)
      data:
        deal: {type: text, required: true, value: string(body.deal)}
)";
constexpr const char* kDeal = R"(workflow: deal
start:
  - event: crm.won
    requester: person(event.owner)
    form:
      deal: event.deal
form:
  deal: {type: text, required: true}
key: form.deal
statuses: [done, lost]
on_event:
  crm.lost: {end: lost}
steps:
  - id: work
    task:
      for: requester
  - end: done
)";

InboundDelivery delivery(const std::string& id, const std::string& body) {
  return {"crm", id, "{}", body};
}

TEST_F(EngineFixture, AWebhookStartsOnceHoweverOftenItComes) {
  load_connector("crm", kConnector);
  load(kDeal);
  const std::string body = R"({"type":"won","deal":7,"owner":"rep"})";
  const Got first = ask(delivery("d1", body));
  const Got again = ask(delivery("d1", body));
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(first.body.at("instances").as_array().size(), 1U);
  // A new delivery about the same deal reaches the same instance.
  const Got other = ask(delivery("d2", body));
  EXPECT_EQ(other.body, first.body);
  EXPECT_EQ(store->reader().instances({}, 10, "")->rows.size(), 1U);
  // The same id with another body is refused.
  EXPECT_EQ(ask(delivery("d1", R"({"type":"won","deal":8,"owner":"rep"})")).refusal.error.code,
            ErrorCode::invalid_input);
}

TEST_F(EngineFixture, AnEventReachesTheInstanceWithItsKey) {
  load_connector("crm", kConnector);
  load(kDeal);
  const Got won = ask(delivery("d1", R"({"type":"won","deal":7,"owner":"rep"})"));
  const std::string id(won.body.at("instances").as_array().front().as_string());
  ask(delivery("d2", R"({"type":"lost","deal":8})"));
  EXPECT_EQ(status_of(id), "running");
  ask(delivery("d3", R"({"type":"lost","deal":7})"));
  EXPECT_EQ(status_of(id), "lost");
}

TEST_F(EngineFixture, WhatCannotBeMappedStaysForReplay) {
  load_connector("crm", kConnector);
  load(kDeal);
  const Got got = ask(delivery("d1", R"({"type":"won","deal":7,"owner":"stranger"})"));
  EXPECT_EQ(got.status, 202);
  EXPECT_TRUE(got.body.at("instances").as_array().empty());
  const auto stored = store->reader().inbound("crm", "error", 10, "");
  ASSERT_EQ(stored->rows.size(), 1U);
  EXPECT_THAT(stored->rows.front().error, HasSubstr("stranger"));
  // Once the person is known, the stored delivery starts what it should have started.
  auto next = std::make_shared<Snapshot>(*library->current());
  Person stranger;
  stranger.id = PersonId("stranger");
  std::vector<Person> all(next->directory->people().begin(), next->directory->people().end());
  all.push_back(stranger);
  std::vector<Group> groups(next->directory->groups().begin(), next->directory->groups().end());
  next->directory = *Directory::build(all, groups);
  library->replace(next);
  const Got replayed = ask(ReplayInbound{stored->rows.front().id});
  EXPECT_EQ(replayed.status, 200);
  EXPECT_EQ(replayed.body.at("instances").as_array().size(), 1U);
}

TEST_F(EngineFixture, AnIncidentIsStoredAlthoughTheCallerIsRefused) {
  load(R"(workflow: broken
start:
  - form:
form:
  amount: {type: money, currency: CNY}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
  - when: form.amount > 100
    notify:
      to: requester
      subject: x
      text: x
  - end: approved
)");
  const std::string id = start("broken");
  const Got got = decide(id, "boss", "approved");
  EXPECT_EQ(got.status, 0);
  EXPECT_THAT(got.refusal.error.message, HasSubstr("Nothing was changed"));
  EXPECT_EQ(status_of(id), "running");
  const auto row = store->reader().instances({}, 10, "")->rows.front();
  EXPECT_THAT(row.incident, HasSubstr("amount"));
  EXPECT_EQ(count_kind(outbox(), "incident"), 1);
}

TEST_F(EngineFixture, ADeliveryIsNotedOnce) {
  load(kSimple);
  const std::string id = start("simple");
  const std::int64_t row = outbox().front().id;
  int noted = 0;
  for (int i = 0; i < 2; ++i) {
    engine->report_delivery(
        {.row = row, .kind = DeliveryReport::Kind::sent, .detail = "250", .instance = InstanceId(id)},
        [&](const Result<void>& stored) { noted += stored ? 1 : 0; });
  }
  engine->drain();
  EXPECT_EQ(noted, 2);
  EXPECT_EQ(outbox().front().status, OutboxStatus::sent);
  engine->report_delivery(
      {.row = row, .kind = DeliveryReport::Kind::dead, .detail = "late", .instance = InstanceId(id)},
      [](const Result<void>&) {});
  engine->drain();
  EXPECT_EQ(outbox().front().status, OutboxStatus::sent);
}

TEST_F(EngineFixture, AFullQueueIsRefusedAtOnce) {
  load(kSimple);
  Engine small(*store, *library, clock, random, links, {.queue_commands_max = 4});
  int refused = 0;
  for (int i = 0; i < 5; ++i) {
    small.submit(StartRequest{WorkflowId("simple"), PersonId("rep"), {}}, by("rep"), [&](Answer answer) {
      if (!answer && answer.error().error.code == ErrorCode::unavailable) ++refused;
    });
  }
  EXPECT_EQ(refused, 2);  // three quarters of four are for people
  small.drain();
}

// The store with a disk that can be full: then no batch is stored.
class FillingStore final : public Store {
 public:
  explicit FillingStore(Store& below) : below_(below) {}
  std::vector<Result<void>> run(std::span<const Job> jobs) override {
    ++runs;
    if (!full) return below_.run(jobs);
    return std::vector<Result<void>>(jobs.size(), fail(ErrorCode::storage, "the disk is full"));
  }
  const Reader& reader() const override { return below_.reader(); }
  StoreFigures figures() const override { return below_.figures(); }
  Result<bool> backup_step(const std::string& path) override { return below_.backup_step(path); }
  Result<void> sweep(Instant now) override { return below_.sweep(now); }

  bool full = false;
  int runs = 0;

 private:
  Store& below_;
};

constexpr const char* kParent = R"(workflow: parent
start:
  - form:
form:
  note: {type: text}
statuses: [finished]
steps:
  - id: sub
    run: simple
    on:
      approved: []
      rejected: {end: finished}
  - end: finished
)";

TEST_F(EngineFixture, AFullDiskSpinsNothingAndIsTriedAgain) {
  load(kSimple);
  FillingStore filling(*store);
  Engine other(filling, *library, clock, random, links);
  start("simple");
  const std::vector<Job> jobs{[&](Transaction& transaction) -> Result<void> {
    OutboxRow row;
    row.target = "engine";
    row.idempotency_key = "x";
    row.kind = "start_child";
    row.payload = R"({"child":"i_A-1","workflow":"simple","requester":"rep","form":{}})";
    row.created_at = row.next_at = clock.now();
    const auto added = transaction.add_outbox(row);
    return added ? Result<void>() : Result<void>(std::unexpected(added.error()));
  }};
  ASSERT_TRUE(store->run(jobs).front());
  clock.advance(std::chrono::hours(25));
  filling.full = true;
  other.drain();
  EXPECT_EQ(filling.runs, 1);
  other.drain();
  EXPECT_EQ(filling.runs, 1) << "not before its time";
  filling.full = false;
  clock.advance(std::chrono::seconds(5));
  other.drain();
  EXPECT_EQ(status_of("i_A-1"), "running");
  EXPECT_EQ(count_kind(outbox(), "reminder"), 1);
}

TEST_F(EngineFixture, ADamagedMessageBetweenInstancesIsDeadAndCanBeRetried) {
  OutboxRow row;
  row.target = "engine";
  row.idempotency_key = "x";
  row.kind = "start_child";
  row.payload = "{";
  row.created_at = row.next_at = clock.now();
  const std::vector<Job> jobs{[&](Transaction& transaction) -> Result<void> {
    const auto added = transaction.add_outbox(row);
    return added ? Result<void>() : Result<void>(std::unexpected(added.error()));
  }};
  ASSERT_TRUE(store->run(jobs).front());
  engine->drain();
  ASSERT_EQ(outbox().size(), 1U);
  EXPECT_EQ(outbox().front().status, OutboxStatus::dead);
  EXPECT_EQ(ask(OutboxAct{outbox().front().id, OutboxAct::Act::retry}).status, 200);
  EXPECT_EQ(outbox().front().attempts, 1U) << "it was tried again after the retry";
}

TEST_F(EngineFixture, ATimerThatCannotActHoldsUpNoOther) {
  load(kSimple);
  const std::string broken = start("simple");
  // Its version is nowhere: neither in a file, nor stored.
  std::string changed = kSimple;
  changed.replace(changed.find("1 business day"), 14, "3 business days");
  load(changed);
  advance(std::chrono::minutes(1));
  start("simple");
  engine.reset();
  library = std::make_unique<Library>(library->current());
  engine = std::make_unique<Engine>(*store, *library, clock, random, links);
  advance(std::chrono::hours(24 * 7));
  EXPECT_GE(count_kind(outbox(), "reminder"), 1);
  for (const OutboxRow& row : outbox()) EXPECT_FALSE(row.kind == "reminder" && row.instance.value == broken);
  // It is tried again once its version is found.
  load_versions_from(store->reader(), *library);
  advance(std::chrono::minutes(2));
  const auto rows = outbox();
  EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [&](const OutboxRow& row) {
    return row.kind == "reminder" && row.instance.value == broken;
  }));
}

TEST_F(EngineFixture, AnEndedInstanceOfAnOldVersionStillAnswers) {
  load(kSimple);
  const std::string id = start("simple");
  decide(id, "boss", "approved");
  std::string changed = kSimple;
  changed.replace(changed.find("1 business day"), 14, "3 business days");
  load(changed);
  restart_without_old_versions();
  EXPECT_EQ(ask(CommentRequest{InstanceId(id), "for the record"}, by("rep")).status, 200);
}

TEST_F(EngineFixture, AClockSetBackWhileTheProgramWasDownWritesNothingIntoThePast) {
  load(kSimple);
  start("simple");
  const Instant newest = clock.now();
  clock.set(newest - std::chrono::hours(2));
  restart();
  const std::string late = start("simple");
  EXPECT_EQ(items(late).front().opened_at, newest);
}

TEST_F(EngineFixture, AConnectorThatIsDownHoldsUpNoMessageBetweenInstances) {
  load(kSimple);
  load(kParent);
  start("parent");
  const auto rows = outbox();
  const auto row =
      std::find_if(rows.begin(), rows.end(), [](const OutboxRow& r) { return r.kind == "start_child"; });
  ASSERT_NE(row, rows.end());
  EXPECT_EQ(row->order_key, row->instance.value + " engine");
}

TEST_F(EngineFixture, AParentIsToldThatAnOpenInstanceHasTheKey) {
  std::string keyed = kSimple;
  keyed.replace(keyed.find("statuses:"), 9, "key: \"'one'\"\nstatuses:");
  load(keyed);
  load(kParent);
  const std::string holder = start("simple");
  const std::string parent = start("parent");
  EXPECT_EQ(status_of(parent), "running");
  const auto page = store->reader().instances({.workflow = "parent"}, 10, "");
  EXPECT_THAT(page->rows.front().incident, HasSubstr(holder));
  // Once the key is free, an admin's retry starts a child of its own.
  decide(holder, "boss", "approved");
  Caller admin = by("boss");
  admin.admin = true;
  EXPECT_EQ(ask(RetryRequest{InstanceId(parent), 0, "the key is free"}, admin).status, 200);
  const auto children = store->reader().instances({.workflow = "simple"}, 10, "");
  EXPECT_EQ(children->rows.size(), 2U);
  for (const InstanceRow& row : children->rows) {
    if (row.id.value != holder) decide(row.id.value, "boss", "approved");
  }
  EXPECT_EQ(status_of(parent), "finished");
}

TEST_F(EngineFixture, AKeyWithoutAPersonCancelsOnlyAsAdministrator) {
  load(kSimple);
  const std::string id = start("simple");
  Caller machine;
  machine.actor = Actor{.kind = Actor::Kind::system, .channel = "api", .authenticated = "key csk_machine"};
  EXPECT_EQ(ask(CancelRequest{InstanceId(id), "why not"}, machine).refusal.error.code, ErrorCode::forbidden);
  EXPECT_EQ(status_of(id), "running");
  machine.admin = true;
  EXPECT_EQ(ask(CancelRequest{InstanceId(id), "wrong form"}, machine).status, 200);
}

TEST_F(EngineFixture, AReplayDoesNotDoubleWhatSucceeded) {
  load_connector("crm", kConnector);
  load(R"(workflow: audit
start:
  - event: crm.won
    requester: person("fin")
    form:
      deal: event.deal
form:
  deal: {type: text, required: true}
statuses: [done]
steps:
  - id: look
    task:
      for: requester
  - end: done
)");
  load(kDeal);
  ask(delivery("d1", R"({"type":"won","deal":7,"owner":"stranger"})"));
  ASSERT_EQ(store->reader().instances({.workflow = "audit"}, 10, "")->rows.size(), 1U);
  const auto stored = store->reader().inbound("crm", "error", 10, "");
  ASSERT_EQ(stored->rows.size(), 1U);
  EXPECT_EQ(ask(ReplayInbound{stored->rows.front().id}).status, 200);
  EXPECT_EQ(store->reader().instances({.workflow = "audit"}, 10, "")->rows.size(), 1U);
}

TEST_F(EngineFixture, TheNextTriggerOfAWorkflowIsTriedWhereOneDoesNotHold) {
  load_connector("crm", kConnector);
  std::string two = kDeal;
  two.replace(two.find("  - event: crm.won"), 18,
              "  - event: crm.won\n    when: event.deal == \"8\"\n    requester: person(\"fin\")\n    form:\n"
              "      deal: event.deal\n  - event: crm.won");
  load(two);
  ask(delivery("d1", R"({"type":"won","deal":7,"owner":"rep"})"));
  const auto rows = store->reader().instances({}, 10, "")->rows;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().requester.value, "rep");
}

}  // namespace
}  // namespace countersign::testing
