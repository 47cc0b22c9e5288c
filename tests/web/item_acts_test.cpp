// Acts on work items through the API and the page of a link, over the real engine and a real database.

#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

class ItemActs : public testing::Test {
 protected:
  ClientReply act(const std::string& item, const std::string& route, const std::string& body,
                  const std::string& person) {
    return site.post("/api/v1/work-items/" + item + "/" + route, body, site.key({"decide"}, person));
  }
  json::value item(const std::string& id) {
    return json_of(site.get("/api/v1/work-items/" + id, site.key({"read"})));
  }
  std::string opened(const ClientReply& reply) {
    const json::value body = json_of(reply);
    const json::value* list = find(body, "opened");
    if (list == nullptr || list->as_array().empty()) return {};
    return std::string(list->as_array().front().as_string());
  }
  // What a browser sends from the form "more" of the page.
  ClientReply page_act(const std::string& token, std::vector<std::pair<std::string, std::string>> fields) {
    const ClientReply shown = site.get("/a/" + token);
    std::vector<std::pair<std::string, std::string>> pairs{{"csrf", hidden_value(shown.body, "csrf")},
                                                           {"version", hidden_value(shown.body, "version")}};
    pairs.insert(pairs.end(), fields.begin(), fields.end());
    return site.post("/a/" + token, form_body(pairs), {},
                     {{"Content-Type", "application/x-www-form-urlencoded"}});
  }
  // The item of the group finance, once the manager has approved.
  std::string group_item() {
    const std::string instance = site.start_expense();
    EXPECT_EQ(act(site.open_item(instance), "decision", R"({"outcome":"approved","version":1})", "zhang.wei")
                  .status,
              200);
    return site.open_item(instance);
  }

  SiteFixture site;
};

TEST_F(ItemActs, ATransferShowsWhoWasAskedWhoTransferredAndWhoDecided) {
  const std::string first = site.open_item(site.start_expense());
  const ClientReply reply = act(
      first, "transfer", R"({"to":"adm@example.com","comment":"Knows the trip","version":1})", "zhang.wei");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string second = opened(reply);
  ASSERT_NE(second, "");
  EXPECT_TRUE(find(json_of(reply), "version")->is_null()) << "the first is closed";
  const json::value before = item(first);
  EXPECT_EQ(string_at(before, "status"), "reassigned");
  EXPECT_EQ(string_at(before, "assignee"), "zhang.wei");
  EXPECT_EQ(string_at(before, "decided_by"), "zhang.wei");
  EXPECT_EQ(string_at(before, "comment"), "Knows the trip");
  ASSERT_EQ(act(second, "decision", R"({"outcome":"approved","version":1})", "adm").status, 200);
  const json::value after = item(second);
  EXPECT_EQ(string_at(after, "assignee"), "adm");
  EXPECT_EQ(string_at(after, "transferred_by"), "zhang.wei");
  EXPECT_EQ(string_at(after, "decided_by"), "adm");
}

TEST_F(ItemActs, SayWhatIsWrongAndNeedAVersionOrAKey) {
  const std::string manager = site.open_item(site.start_expense());
  EXPECT_EQ(act(manager, "transfer", R"({"to":"adm"})", "zhang.wei").status, 428);
  EXPECT_EQ(act(manager, "transfer", R"({"version":1})", "zhang.wei").status, 422);
  EXPECT_EQ(act(manager, "transfer", R"({"to":"gone","version":1})", "zhang.wei").status, 422);
  EXPECT_EQ(act(manager, "transfer", R"({"to":"li.na","version":1})", "zhang.wei").status, 403);
  EXPECT_EQ(act(manager, "transfer", R"({"to":"adm","version":7})", "zhang.wei").status, 409);
  EXPECT_EQ(act(manager, "transfer", R"({"to":"adm","version":1})", "wang.fang").status, 403);
  EXPECT_EQ(act(manager, "transfer", R"({"to":"adm","version":1})", "").status, 403) << "a system is nobody";
  EXPECT_EQ(
      act(manager, "add-approver", R"({"who":["adm"],"where":"above","version":1})", "zhang.wei").status,
      422);
  EXPECT_EQ(act(manager, "add-approver", R"({"who":[],"where":"after","version":1})", "zhang.wei").status,
            422);
  EXPECT_EQ(act("i_nothing.1", "claim", R"({"version":1})", "zhang.wei").status, 404);
}

