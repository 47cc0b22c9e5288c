// Which way a request would take, and what would change it.
#include "scenario/route.h"

#include <stdexcept>

#include "definition/workflow_files.h"
#include "runtime/workspace.h"
#include "tests/scenario/scenario_fixture.h"

namespace countersign::scenario::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RouteTest : public ScenarioTest {
 protected:
  RouteTest() {
    const std::string file = write("leave.test.yaml", std::string(kHead) + "  - {name: one, steps: []}\n");
    const auto loaded = load_scenarios(file, *installation);
    if (!loaded || !loaded->file) throw std::runtime_error(loaded->diagnostics.to_text());
    question.snapshot = loaded->file->snapshot;
    question.workflow = WorkflowId("leave");
    question.requester = PersonId("ben");
    question.form = json::object{{"days", "3"}};
    question.now = *parse_rfc3339("2026-03-02T01:00:00Z");
  }
  static std::vector<std::string> steps_of(const Route& route) {
    std::vector<std::string> names;
    for (const RouteStep& step : route.steps) {
      names.push_back((step.kind == RouteStep::Kind::skips ? "-" : "") + step.step);
    }
    return names;
  }

  RouteQuestion question;
};

TEST_F(RouteTest, EverybodyAgreesUnlessSomethingElseIsAssumed) {
  const auto route = explain_route(question);
  ASSERT_TRUE(route) << route.error().error.message;
  EXPECT_EQ(route->end, "granted");
  EXPECT_EQ(route->stops, "");
  EXPECT_THAT(steps_of(*route), ElementsAre("manager", "-hr", "book", "steps/3", "steps/4"));
  const RouteStep& manager = route->steps.front();
  ASSERT_EQ(manager.people.size(), 1U);
  EXPECT_EQ(manager.people.front().who, "mia");
  EXPECT_EQ(manager.people.front().reason, "requester.manager");
  EXPECT_EQ(format_rfc3339(*manager.due), "2026-03-04T01:00:00Z");
  EXPECT_THAT(route->filled_in, ElementsAre("manager.budget = x", "book.number = x"));
}

TEST_F(RouteTest, ConditionsSayWhatWouldChangeTheWay) {
  const auto route = explain_route(question);
  ASSERT_TRUE(route);
  ASSERT_EQ(route->conditions.size(), 1U);
  EXPECT_EQ(route->conditions.front().step, "hr");
  EXPECT_EQ(route->conditions.front().expression, "form.days > 5");
  EXPECT_EQ(route->conditions.front().held, false);
  question.form = json::object{{"days", "6"}};
  const auto longer = explain_route(question);
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->conditions.front().held, true);
  EXPECT_EQ(longer->steps[1].people.front().who, "group hr");
  EXPECT_THAT(longer->steps[1].people.front().members, ElementsAre("zoe"));
}

TEST_F(RouteTest, AnAssumedOutcomeIsFollowed) {
  question.assumed = {{"manager", "rejected"}};
  EXPECT_EQ(explain_route(question)->end, "rejected");
  question.assumed = {{"book", "failed"}, {"manager.budget", "B7"}};
  const auto route = explain_route(question);
  EXPECT_EQ(route->end, "stopped");
  EXPECT_TRUE(route->filled_in.empty());
}

TEST_F(RouteTest, AFormThatIsRefusedSaysWhy) {
  question.form = json::object{{"days", "0"}};
  const auto route = explain_route(question);
  ASSERT_FALSE(route);
  EXPECT_THAT(route.error().error.message, HasSubstr("less than 1"));
}

// What is misspelt was left out in silence, and the way was that of other assumptions.
TEST_F(RouteTest, AnAssumptionThatCannotBeIsRefused) {
  const auto refused = [&](const std::string& name, const std::string& value) {
    question.assumed = {{name, value}};
    const auto route = explain_route(question);
    return route ? std::string("taken") : route.error().error.message;
  };
  EXPECT_EQ(refused("managr", "rejected"),
            "--assume managr=rejected: there is no step 'managr' (did you mean 'manager'?)");
  EXPECT_THAT(refused("manager", "rejectd"), HasSubstr("(did you mean 'rejected'?)"));
  EXPECT_THAT(refused("manager.budgte", "B"),
              HasSubstr("'manager' has no field 'budgte' (did you mean 'budget'?)"));
  EXPECT_THAT(refused("steps/3", "done"), HasSubstr("no outcome of 'steps/3' can be assumed"));
}

class OtherRoute : public ScenarioTest {
 protected:
  Route route_of(const std::string& workflow, std::map<std::string, std::string> assumed = {},
                 const std::map<std::string, std::string>& others = {}) {
    write("leave.yaml", workflow);
    for (const auto& [name, text] : others) write(name, text);
    const std::string head =
        "ledgers:\n  travel: {currency: CNY, year: 2026, amount: 1000}\n" + std::string(kHead);
    const std::string file = write("leave.test.yaml", head + "  - {name: one, steps: []}\n");
    const auto loaded = load_scenarios(file, *installation);
    if (!loaded || !loaded->file)
      throw std::runtime_error(loaded ? loaded->diagnostics.to_text() : "no file");
    RouteQuestion question;
    question.snapshot = loaded->file->snapshot;
    question.workflow = WorkflowId("leave");
    question.requester = PersonId("ben");
    question.form = json::object{{"amount", "10"}};
    question.now = *parse_rfc3339("2026-03-02T01:00:00Z");
    question.assumed = std::move(assumed);
    auto route = explain_route(question);
    if (!route) throw std::runtime_error(route.error().error.message);
    return std::move(*route);
  }
};

