// Starting, reading and deciding through the API, over the real engine and a real database.

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

class Api : public testing::Test {
 protected:
  std::string decision(const std::string& item) { return "/api/v1/work-items/" + item + "/decision"; }
  SiteFixture site;
};

TEST_F(Api, StartsOnceForAKeyHoweverOftenItIsAsked) {
  const std::string key = site.key({"start"}, "li.na");
  const std::string path = "/api/v1/workflows/expense/instances";
  const std::string body = R"({"form":{"purpose":"Train","amount":"10.00"}})";
  const ClientReply first = site.post(path, body, key, {{"Idempotency-Key", "k-1"}});
  ASSERT_EQ(first.status, 201) << first.body;
  const json::value started = json_of(first);
  EXPECT_EQ(string_at(started, "reference"), "EXP-2026-1");
  EXPECT_EQ(string_at(started, "url"),
            "https://approve.example.com/flow/api/v1/instances/" + string_at(started, "id"));
  const ClientReply again = site.post(path, body, key, {{"Idempotency-Key", "k-1"}});
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  const ClientReply other =
      site.post(path, R"({"form":{"purpose":"Bus","amount":"1"}})", key, {{"Idempotency-Key", "k-1"}});
  EXPECT_EQ(other.status, 422) << other.body;
}

TEST_F(Api, SaysWhichFieldsOfTheFormAreWrong) {
  const ClientReply reply =
      site.post("/api/v1/workflows/expense/instances", R"({"form":{"amount":"much","colour":"red"}})",
                site.key({"start"}, "li.na"));
  ASSERT_EQ(reply.status, 422);
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
  const json::value problem = json_of(reply);
  EXPECT_EQ(string_at(problem, "type"), "urn:countersign:problem:invalid_input");
  EXPECT_EQ(string_at(problem, "instance"), "/api/v1/workflows/expense/instances");
  std::vector<std::string> pointers;
  for (const json::value& error : find(problem, "errors")->as_array())
    pointers.push_back(string_at(error, "pointer"));
  EXPECT_NE(std::ranges::find(pointers, "/form/amount"), pointers.end()) << reply.body;
  EXPECT_NE(std::ranges::find(pointers, "/form/colour"), pointers.end()) << reply.body;
}

TEST_F(Api, RefusesWhatIsNoJsonAndWhatItDoesNotKnow) {
  const std::string key = site.key({"start"}, "li.na");
  const std::string path = "/api/v1/workflows/expense/instances";
  EXPECT_EQ(site.post(path, "{\"form\":", key).status, 400);
  EXPECT_EQ(site.post(path, R"({"form":{},"form":{}})", key).status, 400);
  EXPECT_EQ(site.post(path, "", key).status, 400);
  const ClientReply unknown = site.post(path, R"({"from":{}})", key);
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find("did you mean 'form'?"), std::string::npos) << unknown.body;
  EXPECT_EQ(site.post("/api/v1/workflows/nothing/instances", R"({"form":{}})", key).status, 404);
  EXPECT_EQ(
      site.post(path, R"({"form":{"purpose":"a","amount":"1"}})", key, {{"Idempotency-Key", "has space"}})
          .status,
      400);
}

TEST_F(Api, StartsForSomebodyElseOnlyWithActAs) {
  const std::string path = "/api/v1/workflows/expense/instances";
  const std::string body = R"({"requester":"li.na","form":{"purpose":"a","amount":"1"}})";
  EXPECT_EQ(site.post(path, body, site.key({"start"}, "zhang.wei")).status, 403);
  EXPECT_EQ(site.post(path, body, site.key({"start", "act-as"}, "zhang.wei")).status, 201);
  EXPECT_EQ(site.post(path, body, site.key({"start"})).status, 201) << "a system's key";
}

