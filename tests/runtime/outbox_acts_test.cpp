// An administrator tries again what left, or gives it up.

#include <gmock/gmock.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kLedgerConnector = R"(connector: books
outbound:
  base: https://books.example.com/
  actions:
    book:
      input:
        note: {type: text}
      request:
        json:
          note: input.note
)";
constexpr const char* kBooked = R"(workflow: booked
start:
  - form:
form:
  note: {type: text}
statuses: [approved, unbooked]
steps:
  - id: book
    call: books.book
    with: {note: form.note}
    on:
      failed:
        - end: unbooked
  - end: approved
)";

class OutboxActs : public EngineFixture {
 protected:
  void SetUp() override {
    load_connector("books", kLedgerConnector);
    load(kBooked);
  }
  OutboxRow call() const {
    for (const OutboxRow& row : outbox()) {
      if (row.target == "http:books") return row;
    }
    ADD_FAILURE() << "nothing is called";
    return {};
  }
  Got act(std::int64_t id, OutboxAct::Act act) { return ask(OutboxAct{id, act}, by("boss")); }
  // As the dispatcher gives a call up.
  void fail_for_good(const OutboxRow& row) {
    const auto state = store->reader().instance(row.instance);
    const EffectId effect = *(*state)->activations.begin()->second.effect;
    engine->report_delivery({.row = row.id,
                             .kind = DeliveryReport::Kind::dead,
                             .detail = "given up",
                             .instance = row.instance,
                             .answer = EffectDone{effect, false, {}, "given up"}},
                            [](const Result<void>&) {});
    engine->drain();
  }
};

TEST_F(OutboxActs, AStepWhoseCallIsDroppedGoesOnAsFailed) {
  const std::string id = start("booked");
  EXPECT_EQ(act(call().id, OutboxAct::Act::drop).status, 200);
  EXPECT_EQ(call().status, OutboxStatus::dropped);
  EXPECT_EQ(status_of(id), "unbooked");
}

TEST_F(OutboxActs, ACallThatWaitsForAnotherAttemptIsTriedAtOnce) {
  start("booked");
  const std::int64_t row = call().id;
  engine->report_delivery({.row = row,
                           .kind = DeliveryReport::Kind::retry,
                           .detail = "503",
                           .next_at = clock.now() + std::chrono::hours(1),
                           .instance = call().instance},
                          [](const Result<void>&) {});
  engine->drain();
  EXPECT_EQ(act(row, OutboxAct::Act::retry).status, 200);
  EXPECT_EQ(call().next_at, clock.now());
}

TEST_F(OutboxActs, ACallIsNotMadeAgainForAStepThatHasGoneOn) {
  const std::string id = start("booked");
  fail_for_good(call());
  EXPECT_EQ(status_of(id), "unbooked");
  const Got refused = act(call().id, OutboxAct::Act::retry);
  EXPECT_EQ(refused.refusal.error.code, ErrorCode::conflict);
  EXPECT_THAT(refused.refusal.error.message, HasSubstr("has gone on without its answer"));
  EXPECT_EQ(call().status, OutboxStatus::dead);
}

TEST_F(OutboxActs, ADeadOneIsPutAwayByDropping) {
  start("booked");
  fail_for_good(call());
  EXPECT_EQ(act(call().id, OutboxAct::Act::drop).status, 200);
  EXPECT_EQ(call().status, OutboxStatus::dropped);
  EXPECT_EQ(call().last_error, "dropped by boss");
  EXPECT_EQ(act(call().id, OutboxAct::Act::drop).status, 200) << "a repeat changes nothing";
}

TEST_F(OutboxActs, WhatWasSentIsNeitherRetriedNorDropped) {
  load(kSimple);
  start("simple");
  const OutboxRow mail = outbox().back();
  engine->report_delivery({.row = mail.id, .detail = "250", .instance = mail.instance},
                          [](const Result<void>&) {});
  engine->drain();
  EXPECT_THAT(act(mail.id, OutboxAct::Act::drop).refusal.error.message, HasSubstr("it was sent"));
  EXPECT_EQ(act(mail.id, OutboxAct::Act::retry).refusal.error.code, ErrorCode::conflict);
  EXPECT_EQ(outbox().back().status, OutboxStatus::sent);
}

TEST_F(OutboxActs, AMessageBetweenInstancesCannotBeDropped) {
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
  const Got refused = act(outbox().front().id, OutboxAct::Act::drop);
  EXPECT_THAT(refused.refusal.error.message, HasSubstr("which waits for it"));
  EXPECT_EQ(outbox().front().status, OutboxStatus::dead);
}

TEST_F(OutboxActs, WhatThereIsNotIsSaid) {
  for (const auto each : {OutboxAct::Act::retry, OutboxAct::Act::drop}) {
    EXPECT_EQ(act(4711, each).refusal.error.code, ErrorCode::not_found);
  }
}

}  // namespace
}  // namespace countersign::testing