TEST_F(ItemActs, ARepeatWithTheSameKeyIsTheSameAnswer) {
  const std::string manager = site.open_item(site.start_expense());
  const std::string key = site.key({"decide"}, "zhang.wei");
  const std::string path = "/api/v1/work-items/" + manager + "/delegate";
  const ClientReply first = site.post(path, R"({"to":"adm"})", key, {{"Idempotency-Key", "d-1"}});
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(site.post(path, R"({"to":"adm"})", key, {{"Idempotency-Key", "d-1"}}).body, first.body);
}

TEST_F(ItemActs, AnOpinionIsShownAsOneAndDecidesNothing) {
  const std::string manager = site.open_item(site.start_expense());
  const ClientReply asked = act(manager, "delegate", R"({"to":"adm","version":1})", "zhang.wei");
  ASSERT_EQ(asked.status, 200) << asked.body;
  const std::string opinion = opened(asked);
  EXPECT_EQ(string_at(item(opinion), "added"), "opinion");
  EXPECT_EQ(string_at(item(opinion), "added_by"), "zhang.wei");
  const ClientReply page = site.get("/a/" + site.link_to(opinion, "adm"));
  EXPECT_NE(page.body.find("Zhang Wei asks for your opinion"), std::string::npos) << page.body;
  EXPECT_EQ(page.body.find("value=\"returned\""), std::string::npos);
  EXPECT_EQ(page.body.find("value=\"transfer\""), std::string::npos) << "an opinion is not handed on";
  ASSERT_EQ(act(opinion, "decision", R"({"outcome":"rejected","comment":"dear","version":1})", "adm").status,
            200);
  EXPECT_EQ(string_at(item(opinion), "status"), "advised");
  EXPECT_EQ(string_at(item(manager), "status"), "open");
  const ClientReply history = site.get("/a/" + site.link_to(manager, "zhang.wei"));
  EXPECT_NE(history.body.find("Opinion: Reject"), std::string::npos) << history.body;
}

TEST_F(ItemActs, AddedBeforeWaitsAndIsTakenOffAgain) {
  const std::string manager = site.open_item(site.start_expense());
  const ClientReply added =
      act(manager, "add-approver", R"({"who":["adm"],"where":"before","version":1})", "zhang.wei");
  ASSERT_EQ(added.status, 200) << added.body;
  EXPECT_EQ(string_at(item(manager), "status"), "waiting");
  const std::string theirs = opened(added);
  EXPECT_EQ(act(theirs, "remove-approver", R"({"version":1})", "wang.fang").status, 403);
  const ClientReply page = site.get("/a/" + site.link_to(manager, "zhang.wei"));
  EXPECT_NE(page.body.find("Others come first"), std::string::npos) << page.body;
  const std::string number = theirs.substr(theirs.rfind('.') + 1);
  EXPECT_NE(page.body.find("value=\"remove." + number + "\""), std::string::npos);
  const ClientReply taken = page_act(site.link_to(manager, "zhang.wei"), {{"act", "remove." + number}});
  EXPECT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(string_at(item(theirs), "status"), "superseded");
  EXPECT_EQ(string_at(item(manager), "status"), "open");
}

TEST_F(ItemActs, AnAdministratorTakesOffAndReleasesWithAReason) {
  const std::string manager = site.open_item(site.start_expense());
  const std::string theirs = opened(
      act(manager, "add-approver", R"({"who":["wang.fang"],"where":"beside","version":1})", "zhang.wei"));
  const std::string key = site.key({"decide", "admin"}, "adm");
  const std::string path = "/api/v1/work-items/" + theirs + "/remove-approver";
  EXPECT_EQ(site.post(path, R"({"version":1})", key).status, 422) << "a reason is missing";
  EXPECT_EQ(site.post(path, R"({"version":1,"reason":"wrong person"})", key).status, 200);

  const std::string finance = group_item();
  EXPECT_EQ(act(finance, "claim", R"({"version":1})", "wang.fang").status, 200);
  EXPECT_EQ(site.post("/api/v1/work-items/" + finance + "/release", R"({"version":2,"reason":"leave"})", key)
                .status,
            200);
  EXPECT_TRUE(find(item(finance), "assignee")->is_null());
}

