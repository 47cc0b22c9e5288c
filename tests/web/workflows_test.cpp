// What starts workflows, and sending them events, through the API.

#include <gtest/gtest.h>

#include "definition/workflow_loader.h"
#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

constexpr std::string_view kReport = R"yaml(workflow: report
key: form.month
statuses: [filed, dropped]
start:
  - form
  - schedule: {every: month, on: first business day, at: "09:00"}
    each: group("finance")
    requester: item
    form:
      month: period.name
      reviewer: item.manager
  - event: report_wanted
    requester: person(event.who)
    form:
      month: event.month
events:
  report_wanted:
    who: {type: text, required: true}
    month: {type: text, required: true}
  dropped:
form:
  month: {type: text, required: true}
  reviewer: {type: person}
on_event:
  dropped: {end: dropped}
steps:
  - task: {for: requester, title: File it}
  - end: filed
)yaml";

class Workflows : public testing::Test {
 protected:
  Workflows() {
    auto next = std::make_shared<Snapshot>(*site.library().current());
    Catalogue catalogue;
    catalogue.directory = next->directory;
    const LoadedWorkflow loaded = load_workflow("workflows/report.yaml", kReport, {}, catalogue);
    EXPECT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
    if (loaded.definition) next->workflows[loaded.definition->id] = loaded.definition;
    site.library().replace(next);
    site.engine().look_at_clock();
  }
  json::value triggers() {
    const json::value one = json_of(site.get("/api/v1/workflows/report", site.key({"read"})));
    return *find(one, "triggers");
  }
  // The engine runs on its own thread: asks again until the schedule's run has been noted.
  json::value schedule_after(const std::string& period) {
    for (int i = 0; i < 2000; ++i) {
      json::value shown = triggers().as_array().at(1);
      if (string_at(shown, "last_period") == period) return shown;
    }
    ADD_FAILURE() << "the schedule did not run for " << period;
    return json::object();
  }
  SiteFixture site;
};

TEST_F(Workflows, ShowWhatStartsThemAndWhenTheyAreDue) {
  const json::value shown = triggers();
  ASSERT_EQ(shown.as_array().size(), 3U);
  EXPECT_EQ(string_at(shown.as_array()[0], "kind"), "form");
  EXPECT_EQ(string_at(shown.as_array()[2], "event"), "report_wanted");
  const json::value& schedule = shown.as_array()[1];
  EXPECT_EQ(string_at(schedule, "kind"), "schedule");
  EXPECT_EQ(string_at(schedule, "name"), "month");
  EXPECT_EQ(string_at(schedule, "rule"), "every month on first business day at 09:00");
  EXPECT_EQ(string_at(schedule, "zone"), "Asia/Shanghai");
  // The fixture's clock stands at 2 March; every day is worked there.
  EXPECT_EQ(string_at(schedule, "next_due_at"), "2026-04-01T01:00:00Z");
  EXPECT_EQ(string_at(schedule, "next_period"), "2026-04");
  EXPECT_TRUE(find(schedule, "last_period")->is_null());
  EXPECT_TRUE(find(schedule, "owed")->as_array().empty());
}

TEST_F(Workflows, ShowWhichPeriodRanLast) {
  // Nothing starts for times before the workflow was there, so the engine has to have seen it first.
  for (int i = 0; i < 2000 && site.reader().schedules()->empty(); ++i) triggers();
  site.clock().set(*parse_rfc3339("2026-04-01T01:00:00Z"));
  site.engine().look_at_clock();
  const json::value schedule = schedule_after("2026-04");
  EXPECT_EQ(string_at(schedule, "next_due_at"), "2026-05-01T01:00:00Z");
  const json::value list =
      json_of(site.get("/api/v1/instances?workflow=report&requester=wang.fang", site.key({"read"})));
  EXPECT_EQ(find(list, "instances")->as_array().size(), 1U);
  const ClientReply metrics = site.get("/metrics");
  EXPECT_NE(metrics.body.find("countersign_schedule_starts_total 1"), std::string::npos) << metrics.body;
  EXPECT_NE(metrics.body.find("countersign_schedule_failures_total 0"), std::string::npos);
}

TEST_F(Workflows, AnEventReachesTheInstanceWithItsKeyOrStartsOne) {
  const std::string key = site.key({"start"});
  const std::string wanted =
      R"({"name":"report_wanted","key":"2026-03","data":{"who":"li.na","month":"2026-03"}})";
  const ClientReply started = site.post("/api/v1/events", wanted, key, {{"Idempotency-Key", "e1"}});
  ASSERT_EQ(started.status, 200) << started.body;
  ASSERT_EQ(find(json_of(started), "instances")->as_array().size(), 1U);
  EXPECT_EQ(site.post("/api/v1/events", wanted, key, {{"Idempotency-Key", "e1"}}).body, started.body);
  const ClientReply dropped = site.post("/api/v1/events", R"({"name":"dropped","key":"2026-03"})", key);
  EXPECT_EQ(find(json_of(dropped), "instances")->as_array()[0],
            find(json_of(started), "instances")->as_array()[0]);
  const ClientReply nobody = site.post("/api/v1/events", R"({"name":"dropped","key":"2026-03"})", key);
  EXPECT_EQ(nobody.body, R"({"instances":[]})");
}

TEST_F(Workflows, AnEventIsReadByItsDeclaration) {
  const std::string key = site.key({"start"});
  const ClientReply wrong =
      site.post("/api/v1/events", R"({"name":"report_wanted","data":{"who":"li.na"}})", key);
  EXPECT_EQ(wrong.status, 422);
  EXPECT_NE(wrong.body.find("/data/month"), std::string::npos) << wrong.body;
  EXPECT_EQ(site.post("/api/v1/events", R"({"name":"unheard_of"})", key).status, 422);
  EXPECT_EQ(site.post("/api/v1/events", R"({"name":"dropped","workflow":"none"})", key).status, 404);
  EXPECT_EQ(site.post("/api/v1/events", R"({"key":"x"})", key).status, 422);
  EXPECT_EQ(site.post("/api/v1/events", R"({"name":"dropped"})", site.key({"read"})).status, 403);
}

}  // namespace
}  // namespace countersign::web
