// The engine and the clock: reminders, timers over a restart, timers that cannot act.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

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

TEST_F(EngineFixture, AClockSetBackWhileTheProgramWasDownWritesNothingIntoThePast) {
  load(kSimple);
  start("simple");
  const Instant newest = clock.now();
  clock.set(newest - std::chrono::hours(2));
  restart();
  const std::string late = start("simple");
  EXPECT_EQ(items(late).front().opened_at, newest);
}

}  // namespace
}  // namespace countersign::testing
