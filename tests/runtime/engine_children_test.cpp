// Messages between instances: children that are waited for, a full disk, damaged rows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

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

// The store with a disk that can be full: then no batch is stored.
class FillingStore final : public Store {
 public:
  explicit FillingStore(Store& below) : below_(below) {}
  std::vector<Result<void>> run(std::span<const Job> jobs, const MoreJobs& more) override {
    ++runs;
    if (!full) return below_.run(jobs, more);
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
  EXPECT_EQ(other.figures().store_error, "the disk is full");
  other.try_to_write();
  other.drain();
  EXPECT_EQ(other.figures().store_error, "the disk is full");
  filling.full = false;
  other.try_to_write();
  other.drain();
  EXPECT_EQ(other.figures().store_error, "") << "a row of its own shows that the disk is well again";
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

TEST_F(EngineFixture, AChildThatNobodyWaitsForIsADeadLetterWhereItCannotStart) {
  load(R"(workflow: strict
start:
  - form:
form:
  amount: {type: integer, required: true}
refuse_when:
  - {when: form.amount > 10, say: That is too much.}
statuses: [done]
steps:
  - end: done
)");
  load(R"(workflow: parent
start:
  - form:
form:
  amount: {type: integer, required: true}
statuses: [done]
steps:
  - run: strict
    wait: false
    with: {amount: form.amount}
  - end: done
)");
  EXPECT_EQ(status_of(start("parent", R"({"amount": 11})")), "done");
  const auto start_row = [&] {
    const auto rows = outbox();
    const auto row = std::ranges::find(rows, "start_child", &OutboxRow::kind);
    return row == rows.end() ? OutboxRow{} : *row;
  };
  EXPECT_EQ(start_row().status, OutboxStatus::dead);
  EXPECT_THAT(start_row().last_error,
              AllOf(HasSubstr("'strict' was not started"), HasSubstr("That is too much.")));
  EXPECT_EQ(ask(OutboxAct{start_row().id, OutboxAct::Act::drop}, by("boss")).status, 200)
      << "nobody waits for it";
  EXPECT_EQ(start_row().status, OutboxStatus::dropped);
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

// Nobody waited for it, and so nobody heard of it.
TEST_F(EngineFixture, AChildThatNobodyWaitsForAndThatCannotStartIsShownAndRetried) {
  std::string keyed = kSimple;
  keyed.replace(keyed.find("statuses:"), 9, "key: \"'one'\"\nstatuses:");
  load(keyed);
  std::string parent = kParent;
  const std::string waiting = "    on:\n      approved: []\n      rejected: {end: finished}\n";
  parent.replace(parent.find(waiting), waiting.size(), "    wait: false\n");
  load(parent);
  const std::string holder = start("simple");
  EXPECT_EQ(status_of(start("parent")), "finished");
  const auto given_up = [&] {
    const auto page = store->reader().outbox("dead", "", 10, "");
    return page ? page->rows : std::vector<OutboxRow>();
  };
  ASSERT_EQ(given_up().size(), 1U);
  EXPECT_THAT(given_up().front().last_error, HasSubstr("'simple' was not started: "));
  EXPECT_THAT(given_up().front().last_error, HasSubstr(holder));
  decide(holder, "boss", "approved");
  EXPECT_EQ(ask(OutboxAct{given_up().front().id, OutboxAct::Act::retry}).status, 200);
  EXPECT_EQ(given_up().size(), 0U);
  EXPECT_EQ(store->reader().instances({.workflow = "simple"}, 10, "")->rows.size(), 2U);
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

}  // namespace
}  // namespace countersign::testing
