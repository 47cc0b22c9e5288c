// Evaluation always ends: what it may cost, and how that is shared and reported.

#include <chrono>

#include <gtest/gtest.h>

#include "tests/cel/evaluate.h"

namespace countersign::cel {
namespace {

Result<Value> evaluate(std::string_view source, Cost& cost) {
  const Compilation compilation = compile(source, product_environment());
  if (!compilation.issues.empty()) return fail(ErrorCode::internal, compilation.issues.front().message);
  const Directory directory;
  return compilation.program.evaluate(product_variables(), directory, cost);
}

std::uint64_t cost_of(std::string_view source) {
  Cost cost;
  EXPECT_TRUE(evaluate(source, cost).has_value()) << source;
  return Cost::kCommandMax - cost.left();
}

TEST(Cost, CountsNodesElementsAndCalls) {
  EXPECT_EQ(cost_of("form.count"), 2U);
  EXPECT_EQ(cost_of("form.count > 1"), 4U);
  EXPECT_EQ(cost_of("1 + 2 + 3"), 1U) << "constant parts are evaluated once, when compiled";
  EXPECT_GT(cost_of("form.lines.map(l, l.item)"), cost_of("form.empty.map(l, l.item)"));
  EXPECT_GE(cost_of("requester in group('sales')"), 20U) << "the host is asked twice";
  EXPECT_GE(cost_of("requester.name"), 6U);
}

TEST(Cost, IsTheSameEveryTime) {
  const std::string_view source = "form.lines.exists(l, l.item.matches('ho.el') && l.cost > 5)";
  EXPECT_EQ(cost_of(source), cost_of(source));
}

TEST(Cost, ExhaustedIsAnErrorThatNothingCatches) {
  const std::string list = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
  std::string loops = "true || " + list;
  loops = list;
  for (const char* name : {"a", "b", "c", "d", "e"})
    loops = list + ".all(" + name + ", " + loops + ".size() > 0)";
  // ||, && and all() forgive errors, but not this one.
  std::string nested = "form.count > 0";
  for (const char* name : {"a", "b", "c", "d", "e", "f"})
    nested = list + ".all(" + name + ", " + nested + ")";
  Cost cost;
  const auto result = evaluate("(" + nested + ") || true", cost);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::too_large);
  EXPECT_NE(result.error().message.find("costs more than one expression may"), std::string::npos);
  EXPECT_EQ(cost.left(), Cost::kCommandMax - Cost::kExpressionMax);
}

TEST(Cost, IsSharedByTheExpressionsOfACommand) {
  Cost cost(10);
  EXPECT_TRUE(evaluate("form.count > 1", cost).has_value());
  EXPECT_EQ(cost.left(), 6U);
  const auto result = evaluate("form.count + form.count + form.count", cost);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::too_large);
  EXPECT_NE(result.error().message.find("the expressions of this command cost more"), std::string::npos);
  EXPECT_EQ(cost.left(), 0U);
}

TEST(Cost, ChargesForTextAndForHugeSharedResults) {
  Cost cost;
  // Doubling a text 30 times would make a gigabyte.
  std::string doubled = "form.title";
  for (int i = 0; i < 30; ++i) doubled = "[" + doubled + "].map(t, t + t)[0]";
  EXPECT_EQ(evaluate(doubled, cost).error().code, ErrorCode::too_large);
  // Few nodes in memory, 2^40 when written out.
  Cost another;
  std::string shared = "[form.title]";
  for (int i = 0; i < 40; ++i) shared = "[" + shared + "].map(t, [t, t])";
  EXPECT_EQ(evaluate(shared, another).error().code, ErrorCode::too_large);
  Cost third;
  EXPECT_EQ(evaluate(shared + " == " + shared, third).error().code, ErrorCode::too_large);
  Cost fourth;
  EXPECT_EQ(evaluate("'%s'.format([" + shared + "])", fourth).error().code, ErrorCode::too_large);
}

TEST(Cost, BoundsReplaceSplitAndPatterns) {
  std::string text = "form.title";
  for (int i = 0; i < 6; ++i)
    text += ".replace('', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')";
  Cost cost;
  EXPECT_EQ(evaluate(text, cost).error().code, ErrorCode::too_large);
  Cost another;
  const auto format = evaluate("'%.999999999f'.format([event.total])", another);
  EXPECT_NE(format.error().message.find("precision"), std::string::npos);
}

}  // namespace
}  // namespace countersign::cel
