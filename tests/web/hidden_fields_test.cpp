// What `visible_to` and `visible_from` keep from a reader leaves by no door: instance, work items, events,
// feed, and the page of a guest.

#include <gtest/gtest.h>

#include "definition/workflow_loader.h"
#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

constexpr std::string_view kReview = R"yaml(workflow: review
statuses: [done]
start:
  - form
form:
  goal: {type: text}
  salary: {type: text, visible_to: 'group("finance")'}
  payslip: {type: file, visible_to: 'group("finance")'}
steps:
  - id: rate
    visible_to: group("finance")
    task:
      for: requester.manager
  - id: confirm
    title: Please confirm
    approve:
      by: guest("anna@customer.example", "Anna Lee")
      show: [goal]
      return_to: []
    on:
      rejected: {end: done}
  - end: done
)yaml";

class HiddenFields : public testing::Test {
 protected:
  HiddenFields() {
    auto with_review = std::make_shared<Snapshot>(*site.library().current());
    Catalogue catalogue;
    catalogue.directory = with_review->directory;
    const LoadedWorkflow loaded = load_workflow("workflows/review.yaml", kReview, {}, catalogue);
    EXPECT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
    if (loaded.definition) with_review->workflows[loaded.definition->id] = loaded.definition;
    site.library().replace(with_review);
    const ClientReply started =
        site.post("/api/v1/workflows/review/instances", R"({"form":{"goal":"grow","salary":"9000-a-month"}})",
                  site.key({"start"}, "li.na"));
    EXPECT_EQ(started.status, 201) << started.body;
    instance = string_at(json_of(started), "id");
  }
  void rate() {
    const std::string path = "/api/v1/work-items/" + site.open_item(instance) + "/decision";
    const ClientReply rated = site.post(path, R"({"outcome":"done","comment":"a-secret-remark"})",
                                        site.key({"decide"}, "zhang.wei"), {{"Idempotency-Key", "r"}});
    EXPECT_EQ(rated.status, 200) << rated.body;
  }
  // Every door, read by one key.
  std::string all_that(const std::string& key) {
    std::string all;
    for (const std::string& path :
         {"/api/v1/instances/" + instance, "/api/v1/instances/" + instance + "/events?proof=true",
          std::string("/api/v1/events?proof=true"), std::string("/api/v1/work-items?instance=") + instance}) {
      const ClientReply reply = site.get(path, key);
      EXPECT_EQ(reply.status, 200) << path << reply.body;
      all += reply.body;
    }
    return all;
  }

  SiteFixture site;
  std::string instance;
};

TEST_F(HiddenFields, LeaveByNoDoorOfTheApi) {
  rate();
  const std::string hidden = all_that(site.key({"read"}));
  EXPECT_EQ(hidden.find("9000-a-month"), std::string::npos) << hidden;
  EXPECT_EQ(hidden.find("a-secret-remark"), std::string::npos) << hidden;
  EXPECT_NE(hidden.find("grow"), std::string::npos);
}

TEST_F(HiddenFields, OfAFileHideItsContentToo) {
  const std::string file = string_at(
      json_of(site.post("/api/v1/files?name=payslip.pdf", "%PDF-1 9000", site.key({"start"}, "li.na"),
                        {{"Content-Type", "application/octet-stream"}})),
      "id");
  const ClientReply started =
      site.post_once("/api/v1/workflows/review/instances",
                     R"({"form":{"goal":"grow","payslip":")" + file + R"("}})", site.key({"start"}, "li.na"));
  ASSERT_EQ(started.status, 201) << started.body;
  const auto reads = [&](const std::string& person) {
    return site.get("/api/v1/files/" + file, site.key({"read"}, person)).status;
  };
  EXPECT_EQ(
      site.get("/api/v1/instances/" + string_at(json_of(started), "id"), site.key({"read"}, "zhang.wei"))
          .status,
      200);
  const auto names_it = [&](const std::string& person) {
    return site
        .post_once("/api/v1/workflows/review/instances",
                   R"({"form":{"goal":"mine","payslip":")" + file + R"("}})", site.key({"start"}, person))
        .status;
  };
  EXPECT_EQ(names_it("zhang.wei"), 422) << "else naming it would show it";
  EXPECT_EQ(names_it("wang.fang"), 201);
  EXPECT_EQ(reads("zhang.wei"), 404) << "sees the request, and not that field";
  EXPECT_EQ(reads("wang.fang"), 200) << "whom the field names";
  EXPECT_EQ(reads("li.na"), 200) << "who has filled it in";
}

TEST_F(HiddenFields, AreSeenByWhomTheWorkflowNamesAndByAdministrators) {
  rate();
  for (const std::string& key : {site.key({"read"}, "wang.fang"), site.key({"read", "admin"})}) {
    const std::string seen = all_that(key);
    EXPECT_NE(seen.find("9000-a-month"), std::string::npos);
    EXPECT_NE(seen.find("a-secret-remark"), std::string::npos);
  }
}

TEST_F(HiddenFields, AGuestSeesWhatTheStepShowsAndNothingElse) {
  rate();
  const std::string token = site.link_to(site.open_item(instance), "guest:anna@customer.example:Anna Lee");
  const ClientReply page = site.get("/a/" + token);
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_NE(page.body.find("Please confirm"), std::string::npos);
  EXPECT_NE(page.body.find("grow"), std::string::npos);
  EXPECT_EQ(page.body.find("9000-a-month"), std::string::npos);
  EXPECT_EQ(page.body.find("a-secret-remark"), std::string::npos);
  EXPECT_EQ(page.body.find("Zhang Wei"), std::string::npos) << "the decisions of others";
  EXPECT_EQ(page.body.find("value=\"comment\""), std::string::npos);
  ASSERT_EQ(site.post_once("/api/v1/instances/" + instance + "/comments", R"({"text":"between us"})",
                           site.key({"decide"}, "li.na"))
                .status,
            200);
  EXPECT_EQ(site.get("/a/" + token).body.find("between us"), std::string::npos);
}

TEST_F(HiddenFields, AGuestHoldsNoKeyAndIsNobodyInTheApi) {
  const std::string guest = "guest:anna@customer.example:Anna Lee";
  EXPECT_EQ(site.get("/api/v1/instances/" + instance, site.key({"read"}, guest)).status, 401);
}

}  // namespace
}  // namespace countersign::web
