// Confirming, taking back, looking at, skipping and jumping, over the API and on the page.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "definition/workflow_loader.h"
#include "tests/web/site_fixture.h"
#include "web/page_assets.h"

namespace countersign::web {
namespace {

constexpr const char* kSealed = R"(workflow: sealed
withdraw: first_view
statuses: [approved, rejected]
start:
  - form
form:
  purpose: {type: text, required: true}
steps:
  - id: seal
    approve:
      by: requester.manager
      confirm:
        en: I have compared "${form.purpose}" & the original
        zh-CN: 本人已核对 ${form.purpose}
  - id: finance
    approve:
      by: person("wang.fang")
  - id: last
    approve:
      by: person("adm")
  - end: approved
)";

class ApprovalRules : public testing::Test {
 protected:
  ApprovalRules() {
    auto next = std::make_shared<Snapshot>(*site.library().current());
    Catalogue catalogue;
    catalogue.directory = next->directory;
    const LoadedWorkflow loaded = load_workflow("workflows/sealed.yaml", kSealed, {}, catalogue);
    EXPECT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
    if (loaded.definition) next->workflows[loaded.definition->id] = loaded.definition;
    site.library().replace(next);
    const ClientReply started = site.post("/api/v1/workflows/sealed/instances",
                                          R"({"form":{"purpose":"Lease"}})", site.key({"start"}, "li.na"));
    EXPECT_EQ(started.status, 201) << started.body;
    instance = string_at(json_of(started), "id");
  }
  ClientReply act(const std::string& item, const std::string& route, const std::string& body,
                  const std::string& who) {
    return site.post("/api/v1/work-items/" + item + route, body, site.key({"decide"}, who));
  }
  ClientReply admin(const std::string& body) {
    return site.post_once("/api/v1/instances/" + instance + "/admin", body, site.key({"admin"}, "adm"));
  }
  std::string step_of(const std::string& item) {
    return string_at(json_of(site.get("/api/v1/work-items/" + item, site.key({"read"}))), "step");
  }

