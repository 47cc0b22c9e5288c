// Absences through the API and through the page behind a link.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/workflow_loader.h"
#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kAbsences = "/api/v1/people/zhang.wei/absences";

struct AbsenceSite : testing::Test {
  SiteFixture site;
  std::string reads = site.key({"read"});
  std::string of_zhang = site.key({"decide", "read"}, "zhang.wei");
  std::string of_wang = site.key({"decide", "read"}, "wang.fang");

  int remove(const std::string& target, const std::string& key) {
    return ask(site.port(), {.method = "DELETE",
                             .target = target,
                             .headers = {{"Authorization", "Bearer " + key}},
                             .body = {}})
        .status;
  }
  std::size_t open_items_of(const std::string& person) {
    const json::value list = json_of(site.get("/api/v1/work-items?status=open&assignee=" + person, reads));
    return list.at("work_items").as_array().size();
  }
};

TEST_F(AbsenceSite, IsSetSeenAndEndedByThePersonThemselves) {
  const ClientReply set = site.post(
      kAbsences,
      R"({"from":"2026-03-02","until":"2026-03-06","stand_in":"wang.fang@example.com","reason":"x"})",
      of_zhang);
  ASSERT_EQ(set.status, 201) << set.body;
  const json::value absence = json_of(set);
  EXPECT_EQ(string_at(absence, "stand_in"), "wang.fang");
  EXPECT_EQ(string_at(absence, "set_by"), "zhang.wei");
  const json::value list = json_of(site.get(kAbsences, reads));
  ASSERT_EQ(list.at("absences").as_array().size(), 1U);
  const std::string one = kAbsences + std::string("/") + std::to_string(absence.at("id").as_int64());
  EXPECT_EQ(remove(one, of_wang), 403);
  EXPECT_EQ(remove(one, of_zhang), 200);
  EXPECT_EQ(remove(one, of_zhang), 404);
  EXPECT_EQ(json_of(site.get(kAbsences, reads)).at("absences").as_array().size(), 0U);
}

TEST_F(AbsenceSite, OfSomebodyElseTakesAnAdministrator) {
  const std::string body = R"({"until":"2026-03-06","stand_in":"wang.fang"})";
  EXPECT_EQ(site.post(kAbsences, body, of_wang).status, 403);
  EXPECT_EQ(site.post(kAbsences, body, site.key({"decide", "admin"}, "adm")).status, 201);
  EXPECT_EQ(site.get("/api/v1/people/nobody/absences", reads).status, 404);
  const ClientReply wrong = site.post(kAbsences, R"({"until":"soon"})", of_zhang);
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, HasSubstr("/until"));
}

TEST_F(AbsenceSite, PutsTheItemIntoBothInboxesWhileItLastsAndShowsForWhomItWasDecided) {
  const std::string instance = site.start_expense();
  const std::string item = site.open_item(instance);
  EXPECT_EQ(open_items_of("wang.fang"), 0U);
  ASSERT_EQ(site.post(kAbsences, R"({"until":"2026-03-06","stand_in":"wang.fang"})", of_zhang).status, 201);
  EXPECT_EQ(open_items_of("wang.fang"), 1U);
  EXPECT_EQ(open_items_of("wang.fang&instance=" + instance), 1U) << "by which `decide REF` finds the item";
  EXPECT_EQ(open_items_of("adm&instance=" + instance), 0U);
  EXPECT_EQ(open_items_of("zhang.wei"), 1U);
  const json::value shown = json_of(site.get("/api/v1/work-items/" + item, reads));
  ASSERT_EQ(shown.at("stand_ins").as_array().size(), 1U);
  EXPECT_EQ(string_at(shown.at("stand_ins").as_array()[0], "stand_in"), "wang.fang");
  const ClientReply decided =
      site.post("/api/v1/work-items/" + item + "/decision", R"({"outcome":"approved","version":1})", of_wang);
  ASSERT_EQ(decided.status, 200) << decided.body;
  EXPECT_EQ(
      string_at(json_of(site.get("/api/v1/work-items/" + item, site.key({"read", "admin"}))), "on_behalf_of"),
      "zhang.wei");
}

