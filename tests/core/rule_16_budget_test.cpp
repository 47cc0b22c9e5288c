// Budget: what is reserved, spent and let go, and when.

#include <gtest/gtest.h>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

constexpr const char* kClaim = R"(workflow: claim
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  category: {type: text, required: true}
statuses: [paid, rejected, over]
steps:
  - id: hold
    budget:
      reserve: form.?amount.orValue(0)
      from: '"sales/" + form.category'
    on:
      insufficient:
        - set:
            vars.missing: hold.missing
            vars.left: budget("sales/" + form.category).available
        - end: over
  - id: finance
    approve:
      by: group("finance")
      need: 1
      edit: [amount, category]
      return_to: [requester, hold]
  - id: spend
    budget:
      commit: hold
  - id: pay
    task:
      for: person("sun.li")
  - end: paid
)";

// A workflow of these steps over an amount, with these statuses.
std::shared_ptr<const Definition> of_amount(const std::string& statuses, const std::string& steps) {
  return load(R"(workflow: t
start:
  - form:
form:
  amount: {type: money, currency: CNY}
statuses: )" + statuses +
              "\nsteps:\n" + steps);
}

Decimal number(const char* text) {
  return *Decimal::parse(text);
}
std::string money(const cel::Value& value) {
  return value.as_money().to_text();
}

struct Rule16Budgets : ::testing::Test {
  Rule16Budgets() {
    shared.ledgers["sales/travel"] = sample_ledger("sales/travel", 1000);
    shared.ledgers["sales/meals"] = sample_ledger("sales/meals", 300);
    shared.ledgers["sales/soft"] = sample_ledger("sales/soft", 100, false);
  }
  Instance claim(const std::string& id = "i_1") {
    static const auto definition = load(kClaim);
    return Instance(definition, &shared, id);
  }
  const Ledger& travel() { return shared.ledgers.at("sales/travel"); }
  static Actor admin() { return {.kind = Actor::Kind::admin, .person = PersonId("adm"), .channel = "api"}; }

  Shared shared;
};

TEST_F(Rule16Budgets, WhatIsReservedIsNotAvailableAndIsSpentByTheCommit) {
  Instance one = claim();
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 400, "category": "travel"})")));
  EXPECT_EQ(one.outcome_of("hold"), "reserved");
  EXPECT_EQ(travel().reserved, number("400"));
  EXPECT_EQ(travel().available(), number("600"));
  ASSERT_TRUE(accepted(one.decide_as("wang.fang", "approved")));
  EXPECT_EQ(travel().reserved, Decimal());
  EXPECT_EQ(travel().spent, number("400"));
  ASSERT_TRUE(accepted(one.decide_as("sun.li", "done")));
  EXPECT_EQ(one.status(), "paid");
  EXPECT_EQ(travel().available(), number("600"));
}

TEST_F(Rule16Budgets, WhatWasSpentIsNotSpentAgainAfterASendBackBehindTheReservation) {
  std::string yaml = kClaim;
  yaml.replace(yaml.find("    task:\n      for: person(\"sun.li\")"), 38,
               "    approve:\n      by: person(\"sun.li\")\n      return_to: [finance]\n");
  Instance one(load(yaml), &shared, "i_1");
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 400, "category": "travel"})")));
  ASSERT_TRUE(accepted(one.decide_as("wang.fang", "approved")));
  ASSERT_TRUE(accepted(one.decide_as("sun.li", "returned", "look again")));
  ASSERT_TRUE(accepted(one.decide_as("wang.fang", "approved")));
  EXPECT_EQ(travel().spent, number("400"));
  EXPECT_EQ(travel().reserved, Decimal());
  ASSERT_TRUE(accepted(one.decide_as("sun.li", "approved")));
  EXPECT_EQ(one.status(), "paid");
}

TEST_F(Rule16Budgets, AStrictLedgerRefusesWhatIsBeyondItAndSaysWhatIsMissing) {
  Instance one = claim();
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 1200.5, "category": "travel"})")));
  EXPECT_EQ(one.status(), "over");
  EXPECT_EQ(money(one.state().vars.at("missing")), "200.50 CNY");
  EXPECT_EQ(money(one.state().vars.at("left")), "1000.00 CNY");
  EXPECT_EQ(travel().available(), number("1000"));
}

