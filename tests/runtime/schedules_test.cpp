// Workflows that start by themselves: once for each person and period, whatever happens in between.

#include <gmock/gmock.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kPlan = R"(workflow: plan
statuses: [filed]
start:
  - schedule: {every: month, on: first business day, at: "09:00"}
    each: group("sales")
    requester: item
    form:
      month: period.name
      until: period.last
      checked_by: item.manager
form:
  month: {type: text, required: true}
  until: {type: date, required: true}
  checked_by: {type: person, required: true}
refuse_when:
  - when: requester.department == "frozen"
    say: Nobody plans for a frozen department.
steps:
  - id: file
    task:
      for: requester
      title: Plan for ${form.month}
  - end: filed
)";

constexpr const char* kDaily = R"(workflow: daily
statuses: [done]
start:
  - schedule: {every: day, at: "09:00"}
    requester: person("boss")
form:
  day: {type: text}
steps:
  - task: {for: requester, title: Look at it}
  - end: done
)";

class SchedulesTest : public EngineFixture {
 protected:
  SchedulesTest() {
    person("ann", "boss");
    person("ben", "boss");
    members({"ann", "ben"});
    set_time("2026-02-20T12:00:00Z");
  }

  // A schedule counts from when the engine first sees it.
  void load(const std::string& yaml) {
    EngineFixture::load(yaml);
    engine->drain();
  }
  void person(const std::string& id, const std::string& manager, const std::string& department = {}) {
    Person p;
    p.id = PersonId(id);
    p.name = id;
    p.department = department;
    p.mail = id + "@example.com";
    if (!manager.empty()) p.manager = PersonId(manager);
    people_[id] = p;
  }
  // The group's members; takes over as a reload does.
  void members(const std::vector<std::string>& ids) {
    std::vector<Person> people;
    for (const auto& [id, p] : people_) people.push_back(p);
    const auto before = library->current();
    for (const Person& p : before->directory->people()) {
      if (!people_.contains(p.id.value)) people.push_back(p);
    }
    Group sales{"sales", "Sales", {}};
    for (const std::string& id : ids) sales.members.emplace_back(id);
    auto built = Directory::build(people, {sales, {"admins", "Admins", {PersonId("boss")}}});
    ASSERT_TRUE(built.has_value());
    auto next = std::make_shared<Snapshot>(*before);
    next->directory = *built;
    library->replace(next);
  }
  void set_time(const char* text) {
    clock.set(*parse_rfc3339(text));
    engine->drain();
  }
  // "ann 2026-03" for every instance, oldest first.
  std::vector<std::string> instances(const std::string& workflow, const std::string& field) const {
    std::vector<std::string> found;
    const auto page = store->reader().instances({.workflow = workflow}, 200, "");
    for (auto row = page->rows.rbegin(); row != page->rows.rend(); ++row) {
      const auto state = store->reader().instance(row->id);
      const auto value = (*state)->form.find(field);
      found.push_back(row->requester.value + " " +
                      (value == (*state)->form.end() ? "" : cel::to_display(value->second)));
    }
    return found;
  }
  std::vector<std::string> plans() const { return instances("plan", "month"); }
  std::size_t dailies() const { return instances("daily", "day").size(); }
  std::vector<std::string> owed() const {
    std::vector<std::string> found;
    const auto rows = store->reader().owed_starts(100);
    for (const OwedStartRow& row : *rows) {
      found.push_back(row.person.value + " " + row.period + ": " + row.error);
    }
    return found;
  }

  std::map<std::string, Person> people_;
};

