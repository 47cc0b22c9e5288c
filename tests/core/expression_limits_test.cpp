// What an expression may cost, seen from the workflow: whoever exhausts it waits for somebody to mend it, and
// nothing passes by itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kHead_expression_limits = R"(workflow: t
start:
  - form:
form:
  numbers: {type: table, columns: {n: {type: integer, required: true}}}
statuses: [approved, rejected]
steps:
  - id: first
    approve:
      by: requester.manager
)";

std::string rows(int count) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += (i == 0 ? "" : ",") + std::string("{\"n\":") + std::to_string(i) + "}";
  return "{\"numbers\":[" + all + "]}";
}

// 100 rows cubed are a million rounds.
constexpr const char* kHuge =
    "form.numbers.all(a, form.numbers.all(b, form.numbers.all(c, a.n + b.n + c.n >= 0)))";

std::string incident_of(const Instance& instance) {
  std::string all;
  for (const auto& [id, activation] : instance.state().activations) all += activation.incident;
  return all;
}

TEST(ExpressionLimits, AConditionThatCostsTooMuchStandsStillAndSkipsNothing) {
  Instance instance(load(std::string(kHead_expression_limits) + "  - id: second\n    when: " + kHuge +
                         "\n    approve:\n      by: group(\"finance\")\n      need: 1\n  - end: approved\n"));
  ASSERT_TRUE(accepted(instance.start("li.na", rows(100))));
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(instance.status(), "running") << "neither skipped nor approved";
  EXPECT_THAT(incident_of(instance), HasSubstr("costs more than one expression may"));
  EXPECT_EQ(instance.outcome_of("second"), "");
}

TEST(ExpressionLimits, OneTransitionHasOneLimitForAllItsExpressions) {
  // Each of them is within the limit of an expression; together they are not.
  std::string steps;
  for (int i = 0; i < 30; ++i) {
    steps += "  - set:\n      vars.v" + std::to_string(i) +
             ": form.numbers.all(a, form.numbers.all(b, a.n + b.n >= 0))\n";
  }
  const auto definition = load(std::string(kHead_expression_limits) + steps + "  - end: approved\n");
  Instance small(definition);
  ASSERT_TRUE(accepted(small.start("li.na", rows(10))));
  small.decide_as("zhang.wei", "approved");
  EXPECT_EQ(small.status(), "approved");
  Instance large(definition);
  ASSERT_TRUE(accepted(large.start("li.na", rows(90))));
  large.decide_as("zhang.wei", "approved");
  EXPECT_EQ(large.status(), "running");
  EXPECT_THAT(incident_of(large), HasSubstr("the expressions of this command cost more"));
  EXPECT_THAT(large.state().vars, IsEmpty()) << "the command's events are dropped as a whole";
}

TEST(Variables, SetToSomethingAbsentAreAbsent) {
  Instance instance(load(R"(workflow: t
start:
  - form:
form:
  cost: {type: integer}
statuses: [approved, rejected]
steps:
  - set:
      vars.cost: form.?cost
  - choose:
      - when: has(vars.cost) && vars.cost > 5
        steps: {end: rejected}
  - end: approved
)"));
  ASSERT_TRUE(accepted(instance.start("li.na", "{}")));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing
