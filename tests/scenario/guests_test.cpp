// Guests in scenarios: written by their mail addresses, and only where a guest can stand.
#include "tests/scenario/scenario_fixture.h"

namespace countersign::scenario::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kGuestWorkflow = R"(workflow: leave
start: [form]
statuses: [granted, rejected]
steps:
  - id: accept
    task: {for: 'guest("Anna@customer.example", "Anna Lee")', outcomes: [accepted, refused]}
    on: {refused: {end: rejected}, accepted: []}
  - end: granted
)";

TEST_F(ScenarioTest, AGuestIsWrittenByTheMailAddress) {
  write("leave.yaml", kGuestWorkflow);
  EXPECT_EQ(report(run(R"(
  - name: A guest accepts
    steps:
      - start: ben
        expect: {asked: anna@customer.example, mail: [{to: Anna@customer.example, kind: request}]}
      - complete: {by: bea@customer.example, outcome: accepted}
        refused: bea@customer.example
      - complete: {by: Anna@customer.example, outcome: accepted}
        expect: {status: granted, steps: {accept: {by: anna@customer.example}}}
)")),
            "1 scenario: all passed\n");
  const std::string story = report(run(R"(
  - name: story
    steps:
      - start: ben
        expect: {asked: ben}
)"));
  EXPECT_THAT(story, HasSubstr("found:    anna@customer.example (accept)"));
}

TEST_F(ScenarioTest, AGuestIsWrittenInNoOtherWay) {
  write("leave.yaml", kGuestWorkflow);
  const std::string text = report(run(R"(
  - name: other ways
    steps:
      - start: ben
      - complete: {by: "guest:anna@customer.example:Anna Lee", outcome: accepted}
      - complete: {by: mia@example.com, outcome: accepted}
)"));
  EXPECT_THAT(text, HasSubstr("a guest is written by the mail address alone (did you mean "
                              "'anna@customer.example'?)"));
  EXPECT_THAT(text, HasSubstr("'mia@example.com' is a person of the directory, written by the id (did you "
                              "mean 'mia'?)"));
}

// Any address passed as a guest's wherever a person stands, and with it every mistyped one.
TEST_F(ScenarioTest, AGuestStandsOnlyWhereOneCanAndAMistypedAddressIsWarnedOf) {
  write("leave.yaml", kGuestWorkflow);
  const std::string refused = report(run(R"(
  - name: places
    steps:
      - start: bem@example.com
      - reassign: {from: anna@customer.example, to: anna@customer.example, by: zoe}
      - {directory: {leave: [miaa@example.com]}}
)"));
  EXPECT_THAT(refused,
              HasSubstr("nobody in the directory has the address 'bem@example.com', and no guest can "
                        "stand here (did you mean 'ben'?)"));
  EXPECT_THAT(refused,
              HasSubstr("nobody in the directory has the address 'anna@customer.example', and no guest "
                        "can stand here\n"));
  EXPECT_THAT(refused, HasSubstr("'miaa@example.com', and no guest can stand here (did you mean 'mia'?)"));
  const std::string warned = report(run(R"(
  - name: mistyped
    steps:
      - start: ben
      - complete: {by: bem@example.com, outcome: accepted}
        refused: bem@example.com
      - complete: {by: ben@exampel.com, outcome: accepted}
        refused: ben@exampel.com
      - complete: {by: anna@customer.example, outcome: accepted}
)"));
  EXPECT_THAT(warned,
              HasSubstr("'bem@example.com' stands for a guest: nobody in the directory has that address "
                        "(did you mean 'ben'?)"));
  EXPECT_THAT(warned,
              HasSubstr("'ben@exampel.com' stands for a guest: nobody in the directory has that address "
                        "(did you mean 'ben'?)"));
  EXPECT_THAT(warned, Not(HasSubstr("'anna@customer.example' stands")));
  EXPECT_THAT(warned, HasSubstr("1 scenario: all passed\n"));
}

}  // namespace
}  // namespace countersign::scenario::testing