TEST_F(ItemActs, AClaimedItemStandsOnceInAnInboxAndKeepsItsGroup) {
  const std::string finance = group_item();
  EXPECT_EQ(act(finance, "claim", R"({"version":1})", "adm").status, 403);
  const ClientReply claimed = act(finance, "claim", R"({"version":1})", "wang.fang");
  ASSERT_EQ(claimed.status, 200) << claimed.body;
  EXPECT_EQ(find(json_of(claimed), "version")->as_int64(), 2);
  EXPECT_EQ(string_at(item(finance), "assignee"), "wang.fang");
  EXPECT_EQ(string_at(item(finance), "group"), "finance");
  const json::value inbox =
      json_of(site.get("/api/v1/work-items?assignee=wang.fang&status=open", site.key({"read"})));
  EXPECT_EQ(find(inbox, "work_items")->as_array().size(), 1U);
  EXPECT_EQ(act(finance, "release", R"({"version":2})", "wang.fang").status, 200);
  EXPECT_TRUE(find(item(finance), "assignee")->is_null());
}

TEST_F(ItemActs, TheRequesterNudgesOnceInFourHours) {
  const std::string instance = site.start_expense();
  const std::string path = "/api/v1/instances/" + instance + "/nudge";
  EXPECT_EQ(site.post(path, "{}", site.key({"start"}, "adm")).status, 403);
  const std::string key = site.key({"start"}, "li.na");
  EXPECT_EQ(site.post(path, "{}", key).status, 200);
  const ClientReply again = site.post(path, "{}", key);
  EXPECT_EQ(again.status, 409);
  EXPECT_NE(again.body.find("2026-03-02T13:00:00Z"), std::string::npos) << again.body;
}

TEST_F(ItemActs, ACopyIsSeenAndIsNoWorkItem) {
  const std::string instance = site.start_expense();
  const std::string path = "/api/v1/instances/" + instance + "/copies";
  EXPECT_EQ(site.post(path, R"({"to":["adm"]})", site.key({"decide"}, "wang.fang")).status, 403);
  EXPECT_EQ(site.post(path, R"({"to":[]})", site.key({"decide"}, "li.na")).status, 422);
  ASSERT_EQ(site.post(path, R"({"to":["adm"],"comment":"fyi"})", site.key({"decide"}, "li.na")).status, 200);
  const json::value shown = json_of(site.get("/api/v1/instances/" + instance, site.key({"read"})));
  EXPECT_EQ(find(shown, "copies")->as_array().at(0).as_string(), "adm");
  EXPECT_EQ(find(shown, "work_items")->as_array().size(), 1U);
}

TEST_F(ItemActs, ThePageOffersWhatMayBeDoneAndTransfersWithoutScript) {
  const std::string manager = site.open_item(site.start_expense());
  const std::string token = site.link_to(manager, "zhang.wei");
  const ClientReply page = site.get("/a/" + token);
  for (const char* act : {"transfer", "delegate", "add"})
    EXPECT_NE(page.body.find("name=\"act\" value=\"" + std::string(act) + "\""), std::string::npos) << act;
  EXPECT_EQ(page.body.find("value=\"claim\""), std::string::npos) << "it is no group's";
  const ClientReply unknown = page_act(token, {{"act", "transfer"}, {"who", "nobody"}, {"note", "please"}});
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find("This was not done"), std::string::npos);
  EXPECT_NE(unknown.body.find("value=\"nobody\""), std::string::npos) << "what was typed stands there again";
  EXPECT_NE(unknown.body.find("<details open>"), std::string::npos);
  const ClientReply done = page_act(token, {{"act", "transfer"}, {"who", "adm"}, {"note", "please"}});
  EXPECT_EQ(done.status, 200);
  EXPECT_NE(done.body.find("Handed to somebody else"), std::string::npos) << done.body;
  EXPECT_EQ(string_at(item(manager), "status"), "reassigned");
}

TEST_F(ItemActs, ThePageClaimsForAGroup) {
  const std::string finance = group_item();
  const std::string token = site.link_to(finance, "wang.fang");
  EXPECT_NE(site.get("/a/" + token).body.find("name=\"act\" value=\"claim\""), std::string::npos);
  const ClientReply claimed = page_act(token, {{"act", "claim"}});
  EXPECT_EQ(claimed.status, 200) << claimed.body;
  EXPECT_NE(claimed.body.find("name=\"act\" value=\"release\""), std::string::npos);
  EXPECT_EQ(string_at(item(finance), "assignee"), "wang.fang");
}

TEST_F(ItemActs, AForgedFormChangesNothing) {
  const std::string manager = site.open_item(site.start_expense());
  const std::string token = site.link_to(manager, "zhang.wei");
  const ClientReply forged = site.post(
      "/a/" + token, form_body({{"csrf", "x"}, {"version", "1"}, {"act", "transfer"}, {"who", "adm"}}), {},
      {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(forged.status, 403);
  EXPECT_EQ(string_at(item(manager), "status"), "open");
}

}  // namespace
}  // namespace countersign::web
