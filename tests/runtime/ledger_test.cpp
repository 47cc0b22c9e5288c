// Budgets on the real store and engine.

#include "runtime/ledger_json.h"
#include "runtime/presentation.h"
#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

constexpr const char* kClaim = R"(workflow: claim
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
statuses: [paid, rejected, over]
steps:
  - id: hold
    budget:
      reserve: form.amount
      from: '"sales/travel"'
    on:
      insufficient: {end: over}
  - id: manager
    title: ${budget("sales/travel").available} are left
    approve:
      by: requester.manager
  - budget:
      commit: hold
  - end: paid
)";

class Ledgers : public EngineFixture {
 protected:
  Ledgers() { set("1000"); }
  void set(const char* amount) {
    const std::vector<LedgerSettings> ledgers{{.name = "sales/travel",
                                               .year = 2026,
                                               .currency = "CNY",
                                               .strict = true,
                                               .spending = {},
                                               .amount = *Decimal::parse(amount)}};
    const std::vector<Job> jobs{[&](Transaction& transaction) -> Result<void> {
      auto done = transaction.set_ledgers(ledgers, clock.now());
      return done ? Result<void>() : std::unexpected(done.error());
    }};
    ASSERT_TRUE(store->run(jobs).front());
  }
  std::string available() { return (*store->reader().ledger("sales/travel", ""))->available().to_text(); }
  Request claim_of(const char* amount) {
    return StartRequest{WorkflowId("claim"), PersonId("rep"),
                        *parse_json(std::string(R"({"amount": ")") + amount + "\"}")};
  }
};

TEST_F(Ledgers, TwoClaimsAtOnceCannotBothTakeTheLastOfABudget) {
  load(kClaim);
  std::vector<std::string> statuses;
  for (int i = 0; i < 5; ++i) {
    engine->submit(claim_of("400"), by("rep"), [&](Answer answer) {
      ASSERT_TRUE(answer) << answer.error().error.message;
      const json::value body = *parse_json(answer->body);
      statuses.push_back(string_at(body, "status"));
    });
  }
  engine->drain();  // one batch, one transaction
  EXPECT_EQ(statuses, (std::vector<std::string>{"running", "running", "over", "over", "over"}));
  EXPECT_EQ(available(), "200.00");
  EXPECT_EQ(store->reader().ledger_reservations("sales/travel", 2026, 10)->size(), 2U);
}

TEST_F(Ledgers, WhatIsHeldOutlivesARestart) {
  load(kClaim);
  const std::string id = start("claim", R"({"amount": "700"})");
  restart();
  EXPECT_EQ(available(), "300.00");
  EXPECT_EQ(decide(id, "boss", "rejected", "no").status, 200);
  EXPECT_EQ(available(), "1000.00");
  const std::string other = start("claim", R"({"amount": "1000"})");
  EXPECT_EQ(decide(other, "boss", "approved").status, 200);
  EXPECT_EQ(status_of(other), "paid");
  EXPECT_EQ((*store->reader().ledger("sales/travel", ""))->spent.to_text(), "1000.00");
}

TEST_F(Ledgers, ATitleTellsTheApproverWhatIsLeft) {
  load(kClaim);
  const std::string id = start("claim", R"({"amount": "700"})");
  const auto state = **store->reader().instance(InstanceId(id));
  const auto rows = items(id);
  const auto definition = library->version(state.workflow, state.version);
  const auto snapshot = library->current();
  const Presenting presenting{*snapshot,        definition.get(), state,           rows,
                              PersonId("boss"), clock.now(),      &store->reader()};
  EXPECT_EQ(question_of(presenting, rows.front(), "en"), "300.00 CNY are left");
}

TEST_F(Ledgers, AnAdministratorAdjustsWithAReason) {
  const Got without = ask(AdjustLedger{"sales/travel", "", *Decimal::parse("5"), ""}, by("boss"));
  ASSERT_EQ(without.refusal.problems.size(), 1U);
  EXPECT_EQ(without.refusal.problems.front().pointer, "/reason");
  const Got nothing = ask(AdjustLedger{"sales/travel", "", Decimal(), "r"}, by("boss"));
  EXPECT_EQ(nothing.refusal.problems.front().pointer, "/by");
  const Got adjusted =
      ask(AdjustLedger{"sales/travel", "2026", *Decimal::parse("5.50"), "board"}, by("boss", "k"));
  ASSERT_EQ(adjusted.status, 200) << adjusted.refusal.error.message;
  EXPECT_EQ(string_at(adjusted.body, "available"), "1005.50");
  ask(AdjustLedger{"sales/travel", "2026", *Decimal::parse("5.50"), "board"}, by("boss", "k"));
  EXPECT_EQ(available(), "1005.50") << "a repeat posts nothing";
  EXPECT_EQ(store->reader().ledger_postings("sales/travel", 2026, 1, "")->rows.front().by, "boss");
}

TEST_F(Ledgers, AStoredVersionKeepsItsTablesAndMessages) {
  const std::string yaml = R"(workflow: rated
start:
  - form:
form:
  region: {type: text, required: true}
statuses: [approved, rejected]
steps:
  - set:
      vars.rate: table("rates").filter(r, r.region == form.region).map(r, r.rate).sum()
  - approve:
      by: requester.manager
  - notify:
      to: requester
      message: hello
  - end: approved
)";
  const MessageTexts messages{{{"hello", "en"}, "Rate ${vars.rate}\n\nthat is it\n"}};
  const TableTexts tables{{"rates", "region:text,rate:number\nnorth,0.05\n"}, {"unused", "x:text\n"}};
  Catalogue catalogue;
  const LoadedWorkflow loaded = load_workflow("workflows/rated.yaml", yaml, messages, catalogue, tables);
  ASSERT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
  auto next = std::make_shared<Snapshot>(*library->current());
  next->workflows[WorkflowId("rated")] = loaded.definition;
  library->replace(next);
  const std::string id = start("rated", R"({"region": "north"})");
  auto without = std::make_shared<Snapshot>(*library->current());
  without->workflows.erase(WorkflowId("rated"));
  library->replace(without);
  restart_without_old_versions();
  EXPECT_EQ(decide(id, "boss", "approved").status, 200);
  EXPECT_EQ(status_of(id), "approved");
  const auto rows = outbox();
  const auto hello = std::ranges::find(rows, "notify", &OutboxRow::kind);
  ASSERT_NE(hello, rows.end());
  EXPECT_NE(hello->payload.find("Rate 0.05"), std::string::npos) << hello->payload;
  const TableTexts changed{{"rates", "region:text,rate:number\nnorth,0.06\n"}};
  EXPECT_NE(load_workflow("workflows/rated.yaml", yaml, messages, catalogue, changed).definition->version,
            loaded.definition->version)
      << "another table is another version";
}

}  // namespace
}  // namespace countersign::testing