TEST_F(Rule16Budgets, ASoftLedgerLetsItPassAndSaysByHowMuchItIsOverdrawn) {
  Instance one = claim();
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 150, "category": "soft"})")));
  EXPECT_EQ(one.outcome_of("hold"), "reserved");
  const Fields& fields = one.state().results.at(0).fields;
  EXPECT_EQ(money(fields.at("missing")), "50.00 CNY");
  EXPECT_EQ(money(fields.at("available")), "-50.00 CNY");
}

TEST_F(Rule16Budgets, TheLastOfABudgetGoesToOne) {
  Instance first = claim("i_1");
  Instance second = claim("i_2");
  ASSERT_TRUE(accepted(first.start("li.na", R"({"amount": 800, "category": "travel"})")));
  ASSERT_TRUE(accepted(second.start("li.na", R"({"amount": 800, "category": "travel"})")));
  EXPECT_EQ(first.outcome_of("hold"), "reserved");
  EXPECT_EQ(second.status(), "over");
}

TEST_F(Rule16Budgets, ReservingAgainSetsTheAmountAndAddsNothing) {
  static const auto definition = of_amount("[paid, over]", R"(  - id: hold
    budget: {reserve: 'form.?amount.orValue(0)', from: '"sales/travel"'}
    on:
      insufficient: {end: over}
  - task:
      for: person("sun.li")
      edit: [amount]
      outcomes: [good, again]
    on:
      good: []
      again: {go: hold}
  - end: paid
)");
  Instance one(definition, &shared);
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 700})")));
  ASSERT_TRUE(accepted(one.decide_as("sun.li", "again", "", "{}", R"({"amount": 900})")));
  EXPECT_EQ(one.outcome_of("hold"), "reserved");
  EXPECT_EQ(travel().reserved, number("900"));
  ASSERT_TRUE(accepted(one.decide_as("sun.li", "again", "", "{}", R"({"amount": 1001})")));
  EXPECT_EQ(one.status(), "over");
  EXPECT_EQ(travel().reserved, Decimal()) << "what does not suffice holds nothing";
}

TEST_F(Rule16Budgets, AReturnToBeforeTheStepLetsGoAndReservesAnew) {
  Instance one = claim();
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 700, "category": "travel"})")));
  const Decide back{.item = one.item("wang.fang"),
                    .by = {.kind = Actor::Kind::person, .person = PersonId("wang.fang"), .channel = "api"},
                    .outcome = "returned",
                    .comment = "look again",
                    .return_to = "hold"};
  ASSERT_TRUE(accepted(one.run(back)));
  EXPECT_EQ(one.outcome_of("hold"), "reserved");
  EXPECT_EQ(travel().reserved, number("700"));
  EXPECT_EQ(one.state().reservations.size(), 1U);
}

TEST_F(Rule16Budgets, ARequestSentBackHoldsNothingUntilItComesAgain) {
  Instance one = claim();
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 700, "category": "travel"})")));
  ASSERT_TRUE(accepted(one.decide_as("wang.fang", "returned", "wrong category")));
  EXPECT_EQ(travel().reserved, Decimal());
  EXPECT_TRUE(one.state().reservations.empty());
  ASSERT_TRUE(
      accepted(one.decide_as("li.na", "resubmitted", "", "{}", R"({"amount": 200, "category": "meals"})")));
  EXPECT_EQ(shared.ledgers.at("sales/meals").reserved, number("200"));
  EXPECT_EQ(travel().reserved, Decimal());
}

