// What changed between two versions, in words.
#include "definition/workflow_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kFirst = R"(workflow: t
title: {en: Test, zh-CN: 测试}
statuses: [approved, rejected]
start:
  - form:
form:
  amount: {type: money, currency: CNY, min: 0.01}
  note: {type: text}
refuse_when:
  - {when: form.amount > 100, say: Too much.}
steps:
  - id: manager
    approve:
      by: requester.manager
    due: 2 business days
    on:
      rejected:
        - notify: {to: requester, subject: No, text: No.}
        - end: rejected
  - id: hr
    approve:
      by: group("hr")
      need: 1
  - id: pay
    task:
      for: group("cashier")
  - end: approved
)";

std::vector<std::string> changes(const std::string& what, const std::string& by) {
  std::string text = kFirst;
  EXPECT_NE(text.find(what), std::string::npos) << what;
  text.replace(text.find(what), what.size(), by);
  return workflow_changes(kFirst, text).value();
}

TEST(WorkflowDiff, IsEmptyWhereBothSayTheSame) {
  EXPECT_THAT(workflow_changes(kFirst, kFirst).value(), IsEmpty());
  EXPECT_THAT(
      changes("statuses: [approved, rejected]", "# a remark\nstatuses:\n  - approved\n  - 'rejected'"),
      IsEmpty())
      << "style and comments are no change";
}

TEST(WorkflowDiff, NamesStepsThatCameAndWent) {
  EXPECT_THAT(changes("  - id: pay\n", "  - id: legal\n    wait: 1 day\n  - id: pay\n"),
              ElementsAre("step 'legal' (wait) is new, behind step 'hr'"));
  EXPECT_THAT(changes("  - id: hr\n    approve:\n      by: group(\"hr\")\n      need: 1\n", ""),
              ElementsAre("step 'hr' (approve) is gone"));
  EXPECT_THAT(changes("        - notify: {to: requester, subject: No, text: No.}\n", ""),
              ElementsAre("step notify 1 of 'on.rejected' of step 'manager' (notify) is gone"));
}

TEST(WorkflowDiff, NamesStepsThatMovedAndNotThoseAroundThem) {
  EXPECT_THAT(
      changes("  - id: hr\n    approve:\n      by: group(\"hr\")\n      need: 1\n  - id: pay\n    task:\n"
              "      for: group(\"cashier\")\n",
              "  - id: pay\n    task:\n      for: group(\"cashier\")\n  - id: hr\n    approve:\n"
              "      by: group(\"hr\")\n      need: 1\n"),
      ElementsAre("step 'hr' moved: it stood behind step 'manager' and stands behind step 'pay'"));
}

TEST(WorkflowDiff, SaysWhatAKeyWasAndIs) {
  EXPECT_THAT(changes("need: 1", "need: 2"), ElementsAre("step 'hr': approve.need was 1 and is 2"));
  EXPECT_THAT(changes("    due: 2 business days\n", ""),
              ElementsAre("step 'manager': due is gone (it was 2 business days)"));
  EXPECT_THAT(changes("    due: 2 business days\n", "    due: 2 business days\n    deadline: 1 week\n"),
              ElementsAre("step 'manager': deadline is new: 1 week"));
  EXPECT_THAT(changes("    task:\n      for: group(\"cashier\")\n", "    wait: 1 day\n"),
              ElementsAre("step 'pay' was a 'task' and is a 'wait'"));
}

TEST(WorkflowDiff, SaysWhatChangedInFormRulesAndStatuses) {
  EXPECT_THAT(changes("min: 0.01", "min: 1"), ElementsAre("field 'amount': min was 0.01 and is 1"));
  EXPECT_THAT(changes("  note: {type: text}\n", "  reason: {type: choice, options: [a]}\n"),
              ElementsAre("field 'note' is gone", "field 'reason' is new (choice)"));
  EXPECT_THAT(changes("form.amount > 100", "form.amount > 200"),
              ElementsAre("refuse_when[1].when was form.amount > 100 and is form.amount > 200"));
  EXPECT_THAT(changes("[approved, rejected]", "[approved, rejected, expired]"),
              ElementsAre("statuses has expired now"));
  EXPECT_THAT(changes("{en: Test,", "{en: Trial,"), ElementsAre("title.en was Test and is Trial"));
}

TEST(WorkflowDiff, RefusesWhatIsNoWorkflow) {
  EXPECT_FALSE(workflow_changes("[", kFirst));
  EXPECT_FALSE(workflow_changes(kFirst, "just text"));
}

TEST(WorkflowDiff, SaysWhichCellsAndRowsOfATableChanged) {
  const auto table = [](const std::string& was, const std::string& is) {
    return table_changes({{"m", was}}, {{"m", is}});
  };
  const std::string before = "region:text,discount:number?\na,1\nb,2\nc,3\n";
  EXPECT_THAT(table(before, before), IsEmpty());
  EXPECT_THAT(table(before, "region:text,discount:number?\na,1\nb,\nc,4\n"),
              ElementsAre("table 'm': discount in row 2 was '2' and is empty",
                          "table 'm': discount in row 3 was '3' and is '4'"));
  EXPECT_THAT(table(before, "region:text,discount:number?\na,1\nx,9\nb,2\nc,3\n"),
              ElementsAre("table 'm': row 2 is new"));
  EXPECT_THAT(table(before, "region:text,discount:number?\nc,3\n"),
              ElementsAre("table 'm': what was rows 1 to 2 is gone"));
  EXPECT_THAT(table(before, "region:text,rate:number\na,1\n"),
              ElementsAre("table 'm': the column 'discount:number?' is gone",
                          "table 'm': the column 'rate:number' is new"));
  EXPECT_THAT(table_changes({{"old", before}}, {{"new", before}}),
              ElementsAre("table 'old' is gone", "table 'new' is new"));
  std::string many = "a:integer\n", other = many;
  for (int i = 0; i < 40; ++i) {
    many += "1\n";
    other += "2\n";
  }
  const auto changes = table(many, other);
  EXPECT_EQ(changes.size(), 10U);
  EXPECT_EQ(changes.back(), "table 'm': and 31 more cells changed");
}

TEST(WorkflowDiff, SaysWhatOfAMessageChanged) {
  EXPECT_THAT(message_changes({{"hello.en", "Hi\n\nText\n"}}, {{"hello.en", "Hello\n\nText\n"}}),
              ElementsAre("message 'hello.en': the subject was 'Hi' and is 'Hello'"));
  EXPECT_THAT(message_changes({{"hello.en", "Hi\n"}}, {{"hello.en", "Hi\r\n"}}),
              ElementsAre("message 'hello.en': blank lines or line ends changed"));
}

}  // namespace
}  // namespace countersign
