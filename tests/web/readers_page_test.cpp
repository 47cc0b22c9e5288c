// The page of whoever got a copy: they read, comment, and decide nothing.

#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

class ReadersPage : public testing::Test {
 protected:
  ReadersPage() : instance(site.start_expense()) {
    const ClientReply sent =
        site.post_once("/api/v1/instances/" + instance + "/copies", R"({"to":["wang.fang"],"comment":"FYI"})",
                       site.key({"decide"}, "li.na"));
    EXPECT_EQ(sent.status, 200) << sent.body;
    token = site.link_to(instance + ".0", "wang.fang");
  }
  ClientReply send(std::vector<std::pair<std::string, std::string>> fields) {
    fields.emplace_back("csrf", hidden_value(site.get("/a/" + token).body, "csrf"));
    fields.emplace_back("version", "1");
    return site.post("/a/" + token, form_body(fields), {},
                     {{"Content-Type", "application/x-www-form-urlencoded"}});
  }
  std::string state() {
    return site.get("/api/v1/instances/" + instance + "/events", site.key({"read"})).body;
  }

  SiteFixture site;
  std::string instance;
  std::string token;
};

TEST_F(ReadersPage, ShowsTheRequestAndWhoHasDecidedAndNothingThatDecides) {
  ASSERT_EQ(site.post("/api/v1/work-items/" + site.open_item(instance) + "/decision",
                      R"({"outcome":"approved","comment":"have a good trip","version":1})",
                      site.key({"decide"}, "zhang.wei"))
                .status,
            200);
  const std::string before = state();
  const ClientReply page = site.get("/a/" + token);
  ASSERT_EQ(page.status, 200) << page.body;
  for (const char* shown : {"Train to Beijing", "1,280.50", "Zhang Wei", "have a good trip", "供您查阅"})
    EXPECT_NE(page.body.find(shown), std::string::npos) << shown << '\n' << page.body;
  for (const char* decides :
       {"name=\"outcome\"", "value=\"withdraw\"", "value=\"claim\"", "value=\"transfer\"", "<script"})
    EXPECT_EQ(page.body.find(decides), std::string::npos) << decides;
  EXPECT_EQ(site.get("/a/" + token).body, page.body);
  EXPECT_EQ(state(), before) << "opening it changes nothing";
}

TEST_F(ReadersPage, TakesACommentAndShowsIt) {
  const ClientReply said = send({{"act", "comment"}, {"text", "which train?"}, {"once", "9"}});
  EXPECT_EQ(said.status, 200) << said.body;
  EXPECT_NE(said.body.find("<blockquote>which train?</blockquote>"), std::string::npos) << said.body;
  EXPECT_NE(state().find("which train?"), std::string::npos);
  const ClientReply again = send({{"act", "comment"}, {"text", ""}, {"once", "10"}});
  EXPECT_EQ(again.status, 422) << "an empty one is refused on the page";
}

TEST_F(ReadersPage, RefusesWhateverElseIsSent) {
  const std::string before = state();
  EXPECT_EQ(send({{"outcome", "approved"}}).status, 403);
  for (const char* act : {"withdraw", "cancel", "nudge", "take_back", "transfer", "claim"})
    EXPECT_EQ(send({{"act", act}, {"who", "adm"}}).status, 403) << act;
  EXPECT_EQ(site.post("/a/" + token, "act=comment&text=x", {},
                      {{"Content-Type", "application/x-www-form-urlencoded"}})
                .status,
            403)
      << "without the page's token";
  EXPECT_EQ(site.post("/a/" + token + "/view", "csrf=x", {},
                      {{"Content-Type", "application/x-www-form-urlencoded"}})
                .status,
            410);
  EXPECT_EQ(site.get("/a/" + token + "/absence").status, 410);
  EXPECT_EQ(state(), before);
}

TEST_F(ReadersPage, IsGoneForWhoHasLeftAndForWhoMayNotRead) {
  EXPECT_EQ(site.get("/a/" + site.link_to(instance + ".0", "gone")).status, 410) << "has left";
  const std::string other = site.start_expense();
  EXPECT_EQ(site.get("/a/" + site.link_to(other + ".0", "wang.fang")).status, 410) << "no copy of that";
}

TEST_F(ReadersPage, GivesTheFilesThatItShowsAndNoOthers) {
  const auto upload = [&](const char* name) {
    return string_at(
        json_of(site.post(std::string("/api/v1/files?name=") + name, std::string("%PDF-1 ") + name,
                          site.key({"start"}, "li.na"), {{"Content-Type", "application/octet-stream"}})),
        "id");
  };
  const std::string shown = upload("invoice.pdf");
  const std::string other = upload("other.pdf");
  const std::string mine =
      site.start_expense(R"({"purpose":"Train","amount":"1","invoice":")" + shown + R"("})");
  ASSERT_EQ(site.post_once("/api/v1/instances/" + mine + "/copies", R"({"to":["wang.fang"]})",
                           site.key({"decide"}, "li.na"))
                .status,
            200);
  const std::string link = "/a/" + site.link_to(mine + ".0", "wang.fang");
  EXPECT_NE(site.get(link).body.find("/files/" + shown), std::string::npos);
  EXPECT_EQ(site.get(link + "/files/" + shown).body, "%PDF-1 invoice.pdf");
  EXPECT_EQ(site.get(link + "/files/" + other).status, 404);
}

}  // namespace
}  // namespace countersign::web