TEST_F(SchedulesTest, OneInstanceForEachPersonAndPeriod) {
  load(kPlan);
  set_time("2026-02-20T12:00:00Z");
  EXPECT_THAT(plans(), IsEmpty());
  set_time("2026-03-02T08:59:59Z");
  EXPECT_THAT(plans(), IsEmpty());
  set_time("2026-03-02T09:00:00Z");
  EXPECT_THAT(plans(), UnorderedElementsAre("ann 2026-03", "ben 2026-03"));
  EXPECT_THAT(owed(), IsEmpty());
  set_time("2026-03-31T23:00:00Z");
  EXPECT_EQ(plans().size(), 2U);
  set_time("2026-04-01T09:00:00Z");
  EXPECT_EQ(plans().size(), 4U);
  EXPECT_EQ(engine->figures().schedule_starts, 4U);
  EXPECT_EQ(engine->figures().schedule_failures, 0U);

  const auto page = store->reader().instances({.workflow = "plan", .requester = "ann"}, 10, "");
  const auto events = store->reader().events(page->rows.back().id, 0, 1);
  EXPECT_THAT(events->rows[0].payload, HasSubstr(R"("trigger":"schedule")"));
  const auto state = store->reader().instance(page->rows.back().id);
  EXPECT_EQ(cel::to_display((*state)->form.at("until")), "2026-03-31");
  EXPECT_EQ((*state)->form.at("checked_by").as_person().value, "boss");
}

TEST_F(SchedulesTest, NothingIsStartedForTimesBeforeTheWorkflowWasThere) {
  set_time("2026-03-10T12:00:00Z");
  load(kPlan);
  engine->drain();
  EXPECT_THAT(plans(), IsEmpty());
  restart();
  EXPECT_THAT(plans(), IsEmpty()) << "it was first seen before the restart";
  set_time("2026-04-01T09:00:00Z");
  EXPECT_EQ(plans().size(), 2U);
}

TEST_F(SchedulesTest, AMissedPeriodStartsOnceAndLate) {
  load(kPlan);
  engine->drain();
  clock.set(*parse_rfc3339("2026-03-05T12:00:00Z"));
  restart();
  EXPECT_THAT(plans(), UnorderedElementsAre("ann 2026-03", "ben 2026-03"));
  restart();
  set_time("2026-03-20T12:00:00Z");
  EXPECT_EQ(plans().size(), 2U);
}

TEST_F(SchedulesTest, OfSeveralMissedPeriodsTheNewestStarts) {
  load(kPlan);
  load(kDaily);
  engine->drain();
  clock.set(*parse_rfc3339("2026-06-10T12:00:00Z"));
  restart();
  EXPECT_THAT(plans(), UnorderedElementsAre("ann 2026-06", "ben 2026-06"));
  EXPECT_EQ(dailies(), 1U);
  set_time("2026-06-11T09:00:00Z");
  EXPECT_EQ(dailies(), 2U);
}

TEST_F(SchedulesTest, ARunThatIsRepeatedStartsNobodyTwice) {
  load(kPlan);
  set_time("2026-03-02T09:00:00Z");
  ASSERT_EQ(plans().size(), 2U);
  // As if the program had ended before it noted that the period is done.
  const std::vector<Job> jobs{[](Transaction& transaction) {
    return transaction.set_schedule({WorkflowId("plan"), "month",
                                     "every month on first business day at 09:00",
                                     *parse_rfc3339("2026-02-20T12:00:00Z"), ""});
  }};
  ASSERT_TRUE(store->run(jobs).front());
  restart();
  EXPECT_EQ(plans().size(), 2U);
  EXPECT_EQ(store->reader().schedules()->front().period, "2026-03");
}

TEST_F(SchedulesTest, WhatBecameOfAnInstanceDoesNotStartItAgain) {
  load(kPlan);
  set_time("2026-03-02T09:00:00Z");
  const auto page = store->reader().instances({.workflow = "plan"}, 10, "");
  Caller admin = by("boss");
  admin.admin = true;
  for (const InstanceRow& row : page->rows) {
    EXPECT_EQ(ask(CancelRequest{row.id, "not this time"}, admin).status, 200);
  }
  const std::vector<Job> jobs{
      [](Transaction& transaction) { return transaction.drop_schedule(WorkflowId("plan"), "month"); }};
  ASSERT_TRUE(store->run(jobs).front());
  const std::vector<Job> back{[](Transaction& transaction) {
    return transaction.set_schedule(
        {WorkflowId("plan"), "month", "", *parse_rfc3339("2026-02-20T12:00:00Z"), ""});
  }};
  ASSERT_TRUE(store->run(back).front());
  restart();
  EXPECT_EQ(plans().size(), 2U);
}