TEST_F(AbsenceSite, TheLinkOfAStandInEndsWithTheAbsence) {
  const std::string item = site.open_item(site.start_expense());
  ASSERT_EQ(site.post(kAbsences, R"({"until":"2026-03-06","stand_in":"wang.fang"})", of_zhang).status, 201);
  const std::string link = "/a/" + site.link_to(item, "wang.fang");
  const ClientReply page = site.get(link);
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("您正在代理 Zhang Wei，至 2026-03-06。"));
  site.clock().advance(std::chrono::hours(24 * 7));
  EXPECT_EQ(site.get(link).status, 410);
}

TEST_F(AbsenceSite, IsSetAndEndedOnThePageBehindALink) {
  const std::string page =
      "/a/" + site.link_to(site.open_item(site.start_expense()), "zhang.wei") + "/absence";
  const ClientReply opened = site.get(page);
  ASSERT_EQ(opened.status, 200);
  EXPECT_THAT(opened.body, Not(HasSubstr("<script")));
  const std::string csrf = hidden_value(opened.body, "csrf");
  const auto send = [&](std::vector<std::pair<std::string, std::string>> pairs) {
    return site.post(page, form_body(pairs), {}, {{"Content-Type", "application/x-www-form-urlencoded"}});
  };
  EXPECT_EQ(send({{"csrf", "guess"}, {"until", "2026-03-06"}}).status, 403);
  const ClientReply wrong =
      send({{"csrf", csrf}, {"from", "2026-03-02"}, {"until", "2026-03-06"}, {"stand_in", "wang"}});
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, HasSubstr("Name an active person other than yourself"));
  EXPECT_THAT(wrong.body, HasSubstr("value=\"2026-03-06\"")) << "what was typed stays";
  const ClientReply set = send({{"csrf", csrf},
                                {"from", "2026-03-02"},
                                {"until", "2026-03-06"},
                                {"stand_in", "wang.fang"},
                                {"up_to", ""},
                                {"reason", "<b>sea</b>"}});
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_THAT(set.body, HasSubstr("It is set."));
  EXPECT_THAT(set.body, HasSubstr("&lt;b&gt;sea&lt;"));
  EXPECT_EQ(open_items_of("wang.fang"), 1U);
  const ClientReply ended = send({{"csrf", csrf}, {"end", hidden_value(set.body, "end")}});
  EXPECT_THAT(ended.body, HasSubstr("It is over."));
  EXPECT_EQ(open_items_of("wang.fang"), 0U);
}

TEST_F(AbsenceSite, ThePageAsksForNoStandInAndOffersTheWorkflows) {
  const std::string page =
      "/a/" + site.link_to(site.open_item(site.start_expense()), "zhang.wei") + "/absence";
  const ClientReply opened = site.get(page);
  EXPECT_THAT(opened.body, Not(HasSubstr("name=\"stand_in\" type=\"text\" value=\"\" required")));
  EXPECT_THAT(opened.body, HasSubstr("<details><summary>Only for some kinds of requests"));
  EXPECT_THAT(opened.body, HasSubstr("<input type=\"checkbox\" name=\"workflow\" value=\"expense\">"));
  const std::string csrf = hidden_value(opened.body, "csrf");
  const auto send = [&](std::vector<std::pair<std::string, std::string>> pairs) {
    return site.post(page, form_body(pairs), {}, {{"Content-Type", "application/x-www-form-urlencoded"}});
  };
  const ClientReply wrong =
      send({{"csrf", csrf}, {"from", "2026-03-02"}, {"until", "soon"}, {"workflow", "expense"}});
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, HasSubstr("<details open>")) << "what was ticked stays";
  EXPECT_THAT(wrong.body, HasSubstr("value=\"expense\" checked"));
  const ClientReply set = send({{"csrf", csrf},
                                {"from", "2026-03-02"},
                                {"until", "2026-03-06"},
                                {"stand_in", ""},
                                {"workflow", "expense"}});
  ASSERT_EQ(set.status, 200) << set.body;
  EXPECT_THAT(set.body, HasSubstr("<span class=\"hint\">Expense approval</span>"));
  const json::value list = json_of(site.get(kAbsences, reads));
  const json::value& absence = list.at("absences").at(0);
  EXPECT_TRUE(absence.at("stand_in").is_null());
  EXPECT_EQ(absence.at("workflows"), json::value({"expense"}));
  const auto named = [&](const std::string& stand_in, const std::string& workflow) {
    return send({{"csrf", csrf},
                 {"from", "2026-03-02"},
                 {"until", "2026-03-06"},
                 {"stand_in", stand_in},
                 {"workflow", workflow}});
  };
  EXPECT_EQ(named("wang.fang", "no-such").status, 422);
  EXPECT_THAT(named("wang.fang", "").body, Not(HasSubstr("whichever ends last")));
  EXPECT_THAT(named("li.na", "expense").body, HasSubstr("whichever ends last counts")) << "of two stand-ins";
}

