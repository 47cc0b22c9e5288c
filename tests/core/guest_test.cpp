// Guests: people who are in no directory.

#include "core/guest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
