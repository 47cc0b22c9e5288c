// `refuse_when`: what a workflow does not take, said in the requester's language.

#include <gmock/gmock.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const Definition> claim() {
  return load(R"(workflow: t
statuses: [approved, rejected]
start:
  - form
form:
  amount: {type: money, currency: CNY, required: true}
  limit: {type: money, currency: CNY}
  note: {type: text}
refuse_when:
  - when: form.amount > form.limit
    say:
      en: '${form.amount} is more than ${form.limit}.'
      zh-CN: '${form.amount} 超过 ${form.limit}。'
  - when: form.note == "secret" && requester in group("finance")
    say: Finance keeps no secrets.
steps:
  - id: check
    task:
      for: group("legal")
      title: Check
      edit: [amount]
      return_to: [requester]
  - end: approved
)");
}

// li.na reads Chinese.
std::shared_ptr<const Directory> with_chinese() {
  const auto sample = sample_directory();
  std::vector<Person> people(sample->people().begin(), sample->people().end());
  for (Person& person : people) {
    if (person.id.value == "li.na") person.locale = "zh-CN";
  }
  return *Directory::build(people, {sample->groups().begin(), sample->groups().end()});
}

std::string problem_of(const Outcome& outcome) {
  const auto* rejected = std::get_if<Rejection>(&outcome);
  if (rejected == nullptr || rejected->problems.empty()) return "";
  return rejected->problems.front().pointer + ": " + rejected->problems.front().detail;
}

TEST(RefuseWhen, RefusesASubmissionInTheRequestersLanguage) {
  Instance english(claim());
  EXPECT_EQ(problem_of(english.start("zhao.lei", R"({"amount":"12500","limit":"10000.5"})")),
            "/form: 12,500.00 CNY is more than 10,000.50 CNY.");
  Instance chinese(claim());
  chinese.directory = with_chinese();
  EXPECT_THAT(problem_of(chinese.start("li.na", R"({"amount":"120","limit":"100"})")), HasSubstr("超过"));
}

TEST(RefuseWhen, ARuleOverAnEmptyFieldDoesNotHold) {
  Instance instance(claim());
  EXPECT_TRUE(accepted(instance.start("zhao.lei", R"({"amount":"120"})")));
}

TEST(RefuseWhen, SeesTheRequester) {
  Instance finance(claim());
  EXPECT_EQ(problem_of(finance.start("zhao.lei", R"({"amount":"1","note":"secret"})")),
            "/form: Finance keeps no secrets.");
  Instance other(claim());
  EXPECT_TRUE(accepted(other.start("li.na", R"({"amount":"1","note":"secret"})")));
}

TEST(RefuseWhen, HoldsForWhatAStepChangesAndForARevision) {
  Instance instance(claim());
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"amount":"80","limit":"100"})")));
  EXPECT_NE(problem_of(instance.decide_as("sun.li", "done", "", "{}", R"({"amount":"180"})")), "");
  ASSERT_TRUE(accepted(instance.decide_as("sun.li", "returned", "too dear")));
  EXPECT_NE(problem_of(instance.decide_as("li.na", "resubmitted", "", "{}", R"({"amount":"101"})")), "");
  EXPECT_TRUE(accepted(instance.decide_as("li.na", "resubmitted", "", "{}", R"({"amount":"99"})")));
  EXPECT_TRUE(accepted(instance.decide_as("sun.li", "done", "", "{}", R"({"amount":"98"})")));
  EXPECT_EQ(instance.status(), "approved");
}

}  // namespace
}  // namespace countersign::testing