// Named in the header, the other had started it themselves, and the key's holder approved their own act.
TEST_F(Api, WhoeverStartsForSomebodyElseDoesNotApproveItHoweverTheyAreNamed) {
  const std::string key = site.key({"start", "decide", "act-as"}, "zhang.wei");
  const ClientReply started =
      site.post("/api/v1/workflows/expense/instances", R"({"form":{"purpose":"a","amount":"1"}})", key,
                {{"Countersign-Actor", "li.na"}});
  ASSERT_EQ(started.status, 201) << started.body;
  const std::string instance = string_at(json_of(started), "id");
  const auto state = site.reader().instance(InstanceId(instance));
  ASSERT_TRUE(state && *state);
  EXPECT_EQ((*state)->requester, PersonId("li.na"));
  EXPECT_EQ((*state)->submitted_by, PersonId("zhang.wei"));
  for (const auto& [number, item] : (*state)->items) EXPECT_NE(item.assignee, PersonId("zhang.wei"));
}

TEST_F(Api, ShowsAnInstanceWithItsFormStepsAndWorkItems) {
  const std::string instance = site.start_expense();
  const std::string key = site.key({"read"});
  const ClientReply reply = site.get("/api/v1/instances/" + instance, key);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json::value shown = json_of(reply);
  EXPECT_EQ(string_at(shown, "status"), "running");
  EXPECT_EQ(string_at(shown, "requester"), "li.na");
  EXPECT_EQ(string_at(shown, "title"), "Expense approval");
  EXPECT_EQ(string_at(shown, "started_at"), "2026-03-02T09:00:00Z");
  EXPECT_EQ(string_at(*find(shown, "form"), "amount"), "1280.50");
  ASSERT_EQ(find(shown, "work_items")->as_array().size(), 1U);
  EXPECT_EQ(string_at(find(shown, "work_items")->as_array()[0], "assignee"), "zhang.wei");
  const json::value& open = find(shown, "open_steps")->as_array().at(0);
  EXPECT_EQ(string_at(find(open, "asked")->as_array().at(0), "person"), "zhang.wei");
  EXPECT_EQ(string_at(find(open, "asked")->as_array().at(0), "reason"), "requester.manager");
  EXPECT_EQ(string_at(find(open, "next")->as_array().at(0), "outcome"), "approved");
  EXPECT_EQ(string_at(find(open, "next")->as_array().at(1), "ends"), "rejected");
  const json::array& timers = find(shown, "timers")->as_array();
  const auto reminder = std::ranges::find_if(
      timers, [](const json::value& timer) { return string_at(timer, "kind") == "remind"; });
  ASSERT_NE(reminder, timers.end());
  EXPECT_EQ(string_at(*reminder, "every"), "2 days");
  EXPECT_EQ(find(*reminder, "at_most")->to_number<int>(), 7);
  EXPECT_EQ(json_of(site.get("/api/v1/instances/EXP-2026-1", key)), shown) << "by its reference too";
  EXPECT_EQ(site.get("/api/v1/instances/EXP-2026-9", key).status, 404);
  EXPECT_EQ(site.get("/api/v1/instances/i_nothing", key).status, 404);
}

TEST_F(Api, ListsInstancesByFilterPageByPage) {
  for (int i = 0; i < 3; ++i) site.start_expense();
  const std::string key = site.key({"read"});
  const json::value first = json_of(site.get("/api/v1/instances?workflow=expense&limit=2", key));
  EXPECT_EQ(find(first, "instances")->as_array().size(), 2U);
  const std::string cursor = string_at(first, "next_cursor");
  ASSERT_NE(cursor, "");
  const json::value second =
      json_of(site.get("/api/v1/instances?workflow=expense&limit=2&cursor=" + cursor, key));
  EXPECT_EQ(find(second, "instances")->as_array().size(), 1U);
  EXPECT_TRUE(find(second, "next_cursor")->is_null());
  EXPECT_EQ(find(json_of(site.get("/api/v1/instances?status=approved", key)), "instances")->as_array().size(),
            0U);
  EXPECT_EQ(site.get("/api/v1/instances?limit=0", key).status, 400);
  EXPECT_EQ(site.get("/api/v1/instances?limit=2&limit=3", key).status, 400);
  const ClientReply unknown = site.get("/api/v1/instances?statsu=x", key);
  EXPECT_EQ(unknown.status, 400);
  EXPECT_NE(unknown.body.find("did you mean 'status'?"), std::string::npos);
}

