// What may be handed in only once (approval-semantics: an invoice is never paid twice).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kUniqueHead = R"(workflow: t
start:
  - form:
statuses: [approved, rejected, paid, unpaid]
form:
  note: {type: text}
  lines:
    type: table
    columns:
      number: {type: text}
      code: {type: text}
      seal: {type: text}
  voucher: {type: text}
  scan: {type: file}
)";
constexpr const char* kUniqueRules = R"(unique:
  - id: invoice
    table: lines
    fields: [number, code]
    spent_on: [paid]
  - id: voucher
    fields: [voucher]
    among: workflow
)";
constexpr const char* kUniqueSteps = R"(steps:
  - id: manager
    approve:
      by: requester.manager
      return_to: [requester]
  - id: pay
    task:
      for: person("wang.fang")
      outcomes: [paid, unpaid]
    on:
      paid: {end: paid}
      unpaid: {end: unpaid}
)";

const Actor kRequesterActs{.kind = Actor::Kind::person, .person = PersonId("li.na")};

class Rule17Invoices : public ::testing::Test {
 protected:
  Instance& fresh() {
    instances.push_back(
        std::make_unique<Instance>(definition, &shared, "i_" + std::to_string(instances.size())));
    return *instances.back();
  }
  // "" where it started, else why not.
  std::string start(const std::string& form) { return rejection(fresh().start("li.na", form)); }
  static std::string line(const std::string& number, const std::string& code = {}) {
    return R"({"lines": [{"number": ")" + number + R"(", "code": ")" + code + R"("}]})";
  }
  void use(const std::string& text) { definition = load(text); }

  Shared shared;
  std::shared_ptr<const Definition> definition = load(std::string(kUniqueHead) + kUniqueRules + kUniqueSteps);
  std::vector<std::unique_ptr<Instance>> instances;
};

TEST_F(Rule17Invoices, AnInvoiceIsItsNumberWithItsCode) {
  EXPECT_EQ(start(line("12345678", "1100191130")), "");
  EXPECT_THAT(start(line("12345678", "1100191130")), HasSubstr("used before"));
  EXPECT_EQ(start(line("12345678", "1100191131")), "") << "the same number of another code";
  EXPECT_EQ(start(line("12345678")), "") << "a number without a code is another invoice";
  EXPECT_THAT(start(line("12345678")), HasSubstr("used before"));
  EXPECT_THAT(start(line(" 1234 5678 ")), HasSubstr("used before")) << "blanks are no part of a number";
  EXPECT_THAT(start(line("１２３４　５６７８")), HasSubstr("used before")) << "full width";
  EXPECT_THAT(start(line("1234\u00a056\u200b78\ufeff")), HasSubstr("used before"))
      << "blanks that nobody sees";
  EXPECT_EQ(start(line("发票１号")), "");
  EXPECT_THAT(start(line("发票1号")), HasSubstr("used before"));
  EXPECT_EQ(start(line("", "1100191130")), "") << "without a number there is no invoice";
  EXPECT_EQ(start(line("", "1100191130")), "");
}

TEST_F(Rule17Invoices, AreTheSameInEveryWidthAndCase) {
  EXPECT_EQ(start(line("A1-12345", "x")), "");
  for (const char* same :
       {"a1-12345", "Ａ１－１２３４５", "A1\u00a0-12345", "A1-\u200b12345", "\u3000A1-12345"}) {
    EXPECT_THAT(start(line(same, "X")), HasSubstr("used before")) << same;
  }
  EXPECT_EQ(start(line("A112345", "x")), "") << "a hyphen is part of a number";
  EXPECT_EQ(start(R"({"voucher": "V1"})"), "");
  EXPECT_THAT(start(R"({"voucher": "ｖ1"})"), HasSubstr("used before"));
}

TEST_F(Rule17Invoices, WhoeverRepeatsOneIsToldTheOtherRequest) {
  EXPECT_EQ(start(line("1")), "");
  const Outcome outcome = fresh().start("li.na", line("1"));
  const auto* rejected = std::get_if<Rejection>(&outcome);
  ASSERT_NE(rejected, nullptr);
  EXPECT_EQ(rejected->problems.at(0).detail, "already used by another request (reference of i_0)");
}

TEST_F(Rule17Invoices, StandOnceInARequestToo) {
  Instance& instance = fresh();
  const Outcome outcome =
      instance.start("li.na", R"({"lines": [{"number": "1"}, {"number": "2"}, {"number": "1"}]})");
  const auto* rejected = std::get_if<Rejection>(&outcome);
  ASSERT_NE(rejected, nullptr);
  ASSERT_EQ(rejected->problems.size(), 1U);
  EXPECT_EQ(rejected->problems[0].pointer, "/form/lines/2/number");
  EXPECT_EQ(rejected->problems[0].fault, FormFault::twice);
}

TEST_F(Rule17Invoices, AreLockedFromTheSubmissionAndKeptWhileItIsSentBack) {
  Instance& first = fresh();
  ASSERT_TRUE(accepted(first.start("li.na", line("1"))));
  EXPECT_THAT(start(line("1")), HasSubstr("used before"));
  first.decide_as("zhang.wei", "returned", "more");
  EXPECT_THAT(start(line("1")), HasSubstr("used before"));
  ASSERT_TRUE(accepted(first.decide_as("li.na", "resubmitted", "", "{}", line("2"))));
  EXPECT_EQ(start(line("1")), "") << "what was taken out of the form is free";
}

