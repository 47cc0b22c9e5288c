// Rule 14: who sees which fields and decisions, and who may change them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/visibility.h"
#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kReview_visibility = R"(workflow: t
start:
  - form:
form:
  figures: {type: text}
  salary: {type: text, visible_to: 'group("finance")'}
  rating: {type: text, visible_to: 'group("legal")', visible_from: talk}
statuses: [approved, rejected]
steps:
  - id: rate
    visible_from: talk
    task:
      for: requester.manager
      edit: [rating]
      ask:
        secret: {type: text, visible_to: 'group("finance")'}
  - id: talk
    task:
      for: requester
  - end: approved
)";

struct Reader {
  explicit Reader(const Instance& instance, const std::string& person)
      : calendars(sample_calendars()),
        context{instance.definition(), *instance.directory, calendars, facts, instance.now()},
        visibility(context, instance.state(), PersonId(person)) {}
  bool sees(const std::string& field) const { return visibility.sees(*context.definition.find_field(field)); }
  Calendars calendars;
  Facts facts;
  Context context;
  Visibility visibility;
};

TEST(Rule14Fields, AFieldIsSeenByWhoeverEntersItAndWhomItNamesUntilItsStepOpens) {
  Instance instance(load(kReview_visibility));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"figures": "1", "salary": "2"})")));
  EXPECT_TRUE(Reader(instance, "sun.li").sees("figures"));
  EXPECT_TRUE(Reader(instance, "li.na").sees("salary")) << "the requester has entered it";
  EXPECT_TRUE(Reader(instance, "zhao.lei").sees("salary"));
  EXPECT_FALSE(Reader(instance, "sun.li").sees("salary"));
  EXPECT_FALSE(Reader(instance, "").sees("salary"));
  EXPECT_TRUE(Reader(instance, "zhang.wei").sees("rating")) << "he is asked to fill it in";
  EXPECT_TRUE(Reader(instance, "sun.li").sees("rating"));
  EXPECT_FALSE(Reader(instance, "li.na").sees("rating"));
  instance.decide_as("zhang.wei", "done", "", R"({"secret": "s"})", R"({"rating": "A"})");
  EXPECT_TRUE(Reader(instance, "li.na").sees("rating")) << "the talk has opened";
  EXPECT_FALSE(Reader(instance, "sun.li").sees("salary")) << "nothing ever opens it";
}

TEST(Rule14Fields, TheStateThatAReaderSeesLacksHiddenFieldsAnswersAndDecisions) {
  Instance instance(load(kReview_visibility));
  instance.start("li.na", R"({"figures": "1", "salary": "2"})");
  const StepIndex rate = instance.definition().find_step("rate")->index;
  instance.decide_as("zhang.wei", "done", "well", R"({"secret": "s"})", R"({"rating": "A"})");
  const State seen = Reader(instance, "li.na").visibility.visible_state();
  EXPECT_EQ(seen.form.count("rating"), 1U);
  EXPECT_EQ(seen.results.at(rate).fields.count("secret"), 0U);
  const State finance = Reader(instance, "wang.fang").visibility.visible_state();
  EXPECT_EQ(finance.results.at(rate).fields.count("secret"), 1U);
  EXPECT_EQ(Reader(instance, "sun.li").visibility.visible_state().form.count("salary"), 0U);
}

TEST(Rule14Fields, NobodyWritesWhatTheirStepDoesNotGrant) {
  Instance instance(load(kReview_visibility));
  instance.start("li.na", R"({"figures": "1", "salary": "2"})");
  const Outcome refused =
      instance.decide_as("zhang.wei", "done", "", R"({"secret": "s"})", R"({"figures": "9"})");
  const auto* rejected = std::get_if<Rejection>(&refused);
  ASSERT_NE(rejected, nullptr);
  ASSERT_EQ(rejected->problems.size(), 1U);
  EXPECT_EQ(rejected->problems.front().pointer, "/form/figures");
  EXPECT_EQ(instance.state().form.at("figures").as_string(), "1");
}

}  // namespace
}  // namespace countersign::testing