TEST_F(Rule16Budgets, RejectingWithdrawingAndCancellingLetGo) {
  Instance rejected = claim("i_1");
  ASSERT_TRUE(accepted(rejected.start("li.na", R"({"amount": 700, "category": "travel"})")));
  ASSERT_TRUE(accepted(rejected.decide_as("wang.fang", "rejected", "no")));
  EXPECT_EQ(travel().reserved, Decimal());
  Instance withdrawn = claim("i_2");
  ASSERT_TRUE(accepted(withdrawn.start("li.na", R"({"amount": 700, "category": "travel"})")));
  ASSERT_TRUE(accepted(withdrawn.run(
      Withdraw{{.kind = Actor::Kind::person, .person = PersonId("li.na"), .channel = "api"}, "mistake"})));
  EXPECT_EQ(travel().reserved, Decimal());
  Instance cancelled = claim("i_3");
  ASSERT_TRUE(accepted(cancelled.start("li.na", R"({"amount": 700, "category": "travel"})")));
  ASSERT_TRUE(accepted(cancelled.run(Cancel{admin(), "left the company"})));
  EXPECT_EQ(travel().available(), number("1000"));
}

TEST_F(Rule16Budgets, WhatHasBeenSpentIsNotWithdrawn) {
  static const auto definition = of_amount("[paid]", R"(  - id: hold
    budget: {reserve: 'form.?amount.orValue(0)', from: '"sales/travel"'}
    on:
      insufficient: {end: paid}
  - budget: {commit: hold}
  - task: {for: person("sun.li")}
  - end: paid
withdraw: any_time
)");
  Instance one(definition, &shared);
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 10})")));
  EXPECT_EQ(travel().spent, number("10"));
  const auto answer =
      one.run(Withdraw{{.kind = Actor::Kind::person, .person = PersonId("li.na"), .channel = "api"}, "no"});
  EXPECT_EQ(rejection_code(answer), ErrorCode::conflict);
  EXPECT_NE(rejection(answer).find("budget has been spent"), std::string::npos) << rejection(answer);
}

TEST_F(Rule16Budgets, AnEndThatTheLedgerListsSpendsWhatIsStillHeld) {
  static const auto definition = of_amount("[approved, rejected]", R"(  - id: hold
    budget: {reserve: 'form.?amount.orValue(0)', from: '"sales/travel"'}
    on:
      insufficient: {end: rejected}
  - approve: {by: person("zhao.lei")}
  - end: approved
)");
  shared.ledgers.at("sales/travel").spending = {"approved"};
  Instance approved(definition, &shared, "i_1");
  ASSERT_TRUE(accepted(approved.start("li.na", R"({"amount": 100})")));
  ASSERT_TRUE(accepted(approved.decide_as("zhao.lei", "approved")));
  EXPECT_EQ(travel().spent, number("100"));
  Instance rejected(definition, &shared, "i_2");
  ASSERT_TRUE(accepted(rejected.start("li.na", R"({"amount": 100})")));
  ASSERT_TRUE(accepted(rejected.decide_as("zhao.lei", "rejected", "no")));
  EXPECT_EQ(travel().spent, number("100"));
  EXPECT_EQ(travel().reserved, Decimal());
}

constexpr const char* kMoves = R"(  - id: more
    budget: {supplement: 'form.?amount.orValue(0)', to: '"sales/travel"'}
  - id: move
    budget: {transfer: 'form.?amount.orValue(0)', from: '"sales/meals"', to: '"sales/travel"'}
    on:
      insufficient: {end: refused}
  - approve: {by: person("zhao.lei")}
  - end: done
)";

TEST_F(Rule16Budgets, ASupplementRaisesABudgetAndATransferMovesIt) {
  static const auto definition = of_amount("[done, refused, rejected]", kMoves);
  Instance one(definition, &shared);
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 250})")));
  EXPECT_EQ(one.outcome_of("more"), "supplemented");
  EXPECT_EQ(one.outcome_of("move"), "transferred");
  EXPECT_EQ(travel().amount, number("1500"));
  EXPECT_EQ(shared.ledgers.at("sales/meals").amount, number("50"));
  Instance two(definition, &shared, "i_2");
  ASSERT_TRUE(accepted(two.start("li.na", R"({"amount": 51})")));
  EXPECT_EQ(two.status(), "refused");
  EXPECT_EQ(travel().amount, number("1551")) << "what was supplemented stays";
}

