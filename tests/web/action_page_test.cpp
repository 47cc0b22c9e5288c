#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"
#include "web/page_assets.h"

namespace countersign::web {
namespace {

constexpr const char* kFormType = "application/x-www-form-urlencoded";

class ActionPage : public testing::Test {
 protected:
  ClientReply decide(const std::string& token, std::vector<std::pair<std::string, std::string>> answer,
                     std::vector<std::pair<std::string, std::string>> headers = {}) {
    const ClientReply opened = site.get("/a/" + token);
    std::vector<std::pair<std::string, std::string>> pairs{{"csrf", hidden_value(opened.body, "csrf")},
                                                           {"version", hidden_value(opened.body, "version")}};
    pairs.insert(pairs.end(), answer.begin(), answer.end());
    headers.emplace_back("Content-Type", kFormType);
    return site.post("/a/" + token, form_body(pairs), {}, headers);
  }
  WorkItemRow row(const std::string& item) {
    const std::size_t point = item.rfind('.');
    const auto found = site.reader().work_item(
        InstanceId(item.substr(0, point)), static_cast<std::uint32_t>(std::stoul(item.substr(point + 1))));
    EXPECT_TRUE(found && found->has_value());
    return **found;
  }

  SiteFixture site;
};

TEST_F(ActionPage, ShowsWhatIsAskedByWhomAndTheForm) {
  const std::string instance = site.start_expense(
      R"({"purpose":"Train to Beijing","amount":"1280.50","secret_note":"hidden","lines":[{"item":"Ticket","cost":"1280.50"}]})");
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  const ClientReply page = site.get("/a/" + token);
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("<h1>May Li Na spend"), std::string::npos) << page.body;
  EXPECT_NE(page.body.find("EXP-2026-1"), std::string::npos);
  EXPECT_NE(page.body.find("Train to Beijing"), std::string::npos);
  EXPECT_NE(page.body.find("1,280.50 CNY"), std::string::npos);
  EXPECT_NE(page.body.find("<td>Ticket</td>"), std::string::npos);
  EXPECT_NE(page.body.find("2026-03-02 17:00"), std::string::npos) << "times stand in the office's zone";
  EXPECT_EQ(page.body.find("hidden</"), std::string::npos) << "a field outside `show` is not sent";
  for (const char* outcome : {"approved", "rejected", "returned"}) {
    EXPECT_NE(page.body.find(std::string("value=\"") + outcome + "\""), std::string::npos) << outcome;
  }
}

TEST_F(ActionPage, SpeaksThePersonsLanguage) {
  const std::string instance = site.start_expense();
  const std::string manager = site.open_item(instance);
  EXPECT_EQ(decide(site.link_to(manager, "zhang.wei"), {{"outcome", "approved"}}).status, 200);
  const ClientReply page = site.get("/a/" + site.link_to(site.open_item(instance), "wang.fang"));
  EXPECT_NE(page.body.find("<html lang=\"zh-CN\">"), std::string::npos);
  EXPECT_NE(page.body.find("费用报销"), std::string::npos);
  EXPECT_NE(page.body.find(">同意</button>"), std::string::npos) << page.body;
  EXPECT_NE(page.body.find("已同意"), std::string::npos) << "the manager's decision is in the history";
}

TEST_F(ActionPage, CarriesHeadersThatKeepItToItself) {
  const std::string token = site.link_to(site.open_item(site.start_expense()), "zhang.wei");
  for (const ClientReply& page : {site.get("/a/" + token), site.get("/a/" + std::string(22, 'A'))}) {
    EXPECT_EQ(page.header("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(page.header("Cache-Control"), "no-store");
    EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
    const std::string policy = page.header("Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(page.body.find("<script"), std::string::npos);
    EXPECT_EQ(page.body.find("style=\""), std::string::npos);
    EXPECT_EQ(page.body.find("http://"), std::string::npos);
  }
}

TEST_F(ActionPage, OpeningItChangesNothing) {
  const std::string item = site.open_item(site.start_expense());
  const std::string token = site.link_to(item, "zhang.wei");
  const auto before = site.reader().feed("", 1000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(site.get("/a/" + token).status, 200);
  const ClientReply head = ask(site.port(), {"HEAD", "/a/" + token, {}, {}});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(site.get("/a/" + token + "?outcome=approved&csrf=x").status, 200);
  EXPECT_EQ(site.reader().feed("", 1000)->rows.size(), before->rows.size());
  EXPECT_EQ(row(item).status, ItemStatus::open);
}

TEST_F(ActionPage, DecidesAsThePersonOfTheLink) {
  const std::string item = site.open_item(site.start_expense());
  const std::string token = site.link_to(item, "zhang.wei");
  const ClientReply done = decide(token, {{"outcome", "approved"}, {"comment", "Have a good trip"}});
  EXPECT_EQ(done.status, 200);
  EXPECT_NE(done.body.find("Thank you"), std::string::npos) << done.body;
  EXPECT_NE(done.body.find("Approved"), std::string::npos);
  const WorkItemRow decided = row(item);
  EXPECT_EQ(decided.status, ItemStatus::decided);
  EXPECT_EQ(decided.outcome, "approved");
  EXPECT_EQ(decided.decided_by, PersonId("zhang.wei"));
  EXPECT_EQ(decided.channel, "link");
  EXPECT_EQ(decided.comment, "Have a good trip");
}

TEST_F(ActionPage, ShowsTheOutcomeToASecondClick) {
  const std::string item = site.open_item(site.start_expense());
  const std::string token = site.link_to(item, "zhang.wei");
  const std::string page = site.get("/a/" + token).body;
  EXPECT_EQ(decide(token, {{"outcome", "rejected"}, {"comment", "Take the bus"}}).status, 200);
  const ClientReply again = site.get("/a/" + token);
  EXPECT_EQ(again.status, 200);
  EXPECT_NE(again.body.find("Rejected"), std::string::npos) << again.body;
  EXPECT_NE(again.body.find("Zhang Wei"), std::string::npos);
  EXPECT_EQ(again.body.find("<form"), std::string::npos);
  const ClientReply posted = site.post("/a/" + token,
                                       form_body({{"csrf", hidden_value(page, "csrf")},
                                                  {"version", hidden_value(page, "version")},
                                                  {"outcome", "approved"}}),
                                       {}, {{"Content-Type", kFormType}});
  EXPECT_NE(posted.body.find("This is already decided"), std::string::npos) << posted.body;
  EXPECT_EQ(row(item).outcome, "rejected");
}

TEST_F(ActionPage, RefusesAFormWithoutItsToken) {
  const std::string item = site.open_item(site.start_expense());
  const std::string token = site.link_to(item, "zhang.wei");
  const std::string other = site.link_to(site.open_item(site.start_expense()), "zhang.wei");
  const std::string csrf_of_other = hidden_value(site.get("/a/" + other).body, "csrf");
  for (const std::string& csrf : {std::string(), std::string("guess"), csrf_of_other}) {
    const ClientReply refused =
        site.post("/a/" + token, form_body({{"csrf", csrf}, {"version", "1"}, {"outcome", "approved"}}), {},
                  {{"Content-Type", kFormType}});
    EXPECT_EQ(refused.status, 403);
  }
  EXPECT_EQ(row(item).status, ItemStatus::open);
}

TEST_F(ActionPage, RefusesAFormThatComesFromAnotherSite) {
  const std::string item = site.open_item(site.start_expense());
  const std::string token = site.link_to(item, "zhang.wei");
  EXPECT_EQ(decide(token, {{"outcome", "approved"}}, {{"Origin", "https://evil.example"}}).status, 403);
  EXPECT_EQ(decide(token, {{"outcome", "approved"}}, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(row(item).status, ItemStatus::open);
  EXPECT_EQ(decide(token, {{"outcome", "approved"}}, {{"Origin", "https://approve.example.com"}}).status,
            200);
  EXPECT_EQ(row(item).status, ItemStatus::decided);
}

// With Referrer-Policy: no-referrer browsers send "Origin: null" for the page's own form.
TEST_F(ActionPage, AcceptsTheFormOfABrowserThatNamesNoOrigin) {
  const std::string token = site.link_to(site.open_item(site.start_expense()), "zhang.wei");
  EXPECT_EQ(decide(token, {{"outcome", "approved"}}, {{"Origin", "null"}}).status, 200);
}

TEST_F(ActionPage, TakesNothingButAForm) {
  const std::string token = site.link_to(site.open_item(site.start_expense()), "zhang.wei");
  EXPECT_EQ(site.post("/a/" + token, R"({"outcome":"approved"})").status, 415);
}

TEST_F(ActionPage, ShowsInputErrorsBesideTheFieldAndKeepsWhatWasTyped) {
  const std::string item = site.open_item(site.start_expense());
  const std::string token = site.link_to(item, "zhang.wei");
  const ClientReply again = decide(token, {{"outcome", "rejected"}, {"comment", "   "}});
  EXPECT_EQ(again.status, 422);
  EXPECT_NE(again.body.find("<p class=\"wrong\">Please say why.</p>"), std::string::npos) << again.body;
  EXPECT_NE(again.body.find(">   </textarea>"), std::string::npos);
  EXPECT_EQ(row(item).status, ItemStatus::open);
}

TEST_F(ActionPage, AsksForWhatTheStepAsks) {
  const std::string instance = site.start_expense();
  EXPECT_EQ(decide(site.link_to(site.open_item(instance), "zhang.wei"), {{"outcome", "approved"}}).status,
            200);
  const std::string finance = site.open_item(instance);
  const std::string token = site.link_to(finance, "wang.fang");
  const ClientReply missing =
      decide(token, {{"outcome", "approved"}, {"a.cost_center", ""}, {"comment", "好的"}});
  EXPECT_EQ(missing.status, 422);
  EXPECT_NE(missing.body.find("class=\"wrong\""), std::string::npos) << missing.body;
  EXPECT_NE(missing.body.find("好的</textarea>"), std::string::npos);
  EXPECT_EQ(decide(token, {{"outcome", "approved"}, {"a.cost_center", "4711"}}).status, 200);
  EXPECT_EQ(row(finance).outcome, "approved");
  const std::string pay = site.open_item(instance);
  const std::string pay_token = site.link_to(pay, "wang.fang");
  const ClientReply unticked = decide(pay_token, {{"outcome", "paid"}});
  EXPECT_EQ(unticked.status, 422) << unticked.body;
  EXPECT_EQ(decide(pay_token, {{"outcome", "paid"}, {"check", "receipt"}}).status, 200);
  EXPECT_EQ(row(pay).outcome, "paid");
}

TEST_F(ActionPage, LetsTheRequesterCorrectAndResubmit) {
  const std::string instance =
      site.start_expense(R"({"purpose":"Train","amount":"10","lines":[{"item":"Ticket","cost":"10"}]})");
  EXPECT_EQ(decide(site.link_to(site.open_item(instance), "zhang.wei"),
                   {{"outcome", "returned"}, {"comment", "The amount is <wrong>"}})
                .status,
            200);
  const std::string revision = site.open_item(instance);
  const std::string token = site.link_to(revision, "li.na");
  const std::string page = site.get("/a/" + token).body;
  EXPECT_NE(page.find("The amount is &lt;wrong&gt;"), std::string::npos) << page;
  EXPECT_NE(page.find("name=\"f.purpose\""), std::string::npos);
  EXPECT_NE(page.find("name=\"f.lines[0][item]\""), std::string::npos);
  const ClientReply refused = decide(token, {{"outcome", "resubmitted"},
                                             {"f.purpose", "Train & bus"},
                                             {"f.amount", "twelve"},
                                             {"f.lines[0][item]", "Ticket"},
                                             {"f.lines[0][cost]", "12.00"}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("value=\"twelve\" inputmode=\"decimal\" class=\"is-wrong\""), std::string::npos)
      << refused.body;
  EXPECT_NE(refused.body.find("value=\"Train &amp; bus\""), std::string::npos);
  EXPECT_EQ(decide(token, {{"outcome", "resubmitted"},
                           {"f.purpose", "Train & bus"},
                           {"f.amount", "12.00"},
                           {"f.lines[0][item]", "Ticket"},
                           {"f.lines[0][cost]", "12.00"},
                           {"f.lines[1][item]", ""}})
                .status,
            200);
  const auto state = site.reader().instance(InstanceId(instance));
  EXPECT_EQ((*state)->status, "running");
  EXPECT_EQ((*state)->round, 2U);
  EXPECT_EQ(cel::to_display((*state)->form.at("purpose")), "Train & bus");
}

TEST_F(ActionPage, EscapesHostileValuesEverywhere) {
  const std::string hostile = R"(<script>alert('x')</script>\"onmouseover=\"y)";
  const std::string instance = site.start_expense(
      R"({"purpose":")" + hostile + R"(","amount":"1","lines":[{"item":"<img src=x>","cost":"1"}]})");
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  std::vector<std::string> pages{site.get("/a/" + token).body};
  pages.push_back(decide(token, {{"outcome", "returned"},
                                 {"comment", "{{t}} <b>${form.amount}</b>"},
                                 {"return_to", "\"><script>"}})
                      .body);
  pages.push_back(decide(token, {{"outcome", "returned"}, {"comment", "{{t}} <b>${form.amount}</b>"}}).body);
  pages.push_back(site.get("/a/" + token).body);
  pages.push_back(site.get("/a/" + site.link_to(site.open_item(instance), "li.na")).body);
  for (const std::string& page : pages) {
    EXPECT_EQ(page.find("<script"), std::string::npos) << page;
    EXPECT_EQ(page.find("<img"), std::string::npos) << page;
    EXPECT_EQ(page.find("<b>${"), std::string::npos) << page;
    EXPECT_EQ(page.find("\"onmouseover"), std::string::npos) << page;
  }
  EXPECT_NE(pages.front().find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(pages.back().find("{{t}} &lt;b&gt;${form.amount}"), std::string::npos) << pages.back();
}

TEST_F(ActionPage, SaysThatALinkIsUnknownOrNoLongerValid) {
  EXPECT_EQ(site.get("/a/" + std::string(22, 'A')).status, 404);
  EXPECT_EQ(site.get("/a/short").status, 404);
  EXPECT_EQ(site.get("/a/" + std::string(22, '!')).status, 404);
  const ClientReply chinese = ask(site.port(), {"GET", "/a/nothing", {{"Accept-Language", "zh-CN,zh"}}, {}});
  EXPECT_NE(chinese.body.find("链接无法识别"), std::string::npos);
  const std::string item = site.open_item(site.start_expense());
  EXPECT_EQ(site.get("/a/" + site.link_to(item, "gone")).status, 410) << "its person has left";
}

TEST_F(ActionPage, SaysSoWhereTheRequestWasCancelled) {
  const std::string instance = site.start_expense();
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  const ClientReply cancelled = site.post_once("/api/v1/instances/" + instance + "/cancel",
                                               R"({"reason":"not needed"})", site.key({"admin"}, "adm"));
  ASSERT_EQ(cancelled.status, 200) << cancelled.body;
  const ClientReply page = site.get("/a/" + token);
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("<h1>The request was cancelled</h1>"), std::string::npos) << page.body;
  EXPECT_EQ(page.body.find("<form"), std::string::npos);
}

TEST_F(ActionPage, BuildsEveryAddressFromThePublicOne) {
  const std::string token = site.link_to(site.open_item(site.start_expense()), "zhang.wei");
  const ClientReply plain =
      ask(site.port(), {"GET", "/a/" + token, {{"X-Forwarded-Host", "evil.example"}}, {}});
  const ClientReply prefixed = site.get("/flow/a/" + token);
  EXPECT_EQ(prefixed.status, 200);
  EXPECT_EQ(prefixed.body, plain.body);
  EXPECT_NE(plain.body.find("action=\"/flow/a/" + token + "\""), std::string::npos) << plain.body;
  EXPECT_NE(plain.body.find("href=\"/flow/assets/" + style_sheet_name() + "\""), std::string::npos);
  EXPECT_EQ(plain.body.find("evil.example"), std::string::npos);
  EXPECT_EQ(site.get("/flowa/" + token).status, 404);
}

TEST_F(ActionPage, ServesItsStyleSheetUnderAHash) {
  const ClientReply sheet = site.get("/assets/" + style_sheet_name());
  EXPECT_EQ(sheet.status, 200);
  EXPECT_EQ(sheet.header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_NE(sheet.header("Cache-Control").find("immutable"), std::string::npos);
  EXPECT_EQ(sheet.body, style_sheet());
  EXPECT_EQ(site.get("/assets/style-000000000000.css").status, 404);
}

}  // namespace
}  // namespace countersign::web
