#include "cli/assignments.h"

#include <gtest/gtest.h>

namespace countersign::cli {
namespace {

std::string assigned(const std::vector<std::string>& assignments, json::object target = {}) {
  const auto done = assign(target, assignments, "--set");
  return done ? canonical_json(target) : "error: " + done.error().message;
}

TEST(Assignments, SendValuesAsTextSoThatMoneyIsExact) {
  EXPECT_EQ(assigned({"amount=8200"}), R"({"amount":"8200"})");
  EXPECT_EQ(assigned({"amount=0.10"}), R"({"amount":"0.10"})");
  EXPECT_EQ(assigned({"amount=99999999999999999.99"}), R"({"amount":"99999999999999999.99"})");
  EXPECT_EQ(assigned({"urgent=true", "note="}), R"({"note":"","urgent":"true"})");
}

TEST(Assignments, TakeEverythingBehindTheFirstEqualsSign) {
  EXPECT_EQ(assigned({"purpose=a=b:=c"}), R"({"purpose":"a=b:=c"})");
  EXPECT_EQ(assigned({"purpose={\"not\": \"json\"}"}), R"({"purpose":"{\"not\": \"json\"}"})");
}

TEST(Assignments, SendJsonBehindAColonWithNumbersAsWritten) {
  EXPECT_EQ(assigned({R"(lines:=[{"item":"Hotel","cost":1200.50}])"}),
            R"({"lines":[{"cost":1200.50,"item":"Hotel"}]})");
  EXPECT_EQ(assigned({"count:=3", "urgent:=true", "note:=null"}), R"({"count":3,"note":null,"urgent":true})");
}

TEST(Assignments, MakeAListOfARepeatedName) {
  EXPECT_EQ(assigned({"people=li.na", "people=zhang.wei", "people=sun.li"}),
            R"({"people":["li.na","zhang.wei","sun.li"]})");
}

TEST(Assignments, ReplaceWhatTheFileSaid) {
  EXPECT_EQ(assigned({"amount=1", "amount=2"}, {{"amount", "7"}, {"purpose", "x"}}),
            R"({"amount":["1","2"],"purpose":"x"})");
}

TEST(Assignments, SayWhatIsNoAssignment) {
  EXPECT_EQ(assigned({"amount"}),
            "error: --set wants NAME=VALUE, or NAME:=JSON for lists and tables, not 'amount'");
  EXPECT_EQ(assigned({"=5"}), "error: --set wants NAME=VALUE, or NAME:=JSON for lists and tables, not '=5'");
  EXPECT_EQ(assigned({":=5"}),
            "error: --set wants NAME=VALUE, or NAME:=JSON for lists and tables, not ':=5'");
  EXPECT_TRUE(assigned({"lines:=[1,"}).starts_with("error: --set lines:=[1,: behind := stands no JSON: "));
}

}  // namespace
}  // namespace countersign::cli
