#include "web/fault_words.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

bool has_chinese(const std::string& text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0xe4; });
}

TEST(FaultWords, StandInBothLanguagesForEveryFault) {
  std::set<std::string> english;
  for (int i = 0; i <= static_cast<int>(kLastFormFault); ++i) {
    const auto fault = static_cast<FormFault>(i);
    if (fault == FormFault::said) continue;
    const Problem problem{"/form/x", "the core's words", fault, {"first", "second", "third"}};
    const std::string chinese = fault_words(problem, "zh-CN");
    EXPECT_TRUE(has_chinese(chinese)) << i << ": " << chinese;
    EXPECT_EQ(chinese.find('{'), std::string::npos) << chinese;
    EXPECT_FALSE(has_chinese(fault_words(problem, "en"))) << fault_words(problem, "en");
    EXPECT_TRUE(english.insert(fault_words(problem, "en")).second) << "two faults read alike: " << i;
  }
}

TEST(FaultWords, LeaveTheWorkflowsOwnTextsAlone) {
  EXPECT_EQ(fault_words({"/form", "明细合计与总额不一致。", FormFault::said}, "zh-CN"),
            "明细合计与总额不一致。");
}

TEST(FaultWords, PutTheArgumentsIn) {
  const Problem problem{"/form/amount", "", FormFault::too_large, {"60.00 CNY", "50 CNY"}};
  EXPECT_EQ(fault_words(problem, "en"), "60.00 CNY is more than 50 CNY, the most allowed.");
  EXPECT_EQ(fault_words(problem, "zh-CN"), "60.00 CNY 大于最大值 50 CNY。");
}

// The page of a Chinese reader said "'cost_center' is required with approved".
TEST(FaultWords, APageSpeaksItsReadersLanguage) {
  SiteFixture site;
  const auto post = [&](const std::string& token, std::vector<std::pair<std::string, std::string>> pairs) {
    const std::string page = site.get("/a/" + token).body;
    pairs.insert(pairs.begin(),
                 {{"csrf", hidden_value(page, "csrf")}, {"version", hidden_value(page, "version")}});
    return site.post("/a/" + token, form_body(pairs), {},
                     {{"Content-Type", "application/x-www-form-urlencoded"}});
  };
  const std::string instance = site.start_expense();
  ASSERT_EQ(post(site.link_to(site.open_item(instance), "zhang.wei"), {{"outcome", "approved"}}).status, 200);
  const std::string token = site.link_to(site.open_item(instance), "wang.fang");
  const ClientReply missing = post(token, {{"outcome", "approved"}, {"a.cost_center", ""}});
  EXPECT_EQ(missing.status, 422);
  EXPECT_NE(missing.body.find("<p class=\"wrong\">请填写此项。</p>"), std::string::npos) << missing.body;
  EXPECT_EQ(missing.body.find("required"), std::string::npos) << missing.body;
  const ClientReply unknown = post(token, {{"outcome", "shredded"}, {"a.cost_center", "1"}});
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find("内容不符合要求"), std::string::npos) << unknown.body;
}

TEST(FaultWords, NameTheRowAndColumnOfATable) {
  SiteFixture site;
  const std::string instance = site.start_expense(R"({"purpose":"Train","amount":"10"})");
  const auto post = [&](const std::string& token, std::vector<std::pair<std::string, std::string>> pairs) {
    const std::string page = site.get("/a/" + token).body;
    pairs.insert(pairs.begin(),
                 {{"csrf", hidden_value(page, "csrf")}, {"version", hidden_value(page, "version")}});
    return site.post("/a/" + token, form_body(pairs), {},
                     {{"Content-Type", "application/x-www-form-urlencoded"}});
  };
  ASSERT_EQ(
      post(site.link_to(site.open_item(instance), "zhang.wei"), {{"outcome", "returned"}, {"comment", "?"}})
          .status,
      200);
  const ClientReply wrong =
      post(site.link_to(site.open_item(instance), "li.na"), {{"outcome", "resubmitted"},
                                                             {"f.purpose", "Train"},
                                                             {"f.amount", "10"},
                                                             {"f.lines[0][item]", "Ticket"},
                                                             {"f.lines[0][cost]", "ten"}});
  EXPECT_EQ(wrong.status, 422);
  EXPECT_NE(wrong.body.find("Row 1, Cost: "), std::string::npos) << wrong.body;
}

}  // namespace
}  // namespace countersign::web
