// From a schedule's period and person to an instance, on the pure core.

#include <gmock/gmock.h>

#include "core/trigger.h"
#include "tests/core/instance_fixture.h"

namespace countersign {
namespace {

using testing::accepted;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Instance;

std::shared_ptr<const Definition> plan() {
  return testing::load(R"(workflow: sample
statuses: [filed]
start:
  - schedule: {every: quarter, on: first business day, at: "09:00"}
    each: group("finance")
    requester: item
    form:
      quarter: period.name
      until: period.last
      checked_by: item.manager
form:
  quarter: {type: text, required: true}
  until: {type: date}
  checked_by: {type: person}
  plan: {type: long_text, required: true}
steps:
  - id: draft
    task:
      for: requester
      title: Plan
      edit: [plan]
  - end: filed
)");
}

struct Starting {
  std::shared_ptr<const Definition> definition = plan();
  std::shared_ptr<const Directory> directory = testing::sample_directory();
  Calendars calendars = testing::sample_calendars();
  Facts facts;
  Context context{*definition, *directory, calendars, facts, *parse_rfc3339("2026-01-01T09:00:00Z")};
  const Trigger& trigger() const { return definition->triggers.front(); }
  Period period() const {
    return period_of(*trigger().schedule, *calendars.at(""), *parse_rfc3339("2026-02-01T00:00:00Z"));
  }
};

TEST(ScheduleStart, NamesTheActivePeopleOfTheGroupOnce) {
  const Starting starting;
  const auto people = people_of_schedule(starting.context, starting.trigger(), starting.period());
  ASSERT_TRUE(people);
  std::vector<std::string> ids;
  for (const PersonId& id : *people) ids.push_back(id.value);
  EXPECT_THAT(ids, ElementsAre("qian.min", "wang.fang", "zhao.lei"));
}

TEST(ScheduleStart, FillsTheFormFromThePersonAndThePeriod) {
  const Starting starting;
  const auto start =
      start_from_schedule(starting.context, starting.trigger(), starting.period(), PersonId("wang.fang"));
  ASSERT_TRUE(start) << start.error().error.message;
  EXPECT_EQ(start->requester.value, "wang.fang");
  EXPECT_EQ(start->trigger, "schedule");
  EXPECT_EQ(start->once, "quarter/2026-Q1/wang.fang");
  EXPECT_EQ(start->by.kind, Actor::Kind::system);
  EXPECT_EQ(start->by.channel, "schedule");
  EXPECT_EQ(cel::to_display(start->form.at("quarter")), "2026-Q1");
  EXPECT_EQ(cel::to_display(start->form.at("until")), "2026-03-31");
}

TEST(ScheduleStart, HappensOnceWhateverBecomesOfIt) {
  const Starting starting;
  const auto start =
      start_from_schedule(starting.context, starting.trigger(), starting.period(), PersonId("wang.fang"));
  ASSERT_TRUE(start);
  testing::Shared shared;
  Instance first(starting.definition, &shared, "i_1");
  ASSERT_TRUE(accepted(first.run(*start)));
  EXPECT_THAT(first.asked(), ElementsAre("wang.fang@draft"));
  Instance second(starting.definition, &shared, "i_2");
  const Outcome repeated = second.run(*start);
  ASSERT_TRUE(std::holds_alternative<Existing>(repeated));
  EXPECT_EQ(std::get<Existing>(repeated).instance.value, "i_1");

  // A withdrawn, changed or cancelled one still stands for its period.
  ASSERT_TRUE(accepted(
      first.run(Withdraw{Actor{.kind = Actor::Kind::person, .person = PersonId("wang.fang")}, "not yet"})));
  EXPECT_TRUE(std::holds_alternative<Existing>(second.run(*start)));
  ASSERT_TRUE(accepted(first.run(
      Cancel{Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "the group was wrong"})));
  EXPECT_TRUE(first.state().ended);
  EXPECT_TRUE(std::holds_alternative<Existing>(second.run(*start)));

  auto other = *start;
  other.once = "quarter/2026-Q2/wang.fang";
  EXPECT_TRUE(accepted(second.run(other)));
}

}  // namespace
}  // namespace countersign
