// Deadlines that have passed already when their step opens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;

std::string incident_of(const Instance& instance) {
  for (const auto& [id, activation] : instance.state().activations) {
    if (!activation.incident.empty()) return activation.incident;
  }
  return "";
}

std::shared_ptr<const Definition> asking_again(const std::string& deadline) {
  return load(R"(workflow: t
start: [form]
form:
  day: {type: date, required: true}
statuses: [approved, rejected]
steps:
  - id: ask
    approve: {by: person("chen.jie")}
    deadline: )" +
              deadline + R"(
    on:
      timeout: {go: ask}
  - end: approved
)");
}

// It went round as fast as the disk could write, with a mail each time.
TEST(PassedDeadline, StandsStillInsteadOfGoingRoundForEver) {
  Instance instance(asking_again("form.day"));
  instance.start("li.na", R"({"day": "2020-01-06"})");
  EXPECT_EQ(incident_of(instance), "") << "once it may be over at once";
  instance.advance_to(format_rfc3339(instance.now() + std::chrono::minutes(30)));
  EXPECT_THAT(incident_of(instance), HasSubstr("ask comes back to itself at once"));
  EXPECT_LT(instance.events().size(), 30U);
}

TEST(PassedDeadline, OneThatIsYetToComeAsksAgainAsOftenAsItPasses) {
  Instance instance(asking_again("1 day"));
  instance.start("li.na", R"({"day": "2020-01-06"})");
  instance.advance_to("2026-12-20T10:00:00Z");
  EXPECT_EQ(incident_of(instance), "");
  EXPECT_EQ(instance.asked(), std::vector<std::string>{"chen.jie@ask"});
}

TEST(PassedDeadline, ItemsOfAListAreNoCircle) {
  Instance instance(load(R"(workflow: t
start: [form]
form:
  day: {type: date, required: true}
statuses: [approved, rejected]
steps:
  - for_each:
      in: '["a", "b", "c"]'
      order: one_by_one
      steps:
        - id: next
          approve: {by: person("chen.jie")}
          deadline: form.day
          on:
            timeout: []
  - end: approved
)"));
  instance.start("li.na", R"({"day": "2020-01-06"})");
  instance.advance_to(format_rfc3339(instance.now() + std::chrono::minutes(30)));
  EXPECT_EQ(incident_of(instance), "");
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing
