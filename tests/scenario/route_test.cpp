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

}  // namespace
}  // namespace countersign::scenario::testing
