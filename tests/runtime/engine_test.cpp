// The engine on a real store: answers after the commit, repeats, versions, deliveries, incidents.

#include "runtime/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;

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
  - when: form.?amount.value() > 100
    notify:
      to: requester
      subject: x
      text: x
  - end: approved
)");
  const std::string id = start("broken");
  const Got got = decide(id, "boss", "approved");
  EXPECT_EQ(got.status, 0);
  EXPECT_THAT(got.refusal.error.message, HasSubstr("Nothing of it was done"));
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

// The feed's streams looked again only after what came over the site's own routes, not after timers and mail.
TEST_F(EngineFixture, WhoeverListensIsWokenAfterEveryCommit) {
  load(kSimple);
  std::vector<std::size_t> seen;
  engine->on_commit([&] { seen.push_back(store->reader().feed("", 1000)->rows.size()); });
  const std::string id = start("simple");
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_GT(seen.back(), 0U) << "what the commit stored is there to be read";
  advance(std::chrono::hours(24 * 2));
  ASSERT_GT(seen.size(), 1U) << "a timer's commit wakes too";
  EXPECT_GT(seen.back(), seen.front());
  const std::size_t before = seen.size();
  engine->submit_internal([](Transaction&) -> Result<void> { return {}; }, [](const Result<void>&) {});
  engine->drain();
  EXPECT_EQ(seen.size(), before + 1) << "and so does one of the runtime itself";
}

}  // namespace
}  // namespace countersign::testing
