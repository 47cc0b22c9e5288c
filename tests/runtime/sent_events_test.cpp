// Events that a workflow declares and the API sends: typed data, found by key, `wait` and `on_event`.

#include <gmock/gmock.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kQuote = R"(workflow: quote
key: form.number
statuses: [answered, silent, lost]
start:
  - form
  - event: quote_sent
    requester: person(event.seller)
    form:
      number: event.number
      total: event.total
events:
  quote_sent:
    number: {type: text, required: true}
    seller: {type: text, required: true}
    total: {type: money, currency: CNY}
  answered:
    summary: {type: text, required: true}
    score: {type: integer, min: 1, max: 5}
  lost:
form:
  number: {type: text, required: true}
  total: {type: money, currency: CNY}
on_event:
  lost: {end: lost}
steps:
  - id: answer
    wait:
      event: answered
      where: event.?score.orValue(0) >= 3
      for: 5 days
    on:
      received: []
      elapsed: {end: silent}
  - set:
      vars.summary: answer.summary
  - end: answered
)";

class SentEvents : public EngineFixture {
 protected:
  SentEvents() { load(kQuote); }
  Got send(const std::string& name, const std::string& key, const std::string& data = "{}",
           const std::string& repeat = {}, const std::string& workflow = {}) {
    return ask(SendEventRequest{name, key, WorkflowId(workflow), *parse_json(data)}, by("rep", repeat));
  }
  static std::vector<std::string> reached(const Got& got) {
    std::vector<std::string> ids;
    if (const json::value* list = find(got.body, "instances")) {
      for (const json::value& id : list->as_array()) ids.emplace_back(id.as_string());
    }
    return ids;
  }
};

TEST_F(SentEvents, ReachTheOpenInstanceWithTheKey) {
  const std::string mine = start("quote", R"({"number":"Q-1"})");
  const std::string other = start("quote", R"({"number":"Q-2"})");
  const Got got = send("answered", "Q-1", R"({"summary":"yes","score":"4"})");
  EXPECT_EQ(got.status, 200) << got.refusal.error.message;
  EXPECT_EQ(reached(got), std::vector<std::string>{mine});
  EXPECT_EQ(status_of(mine), "answered");
  EXPECT_EQ(status_of(other), "running");
  const auto state = store->reader().instance(InstanceId(mine));
  EXPECT_EQ((*state)->vars.at("summary").as_string(), "yes");
}

TEST_F(SentEvents, AreReadByTheirDeclaredFields) {
  const std::string mine = start("quote", R"({"number":"Q-1"})");
  const Got missing = send("answered", "Q-1", R"({"score":4})");
  EXPECT_EQ(missing.refusal.error.code, ErrorCode::invalid_input);
  ASSERT_EQ(missing.refusal.problems.size(), 1U);
  EXPECT_EQ(missing.refusal.problems[0].pointer, "/data/summary");
  const Got wrong = send("answered", "Q-1", R"({"summary":"x","score":9,"colour":"red"})");
  ASSERT_EQ(wrong.refusal.problems.size(), 2U);
  const Got unknown = send("answred", "Q-1");
  EXPECT_EQ(unknown.refusal.error.message, "no workflow declares the event 'answred'");
  EXPECT_EQ(unknown.refusal.problems[0].pointer, "/name");
  EXPECT_EQ(status_of(mine), "running");
}

TEST_F(SentEvents, StartWhatNoOpenInstanceHasTheKeyOf) {
  const std::string data = R"({"number":"Q-7","seller":"rep","total":"120.50"})";
  const Got got = send("quote_sent", "Q-7", data);
  ASSERT_EQ(reached(got).size(), 1U) << got.refusal.error.message;
  const auto state = store->reader().instance(InstanceId(reached(got)[0]));
  EXPECT_EQ((*state)->requester.value, "rep");
  EXPECT_EQ((*state)->key, "Q-7");
  // The key is taken: the same event reaches the instance instead of starting another.
  EXPECT_EQ(reached(send("quote_sent", "Q-7", data)), reached(got));
  const Got nobody = send("quote_sent", "Q-8", R"({"number":"Q-8","seller":"nobody"})");
  EXPECT_EQ(nobody.status, 0);
  EXPECT_THAT(nobody.refusal.error.message, HasSubstr("cannot start quote from quote_sent: requester"));
}

TEST_F(SentEvents, ConcernNobodyWithoutAnInstanceOrATrigger) {
  const Got got = send("answered", "Q-404", R"({"summary":"x"})");
  EXPECT_EQ(got.status, 200);
  EXPECT_TRUE(reached(got).empty());
  EXPECT_EQ(send("lost", "Q-1", "{}", {}, "none").refusal.error.code, ErrorCode::not_found);
}

TEST_F(SentEvents, ActOnceForAnIdempotencyKey) {
  start("quote", R"({"number":"Q-1"})");
  const std::string data = R"({"number":"Q-9","seller":"rep"})";
  const Got first = send("quote_sent", "Q-9", data, "k1");
  const Got again = send("quote_sent", "Q-9", data, "k1");
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(store->reader().instances({.workflow = "quote"}, 10, "")->rows.size(), 2U);
}

TEST_F(SentEvents, ReachEveryWorkflowThatDeclaresThem) {
  load(R"(workflow: watch
key: form.number
statuses: [stopped]
start:
  - form
events:
  lost:
form:
  number: {type: text, required: true}
on_event:
  lost: {end: stopped}
steps:
  - wait: 90 days
  - end: stopped
)");
  const std::string quote = start("quote", R"({"number":"Q-1"})");
  const std::string watch = start("watch", R"({"number":"Q-1"})");
  EXPECT_EQ(reached(send("lost", "Q-1", "{}", {}, "watch")), std::vector<std::string>{watch});
  EXPECT_EQ(status_of(quote), "running");
  EXPECT_EQ(status_of(watch), "stopped");
  EXPECT_EQ(reached(send("lost", "Q-1")), std::vector<std::string>{quote});
  EXPECT_EQ(status_of(quote), "lost");
}

TEST_F(SentEvents, OneThatDoesNotMatchIsRecordedAndWaitedOnFor) {
  const std::string mine = start("quote", R"({"number":"Q-1"})");
  EXPECT_EQ(reached(send("answered", "Q-1", R"({"summary":"hm","score":1})")).size(), 1U);
  EXPECT_EQ(status_of(mine), "running");
  const auto events = store->reader().events(InstanceId(mine), 0, 100);
  EXPECT_EQ(events->rows.back().type, "event_received");
}

}  // namespace
}  // namespace countersign::testing