TEST_F(Rule16Budgets, TwoStepsOfOneCommandSeeEachOther) {
  static const auto definition = of_amount("[done, refused, rejected]", R"(  - id: first
    budget: {reserve: 'form.?amount.orValue(0)', from: '"sales/travel"'}
    on:
      insufficient: {end: refused}
  - set:
      vars.left: budget("sales/travel").available
  - id: second
    budget: {reserve: 'form.?amount.orValue(0)', from: '"sales/travel"'}
    on:
      insufficient: {end: refused}
  - approve: {by: person("zhao.lei")}
  - end: done
)");
  Instance one(definition, &shared);
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 600})")));
  EXPECT_EQ(money(one.state().vars.at("left")), "400.00 CNY");
  EXPECT_EQ(one.status(), "refused");
  EXPECT_EQ(travel().available(), number("1000"));
}

std::string holding(const std::string& id, const std::string& then) {
  return "          - id: " + id + R"(
            budget: {reserve: 'form.?amount.orValue(0)', from: '"sales/travel"'}
            on: {insufficient: {end: rejected}}
)" + then;
}
std::string approval_of(const std::string& person, const std::string& more = "") {
  return "          - id: asks_" + person.substr(0, person.find('.')) +
         "\n            approve: {by: person(\"" + person + "\"), return_to: []" + more + "}\n";
}

// What the branches that were left held was spent at the end with what counts.
TEST_F(Rule16Budgets, WhatABranchHoldsIsGivenBackWhereItIsLeftBeforeItsEnd) {
  shared.ledgers.at("sales/travel").spending = {"approved"};
  const auto definition = of_amount(
      "[approved, rejected]", "  - id: both\n    parallel:\n      need: 2\n      branches:\n        a:\n" +
                                  holding("hold_a", approval_of("zhao.lei")) + "        b:\n" +
                                  holding("hold_b", approval_of("sun.li")) + "        c:\n" +
                                  holding("hold_c", approval_of("qian.min")) + R"(  - id: last
    approve: {by: person("chen.jie"), return_to: []}
  - end: approved
)");
  Instance one(definition, &shared);
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 100})")));
  ASSERT_TRUE(accepted(one.decide_as("zhao.lei", "approved")));
  EXPECT_EQ(travel().reserved, number("300")) << "b and c may still come to their end";
  ASSERT_TRUE(accepted(one.decide_as("qian.min", "approved")));
  EXPECT_EQ(travel().reserved, number("200"));
  EXPECT_EQ(one.state().reservations.count({"hold_b", {}}), 0U);
  ASSERT_TRUE(accepted(one.decide_as("chen.jie", "approved")));
  EXPECT_EQ(travel().spent, number("200"));
}

TEST_F(Rule16Budgets, WhatItemsHoldIsGivenBackWithAllThatIsInThem) {
  const auto definition = of_amount("[approved, rejected]", R"(  - id: each
    for_each:
      in: '[1, 2, 3]'
      as: k
      need: 1
      steps:
        - id: inner
          parallel:
            branches:
              a:
                - id: hold
                  budget: {reserve: 'form.?amount.orValue(0)', from: '"sales/travel"'}
                  on: {insufficient: {end: rejected}}
              b:
                - id: ask
                  approve:
                    by: 'k == 1 ? person("zhao.lei") : k == 2 ? person("sun.li") : person("qian.min")'
                    return_to: []
  - id: pay
    budget: {commit: hold}
  - id: last
    approve: {by: person("chen.jie"), return_to: []}
  - end: approved
)");
  Instance one(definition, &shared);
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 100})")));
  EXPECT_EQ(travel().reserved, number("300"));
  ASSERT_TRUE(accepted(one.decide_as("sun.li", "approved")));
  EXPECT_EQ(travel().spent, number("100"));
  EXPECT_EQ(travel().reserved, Decimal());
}

TEST_F(Rule16Budgets, WhatABranchHasSpentStaysSpentWhereItIsLeft) {
  const auto definition =
      of_amount("[approved, rejected]",
                "  - id: both\n    parallel:\n      need: 1\n      branches:\n        a:\n" +
                    approval_of("zhao.lei") + "        b:\n" +
                    holding("hold", "          - id: pay\n            budget: {commit: hold}\n" +
                                        approval_of("sun.li")) +
                    R"(  - id: last
    approve: {by: person("chen.jie"), return_to: []}
  - end: approved
)");
  Instance one(definition, &shared);
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 100})")));
  ASSERT_TRUE(accepted(one.decide_as("zhao.lei", "approved")));
  EXPECT_EQ(travel().spent, number("100"));
  EXPECT_EQ(one.outcome_of("hold"), "reserved") << "it is not void";
}

