// Decisions that are worked out ahead of the writer: as good as decided by it, and never on what has changed
// since.
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>

#include "core/directory.h"
#include "store/audit.h"
#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;

class RehearsalsFixture : public EngineFixture {
 protected:
  RehearsalsFixture() : EngineFixture({.rehearse = EngineOptions::Rehearse::always}) { load(kSimple); }

  DecisionRequest approval(const std::string& instance) const {
    return {InstanceId(instance), items(instance).front().number, 1, "approved", "", {}, {}, {}, {}};
  }
  // Rehearsed here and now; carried out by the next drain.
  void submit(Request request, Got& got) {
    engine->submit(std::move(request), by("boss"), [&got](Answer answer) {
      if (answer) {
        got.status = answer->status;
      } else {
        got.refusal = answer.error();
      }
    });
  }
  std::vector<std::string> log_of(const std::string& instance) const {
    std::vector<std::string> lines;
    const auto page = store->reader().events(InstanceId(instance), 0, 100);
    for (const EventRow& row : page->rows) lines.push_back(row.type + " " + row.payload);
    return lines;
  }
};

TEST_F(RehearsalsFixture, ARehearsedDecisionIsWrittenAsTheWriterDecidesIt) {
  const std::string rehearsed = start("simple");
  const std::string plain = start("simple");
  const int requests = count_kind(outbox(), "request");
  EXPECT_EQ(decide(rehearsed, "boss", "approved").status, 200);
  Engine unrehearsed(*store, *library, clock, random, links);
  Got got;
  unrehearsed.submit(approval(plain), by("boss"),
                     [&](Answer answer) { got.status = answer ? answer->status : 0; });
  unrehearsed.drain();
  ASSERT_EQ(got.status, 200);
  std::vector<std::string> first = log_of(rehearsed);
  std::vector<std::string> second = log_of(plain);
  // Their own references apart, which stand in the first event.
  first.erase(first.begin());
  second.erase(second.begin());
  first.erase(first.begin());
  second.erase(second.begin());
  EXPECT_EQ(first, second);
  EXPECT_EQ(status_of(rehearsed), "approved");
  EXPECT_EQ(count_kind(outbox(), "outcome"), 2);
  EXPECT_EQ(count_kind(outbox(), "request"), requests);
  const auto report = verify(store->reader());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problem, "");
}

TEST_F(RehearsalsFixture, OfTwoRehearsedAtOnceTheSecondIsToldWhoWasFirst) {
  const std::string id = start("simple");
  Got first;
  Got second;
  submit(approval(id), first);
  submit(approval(id), second);
  engine->drain();
  EXPECT_EQ(first.status, 200);
  EXPECT_THAT(second.refusal.error.message, HasSubstr("already decided (approved by boss"));
}

TEST_F(RehearsalsFixture, ARehearsalDoesNotOutliveTheDirectoryItWasMadeWith) {
  const std::string id = start("simple");
  Got got;
  submit(approval(id), got);
  auto next = std::make_shared<Snapshot>(*library->current());
  next->directory = *Directory::build({Person{.id = PersonId("rep"), .name = "Rep", .active = true}}, {});
  library->replace(next);
  engine->drain();
  EXPECT_EQ(got.status, 0);
  EXPECT_EQ(got.refusal.error.code, ErrorCode::forbidden);
  EXPECT_EQ(status_of(id), "running");
}

// Whatever the writer does not know to be newer fails the guard, and is decided anew.
TEST_F(RehearsalsFixture, ARehearsalOnAnOlderStateIsDecidedAnew) {
  const std::string id = start("simple");
  Got got;
  submit(approval(id), got);
  {
    Engine other(*store, *library, clock, random, links);
    other.submit(CommentRequest{InstanceId(id), "wait"}, by("rep"), [](const Answer&) {});
    other.drain();
  }
  engine->drain();
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(log_of(id).size(), store->reader().instance(InstanceId(id)).value()->seq);
}

// The runtime's own job goes first and is committed five minutes after the rehearsal.
TEST_F(RehearsalsFixture, WhatWasRehearsedBeforeACommitIsNotWrittenWithItsOldTime) {
  const std::string id = start("simple");
  Engine single(
      *store, *library, clock, random, links,
      {.batch_commands_max = 1, .joined_commands_max = 0, .rehearse = EngineOptions::Rehearse::always});
  int decided = 0;
  single.submit(approval(id), by("boss"), [&](const Answer& answer) { decided += answer ? 1 : 0; });
  clock.advance(std::chrono::minutes(5));
  single.submit_internal([](Transaction&) { return Result<void>(); }, [](const Result<void>&) {});
  single.drain();
  EXPECT_EQ(decided, 1);
  EXPECT_EQ(store->reader().events(InstanceId(id), 0, 100)->rows.back().at, clock.now());
}

TEST_F(RehearsalsFixture, ThreadsThatDecideTheSameItemsDecideEachOnce) {
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) ids.push_back(start("simple"));
  Engine running(*store, *library, clock, random, links);
  running.start();
  int decided = 0;
  int answered = 0;
  std::mutex mutex;  // of both
  std::condition_variable all_answered;
  std::vector<std::thread> people;
  for (int person = 0; person < 3; ++person) {
    people.emplace_back([&] {
      for (const std::string& id : ids) {
        running.submit(approval(id), by("boss"), [&](const Answer& answer) {
          const std::lock_guard lock(mutex);
          if (answer) ++decided;
          if (++answered == 180) all_answered.notify_one();
        });
      }
    });
  }
  for (std::thread& person : people) person.join();
  {
    std::unique_lock lock(mutex);
    all_answered.wait(lock, [&] { return answered == 180; });
  }
  running.stop(std::chrono::seconds(5));
  EXPECT_EQ(decided, 60);
  for (const std::string& id : ids) EXPECT_EQ(status_of(id), "approved");
  const auto report = verify(store->reader());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problem, "");
}

}  // namespace
}  // namespace countersign::testing
