// Rules 6 and 7: nobody to ask, and one's own request.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Rule06NobodyToAsk, SeveralEmptyStepsInARowEachApplyTheirOwnRule) {
  Instance instance(load(R"(workflow: empty
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: passed
    approve:
      by: group("left")
      need: 1
      if_nobody: skip
  - id: up
    approve:
      by: group("left")
      need: all
      if_nobody: manager_up
  - id: named
    approve:
      by: group("left")
      need: 1
      if_nobody: {to: person("sun.li")}
  - id: admin
    approve:
      by: group("left")
      need: 1
  - id: refused
    approve:
      by: group("left")
      need: 1
      if_nobody: reject
  - end: approved
)"));
  instance.start("li.na");
  EXPECT_EQ(instance.outcome_of("passed"), "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@up"));
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("sun.li@named"));
  instance.decide_as("sun.li", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("admins@admin"));
  instance.decide_as("adm", "approved");
  EXPECT_EQ(instance.status(), "rejected");
}

constexpr const char* kOwn = R"(workflow: own
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: review
    approve:
      by: '[person("zhang.wei"), person("sun.li")]'
      need: all
      self: RULE
  - end: approved
)";

std::shared_ptr<const Definition> own_request(const std::string& rule) {
  std::string text = kOwn;
  text.replace(text.find("RULE"), 4, rule);
  return load(text);
}

TEST(Rule07OwnRequest, IsTakenOffTheRosterOrGoesToTheManager) {
  Instance refused(own_request("refuse"));
  refused.start("zhang.wei");
  EXPECT_THAT(refused.asked(), ElementsAre("sun.li@review"));
  Instance managed(own_request("to_manager"));
  managed.start("zhang.wei");
  EXPECT_THAT(managed.asked(), ElementsAre("chen.jie@review", "sun.li@review"));
}

TEST(Rule07OwnRequest, IsRefusedThroughSomebodyElseToo) {
  Instance instance(own_request("refuse"));
  instance.start("zhang.wei");
  Decide decide;
  decide.item = instance.item("sun.li");
  decide.by = Actor{.kind = Actor::Kind::person,
                    .person = PersonId("sun.li"),
                    .channel = "api",
                    .on_behalf_of = PersonId("zhang.wei")};
  decide.outcome = "approved";
  const Outcome refused = instance.run(decide);
  EXPECT_EQ(rejection_code(refused), ErrorCode::forbidden);
  EXPECT_THAT(rejection(refused), HasSubstr("through somebody else"));
  decide.by.on_behalf_of = PersonId();
  EXPECT_TRUE(accepted(instance.run(decide)));
}

}  // namespace
}  // namespace countersign::testing