TEST_F(AbsenceSite, IsFollowedFromACalendar) {
  const std::string path = kAbsences + std::string("/import");
  const std::string one = R"({"source":"outlook","stand_in":"wang.fang","absences":[)"
                          R"({"uid":"a","from":"2026-03-09","until":"2026-03-10","reason":"sea"},)"
                          R"({"uid":"b","from":"2026-03-11","until":"2026-03-12"}]})";
  const ClientReply first = site.post(path, one, of_zhang);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(json_of(first).at("added").as_array().size(), 2U);
  const json::value second = json_of(site.post(
      path,
      R"({"source":"outlook","stand_in":"wang.fang","absences":[{"uid":"b","from":"2026-03-12","until":"2026-03-12"}]})",
      of_zhang));
  EXPECT_EQ(second.at("changed").as_array().size(), 1U);
  EXPECT_EQ(second.at("ended").as_array().size(), 1U);
  const json::value list = json_of(site.get(kAbsences, reads));
  ASSERT_EQ(list.at("absences").as_array().size(), 1U);
  EXPECT_EQ(string_at(list.at("absences").at(0), "source"), "outlook");
  EXPECT_EQ(site.post(path, one, of_wang).status, 403);
  EXPECT_EQ(site.post(path, one, site.key({"read"})).status, 403);
  const ClientReply wrong =
      site.post(path, R"({"source":"outlook","absences":[{"uid":"a","from":3,"untill":"x"}]})", of_zhang);
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, HasSubstr("/absences/0/untill"));
  EXPECT_EQ(site.post(path, R"({"source":"outlook"})", of_zhang).status, 422)
      << "no list is not an empty one";
}

constexpr std::string_view kPaper = R"yaml(workflow: paper
statuses: [done, rejected]
start:
  - form
form:
  paper: {type: file}
steps:
  - id: check
    approve:
      by: requester.manager
      edit: [paper]
  - end: done
)yaml";

// An absence that had begun after the request was handed in did not hold where a form names a file.
TEST_F(AbsenceSite, WhoStandsInKeepsTheFileOfAFieldThatTheyEdit) {
  auto with_paper = std::make_shared<Snapshot>(*site.library().current());
  Catalogue catalogue;
  catalogue.directory = with_paper->directory;
  const LoadedWorkflow loaded = load_workflow("workflows/paper.yaml", kPaper, {}, catalogue);
  ASSERT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
  with_paper->workflows[loaded.definition->id] = loaded.definition;
  site.library().replace(with_paper);
  const std::string file =
      string_at(json_of(site.post("/api/v1/files?name=p.pdf", "%PDF-1 p", site.key({"start"}, "li.na"),
                                  {{"Content-Type", "application/octet-stream"}})),
                "id");
  const ClientReply started =
      site.post_once("/api/v1/workflows/paper/instances", R"({"form":{"paper":")" + file + R"("}})",
                     site.key({"start"}, "li.na"));
  ASSERT_EQ(started.status, 201) << started.body;
  const std::string item = site.open_item(string_at(json_of(started), "id"));
  site.clock().advance(std::chrono::hours(1));
  ASSERT_EQ(site.post(kAbsences, R"({"until":"2026-03-06","stand_in":"wang.fang"})", of_zhang).status, 201);
  EXPECT_EQ(site.get("/api/v1/files/" + file, of_wang).status, 200);
  const ClientReply decided =
      site.post("/api/v1/work-items/" + item + "/decision",
                R"({"outcome":"approved","version":1,"form":{"paper":")" + file + R"("}})", of_wang);
  EXPECT_EQ(decided.status, 200) << decided.body;
}

}  // namespace
}  // namespace countersign::web
