// What is overdue and where requests wait, counted over a store.

#include "runtime/figures.h"

#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

constexpr const char* kTwoSteps = R"(workflow: two
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
    due: 1 day
  - id: finance
    approve:
      by: group("finance")
      need: 1
    due: 2 hours
  - end: approved
)";

class FiguresTest : public EngineFixture {
 protected:
  FiguresTest() { load(kTwoSteps); }
  // The manager of each decides after so many hours.
  void seed(std::initializer_list<int> hours) {
    for (const int each : hours) {
      const std::string id = start("two");
      advance(std::chrono::hours(each));
      decide(id, "boss", "approved");
    }
  }
};

TEST_F(FiguresTest, CountWhatIsOverdueByStepAndByWhoeverIsAsked) {
  for (int i = 0; i < 3; ++i) start("two");
  const std::string further = start("two");
  decide(further, "boss", "approved");
  start("two");
  advance(std::chrono::hours(3));
  auto figures = overdue_figures(store->reader(), "", clock.now());
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->items, 1U) << "finance had two hours, the managers have a day";
  EXPECT_EQ(figures->by_step.front().step, "finance");
  EXPECT_EQ(figures->by_person.front().group, "finance");
  advance(std::chrono::hours(24));
  figures = overdue_figures(store->reader(), "", clock.now());
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->items, 5U);
  EXPECT_TRUE(figures->complete);
  EXPECT_EQ(figures->by_step.front().step, "manager") << "the most first";
  EXPECT_EQ(figures->by_step.front().items, 4U);
  EXPECT_EQ(figures->by_person.front().person.value, "boss");
  EXPECT_EQ(overdue_figures(store->reader(), "another", clock.now())->items, 0U);
}

TEST_F(FiguresTest, WhatIsDueLaterOrNeverIsNotOverdue) {
  start("two");
  EXPECT_EQ(overdue_figures(store->reader(), "", clock.now())->items, 0U);
  EXPECT_EQ(overdue_figures(store->reader(), "", clock.now() + std::chrono::hours(24))->items, 0U)
      << "due at this very moment";
  EXPECT_EQ(overdue_figures(store->reader(), "", clock.now() + std::chrono::hours(24) + Duration(1))->items,
            1U);
}

TEST_F(FiguresTest, SayMedianAndNinetiethPercentileOfEachStep) {
  const Instant begin = clock.now();
  seed({1, 2, 3, 4, 5, 6, 7, 8, 9, 100});
  const auto figures = wait_figures(store->reader(), "two", begin);
  ASSERT_TRUE(figures);
  ASSERT_EQ(figures->by_step.size(), 2U);
  const WaitFigure& manager =
      figures->by_step[0].step == "manager" ? figures->by_step[0] : figures->by_step[1];
  EXPECT_EQ(manager.decided, 10U);
  EXPECT_EQ(manager.median, std::chrono::hours(5));
  EXPECT_EQ(manager.p90, std::chrono::hours(9));
  EXPECT_EQ(manager.longest, std::chrono::hours(100));
  const WaitFigure& finance =
      figures->by_step[0].step == "finance" ? figures->by_step[0] : figures->by_step[1];
  EXPECT_EQ(finance.decided, 0U);
  EXPECT_EQ(finance.open, 10U);
  EXPECT_EQ(finance.oldest_open, begin + std::chrono::hours(1));
  ASSERT_EQ(figures->by_person.size(), 1U);
  EXPECT_EQ(figures->by_person.front().person.value, "boss");
}

TEST_F(FiguresTest, LeaveOutWhatWasDecidedBefore) {
  seed({1, 2});
  const Instant since = clock.now() + Duration(1);
  seed({3});
  const auto figures = wait_figures(store->reader(), "", since);
  ASSERT_TRUE(figures);
  const auto manager = std::ranges::find(figures->by_step, "manager", &WaitFigure::step);
  ASSERT_NE(manager, figures->by_step.end());
  EXPECT_EQ(manager->decided, 1U);
}

TEST_F(FiguresTest, SayThatThereIsMoreThanWasCounted) {
  for (int i = 0; i < 4; ++i) start("two");
  advance(std::chrono::hours(48));
  EXPECT_FALSE(overdue_figures(store->reader(), "", clock.now(), 4)->complete);
  EXPECT_TRUE(overdue_figures(store->reader(), "", clock.now(), 5)->complete);
}

TEST(Quantile, IsTheSmallestThatSoManyDoNotExceed) {
  std::vector<Duration> none;
  EXPECT_EQ(quantile(none, 50), Duration(0));
  std::vector<Duration> one{Duration(7)};
  EXPECT_EQ(quantile(one, 50), Duration(7));
  EXPECT_EQ(quantile(one, 90), Duration(7));
  std::vector<Duration> four{Duration(4), Duration(1), Duration(3), Duration(2)};
  EXPECT_EQ(quantile(four, 50), Duration(2));
  EXPECT_EQ(quantile(four, 90), Duration(4));
}

}  // namespace
}  // namespace countersign::testing
