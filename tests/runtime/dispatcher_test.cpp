#include "runtime/dispatcher.h"

#include <condition_variable>
#include <mutex>
#include <set>

#include "runtime/breakers.h"
#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

constexpr const char* kApproval = R"(workflow: purchase
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - approve: {by: requester.manager}
  - end: approved
)";
// More than the dispatcher has under way, and more than it reads ahead.
constexpr int kMessages = 500;

using DispatcherTest = EngineFixture;

TEST_F(DispatcherTest, SendsEveryMessageOnceHoweverManyWait) {
  load(kApproval);
  for (int i = 0; i < kMessages; ++i) start("purchase");

  Mailbox mailbox;
  DispatcherSettings settings;
  settings.routes.from = {"Approvals", "approvals@example.com"};
  settings.secrets = [](const std::string&) -> Result<std::string> {
    return fail(ErrorCode::not_found, "there are no secrets here");
  };
  settings.mailbox = &mailbox;
  Dispatcher dispatcher(*engine, *library, links, clock, random, std::move(settings));
  std::mutex mutex;
  std::condition_variable committed;
  engine->on_outbox([&] { dispatcher.wake(); });
  engine->on_commit([&] {
    const std::lock_guard lock(mutex);
    committed.notify_one();
  });
  engine->start();
  dispatcher.start();
  {
    std::unique_lock lock(mutex);
    committed.wait(lock, [&] { return store->reader().outbox("pending", "", 1, "")->rows.empty(); });
  }
  dispatcher.stop(std::chrono::seconds(10));
  engine->stop(std::chrono::seconds(10));

  std::set<std::string> mails;
  for (const MailboxMessage& message : mailbox.list()) mails.insert(message.raw);
  EXPECT_EQ(mailbox.list().size(), static_cast<std::size_t>(kMessages));
  EXPECT_EQ(mails.size(), static_cast<std::size_t>(kMessages));
  EXPECT_EQ(dispatcher.figures().sent, static_cast<std::uint64_t>(kMessages));
}

TEST(RetryDelay, DoublesFromTenSecondsToAnHour) {
  EXPECT_EQ(retry_delay(0, 0.5), std::chrono::seconds(10));
  EXPECT_EQ(retry_delay(3, 0.5), std::chrono::seconds(80));
  EXPECT_EQ(retry_delay(9, 0.5), std::chrono::hours(1));
  EXPECT_EQ(retry_delay(4'000'000, 0.5), std::chrono::hours(1));
}

TEST(RetryDelay, SpreadsByAFifthEitherWay) {
  EXPECT_EQ(retry_delay(0, 0), std::chrono::seconds(8));
  EXPECT_GT(retry_delay(0, 0.999), std::chrono::milliseconds(11'900));
  EXPECT_LT(retry_delay(0, 0.999), std::chrono::seconds(12));
}

}  // namespace
}  // namespace countersign::testing