// The branch that goes elsewhere keeps what it holds for where it goes.
TEST_F(Rule16Budgets, ABranchThatGoesOutOfItsBlockKeepsWhatItHoldsAndTheOthersDoNot) {
  const auto definition =
      of_amount("[approved, rejected]", "  - id: both\n    parallel:\n      branches:\n        a:\n" +
                                            holding("hold_a", approval_of("zhao.lei")) +
                                            "            on: {approved: {go: last}}\n        b:\n" +
                                            holding("hold_b", approval_of("sun.li")) +
                                            R"(  - id: last
    approve: {by: person("chen.jie"), return_to: []}
  - end: approved
)");
  Instance one(definition, &shared);
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 100})")));
  ASSERT_TRUE(accepted(one.decide_as("zhao.lei", "approved")));
  ASSERT_EQ(one.asked(), std::vector<std::string>{"chen.jie@last"});
  EXPECT_EQ(travel().reserved, number("100"));
  EXPECT_EQ(one.state().reservations.count({"hold_a", {}}), 1U);
}

TEST_F(Rule16Budgets, ABlockThatIsSkippedGivesBackWhatItsOpenBranchesHold) {
  const auto definition =
      of_amount("[approved, rejected]", "  - id: both\n    parallel:\n      branches:\n        a:\n" +
                                            holding("hold_a", approval_of("zhao.lei")) + "        b:\n" +
                                            holding("hold_b", approval_of("sun.li")) +
                                            R"(  - id: last
    approve: {by: person("chen.jie"), return_to: []}
  - end: approved
)");
  Instance one(definition, &shared);
  ASSERT_TRUE(accepted(one.start("li.na", R"({"amount": 100})")));
  ASSERT_TRUE(accepted(one.decide_as("zhao.lei", "approved")));
  ASSERT_TRUE(accepted(one.run(Skip{"both", {}, admin(), "agreed by word of mouth"})));
  EXPECT_EQ(travel().reserved, number("100"));
  EXPECT_EQ(one.state().reservations.count({"hold_a", {}}), 1U) << "its branch had come to its end";
}

TEST_F(Rule16Budgets, ALedgerThatIsNotThereIsAnIncidentOrARefusedStart) {
  Instance one = claim();
  const auto answer = one.start("li.na", R"({"amount": 10, "category": "trvel"})");
  EXPECT_NE(rejection(answer).find("there is no ledger 'sales/trvel'"), std::string::npos)
      << rejection(answer);
}

TEST_F(Rule16Budgets, AnotherCurrencyIsRefused) {
  shared.ledgers.at("sales/travel").currency = "EUR";
  Instance one = claim();
  const auto answer = one.start("li.na", R"({"amount": 10, "category": "travel"})");
  EXPECT_NE(rejection(answer).find("whose currency is EUR"), std::string::npos) << rejection(answer);
}

TEST_F(Rule16Budgets, ANegativeAmountGivesNothingBack) {
  Instance one = claim();
  const auto answer = one.start("li.na", R"({"amount": -10, "category": "travel"})");
  EXPECT_NE(rejection(answer).find("-10.00 CNY is less than nothing"), std::string::npos)
      << rejection(answer);
}

TEST_F(Rule16Budgets, ARuleOfTheFormMayAskForABudget) {
  static const auto definition = of_amount("[done]", R"(  - approve: {by: person("zhao.lei")}
    title: Of ${budget("sales/travel").amount}
    on:
      rejected: {end: done}
  - end: done
refuse_when:
  - when: form.amount > budget("sales/travel").available
    say: Only ${budget("sales/travel").available} are left.
)");
  Instance one(definition, &shared);
  const auto answer = one.start("li.na", R"({"amount": 1001})");
  EXPECT_NE(rejection(answer).find("Only 1,000.00 CNY are left."), std::string::npos) << rejection(answer);
  EXPECT_TRUE(accepted(one.start("li.na", R"({"amount": 1000})")));
}

}  // namespace
}  // namespace countersign::testing
