#include <gtest/gtest.h>

#include "tests/cli/command_run.h"

namespace countersign::cli::test {
namespace {

TEST(Eval, PrintsTheValueAsJson) {
  EXPECT_EQ(run({"eval", "[1, 2, 3].map(x, x * x)"}).out, "[1,4,9]\n");
  EXPECT_EQ(run({"eval", "'a' + 'b'"}).out, "\"ab\"\n");
  EXPECT_EQ(run({"eval", "--", "-1 + 2"}).out, "1\n");
  EXPECT_EQ(run({"eval", "1 < 2", "--json"}).out, "{\"value\":true,\"type\":\"bool\"}\n");
}

TEST(Eval, ReadsNamesFromJsonWithExactNumbers) {
  const Ran ran = run({"eval", "form.amount * 3", "--with", "-"}, {}, R"({"form":{"amount":0.10}})");
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.out, "\"0.30\"\n");
}

TEST(Eval, PointsAtWhatIsWrongInTheExpression) {
  const Ran ran = run({"eval", "1 + "});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(ran.err.starts_with("countersign: '1 + ' is no valid expression\n  column ")) << ran.err;
  EXPECT_EQ(run({"eval", "form.amount"}).code, 1) << "an unknown name";
}

TEST(Eval, EndsWithOneWhereTheEvaluationFails) {
  const Ran ran = run({"eval", "[1][4]"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(ran.err.starts_with("countersign: cannot evaluate '")) << ran.err;
}

TEST(Eval, WantsAnExpressionOrLines) {
  EXPECT_EQ(run({"eval"}).code, 2);
  EXPECT_EQ(run({"eval", "1", "--jsonl"}).code, 2);
  EXPECT_EQ(run({"eval", "1", "--with", "-"}, {}, "[1]").code, 2);
}

TEST(Eval, AnswersEveryLineEvenABrokenOne) {
  const Ran ran = run({"eval", "--jsonl"}, {},
                      "{\"id\":\"a\",\"expr\":\"x + 1\",\"bindings\":{\"x\":{\"int\":\"41\"}}}\n"
                      "\n"
                      "{\"id\":\"b\",\"expr\":\"1 / 0\"}\n"
                      "no json\n");
  EXPECT_EQ(ran.code, 0);
  std::istringstream lines(ran.out);
  std::string first, second, third, more;
  std::getline(lines, first);
  std::getline(lines, second);
  std::getline(lines, third);
  EXPECT_EQ(first, R"({"id":"a","value":{"int":"42"}})");
  EXPECT_TRUE(second.starts_with(R"({"id":"b","error":)")) << second;
  EXPECT_TRUE(third.starts_with(R"({"error":)")) << third;
  EXPECT_FALSE(std::getline(lines, more));
}

}  // namespace
}  // namespace countersign::cli::test
