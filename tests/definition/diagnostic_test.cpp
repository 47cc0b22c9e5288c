#include "definition/diagnostic.h"

#include <set>

#include <gtest/gtest.h>

namespace countersign {
namespace {

TEST(Diagnostics, PrintTheLineAndACaretAsCompilersDo) {
  Diagnostics diagnostics(
      SourceText("workflows/expense-approval.yaml", "steps:\n    when: form.amonut > 5000\n"));
  diagnostics.error(Code::unknown_field, {2, 16, 6}, "unknown field 'amonut' of form", "amount");
  EXPECT_EQ(diagnostics.to_text(),
            "workflows/expense-approval.yaml:2:16: error[CS014]: unknown field 'amonut' of form (did you "
            "mean 'amount'?)\n"
            "  2 |     when: form.amonut > 5000\n"
            "    |                ^~~~~~\n");
}

TEST(Diagnostics, PlaceTheCaretBelowWideCharacters) {
  Diagnostics diagnostics(SourceText("a.yaml", "名: 费用\n"));
  diagnostics.error(Code::bad_value, {1, 4, 2}, "no");
  EXPECT_EQ(diagnostics.to_text(), "a.yaml:1:4: error[CS016]: no\n  1 | 名: 费用\n    |     ^~~~\n");
}

TEST(Diagnostics, AreSortedByPositionAndNeverRepeated) {
  Diagnostics diagnostics(SourceText("a.yaml", "a\nb\n"));
  diagnostics.warning(Code::unused, {2, 1, 1}, "second");
  diagnostics.error(Code::bad_value, {1, 1, 1}, "first");
  diagnostics.error(Code::bad_value, {1, 1, 1}, "first");
  ASSERT_EQ(diagnostics.all().size(), 2U);
  EXPECT_EQ(diagnostics.all()[0].message, "first");
  EXPECT_EQ(diagnostics.all()[1].severity, Severity::warning);
}

TEST(Diagnostics, AreJsonForEditors) {
  Diagnostics diagnostics(SourceText("a.yaml", "when: !x\n"));
  diagnostics.error(Code::yaml_meets_expression, {1, 7, 2}, "quote it", "", "when: '!x'");
  EXPECT_EQ(
      json::serialize(diagnostics.to_json()),
      R"([{"file":"a.yaml","line":1,"column":7,"length":2,"end_line":1,"end_column":9,"severity":"error",)"
      R"("code":"CS003","message":"quote it",)"
      R"("fix":"when: '!x'"}])");
}

TEST(DiagnosticCodes, AreUniqueAndInOrder) {
  std::set<Code> seen;
  std::string_view last;
  for (const CodeInfo& info : diagnostic_codes()) {
    EXPECT_TRUE(seen.insert(info.code).second) << info.number;
    EXPECT_LT(last, info.number);
    EXPECT_TRUE(info.explanation.ends_with('.')) << info.number;
    last = info.number;
  }
}

}  // namespace
}  // namespace countersign
