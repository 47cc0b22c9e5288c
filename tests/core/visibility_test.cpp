// Who sees which fields and decisions, and guests.

#include "core/visibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/guest.h"
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

TEST(Visibility, AFieldIsSeenByWhoeverEntersItAndWhomItNamesUntilItsStepOpens) {
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

TEST(Visibility, TheStateThatAReaderSeesLacksHiddenFieldsAnswersAndDecisions) {
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

constexpr const char* kCustomer = R"(workflow: t
start:
  - form:
form:
  mail: {type: text}
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: acceptance
    approve:
      by: guest(form.mail, "Anna Lee")
      show: [note]
  - end: approved
)";

TEST(Guest, IsAskedByMailAndDecidesLikeAnybodyElse) {
  Instance instance(load(kCustomer));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"mail": "Anna@Customer.example", "note": "n"})")));
  const std::string anna = "guest:anna@customer.example:Anna Lee";
  EXPECT_THAT(instance.asked(), ElementsAre(anna + "@acceptance"));
  const Person* person = instance.directory->find(PersonId(anna));
  ASSERT_NE(person, nullptr);
  EXPECT_EQ(person->mail, "anna@customer.example");
  EXPECT_EQ(person->name, "Anna Lee");
  EXPECT_EQ(instance.directory->find_by_id_or_mail(anna), nullptr);
  ASSERT_TRUE(accepted(instance.decide_as(anna, "approved")));
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Guest, IsNobodyWhoIsInTheDirectory) {
  Instance instance(load(kCustomer));
  instance.start("sun.li", R"({"mail": "li.na@example.com"})");
  EXPECT_THAT(instance.asked(), ElementsAre("li.na@acceptance"));
}

TEST(Guest, NeedsAMailAddressAndTakesNoWorkOver) {
  Instance instance(load(kCustomer));
  EXPECT_THAT(rejection(instance.start("li.na", R"({"mail": "anna"})")), HasSubstr("guest()"));
  ASSERT_TRUE(accepted(instance.start("li.na", R"({"mail": "sun.li@example.com"})")));
  const Actor admin{.kind = Actor::Kind::admin, .person = PersonId("adm")};
  const Outcome outcome = instance.run(
      Reassign{instance.item("sun.li"), PersonId("guest:anna@customer.example:Anna"), admin, "r"});
  EXPECT_THAT(rejection(outcome), HasSubstr("guests"));
}

}  // namespace
}  // namespace countersign::testing