TEST_F(SchedulesTest, AChangedFileDoesNotRunAPeriodAgain) {
  load(kPlan);
  set_time("2026-03-02T09:00:00Z");
  ASSERT_EQ(plans().size(), 2U);
  std::string later(kPlan);
  later.replace(later.find("09:00"), 5, "17:00");
  load(later);
  set_time("2026-03-02T17:00:00Z");
  EXPECT_EQ(plans().size(), 2U) << "March has had its run";
  set_time("2026-04-01T16:59:59Z");
  EXPECT_EQ(plans().size(), 2U);
  set_time("2026-04-01T17:00:00Z");
  EXPECT_EQ(plans().size(), 4U);
}

TEST_F(SchedulesTest, OneRefusedStartDoesNotStopTheOthersAndIsMendedByAReload) {
  person("cat", "");  // nobody checks her plan
  members({"ann", "ben", "cat"});
  load(kPlan);
  set_time("2026-03-02T09:00:00Z");
  EXPECT_THAT(plans(), UnorderedElementsAre("ann 2026-03", "ben 2026-03"));
  ASSERT_EQ(owed().size(), 1U);
  EXPECT_THAT(owed()[0], HasSubstr("cat 2026-03: "));
  EXPECT_THAT(owed()[0], HasSubstr("checked_by"));
  EXPECT_EQ(engine->figures().schedule_failures, 1U);
  EXPECT_EQ(store->reader().schedules()->front().period, "2026-03") << "the period is done all the same";

  person("cat", "boss");
  members({"ann", "ben", "cat"});
  engine->drain();
  EXPECT_THAT(plans(), UnorderedElementsAre("ann 2026-03", "ben 2026-03", "cat 2026-03"));
  EXPECT_THAT(owed(), IsEmpty());
}

// What keeps it from starting is mended without a file's being read again.
TEST_F(SchedulesTest, OneOwedStartIsMadeAgain) {
  std::string early = kPlan;
  const std::string rule = "requester.department == \"frozen\"";
  early.replace(early.find(rule), rule.size(), "today < date(\"2026-03-05\")");
  load(early);
  set_time("2026-03-02T09:00:00Z");
  ASSERT_EQ(owed().size(), 2U);
  Caller admin = by("boss");
  admin.admin = true;
  const auto retry = [&](const std::string& who, const std::string& schedule = "month") {
    return ask(RetryOwedStart{WorkflowId("plan"), schedule, PersonId(who)}, admin);
  };
  EXPECT_THAT(retry("ann").refusal.error.message, HasSubstr("Nobody plans for a frozen department"));
  EXPECT_EQ(owed().size(), 2U) << "the cause is there still";
  EXPECT_EQ(retry("boss").refusal.error.code, ErrorCode::not_found);
  EXPECT_EQ(retry("ann", "year").refusal.error.code, ErrorCode::not_found);

  set_time("2026-03-06T09:00:00Z");
  EXPECT_THAT(plans(), IsEmpty()) << "time alone tries nothing again";
  EXPECT_EQ(retry("ann").status, 200);
  EXPECT_THAT(plans(), ElementsAre("ann 2026-03"));
  ASSERT_EQ(owed().size(), 1U);
  EXPECT_THAT(owed()[0], HasSubstr("ben 2026-03: "));
  EXPECT_EQ(retry("ann").refusal.error.code, ErrorCode::not_found) << "it is owed no more";
}

TEST_F(SchedulesTest, ARefusedFormIsOwedInTheWordsOfItsRule) {
  person("ann", "boss", "frozen");
  members({"ann", "ben"});
  load(kPlan);
  set_time("2026-03-02T09:00:00Z");
  EXPECT_THAT(plans(), ElementsAre("ben 2026-03"));
  ASSERT_EQ(owed().size(), 1U);
  EXPECT_THAT(owed()[0], HasSubstr("Nobody plans for a frozen department."));
  // Whoever has left the group is owed nothing.
  members({"ben"});
  engine->drain();
  EXPECT_THAT(owed(), IsEmpty());
  EXPECT_THAT(plans(), ElementsAre("ben 2026-03"));
}

TEST_F(SchedulesTest, TheNextPeriodTakesThePlaceOfWhatIsOwed) {
  person("cat", "");
  members({"cat"});
  load(kPlan);
  set_time("2026-03-02T09:00:00Z");
  set_time("2026-04-01T09:00:00Z");
  ASSERT_EQ(owed().size(), 1U);
  EXPECT_THAT(owed()[0], HasSubstr("cat 2026-04: "));
  person("cat", "boss");
  members({"cat"});
  engine->drain();
  EXPECT_THAT(plans(), ElementsAre("cat 2026-04"));
}

