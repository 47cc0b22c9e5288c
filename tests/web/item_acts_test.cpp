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
  const ClientReply late = act(first, "decision", R"({"outcome":"approved","version":1})", "zhang.wei");
  EXPECT_EQ(late.status, 409);
  EXPECT_NE(late.body.find("it is with Admin now (handed on, "), std::string::npos) << late.body;
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
  EXPECT_NE(page.body.find("value=\"remove." + number + ".1\""), std::string::npos);
  const ClientReply taken =
      page_act(site.link_to(manager, "zhang.wei"), {{"act", "remove." + number + ".1"}});
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
  EXPECT_EQ(site.post_once(path, "{}", site.key({"start"}, "adm")).status, 403);
  const std::string key = site.key({"start"}, "li.na");
  EXPECT_EQ(site.post_once(path, "{}", key).status, 200);
  const ClientReply again = site.post_once(path, "{}", key);
  EXPECT_EQ(again.status, 409);
  EXPECT_NE(again.body.find("2026-03-02T13:00:00Z"), std::string::npos) << again.body;
}

TEST_F(ItemActs, ACopyIsSeenAndIsNoWorkItem) {
  const std::string instance = site.start_expense();
  const std::string path = "/api/v1/instances/" + instance + "/copies";
  EXPECT_EQ(site.post_once(path, R"({"to":["adm"]})", site.key({"decide"}, "wang.fang")).status, 403);
  EXPECT_EQ(site.post_once(path, R"({"to":[]})", site.key({"decide"}, "li.na")).status, 422);
  ASSERT_EQ(site.post_once(path, R"({"to":["adm"],"comment":"fyi"})", site.key({"decide"}, "li.na")).status,
            200);
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

// Rule 15: a repeat must be told from a second act, whatever the act.
TEST_F(ItemActs, NoActIsTakenWithoutAKeyOrAVersion) {
  const std::string instance = site.start_expense();
  const std::string manager = site.open_item(instance);
  const std::string base = "/api/v1/instances/" + instance;
  const std::string li_na = site.key({"start", "decide"}, "li.na");
  const std::string admin = site.key({"admin", "start"}, "adm");
  for (const auto& [route, body] :
       std::vector<std::pair<std::string, std::string>>{{"/comments", R"({"text":"news?"})"},
                                                        {"/copies", R"({"to":["adm"]})"},
                                                        {"/nudge", "{}"},
                                                        {"/withdraw", "{}"}}) {
    EXPECT_EQ(site.post(base + route, body, li_na).status, 428) << route;
  }
  EXPECT_EQ(site.post(base + "/cancel", R"({"reason":"r"})", admin).status, 428);
  EXPECT_EQ(site.post(base + "/admin", R"({"act":"retry","reason":"r"})", admin).status, 428);
  ASSERT_EQ(act(manager, "decision", R"({"outcome":"approved","version":1})", "zhang.wei").status, 200);
  EXPECT_EQ(act(manager, "take-back", "{}", "zhang.wei").status, 428);
  EXPECT_EQ(act(manager, "take-back", R"({"version":1})", "zhang.wei").status, 409) << "it has changed since";
  EXPECT_EQ(act(manager, "take-back", R"({"version":2})", "zhang.wei").status, 200);
  EXPECT_EQ(act(manager, "take-back", R"({"version":2})", "zhang.wei").status, 409) << "it is taken back";
}

TEST_F(ItemActs, OneCommentSentTwiceIsOne) {
  const std::string instance = site.start_expense();
  const std::string path = "/api/v1/instances/" + instance + "/comments";
  const std::string key = site.key({"decide"}, "li.na");
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(site.post(path, R"({"text":"news?"})", key, {{"Idempotency-Key", "c-1"}}).status, 200);
  const std::string shown = site.get("/a/" + site.link_to(site.open_item(instance), "zhang.wei")).body;
  const std::size_t first = shown.find("news?");
  ASSERT_NE(first, std::string::npos) << shown;
  EXPECT_EQ(shown.find("news?", first + 1), std::string::npos);
}

TEST_F(ItemActs, AStrangerDoesNotComment) {
  const std::string path = "/api/v1/instances/" + site.start_expense() + "/comments";
  const ClientReply refused =
      site.post_once(path, R"({"text":"hello @zhang.wei"})", site.key({"decide"}, "wang.fang"));
  EXPECT_EQ(refused.status, 403) << refused.body;
  EXPECT_EQ(site.post_once(path, R"({"text":"by the system"})", site.key({"decide"})).status, 200);
  EXPECT_EQ(site.post_once(path, R"({"text":"by an admin"})", site.key({"decide", "admin"}, "adm")).status,
            200);
}

// ---- the page ----

TEST_F(ItemActs, ThePageTakesADecisionBack) {
  const std::string instance = site.start_expense();
  const std::string manager = site.open_item(instance);
  const std::string token = site.link_to(manager, "zhang.wei");
  const ClientReply decided = page_act(token, {{"outcome", "approved"}});
  EXPECT_NE(decided.body.find("name=\"act\" value=\"take_back\""), std::string::npos) << decided.body;
  const ClientReply back = page_act(token, {{"act", "take_back"}, {"reason", "wrong one"}});
  EXPECT_EQ(back.status, 200) << back.body;
  EXPECT_NE(back.body.find("You are asked again"), std::string::npos) << back.body;
  EXPECT_EQ(back.body.find("value=\"take_back\""), std::string::npos);
  const std::string again = site.open_item(instance);
  EXPECT_NE(again, manager);
  EXPECT_EQ(string_at(item(again), "assignee"), "zhang.wei");
}

TEST_F(ItemActs, ThePageOffersNoTakingBackOnceSomebodyHasActedOnIt) {
  const std::string instance = site.start_expense();
  const std::string manager = site.open_item(instance);
  const std::string token = site.link_to(manager, "zhang.wei");
  page_act(token, {{"outcome", "approved"}});
  const std::string version = hidden_value(site.get("/a/" + token).body, "version");
  const std::string csrf = hidden_value(site.get("/a/" + token).body, "csrf");
  ASSERT_EQ(act(site.open_item(instance), "decision",
                R"({"outcome":"approved","answers":{"cost_center":"7"},"version":1})", "wang.fang")
                .status,
            200);
  EXPECT_EQ(site.get("/a/" + token).body.find("value=\"take_back\""), std::string::npos);
  const ClientReply late =
      site.post("/a/" + token, form_body({{"csrf", csrf}, {"version", version}, {"act", "take_back"}}), {},
                {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(late.status, 409);
  EXPECT_NE(late.body.find("This was not done"), std::string::npos) << late.body;
}

TEST_F(ItemActs, ThePageCommentsAndShowsWhatWasSaid) {
  const std::string instance = site.start_expense();
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  const auto sent = [&](const std::string& text) {
    return page_act(
        token,
        {{"act", "comment"}, {"text", text}, {"once", hidden_value(site.get("/a/" + token).body, "once")}});
  };
  const ClientReply done = sent("Is this <b>usual</b>, @li.na?");
  EXPECT_EQ(done.status, 200);
  EXPECT_NE(done.body.find("Is this &lt;b&gt;usual&lt;/b&gt;, @li.na?"), std::string::npos) << done.body;
  EXPECT_NE(done.body.find("name=\"outcome\" value=\"approved\""), std::string::npos) << "still to decide";
  const ClientReply empty = sent("");
  EXPECT_EQ(empty.status, 422);
  EXPECT_NE(empty.body.find("role=\"alert\""), std::string::npos);
}

// A double click, or going back and sending the same form.
TEST_F(ItemActs, AFormOfThePageSentTwiceIsDoneOnce) {
  const std::string instance = site.start_expense();
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  const std::string page = site.get("/a/" + token).body;
  const std::string form = form_body({{"csrf", hidden_value(page, "csrf")},
                                      {"version", hidden_value(page, "version")},
                                      {"once", hidden_value(page, "once")},
                                      {"act", "comment"},
                                      {"text", "only once"}});
  for (int i = 0; i < 2; ++i) {
    const ClientReply sent =
        site.post("/a/" + token, form, {}, {{"Content-Type", "application/x-www-form-urlencoded"}});
    ASSERT_EQ(sent.status, 200) << sent.body;
  }
  const std::string shown = site.get("/a/" + token).body;
  const std::size_t first = shown.find("only once");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(shown.find("only once", first + 1), std::string::npos);
}

TEST_F(ItemActs, ThePageOfTheRequesterNudgesWithdrawsAndCancels) {
  const std::string instance = site.start_expense();
  const std::string manager = site.open_item(instance);
  ASSERT_EQ(
      act(manager, "decision", R"({"outcome":"returned","comment":"why?","version":1})", "zhang.wei").status,
      200);
  const std::string revision = site.open_item(instance);
  const std::string token = site.link_to(revision, "li.na");
  const std::string mine = site.get("/a/" + token).body;
  EXPECT_NE(mine.find("value=\"cancel\""), std::string::npos) << mine;
  EXPECT_EQ(mine.find("value=\"nudge\""), std::string::npos) << "it is with her";
  EXPECT_EQ(mine.find("value=\"withdraw\""), std::string::npos);
  ASSERT_EQ(site.post("/api/v1/instances/" + instance + "/resubmit", R"({"version":1,"form":{}})",
                      site.key({"decide"}, "li.na"))
                .status,
            200);
  const std::string sent = site.get("/a/" + token).body;
  EXPECT_NE(sent.find("value=\"nudge\""), std::string::npos) << sent;
  EXPECT_NE(sent.find("value=\"withdraw\""), std::string::npos);
  EXPECT_EQ(sent.find("value=\"cancel\""), std::string::npos);
  const ClientReply nudged = page_act(token, {{"act", "nudge"}});
  EXPECT_EQ(nudged.status, 200) << nudged.body;
  EXPECT_EQ(nudged.body.find("value=\"nudge\""), std::string::npos) << "not twice in four hours";
  const ClientReply withdrawn = page_act(token, {{"act", "withdraw"}, {"reason", "wrong trip"}});
  EXPECT_EQ(withdrawn.status, 200) << withdrawn.body;
  EXPECT_EQ(site.get("/a/" + token).body.find("name=\"act\" value=\"withdraw\""), std::string::npos);
  const std::string again = site.open_item(instance);
  const ClientReply cancelled = page_act(site.link_to(again, "li.na"), {{"act", "cancel"}});
  EXPECT_EQ(cancelled.status, 200) << cancelled.body;
  EXPECT_EQ(string_at(json_of(site.get("/api/v1/instances/" + instance, site.key({"read"}))), "status"),
            "cancelled");
}

TEST_F(ItemActs, NobodyElsesPageOffersWhatRequestersDo) {
  const std::string token = site.link_to(site.open_item(site.start_expense()), "zhang.wei");
  const std::string page = site.get("/a/" + token).body;
  for (const char* act : {"nudge", "withdraw", "cancel", "take_back"})
    EXPECT_EQ(page.find("value=\"" + std::string(act) + "\""), std::string::npos) << act;
  EXPECT_EQ(page_act(token, {{"act", "withdraw"}}).status, 403);
}

TEST_F(ItemActs, ThePageOfAWithdrawnRequestSaysWhereItIs) {
  const std::string instance = site.start_expense();
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  ASSERT_EQ(site.post_once("/api/v1/instances/" + instance + "/withdraw", "{}", site.key({"start"}, "li.na"))
                .status,
            200);
  EXPECT_NE(site.get("/a/" + token).body.find("The request is back with its requester"), std::string::npos);
}

TEST_F(ItemActs, ThePageOfSomebodyTakenOffSaysSo) {
  const std::string manager = site.open_item(site.start_expense());
  const std::string theirs = opened(
      act(manager, "add-approver", R"({"who":["wang.fang"],"where":"beside","version":1})", "zhang.wei"));
  const std::string token = site.link_to(theirs, "wang.fang");
  ASSERT_EQ(act(theirs, "remove-approver", R"({"version":1})", "zhang.wei").status, 200);
  const std::string page = site.get("/a/" + token).body;
  EXPECT_NE(page.find("您已被减签"), std::string::npos) << page;
}

TEST_F(ItemActs, ALinkOfSomebodyWhoLeftTheGroupIsGone) {
  const std::string finance = group_item();
  const std::string token = site.link_to(finance, "wang.fang");
  ASSERT_EQ(act(finance, "claim", R"({"version":1})", "wang.fang").status, 200);
  EXPECT_EQ(site.get("/a/" + token).status, 200);
  const std::string other = group_item();
  const std::string of_other = site.link_to(other, "wang.fang");
  auto next = std::make_shared<Snapshot>(*site.library().current());
  std::vector<Person> people(next->directory->people().begin(), next->directory->people().end());
  std::vector<Group> groups(next->directory->groups().begin(), next->directory->groups().end());
  for (Group& group : groups) {
    if (group.id == "finance") group.members = {PersonId("adm")};
  }
  next->directory = *Directory::build(people, groups);
  site.library().replace(next);
  EXPECT_EQ(site.get("/a/" + of_other).status, 410);
  ASSERT_EQ(
      act(other, "decision", R"({"outcome":"approved","answers":{"cost_center":"7"},"version":1})", "adm")
          .status,
      200);
  EXPECT_EQ(site.get("/a/" + of_other).status, 410) << "nor how it went";
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