TEST_F(OtherRoute, GoesOnBehindWhatIsConfirmedABudgetAnEventAndADeadline) {
  const std::string workflow = R"(workflow: leave
start: [form]
form:
  amount: {type: money, currency: CNY, required: true}
statuses: [granted, poor, heard, late, rejected]
events:
  answered: {score: {type: integer, required: true}}
steps:
  - id: manager
    approve: {by: requester.manager, confirm: I have read it}
    deadline: 1 day
    on: {timeout: {end: late}}
  - id: hold
    budget: {reserve: form.amount, from: '"travel"'}
    on: {insufficient: {end: poor}}
  - id: w
    wait: {event: answered, where: event.score > 2, for: 1 day}
    on: {received: {end: heard}}
  - end: granted
)";
  EXPECT_EQ(route_of(workflow).end, "granted");
  EXPECT_EQ(route_of(workflow, {{"manager", "timeout"}}).end, "late");
  EXPECT_EQ(route_of(workflow, {{"hold", "insufficient"}}).end, "poor");
  EXPECT_EQ(route_of(workflow, {{"w", "received"}, {"w.score", "3"}}).end, "heard");
  const Route unfit = route_of(workflow, {{"w", "received"}, {"w.score", "1"}});
  EXPECT_THAT(unfit.stops, HasSubstr("does not fit w"));
}

TEST_F(OtherRoute, GoesThroughAChildThatIsWaitedFor) {
  const Route route = route_of(R"(workflow: leave
start: [form]
form:
  amount: {type: money, currency: CNY, required: true}
statuses: [granted, rejected]
steps:
  - id: child
    run: other
    on: {fine: [], rejected: {end: rejected}}
  - end: granted
)",
                               {}, {{"other.yaml", R"(workflow: other
start: [form]
statuses: [fine, rejected]
steps:
  - id: look
    approve: {by: requester.manager}
  - end: fine
)"}});
  EXPECT_EQ(route.stops, "");
  EXPECT_EQ(route.end, "granted");
}

TEST_F(OtherRoute, SaysWhatTheLevelsWaitForAndWhatElseDecides) {
  const Route route = route_of(R"(workflow: leave
start: [form]
form:
  amount: {type: money, currency: CNY, required: true}
  ready: {type: boolean}
stages: [one, two]
statuses: [granted, rejected]
refuse_when:
  - {when: form.amount > 500, say: Too much}
steps:
  - id: levels
    gates:
      - stage: one
        steps:
          - id: look
            approve: {by: "form.amount > 5 ? group(\"hr\") : requester.manager", need: 1}
      - stage: two
        when: form.ready
  - end: granted
)");
  EXPECT_EQ(route.stops, "levels waits for stage two: form.ready");
  std::vector<std::string> said;
  for (const RouteCondition& each : route.conditions)
    said.push_back(each.step + " " + each.leads_to + (each.held ? *each.held ? " +" : " -" : ""));
  EXPECT_THAT(said, ElementsAre("form is refused -", "levels opens stage two -", "look who is asked"));
}

// A title stood there as the file has it, and levels that nobody had come to were said not to hold.
TEST_F(OtherRoute, SaysTitlesAsTheyAreReadAndWhyAConditionWasNotLookedAt) {
  const Route route = route_of(R"(workflow: leave
start: [form]
form:
  amount: {type: money, currency: CNY, required: true}
  ready: {type: boolean}
  note: {type: text}
stages: [one, two, three]
statuses: [granted, rejected]
steps:
  - choose:
      - when: form.amount > 1
        steps:
          - id: look
            title: >-
              Look at ${form.amount} of ${requester.name}, ${form.?note.orValue("")}!
            approve: {by: requester.manager}
            due: 2 business days
            remind:
              - {after: 1 day}
              - {after_due: 0 days, every: 2 days, at_most: 7}
            escalate: {after: 3 business days, to: group("hr")}
      - when: form.amount > 2
        steps:
          - id: early
            when: form.ready
            task: {for: requester, ask: {x: {type: text}}}
  - id: levels
    gates:
      - stage: one
        when: form.ready
      - stage: two
        when: form.amount > 3
  - end: granted
)");
  const auto look = std::ranges::find(route.steps, "look", &RouteStep::step);
  ASSERT_NE(look, route.steps.end());
  EXPECT_THAT(look->title, ::testing::StartsWith("Look at 10"));
  EXPECT_THAT(look->title, HasSubstr(" of Ben, !"));
  EXPECT_THAT(look->chases,
              ElementsAre("reminds after 1 day", "reminds when it is due, then every 2 days, up to 7 times",
                          "escalates after 3 business days to group(\"hr\")"));
  std::vector<std::string> said;
  for (const RouteCondition& each : route.conditions)
    said.push_back(each.expression + (each.held ? *each.held ? " +" : " -" : ": " + each.why_not));
  EXPECT_THAT(said, ElementsAre("form.amount > 1 +", "form.amount > 2: way 1 was taken",
                                "form.ready: the way does not come to early", "form.ready -",
                                "form.amount > 3: stage one before it is not open"));
}

TEST_F(OtherRoute, SaysWhoOfAChainOfManagersIsNotAskedAndWhyNot) {
  const std::string workflow = R"(workflow: leave
start: [form]
form:
  amount: {type: money, currency: CNY, required: true}
statuses: [granted, rejected]
steps:
  - id: line
    approve:
      by: managers(requester, 1)
      need: all
  - end: granted
)";
  EXPECT_THAT(route_of(workflow).steps.front().not_asked,
              ElementsAre("does not ask zoe: managers(requester, 1) ends with mia"));
  std::string both = workflow;
  both.replace(both.find("requester, 1") + 11, 1, "2");
  EXPECT_THAT(route_of(both).steps.front().not_asked, ::testing::IsEmpty()) << "there is nobody above zoe";
}

}  // namespace
}  // namespace countersign::scenario::testing
