// Webhooks that reach instances by way of their connectors.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;

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