TEST_F(Rule17Invoices, AreFreedByARejectionAndByAWithdrawal) {
  Instance& rejected = fresh();
  rejected.start("li.na", line("1"));
  rejected.decide_as("zhang.wei", "rejected", "no");
  ASSERT_EQ(rejected.status(), "rejected");
  Instance& withdrawn = fresh();
  EXPECT_TRUE(accepted(withdrawn.start("li.na", line("1"))));
  ASSERT_TRUE(accepted(withdrawn.run(Withdraw{kRequesterActs, "typo"})));
  EXPECT_EQ(start(line("1")), "");
}

TEST_F(Rule17Invoices, AreSpentForGoodOnlyByTheEndsThatSaySo) {
  Instance& unpaid = fresh();
  unpaid.start("li.na", R"({"lines": [{"number": "1"}], "voucher": "V"})");
  unpaid.decide_as("zhang.wei", "approved");
  unpaid.decide_as("wang.fang", "unpaid");
  ASSERT_EQ(unpaid.status(), "unpaid");
  EXPECT_THAT(start(R"({"voucher": "V"})"), HasSubstr("used before"))
      << "a rule without spent_on is spent by every end that is no refusal";
  Instance& paid = fresh();
  ASSERT_TRUE(accepted(paid.start("li.na", line("1"))));
  paid.decide_as("zhang.wei", "approved");
  paid.decide_as("wang.fang", "paid");
  ASSERT_EQ(paid.status(), "paid");
  EXPECT_THAT(paid.state().claims, Contains(::testing::Key("unique:invoice")));
  EXPECT_THAT(start(line("1")), HasSubstr("used before"));
}

TEST_F(Rule17Invoices, OfARuleEverywhereAreHeldAgainstOtherWorkflowsAndElseWithinTheirOwn) {
  EXPECT_EQ(start(R"({"lines": [{"number": "1"}], "voucher": "V"})"), "");
  std::string other = std::string(kUniqueHead) + kUniqueRules + kUniqueSteps;
  other.replace(other.find("workflow: t"), 11, "workflow: t2");
  use(other);
  EXPECT_THAT(start(line("1")), HasSubstr("used before"));
  EXPECT_EQ(start(R"({"voucher": "V"})"), "") << "among: workflow";
}

// `unique` at a column of a table was read and did nothing.
TEST_F(Rule17Invoices, StandAtColumnsToo) {
  std::string text = std::string(kUniqueHead) + kUniqueSteps;
  text.replace(text.find("seal: {type: text}"), 18, "seal: {type: text, unique: workflow}");
  use(text);
  EXPECT_EQ(start(R"({"lines": [{"seal": "A"}, {"seal": "B"}]})"), "");
  EXPECT_THAT(start(R"({"lines": [{"seal": "B"}]})"), HasSubstr("used before"));
  EXPECT_EQ(start(R"({"lines": [{"number": "B"}, {}]})"), "") << "an empty cell claims nothing";
}

// The same invoice was paid twice: an administrator's jump took a withdrawn request off its requester without
// what it had let go of.
TEST_F(Rule17Invoices, AreTakenAgainHoweverAWithdrawnRequestGoesOn) {
  Instance& withdrawn = fresh();
  ASSERT_TRUE(accepted(withdrawn.start("li.na", line("1"))));
  ASSERT_TRUE(accepted(withdrawn.run(Withdraw{kRequesterActs, "typo"})));
  Instance& second = fresh();
  ASSERT_TRUE(accepted(second.start("li.na", line("1"))));
  const Actor admin{.kind = Actor::Kind::admin, .person = PersonId("adm")};
  for (const char* step : {"manager", "pay"}) {
    const Outcome jumped = withdrawn.run(Jump{step, admin, "go on"});
    EXPECT_EQ(rejection_code(jumped), ErrorCode::invalid_input) << step;
    EXPECT_THAT(rejection(jumped), HasSubstr("used before")) << step;
  }
  EXPECT_EQ(withdrawn.status(), "revising");
  ASSERT_TRUE(accepted(second.decide_as("zhang.wei", "rejected", "no")));
  ASSERT_TRUE(accepted(withdrawn.run(Jump{"pay", admin, "go on"})));
  EXPECT_EQ(withdrawn.status(), "running");
  EXPECT_THAT(start(line("1")), HasSubstr("used before"));
  ASSERT_TRUE(accepted(withdrawn.run(Cancel{admin, "enough"})));
  EXPECT_EQ(start(line("1")), "");
}

TEST_F(Rule17Invoices, AWithdrawnRequestIsCancelledWhoeverHasThemNow) {
  Instance& withdrawn = fresh();
  ASSERT_TRUE(accepted(withdrawn.start("li.na", line("1"))));
  ASSERT_TRUE(accepted(withdrawn.run(Withdraw{kRequesterActs, "typo"})));
  ASSERT_EQ(start(line("1")), "");
  EXPECT_TRUE(accepted(withdrawn.run(Cancel{kRequesterActs, ""})));
}

TEST_F(Rule17Invoices, AnEventThatWouldTakeThemTwiceIsAnIncident) {
  use(std::string(kUniqueHead) + kUniqueRules + "on_event:\n  crm.answered: {go: pay}\n" + kUniqueSteps);
  Instance& withdrawn = fresh();
  ASSERT_TRUE(accepted(withdrawn.start("li.na", line("1"))));
  ASSERT_TRUE(accepted(withdrawn.run(Withdraw{kRequesterActs, "typo"})));
  ASSERT_EQ(start(line("1")), "");
  const Outcome outcome = withdrawn.run(DeliverEvent{"crm", "answered", "d", cel::Value::map({})});
  EXPECT_THAT(rejection(outcome), HasSubstr("used before"));
  EXPECT_EQ(withdrawn.status(), "revising");
  EXPECT_THAT(withdrawn.state().activations.begin()->second.incident, HasSubstr("used before"));
}

}  // namespace
}  // namespace countersign::testing