TEST_F(Api, ListsAPersonsWorkWithItsGroupsAndWhatCanBeAnswered) {
  const std::string instance = site.start_expense();
  const std::string item = site.open_item(instance);
  const std::string key = site.key({"read"});
  const json::value list = json_of(site.get("/api/v1/work-items?assignee=zhang.wei&status=open", key));
  ASSERT_EQ(find(list, "work_items")->as_array().size(), 1U);
  const json::value& shown = find(list, "work_items")->as_array()[0];
  EXPECT_EQ(string_at(shown, "id"), item);
  EXPECT_EQ(string_at(shown, "step"), "manager");
  EXPECT_NE(string_at(shown, "title").find("May Li Na spend"), std::string::npos);
  EXPECT_EQ(*find(shown, "outcomes"), json::value(json::array{"approved", "rejected", "returned"}));
  EXPECT_EQ(site.get("/api/v1/work-items?status=lost", key).status, 400);
  EXPECT_EQ(site.get("/api/v1/work-items?due_before=tomorrow", key).status, 400);

  site.post(decision(item), R"({"outcome":"approved","version":1})", site.key({"decide"}, "zhang.wei"));
  const json::value finance = json_of(site.get("/api/v1/work-items?assignee=wang.fang&status=open", key));
  ASSERT_EQ(find(finance, "work_items")->as_array().size(), 1U);
  EXPECT_EQ(string_at(find(finance, "work_items")->as_array()[0], "group"), "finance");
}

TEST_F(Api, DecidesOnceAndTellsWhoWasFirst) {
  const std::string item = site.open_item(site.start_expense());
  const std::string key = site.key({"decide"}, "zhang.wei");
  const ClientReply done =
      site.post(decision(item), R"({"outcome":"approved","comment":"ok","version":1})", key);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(string_at(json_of(done), "outcome"), "approved");
  const ClientReply late =
      site.post(decision(item), R"({"outcome":"rejected","comment":"no","version":1})", key);
  EXPECT_EQ(late.status, 409);
  EXPECT_NE(late.body.find("approved by Zhang Wei"), std::string::npos) << late.body;
}

TEST_F(Api, WantsAVersionOrAnIdempotencyKey) {
  const std::string item = site.open_item(site.start_expense());
  const std::string key = site.key({"decide"}, "zhang.wei");
  EXPECT_EQ(site.post(decision(item), R"({"outcome":"approved"})", key).status, 428);
  const ClientReply stale = site.post(decision(item), R"({"outcome":"approved","version":7})", key);
  EXPECT_EQ(stale.status, 409) << stale.body;
  const ClientReply first =
      site.post(decision(item), R"({"outcome":"approved"})", key, {{"Idempotency-Key", "d1"}});
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(site.post(decision(item), R"({"outcome":"approved"})", key, {{"Idempotency-Key", "d1"}}).body,
            first.body);
}

