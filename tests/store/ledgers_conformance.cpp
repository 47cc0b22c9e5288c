// Ledgers as every store keeps them.

#include "tests/store/conformance.h"
#include "tests/store/sample_process.h"

namespace countersign {
namespace {

using sample::at;
using sample::id_of;

Decimal number(const char* text) {
  return *Decimal::parse(text);
}

LedgerSettings travel(const char* amount, std::uint32_t year = 2026) {
  return {.name = "sales/travel",
          .year = year,
          .currency = "CNY",
          .strict = true,
          .spending = {"paid", "settled"},
          .amount = number(amount)};
}

Job set(std::vector<LedgerSettings> ledgers, std::vector<std::string>* problems = nullptr) {
  return [=](Transaction& transaction) -> Result<void> {
    auto found = transaction.set_ledgers(ledgers, at(1));
    if (!found) return std::unexpected(found.error());
    if (problems != nullptr) *problems = *found;
    return {};
  };
}

// One more event of an instance that runs.
Job post(int instance, LedgerAct act, const char* amount, const char* step = "hold", ItemPath items = {}) {
  return [=](Transaction& transaction) -> Result<void> {
    const auto before = transaction.load(id_of(instance));
    if (!before) return std::unexpected(before.error());
    auto after = std::make_shared<State>(**before);
    after->seq += 1;
    const ReservationKey key{step, items};
    const cel::Value money = cel::Value::money({number(amount), "CNY"});
    if (act == LedgerAct::reserved) after->reservations[key] = {"sales/travel", 2026, money};
    if (act == LedgerAct::released || act == LedgerAct::spent) after->reservations.erase(key);
    const std::vector<Event> events{
        {after->seq, at(10), LedgerPosted{"sales/travel", 2026, act, money, key}}};
    return transaction.apply({.before = *before, .after = after, .events = events});
  };
}

}  // namespace

TEST_P(StoreConformance, ALedgerIsOpenedOnceAndKeepsItsPostings) {
  ASSERT_TRUE(run(set({travel("1000.50")})));
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_TRUE(run(post(1, LedgerAct::reserved, "400.25")));
  ASSERT_TRUE(run(post(1, LedgerAct::spent, "400.25")));
  reopen();
  std::vector<std::string> problems;
  ASSERT_TRUE(run(set({travel("1200.00")}, &problems)));
  EXPECT_TRUE(problems.empty());
  const auto ledger = reader().ledger("sales/travel", "");
  ASSERT_TRUE(ledger && *ledger);
  EXPECT_EQ((*ledger)->amount, number("1200"));
  EXPECT_EQ((*ledger)->spent, number("400.25"));
  EXPECT_EQ((*ledger)->available(), number("799.75"));
  EXPECT_EQ((*ledger)->spending, (std::vector<std::string>{"paid", "settled"}));
  const auto postings = reader().ledger_postings("sales/travel", 2026, 10, "");
  ASSERT_TRUE(postings);
  ASSERT_EQ(postings->rows.size(), 4U);
  EXPECT_EQ(postings->rows[0].act, LedgerAct::changed);
  EXPECT_EQ(postings->rows[0].amount, number("199.50"));
  EXPECT_EQ(postings->rows[1].act, LedgerAct::spent);
  EXPECT_EQ(postings->rows[1].reference, "EXP-1");
  EXPECT_EQ(postings->rows[2].available, number("600.25"));
  EXPECT_EQ(postings->rows[3].act, LedgerAct::opened);
  const auto paged = reader().ledger_postings("sales/travel", 2026, 3, "");
  ASSERT_TRUE(paged);
  ASSERT_FALSE(paged->next_cursor.empty());
  EXPECT_EQ(reader().ledger_postings("sales/travel", 2026, 3, paged->next_cursor)->rows.size(), 1U);
}

TEST_P(StoreConformance, TheSumOfAllPostingsIsTheLedger) {
  ASSERT_TRUE(run(set({travel("1000")})));
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_TRUE(run(post(1, LedgerAct::supplemented, "10")));
  ASSERT_TRUE(run(post(1, LedgerAct::reserved, "100")));
  ASSERT_TRUE(run(post(1, LedgerAct::reserved, "200", "hold", {1, 0})));
  ASSERT_TRUE(run(post(1, LedgerAct::spent, "100")));
  ASSERT_TRUE(run(post(1, LedgerAct::transferred_out, "50")));
  ASSERT_TRUE(run(set({travel("900")})));
  Ledger summed;
  const auto postings = reader().ledger_postings("sales/travel", 2026, 100, "");
  ASSERT_TRUE(postings);
  for (const LedgerPostingRow& row : postings->rows) ASSERT_TRUE(summed.post(row.act, row.amount));
  const Ledger ledger = **reader().ledger("sales/travel", "2026");
  EXPECT_EQ(summed.amount, ledger.amount);
  EXPECT_EQ(summed.reserved, ledger.reserved);
  EXPECT_EQ(summed.spent, ledger.spent);
  EXPECT_EQ(ledger.available(), number("560"));
  const auto held = reader().ledger_reservations("sales/travel", 2026, 10);
  ASSERT_TRUE(held);
  ASSERT_EQ(held->size(), 1U);
  EXPECT_EQ(held->front().amount, number("200"));
  EXPECT_EQ(held->front().requester.value, "wang.min");
}

TEST_P(StoreConformance, AStrictLedgerNeverGivesMoreThanItHas) {
  ASSERT_TRUE(run(set({travel("500")})));
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_TRUE(run(post(1, LedgerAct::reserved, "400")));
  int calls = 0;
  const auto refused = run([&](Transaction& transaction) {
    ++calls;
    return post(1, LedgerAct::reserved, "100.01", "other")(transaction);
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_GE(calls, 4) << "it is decided again with fresh facts";
  EXPECT_TRUE(run(post(1, LedgerAct::reserved, "100", "other")));
  EXPECT_FALSE(run(post(1, LedgerAct::transferred_out, "0.01")));
  EXPECT_EQ((*reader().ledger("sales/travel", ""))->available(), Decimal());
  EXPECT_EQ((*reader().instance(id_of(1)))->reservations.size(), 2U);
}

TEST_P(StoreConformance, ASoftLedgerIsOverdrawn) {
  LedgerSettings soft = travel("100");
  soft.strict = false;
  ASSERT_TRUE(run(set({soft})));
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_TRUE(run(post(1, LedgerAct::reserved, "150")));
  EXPECT_EQ((*reader().ledger("sales/travel", ""))->available(), number("-50"));
}

TEST_P(StoreConformance, AnotherYearOpensALedgerOfItsOwn) {
  ASSERT_TRUE(run(set({travel("500")})));
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_TRUE(run(post(1, LedgerAct::reserved, "400")));
  ASSERT_TRUE(run(set({travel("600", 2027)})));
  EXPECT_EQ((*reader().ledger("sales/travel", ""))->year, 2027U);
  ASSERT_TRUE(run(post(1, LedgerAct::released, "400")));
  const auto all = reader().ledgers();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_FALSE((*all)[0].current);
  EXPECT_EQ((*all)[0].available(), number("500"));
  EXPECT_EQ((*all)[1].available(), number("600"));
  ASSERT_TRUE(run(set({})));
  EXPECT_FALSE(*reader().ledger("sales/travel", ""));
  EXPECT_TRUE(*reader().ledger("sales/travel", "2027"));
  ASSERT_TRUE(run([](Transaction& transaction) -> Result<void> {
    EXPECT_FALSE(transaction.fact({FactKey::Kind::ledger, "sales/travel", ""})->ledger);
    EXPECT_EQ(transaction.fact({FactKey::Kind::ledger, "sales/travel", "2026"})->ledger->amount,
              number("500"));
    EXPECT_FALSE(transaction.fact({FactKey::Kind::ledger, "sales/nothing", ""})->ledger);
    return {};
  }));
  ASSERT_TRUE(run(set({travel("500")})));
  EXPECT_EQ((*reader().ledger("sales/travel", ""))->year, 2026U);
}

TEST_P(StoreConformance, AConfigurationThatALedgerCannotFollowIsSaidAndChangesNothing) {
  ASSERT_TRUE(run(set({travel("500")})));
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_TRUE(run(post(1, LedgerAct::reserved, "400")));
  std::vector<std::string> problems;
  ASSERT_TRUE(run(set({travel("399.99")}, &problems)));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("keeps its amount"), std::string::npos) << problems[0];
  EXPECT_EQ((*reader().ledger("sales/travel", ""))->amount, number("500"));
  LedgerSettings euros = travel("500");
  euros.currency = "EUR";
  ASSERT_TRUE(run(set({euros}, &problems)));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("cannot become EUR"), std::string::npos) << problems[0];
  ASSERT_TRUE(run(set({travel("450")}, &problems)));
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ((*reader().ledger("sales/travel", ""))->available(), number("50"));
}

TEST_P(StoreConformance, AnAdministratorCorrectsALedgerWithAReason) {
  ASSERT_TRUE(run(set({travel("500")})));
  const auto adjust = [&](const char* by) {
    return run([by](Transaction& transaction) -> Result<void> {
      auto done = transaction.adjust_ledger({.name = "sales/travel",
                                             .year = "",
                                             .by = number(by),
                                             .person = PersonId("adm"),
                                             .authenticated = "",
                                             .reason = "decided by the board"},
                                            at(5));
      if (!done) return std::unexpected(done.error());
      return {};
    });
  };
  ASSERT_TRUE(adjust("100.50"));
  EXPECT_EQ((*reader().ledger("sales/travel", ""))->amount, number("600.50"));
  EXPECT_EQ(adjust("-600.51").error().code, ErrorCode::conflict);
  EXPECT_EQ(adjust("0.001").error().code, ErrorCode::invalid_input);
  ASSERT_TRUE(adjust("-600.50"));
  const auto row = reader().ledger_postings("sales/travel", 2026, 1, "")->rows.front();
  EXPECT_EQ(row.by, "adm");
  EXPECT_EQ(row.reason, "decided by the board");
  EXPECT_EQ(row.available, Decimal());
  const auto unknown = run([](Transaction& transaction) -> Result<void> {
    auto done = transaction.adjust_ledger(
        {.name = "nothing", .year = "", .by = number("1"), .person = {}, .authenticated = "", .reason = "r"},
        at(5));
    return done ? Result<void>() : std::unexpected(done.error());
  });
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
}

TEST_P(StoreConformance, ARejectedJobPostsNothing) {
  ASSERT_TRUE(run(set({travel("500")})));
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_FALSE(run([](Transaction& transaction) -> Result<void> {
    if (auto done = post(1, LedgerAct::reserved, "100")(transaction); !done) return done;
    return fail(ErrorCode::forbidden, "not yours");
  }));
  EXPECT_EQ((*reader().ledger("sales/travel", ""))->available(), number("500"));
  EXPECT_TRUE(reader().ledger_reservations("sales/travel", 2026, 10)->empty());
}

TEST_P(StoreConformance, AVersionIsStoredWithItsTables) {
  DefinitionRow row{WorkflowId("rated"), "v1", "source", "{}", at(0), R"({"rates":"a:text\n1\n"})"};
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.keep_definition(row); }));
  const auto stored = reader().definition(WorkflowId("rated"), "v1");
  ASSERT_TRUE(stored && *stored);
  EXPECT_EQ((*stored)->tables, row.tables);
}

}  // namespace countersign