TEST_F(SchedulesTest, WhoeverJoinsLaterIsAskedFromTheNextPeriodOn) {
  load(kPlan);
  set_time("2026-03-02T09:00:00Z");
  person("dan", "boss");
  members({"ann", "ben", "dan"});
  restart();
  EXPECT_EQ(plans().size(), 2U);
  set_time("2026-04-01T09:00:00Z");
  EXPECT_EQ(plans().size(), 5U);
}

TEST_F(SchedulesTest, InactivePeopleAreLeftOut) {
  person("ben", "boss");
  people_["ben"].active = false;
  members({"ann", "ben"});
  load(kPlan);
  set_time("2026-03-02T09:00:00Z");
  EXPECT_THAT(plans(), ElementsAre("ann 2026-03"));
}

TEST_F(SchedulesTest, AWorkflowThatWasTakenAwayIsForgottenAndCountsAnew) {
  load(kDaily);
  set_time("2026-02-21T09:00:00Z");
  ASSERT_EQ(dailies(), 1U);
  auto without = std::make_shared<Snapshot>(*library->current());
  without->workflows.erase(WorkflowId("daily"));
  library->replace(without);
  set_time("2026-02-25T12:00:00Z");
  EXPECT_EQ(dailies(), 1U);
  EXPECT_THAT(*store->reader().schedules(), IsEmpty());
  load(kDaily);
  engine->drain();
  EXPECT_EQ(dailies(), 1U) << "what was missed meanwhile was not wanted";
  set_time("2026-02-26T09:00:00Z");
  EXPECT_EQ(dailies(), 2U);
}

TEST_F(SchedulesTest, AnotherCronExpressionCountsFromWhenItIsLoaded) {
  const auto file = [](const std::string& cron) {
    return "workflow: tick\nstatuses: [done]\nstart:\n  - schedule: {cron: \"" + cron +
           "\"}\n    requester: person(\"boss\")\nform:\n  at: {type: text}\nsteps:\n  - task: {for: "
           "requester, "
           "title: Look}\n  - end: done\n";
  };
  const auto ticks = [&] { return instances("tick", "at").size(); };
  load(file("0 9 * * *"));
  set_time("2026-02-21T09:30:00Z");
  EXPECT_EQ(ticks(), 1U);
  load(file("0 8 * * *"));
  set_time("2026-02-21T09:31:00Z");
  EXPECT_EQ(ticks(), 1U);
  load(file("15 9 * * *"));
  set_time("2026-02-21T09:32:00Z");
  EXPECT_EQ(ticks(), 1U) << "its time today is past";
  set_time("2026-02-22T09:15:00Z");
  EXPECT_EQ(ticks(), 2U);
}

TEST_F(SchedulesTest, ManyPeopleAreStartedInBatchesOfWhatTheEngineTakes) {
  std::vector<std::string> ids;
  for (int i = 0; i < 600; ++i) {
    ids.push_back("p" + std::to_string(i));
    person(ids.back(), "boss");
  }
  members(ids);
  load(kPlan);
  set_time("2026-03-02T09:00:00Z");
  EXPECT_EQ(engine->figures().schedule_starts, 600U);
  EXPECT_EQ(store->reader().schedules()->front().period, "2026-03");
}

TEST_F(SchedulesTest, AnIdKeepsTwoSchedulesOfOneKindApart) {
  load(R"(workflow: twice
statuses: [done]
start:
  - schedule: {every: month, on: 1, at: "09:00"}
    requester: person("boss")
    form: {which: '"opening"'}
  - schedule: {every: month, on: 15, at: "09:00"}
    id: middle
    requester: person("boss")
    form: {which: '"middle"'}
form:
  which: {type: text}
steps:
  - task: {for: requester, title: Look}
  - end: done
)");
  set_time("2026-03-01T09:00:00Z");
  set_time("2026-03-15T09:00:00Z");
  EXPECT_THAT(instances("twice", "which"), ElementsAre("boss opening", "boss middle"));
}

}  // namespace
}  // namespace countersign::testing