TEST_F(Api, LetsNobodyDecideWhatIsNotTheirs) {
  const std::string item = site.open_item(site.start_expense());
  const std::string body = R"({"outcome":"approved","version":1})";
  EXPECT_EQ(site.post(decision(item), body, site.key({"decide"}, "wang.fang")).status, 403);
  EXPECT_EQ(site.post(decision(item), body, site.key({"decide"}, "li.na")).status, 403);
  EXPECT_EQ(site.post(decision(item), body, site.key({"decide", "admin"}, "adm")).status, 403)
      << "admin is no approver";
  EXPECT_EQ(site.post(decision(item), body, site.key({"decide"})).status, 403)
      << "a key that belongs to nobody";
  EXPECT_EQ(site.post(decision("i_x.1"), body, site.key({"decide"}, "zhang.wei")).status, 404);
  EXPECT_EQ(site.post(decision("nonsense"), body, site.key({"decide"}, "zhang.wei")).status, 404);
  EXPECT_EQ(
      site.post(decision(item), body, site.key({"decide", "act-as"}), {{"Countersign-Actor", "zhang.wei"}})
          .status,
      200);
}

TEST_F(Api, DecidesSeveralWithAnAnswerForEach) {
  const std::string first = site.open_item(site.start_expense());
  const std::string second = site.open_item(site.start_expense());
  const std::string body = fmt::format(
      R"({{"decisions":[{{"id":"{}","outcome":"approved","version":1}},{{"id":"{}","outcome":"approved","version":9}}]}})",
      first, second);
  const ClientReply reply =
      site.post("/api/v1/work-items/decisions", body, site.key({"decide"}, "zhang.wei"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json::value answered = json_of(reply);
  const json::array& results = find(answered, "results")->as_array();
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(find(results[0], "status")->as_int64(), 200);
  EXPECT_EQ(find(results[1], "status")->as_int64(), 409);
  EXPECT_EQ(string_at(results[1], "id"), second);
  EXPECT_NE(find(results[1], "problem"), nullptr);
  EXPECT_EQ(
      site.post("/api/v1/work-items/decisions", R"({"decisions":[{"id":"x","outcome":"a","version":1}]})",
                site.key({"decide"}, "zhang.wei"))
          .status,
      422);
}

TEST_F(Api, AKeyStandsForAWholeListOfDecisions) {
  const std::string key = site.key({"decide"}, "zhang.wei");
  const auto list = [](const std::vector<std::string>& items) {
    std::string all;
    for (const std::string& item : items)
      all += (all.empty() ? "" : ",") + fmt::format(R"({{"id":"{}","outcome":"approved"}})", item);
    return R"({"decisions":[)" + all + "]}";
  };
  const auto statuses = [&](const std::string& body) {
    const ClientReply reply =
        site.post("/api/v1/work-items/decisions", body, key, {{"Idempotency-Key", "all-1"}});
    std::vector<std::int64_t> found;
    const json::value answered = json_of(reply);
    for (const json::value& result : find(answered, "results")->as_array())
      found.push_back(find(result, "status")->as_int64());
    return found;
  };
  const std::vector<std::string> items{site.open_item(site.start_expense()),
                                       site.open_item(site.start_expense()),
                                       site.open_item(site.start_expense())};
  const std::string two = list({items[0], items[1]});
  EXPECT_EQ(statuses(two), (std::vector<std::int64_t>{200, 200}));
  EXPECT_EQ(statuses(two), (std::vector<std::int64_t>{200, 200})) << "a repeat gets the same answers";
  EXPECT_EQ(statuses(list({items[0], items[1], items[2]})), (std::vector<std::int64_t>{422, 422, 422}));
  EXPECT_NE(site.get("/api/v1/work-items/" + items[2], site.key({"read"})).body.find("\"open\""),
            std::string::npos);
}

TEST_F(Api, SendsBackAndTakesTheCorrectedForm) {
  const std::string instance = site.start_expense();
  const std::string key = site.key({"decide"}, "zhang.wei");
  ASSERT_EQ(site.post(decision(site.open_item(instance)),
                      R"({"outcome":"returned","comment":"which train?","version":1})", key)
                .status,
            200);
  const std::string path = "/api/v1/instances/" + instance + "/resubmit";
  const std::string body = R"({"form":{"purpose":"Night train"},"version":1})";
  EXPECT_EQ(site.post(path, body, key).status, 403) << "only its requester";
  EXPECT_EQ(site.post(path, R"({"form":{}})", site.key({"decide"}, "li.na")).status, 428);
  const ClientReply done = site.post(path, body, site.key({"decide"}, "li.na"));
  EXPECT_EQ(done.status, 200) << done.body;
  const json::value shown = json_of(site.get("/api/v1/instances/" + instance, site.key({"read"})));
  EXPECT_EQ(string_at(*find(shown, "form"), "purpose"), "Night train");
  EXPECT_EQ(find(shown, "round")->as_int64(), 2);
  EXPECT_EQ(site.post(path, body, site.key({"decide"}, "li.na")).status, 409)
      << "it waits for nobody's correction now";
}

TEST_F(Api, TellsWhatHappened) {
  const std::string instance = site.start_expense();
  const std::string key = site.key({"read"});
  const json::value all = json_of(site.get("/api/v1/instances/" + instance + "/events", key));
  const json::array& events = find(all, "events")->as_array();
  ASSERT_GT(events.size(), 2U);
  EXPECT_EQ(string_at(events[0], "type"), "started");
  EXPECT_TRUE(find(events[0], "data")->is_object());
  const json::value rest = json_of(site.get("/api/v1/instances/" + instance + "/events?after=2", key));
  EXPECT_EQ(find(rest, "events")->as_array().size(), events.size() - 2);
  EXPECT_EQ(site.get("/api/v1/instances/i_no/events", key).status, 404);
}

TEST_F(Api, CommentsCancelsAndReassigns) {
  const std::string instance = site.start_expense();
  const std::string base = "/api/v1/instances/" + instance;
  EXPECT_EQ(
      site.post_once(base + "/comments", R"({"text":"any news?"})", site.key({"decide"}, "li.na")).status,
      200);
  EXPECT_EQ(site.post_once(base + "/comments", R"({"text":" "})", site.key({"decide"}, "li.na")).status, 422);
  const std::string admin = site.key({"admin"}, "adm");
  const std::string item = site.open_item(instance);
  const std::string reassign =
      fmt::format(R"({{"act":"reassign","item":"{}","to":"wang.fang","reason":"on leave"}})", item);
  EXPECT_EQ(site.post_once(base + "/admin", reassign, site.key({"decide", "start", "read"}, "adm")).status,
            403);
  EXPECT_EQ(site.post_once(base + "/admin",
                           R"({"act":"reassign","item":"x.1","to":"wang.fang","reason":"r"})", admin)
                .status,
            422);
  const ClientReply done = site.post_once(base + "/admin", reassign, admin);
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(site.post_once(base + "/admin", R"({"act":"skip","reason":"r"})", admin).status, 422);
  EXPECT_EQ(site.post_once(base + "/admin", R"({"act":"retry"})", admin).status, 422)
      << "a reason is mandatory";
  EXPECT_EQ(site.post_once(base + "/cancel", R"({"reason":"double"})", admin).status, 200);
  EXPECT_EQ(string_at(json_of(site.get(base, site.key({"read"}))), "status"), "cancelled");
}

TEST_F(Api, TakesTheReferenceOfAnInstanceForItsIdFromWhoeverMayReadIt) {
  const std::string instance = site.start_expense();
  const json::value shown = json_of(site.get("/api/v1/instances/" + instance, site.key({"read"})));
  const std::string base = "/api/v1/instances/" + string_at(shown, "reference");
  EXPECT_EQ(
      site.post_once(base + "/comments", R"({"text":"any news?"})", site.key({"decide"}, "li.na")).status,
      200);
  EXPECT_EQ(site.post_once(base + "/nudge", "{}", site.key({"start"}, "li.na")).status, 200);
  const ClientReply guessed = site.post_once(base + "/nudge", "{}", site.key({"start"}, "wang.fang"));
  const ClientReply none =
      site.post_once("/api/v1/instances/EXP-1-1/nudge", "{}", site.key({"start"}, "wang.fang"));
  EXPECT_EQ(guessed.status, 404) << "that there is one is not told";
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(site.post_once(base + "/withdraw", R"({"reason":"double"})", site.key({"start"}, "li.na")).status,
            200);
  EXPECT_EQ(string_at(json_of(site.get(base, site.key({"read"}))), "status"), "revising");
}

TEST_F(Api, APersonsKeyReadsWhatItsPersonMaySee) {
  const std::string instance = site.start_expense();
  const std::string item = site.open_item(instance);
  const auto statuses = [&](const std::string& key) {
    return std::vector<int>{site.get("/api/v1/instances/" + instance, key).status,
                            site.get("/api/v1/instances/" + instance + "/events", key).status,
                            site.get("/api/v1/work-items/" + item, key).status};
  };
  const auto listed = [&](const std::string& key) {
    return find(json_of(site.get("/api/v1/instances", key)), "instances")->as_array().size() +
           find(json_of(site.get("/api/v1/work-items", key)), "work_items")->as_array().size() +
           find(json_of(site.get("/api/v1/events", key)), "events")->as_array().size();
  };
  for (const std::string& key : {site.key({"read"}), site.key({"read"}, "li.na"),
                                 site.key({"read"}, "zhang.wei"), site.key({"read", "admin"}, "wang.fang")}) {
    EXPECT_EQ(statuses(key), (std::vector<int>{200, 200, 200}));
    EXPECT_GT(listed(key), 2U);
  }
  const std::string stranger = site.key({"read"}, "wang.fang");
  EXPECT_EQ(statuses(stranger), (std::vector<int>{404, 404, 404}));
  EXPECT_EQ(listed(stranger), 0U);
  ASSERT_EQ(site.post_once("/api/v1/instances/" + instance + "/copies", R"({"to":["wang.fang"]})",
                           site.key({"decide"}, "li.na"))
                .status,
            200);
  EXPECT_EQ(statuses(stranger), (std::vector<int>{200, 200, 200})) << "a copy lets her read it";
}

TEST_F(Api, DescribesWorkflowsAndTheirForms) {
  const std::string key = site.key({"read"}, "wang.fang");
  const json::value list = json_of(site.get("/api/v1/workflows", key));
  ASSERT_EQ(find(list, "workflows")->as_array().size(), 1U);
  EXPECT_EQ(string_at(find(list, "workflows")->as_array()[0], "title"), "费用报销");
  const json::value one = json_of(site.get("/api/v1/workflows/expense", key));
  EXPECT_EQ(string_at(find(one, "steps")->as_array()[0], "step"), "manager");
  const json::value schema = json_of(site.get("/api/v1/workflows/expense/form-schema", key));
  EXPECT_EQ(*find(schema, "required"), json::value(json::array{"purpose", "amount"}));
  EXPECT_EQ(string_at(*find(*find(schema, "properties"), "lines"), "type"), "array");
  EXPECT_EQ(site.get("/api/v1/workflows/none", key).status, 404);
}

TEST_F(Api, MakesKeysThatWorkAtOnceAndRevokesThemForGood) {
  const std::string admin = site.key({"admin"}, "adm");
  const ClientReply made = site.post("/api/v1/admin/keys", R"({"name":"crm","scopes":["read"]})", admin);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string key = string_at(json_of(made), "key");
  EXPECT_EQ(site.get("/api/v1/instances", key).status, 200);
  const std::string again =
      site.key({"admin"}, "adm");  // the ring was loaded from the database: test keys are gone
  const json::value list = json_of(site.get("/api/v1/admin/keys", again));
  ASSERT_EQ(find(list, "keys")->as_array().size(), 1U);
  EXPECT_EQ(site.get("/api/v1/admin/keys", again).body.find(key), std::string::npos);
  const std::string id = string_at(json_of(made), "id");
  EXPECT_EQ(site.post("/api/v1/admin/keys/" + id + "/revoke", "", again).status, 200);
  EXPECT_EQ(site.get("/api/v1/instances", key).status, 401);
  const ClientReply refused =
      site.post("/api/v1/admin/keys", R"({"name":"x","scopes":["root"],"person":"nobody"})",
                site.key({"admin"}, "adm"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("/person"), std::string::npos);
}

TEST_F(Api, ShowsTheOutboxAndLetsAnAdminDropARow) {
  site.start_expense();
  const std::string admin = site.key({"admin"}, "adm");
  const json::value list = json_of(site.get("/api/v1/admin/outbox?status=pending", admin));
  const json::array& rows = find(list, "outbox")->as_array();
  ASSERT_GE(rows.size(), 1U);
  EXPECT_EQ(find(rows[0], "nonce"), nullptr) << "what makes a link's token is shown to nobody";
  const std::string row = "/api/v1/admin/outbox/" + std::to_string(find(rows[0], "id")->as_int64());
  EXPECT_EQ(site.post(row + "/drop", "", admin).status, 200);
  EXPECT_EQ(site.post(row + "/retry", "", admin).status, 200);
  EXPECT_EQ(site.post(row + "/retry", "", admin).status, 200) << "one that waits is tried at once";
  EXPECT_EQ(site.post("/api/v1/admin/outbox/abc/retry", "", admin).status, 404);
  EXPECT_EQ(string_at(json_of(site.post("/api/v1/admin/reload", "", admin)), "report"), "nothing changed");
}

TEST_F(Api, ShowsBudgetsAndLetsAnAdminAdjustThemWithAReason) {
  const std::vector<LedgerSettings> ledgers{{.name = "sales/travel",
                                             .year = 2026,
                                             .currency = "CNY",
                                             .strict = true,
                                             .spending = {"paid"},
                                             .amount = *Decimal::parse("200000")}};
  site.set_ledgers(ledgers);
  const std::string reads = site.key({"read"});
  const json::value all = json_of(site.get("/api/v1/ledgers", reads));
  ASSERT_EQ(all.at("ledgers").as_array().size(), 1U);
  EXPECT_EQ(string_at(all.at("ledgers").as_array()[0], "available"), "200000.00");
  EXPECT_EQ(json_of(site.get("/api/v1/ledgers?year=2025", reads)).at("ledgers").as_array().size(), 0U);
  EXPECT_EQ(json_of(site.get("/api/v1/ledgers?below=sal", reads)).at("ledgers").as_array().size(), 0U);
  const std::string one = "/api/v1/ledgers/sales%2Ftravel";
  const json::value shown = json_of(site.get(one, reads));
  EXPECT_EQ(string_at(shown, "name"), "sales/travel");
  ASSERT_EQ(shown.at("postings").as_array().size(), 1U);
  EXPECT_EQ(string_at(shown.at("postings").as_array()[0], "act"), "opened");
  EXPECT_EQ(site.get("/api/v1/ledgers/sales%2Fnothing", reads).status, 404);
  EXPECT_EQ(site.get(one + "?year=2025", reads).status, 404);
  EXPECT_EQ(site.get(one + "?year=soon", reads).status, 400);

  const std::string adjust = one + "/adjust";
  EXPECT_EQ(site.post(adjust, R"({"by":"5.50","reason":"board"})", reads).status, 403);
  const std::string admin = site.key({"admin"}, "adm");
  EXPECT_EQ(site.post(adjust, R"({"by":"a lot","reason":"board"})", admin).status, 422);
  EXPECT_EQ(site.post(adjust, R"({"by":"5.50"})", admin).status, 422);
  const ClientReply done = site.post(adjust, R"({"by":"5.50","reason":"board","year":2026})", admin);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(string_at(json_of(done), "amount"), "200005.50");
  EXPECT_EQ(site.post(adjust, R"({"by":"-200006","reason":"board"})", admin).status, 409);
  const json::value after = json_of(site.get(one + "?limit=1", reads));
  EXPECT_EQ(string_at(after.at("postings").as_array()[0], "by"), "adm");
  EXPECT_EQ(string_at(after.at("postings").as_array()[0], "reason"), "board");
  EXPECT_FALSE(after.at("next_cursor").is_null());
}

TEST_F(Api, AnswersMonitors) {
  EXPECT_EQ(site.get("/healthz").status, 200);
  EXPECT_EQ(site.get("/readyz").status, 200);
  site.start_expense();
  const ClientReply metrics = site.get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.body.find("countersign_commands_total 2"), std::string::npos)
      << "the start, and the note of the directory with which all work was looked at: " << metrics.body;
  EXPECT_NE(metrics.body.find("countersign_http_replies_total{class=\"2xx\"}"), std::string::npos);
}

TEST_F(Api, LetsTimePassInDev) {
  EXPECT_EQ(string_at(json_of(site.post("/dev/clock", R"({"advance":"2 days"})")), "now"),
            "2026-03-04T09:00:00Z");
  EXPECT_EQ(string_at(json_of(site.post("/dev/clock", R"({"advance":"90 minutes"})")), "now"),
            "2026-03-04T10:30:00Z");
  EXPECT_EQ(site.post("/dev/clock", R"({"advance":"2 business days"})").status, 422);
  EXPECT_EQ(site.post("/dev/clock", R"({"advance":"soon"})").status, 422);
}

TEST_F(Api, ShowsTheMailboxOfDevWithItsLinks) {
  site.mailbox().put({0, site.clock().now(), "mail", "zhang.wei@example.com", "Please <approve>",
                      "Open https://approve.example.com/flow/a/AAAAAAAAAAAAAAAAAAAAAA now", "", ""});
  const json::value list = json_of(site.get("/dev/mailbox.json?to=zhang.wei%40example.com"));
  ASSERT_EQ(find(list, "messages")->as_array().size(), 1U);
  EXPECT_EQ(find(list, "messages")->as_array()[0].at("links").as_array()[0],
            json::value("https://approve.example.com/flow/a/AAAAAAAAAAAAAAAAAAAAAA"));
  EXPECT_EQ(
      find(json_of(site.get("/dev/mailbox.json?to=li.na%40example.com")), "messages")->as_array().size(), 0U);
  EXPECT_NE(site.get("/dev/mailbox").body.find("Please &lt;approve&gt;"), std::string::npos);
}

TEST(Reports, SayWhatIsOverdueAndWhereRequestsWait) {
  SiteFixture site;
  const std::string reads = site.key({"read"});
  site.start_expense();
  json::value overdue = json_of(site.get("/api/v1/reports/overdue", reads));
  EXPECT_EQ(overdue.at("items").to_number<int>(), 0);
  EXPECT_TRUE(overdue.at("complete").as_bool());
  const json::value waits = json_of(site.get("/api/v1/reports/bottlenecks?days=7", reads));
  ASSERT_EQ(waits.at("steps").as_array().size(), 1U);
  const json::value& step = waits.at("steps").as_array()[0];
  EXPECT_EQ(step.at("open").to_number<int>(), 1);
  EXPECT_EQ(step.at("decided").to_number<int>(), 0);
  EXPECT_TRUE(step.at("median_seconds").is_null());
  EXPECT_EQ(string_at(waits, "since"), "2026-02-23T09:00:00Z");
  EXPECT_EQ(site.get("/api/v1/reports/bottlenecks?days=0", reads).status, 400);
  EXPECT_EQ(site.get("/api/v1/reports/overdue", site.key({"start"})).status, 403);
  EXPECT_EQ(
      json_of(site.get("/api/v1/reports/bottlenecks?workflow=none", reads)).at("steps").as_array().size(),
      0U);
}

}  // namespace
}  // namespace countersign::web