  SiteFixture site;
  std::string instance;
};

TEST_F(ApprovalRules, AnApprovalHasToBeConfirmedAndSaysWhatWas) {
  const std::string item = site.open_item(instance);
  const json::value shown = json_of(site.get("/api/v1/work-items/" + item, site.key({"read"}, "zhang.wei")));
  EXPECT_EQ(string_at(shown, "confirm"), R"(I have compared "Lease" & the original)");
  const ClientReply refused = act(item, "/decision", R"({"outcome":"approved","version":1})", "zhang.wei");
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("/confirmed"), std::string::npos) << refused.body;
  EXPECT_EQ(
      act(item, "/decision", R"({"outcome":"approved","confirmed":"yes","version":1})", "zhang.wei").status,
      422);
  const ClientReply done =
      act(item, "/decision", R"({"outcome":"approved","confirmed":true,"version":1})", "zhang.wei");
  ASSERT_EQ(done.status, 200) << done.body;
  const ClientReply log = site.get("/api/v1/instances/" + instance + "/events", site.key({"read", "admin"}));
  EXPECT_NE(log.body.find(R"("confirmed":"I have compared \"Lease\" & the original")"), std::string::npos)
      << log.body;
}

TEST_F(ApprovalRules, ThePageShowsTheTextAndWantsItTicked) {
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  const ClientReply page = site.get("/a/" + token);
  EXPECT_NE(page.body.find("I have compared &quot;Lease&quot; &amp; the original"), std::string::npos)
      << page.body;
  const auto answer = [&](std::vector<std::pair<std::string, std::string>> pairs) {
    pairs.emplace_back("csrf", hidden_value(page.body, "csrf"));
    pairs.emplace_back("version", hidden_value(page.body, "version"));
    pairs.emplace_back("outcome", "approved");
    return site.post("/a/" + token, form_body(pairs), {},
                     {{"Content-Type", "application/x-www-form-urlencoded"}});
  };
  const ClientReply unticked = answer({});
  EXPECT_EQ(unticked.status, 422);
  EXPECT_NE(unticked.body.find("Please confirm this before you approve."), std::string::npos)
      << unticked.body;
  const ClientReply ticked = answer({{"confirmed", "yes"}});
  EXPECT_EQ(ticked.status, 200) << ticked.body;
}

TEST_F(ApprovalRules, ADecisionIsTakenBackByWhoeverMadeIt) {
  const std::string item = site.open_item(instance);
  ASSERT_EQ(
      act(item, "/decision", R"({"outcome":"approved","confirmed":true,"version":1})", "zhang.wei").status,
      200);
  EXPECT_EQ(step_of(site.open_item(instance)), "finance");
  EXPECT_EQ(act(item, "/take-back", R"({"version":2})", "wang.fang").status, 403);
  const ClientReply back = act(item, "/take-back", R"({"reason":"wrong one","version":2})", "zhang.wei");
  ASSERT_EQ(back.status, 200) << back.body;
  const std::string again = site.open_item(instance);
  EXPECT_EQ(step_of(again), "seal");
  EXPECT_NE(again, item);
  EXPECT_EQ(act(item, "/take-back", R"({"version":2})", "zhang.wei").status, 409)
      << "it is taken back already";
}

TEST_F(ApprovalRules, WhoeverIsAskedSaysThatTheyHaveLooked) {
  const std::string item = site.open_item(instance);
  EXPECT_EQ(act(item, "/view", "{}", "wang.fang").status, 403);
  EXPECT_EQ(act(item, "/view", "{}", "zhang.wei").status, 200);
  EXPECT_EQ(act(item, "/view", "{}", "zhang.wei").status, 200) << "once more changes nothing";
  const ClientReply late =
      site.post_once("/api/v1/instances/" + instance + "/withdraw", "{}", site.key({"start"}, "li.na"));
  EXPECT_EQ(late.status, 409) << late.body;
}

TEST_F(ApprovalRules, OpeningAPageIsNoViewAndTouchingItIs) {
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  const ClientReply page = site.get("/a/" + token);
  const auto has_been_seen = [&] { return site.reader().instance(InstanceId(instance)).value()->first_view; };
  EXPECT_FALSE(has_been_seen()) << "programs open links too";
  EXPECT_NE(page.body.find("data-view=\"/flow/a/" + token + "/view\""), std::string::npos) << page.body;
  EXPECT_NE(page.header("Content-Security-Policy").find("script-src 'self'"), std::string::npos);
  EXPECT_EQ(site.get("/assets/" + view_script_name()).body, view_script());
  const auto post = [&](const std::string& csrf) {
    return site.post("/a/" + token + "/view", form_body({{"csrf", csrf}}), {},
                     {{"Content-Type", "application/x-www-form-urlencoded"}});
  };
  EXPECT_EQ(post("made up").status, 403);
  EXPECT_FALSE(has_been_seen());
  EXPECT_EQ(post(hidden_value(page.body, "csrf")).status, 204);
  EXPECT_TRUE(has_been_seen());
  EXPECT_EQ(site.get("/a/" + token).body.find("<script"), std::string::npos) << "once is enough";
}

// Without script.
TEST_F(ApprovalRules, WhateverIsSentFromThePageIsAViewToo) {
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  const std::string page = site.get("/a/" + token).body;
  const ClientReply sent = site.post("/a/" + token,
                                     form_body({{"csrf", hidden_value(page, "csrf")},
                                                {"version", hidden_value(page, "version")},
                                                {"act", "comment"},
                                                {"text", "one moment"}}),
                                     {}, {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(sent.status, 200) << sent.body;
  EXPECT_TRUE(site.reader().instance(InstanceId(instance)).value()->first_view);
}

TEST_F(ApprovalRules, AnAdministratorSkipsAndJumpsWithAReason) {
  EXPECT_EQ(admin(R"({"act":"skip","step":"seal"})").status, 422);
  EXPECT_EQ(admin(R"({"act":"skip","step":"last","reason":"r"})").status, 409) << "it is not open";
  EXPECT_EQ(admin(R"({"act":"skip","step":"seal","reason":"the seal is lent out"})").status, 200);
  EXPECT_EQ(step_of(site.open_item(instance)), "finance");
  EXPECT_EQ(admin(R"({"act":"jump","step":"nowhere","reason":"r"})").status, 422);
  EXPECT_EQ(admin(R"({"act":"jump","step":"last","reason":"agreed by phone"})").status, 200);
  EXPECT_EQ(step_of(site.open_item(instance)), "last");
  const json::value shown = json_of(site.get("/api/v1/instances/" + instance, site.key({"read"})));
  const json::array& passed = find(shown, "passed_over")->as_array();
  ASSERT_EQ(passed.size(), 2U);
  EXPECT_EQ(string_at(passed[0], "step"), "seal");
  EXPECT_EQ(string_at(passed[1], "reason"), "agreed by phone");
  EXPECT_EQ(admin(R"({"act":"jump","step":"seal","reason":"the seal is back"})").status, 200);
  EXPECT_EQ(step_of(site.open_item(instance)), "seal");
  const ClientReply log = site.get("/api/v1/instances/" + instance + "/events", site.key({"read", "admin"}));
  EXPECT_NE(log.body.find(R"("skipped":["finance"])"), std::string::npos) << log.body;
  EXPECT_NE(log.body.find("the seal is lent out"), std::string::npos);
}

}  // namespace
}  // namespace countersign::web
