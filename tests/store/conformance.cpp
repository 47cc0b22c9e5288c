#include "tests/store/conformance.h"

#include "store/audit.h"
#include "tests/store/sample_process.h"

namespace countersign {
namespace {

using sample::at;
using sample::id_of;

Job add_message(const OutboxRow& row) {
  return [row](Transaction& transaction) -> Result<void> {
    auto id = transaction.add_outbox(row);
    if (!id) return std::unexpected(id.error());
    return {};
  };
}

}  // namespace

TEST_P(StoreConformance, WhatWasAppliedIsReadAgain) {
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_TRUE(run(sample::decide_job(id_of(1), "zhao.lei", at(60))));
  const auto state = reader().instance(id_of(1));
  ASSERT_TRUE(state && *state);
  EXPECT_EQ((*state)->seq, 11U);
  EXPECT_EQ((*state)->items.begin()->second.assignee.value, "zhao.lei");
  const auto found = reader().instance_by_reference("EXP-1");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(**found, id_of(1));

  const auto closed = reader().work_item(id_of(1), 3);
  ASSERT_TRUE(closed && *closed);
  EXPECT_EQ((*closed)->status, ItemStatus::decided);
  EXPECT_EQ((*closed)->step, "manager");
  EXPECT_EQ((*closed)->outcome, "approved");
  EXPECT_EQ((*closed)->decided_by.value, "li.na");
  EXPECT_EQ((*closed)->channel, "link");
  EXPECT_EQ((*closed)->closed_at, at(60));
  const auto rows = reader().instances({.workflow = "expense", .ended = false}, 10, "");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->rows.size(), 1U);
  EXPECT_EQ(rows->rows[0].seq, 11U);
  EXPECT_EQ(rows->rows[0].changed_at, at(60));
}

TEST_P(StoreConformance, NothingIsThereThatWasNeverStored) {
  EXPECT_FALSE(*reader().instance(id_of(1)));
  EXPECT_FALSE(*reader().instance_by_reference("EXP-9"));
  EXPECT_FALSE(*reader().link(std::string(32, 'x')));
  EXPECT_FALSE(*reader().next_timer());
  ASSERT_TRUE(run([](Transaction& transaction) -> Result<void> {
    auto state = transaction.load(id_of(1));
    EXPECT_TRUE(state);
    EXPECT_EQ(*state, nullptr);
    return {};
  }));
}

TEST_P(StoreConformance, ARejectedJobChangesNothingAndTheOthersStand) {
  const std::vector<Job> jobs{
      sample::start_job(id_of(1), {.reference = "EXP-1"}),
      [](Transaction& transaction) -> Result<void> {
        if (auto done = sample::start_job(id_of(2), {.reference = "EXP-2"})(transaction); !done) return done;
        if (auto id = transaction.add_outbox(sample::message("mail", at(0))); !id)
          return std::unexpected(id.error());
        return fail(ErrorCode::conflict, "it was decided before");
      },
      sample::start_job(id_of(3), {.reference = "EXP-3"})};
  const auto outcomes = store().run(jobs);
  EXPECT_TRUE(outcomes[0]);
  ASSERT_FALSE(outcomes[1]);
  EXPECT_EQ(outcomes[1].error().code, ErrorCode::conflict);
  EXPECT_TRUE(outcomes[2]);
  EXPECT_TRUE(*reader().instance(id_of(1)));
  EXPECT_FALSE(*reader().instance(id_of(2)));
  EXPECT_TRUE(*reader().instance(id_of(3)));
  EXPECT_TRUE(reader().due_targets()->empty());
  const auto report = verify(reader());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problem, "");
  EXPECT_EQ(report->instances, 2U);
}

TEST_P(StoreConformance, LaterJobsOfABatchSeeWhatEarlierOnesWrote) {
  const std::vector<Job> jobs{sample::start_job(id_of(1)), sample::decide_job(id_of(1), "zhao.lei", at(5)),
                              sample::finish_job(id_of(1), at(9))};
  for (const auto& outcome : store().run(jobs)) EXPECT_TRUE(outcome) << outcome.error().message;
  const auto state = reader().instance(id_of(1));
  ASSERT_TRUE(state && *state);
  EXPECT_TRUE((*state)->ended);
  EXPECT_FALSE(*reader().next_timer());
}

TEST_P(StoreConformance, AJobThatFailsAfterItWroteLeavesTheRestOfItsBatch) {
  const auto refused = [](Transaction& transaction) -> Result<void> {
    if (auto done = sample::start_job(id_of(2))(transaction); !done) return done;
    return fail(ErrorCode::forbidden, "not yours");
  };
  for (int round = 0; round < 3; ++round) {  // the first begins anew, the others know already
    const std::vector<Job> jobs{sample::start_job(id_of(10 + round)), refused,
                                sample::start_job(id_of(20 + round))};
    const auto outcomes = store().run(jobs);
    ASSERT_EQ(outcomes.size(), 3U);
    EXPECT_TRUE(outcomes[0]);
    ASSERT_FALSE(outcomes[1]);
    EXPECT_EQ(outcomes[1].error().code, ErrorCode::forbidden);
    EXPECT_TRUE(outcomes[2]);
    EXPECT_TRUE(*reader().instance(id_of(10 + round)));
    EXPECT_FALSE(*reader().instance(id_of(2)));
    EXPECT_TRUE(*reader().instance(id_of(20 + round)));
  }
}

TEST_P(StoreConformance, WhatComesInWhileABatchRunsJoinsItsCommit) {
  const std::uint64_t commits = store().figures().commits;
  const std::vector<Job> first{sample::start_job(id_of(1))};
  int asked = 0;
  const auto outcomes = store().run(first, [&]() -> std::vector<Job> {
    if (++asked > 2) return {};
    return {sample::start_job(id_of(1 + asked)),
            [](Transaction&) -> Result<void> { return fail(ErrorCode::forbidden, "not yours"); }};
  });
  ASSERT_EQ(outcomes.size(), 5U);
  EXPECT_TRUE(outcomes[0] && outcomes[1] && outcomes[3]);
  EXPECT_FALSE(outcomes[2] || outcomes[4]);
  for (int n = 1; n <= 3; ++n) EXPECT_TRUE(*reader().instance(id_of(n)));
  EXPECT_EQ(store().figures().commits, commits + 1);
}

TEST_P(StoreConformance, ARolledBackStateIsNotHeldInTheCache) {
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  const auto before = *reader().instance(id_of(1));
  ASSERT_FALSE(run([](Transaction& transaction) -> Result<void> {
    if (auto done = sample::decide_job(id_of(1), "zhao.lei", at(5))(transaction); !done) return done;
    return fail(ErrorCode::forbidden, "not yours");
  }));
  ASSERT_TRUE(run([&](Transaction& transaction) -> Result<void> {
    auto state = transaction.load(id_of(1));
    EXPECT_EQ(**state, *before);
    return {};
  }));
}

TEST_P(StoreConformance, AClaimBelongsToOneInstance) {
  ASSERT_TRUE(run(sample::start_job(id_of(1), {.claim_key = "INV-7"})));
  int calls = 0;
  const auto second = run([&](Transaction& transaction) {
    ++calls;
    return sample::start_job(id_of(2), {.claim_key = "INV-7"})(transaction);
  });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  // Four attempts, before which a store may have begun the batch anew.
  EXPECT_GE(calls, 4);
  EXPECT_LE(calls, 5);
  ASSERT_TRUE(run([](Transaction& transaction) -> Result<void> {
    const auto fact =
        transaction.fact({.kind = FactKey::Kind::claim, .scope = "key:expense", .key = "INV-7"});
    EXPECT_EQ(fact->holder, id_of(1));
    return {};
  }));
  ASSERT_TRUE(run(sample::finish_job(id_of(1), at(9))));
  EXPECT_TRUE(run(sample::start_job(id_of(2), {.claim_key = "INV-7"})));
}

TEST_P(StoreConformance, AFailedGuardIsDecidedAgainWithFreshFacts) {
  ASSERT_TRUE(run(sample::start_job(id_of(1), {.counter = 1})));
  int calls = 0;
  ASSERT_TRUE(run([&](Transaction& transaction) {
    // The first attempt rests on an old fact.
    const std::uint64_t number =
        ++calls == 1 ? 1
                     : transaction.fact({.kind = FactKey::Kind::counter, .scope = "EXP", .key = ""})->next;
    return sample::start_job(id_of(2), {.counter = number})(transaction);
  }));
  EXPECT_EQ(calls, 2);
  ASSERT_TRUE(run([](Transaction& transaction) -> Result<void> {
    EXPECT_EQ(transaction.fact({.kind = FactKey::Kind::counter, .scope = "EXP", .key = ""})->next, 3U);
    return {};
  }));
}

TEST_P(StoreConformance, AChangeFromAnOldStateIsRefused) {
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  const auto old = std::make_shared<const State>(**reader().instance(id_of(1)));
  ASSERT_TRUE(run(sample::decide_job(id_of(1), "zhao.lei", at(5))));
  const auto late = run([&](Transaction& transaction) {
    return transaction.apply(sample::decide(old, "chen.jie", at(6)).change());
  });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::unavailable);
  EXPECT_EQ((*reader().instance(id_of(1)))->items.begin()->second.assignee.value, "zhao.lei");
}

TEST_P(StoreConformance, TheInboxIsOrderedByDueTimeAndPaged) {
  std::vector<Job> jobs;
  for (int i = 1; i <= 5; ++i) {
    jobs.push_back(sample::start_job(id_of(i), {.due_after = std::chrono::hours(10 - i)}));
  }
  jobs.push_back(
      sample::start_job(id_of(6), {.assignee = "", .group = "finance", .due_after = std::chrono::hours(7)}));
  jobs.push_back(sample::start_job(id_of(7), {.assignee = "zhao.lei"}));
  for (const auto& outcome : store().run(jobs)) ASSERT_TRUE(outcome);
  const WorkItemFilter filter{.assignee = "li.na", .groups = {"finance"}, .status = "open"};
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const auto page = reader().work_items(filter, 2, cursor);
    ASSERT_TRUE(page);
    EXPECT_LE(page->rows.size(), 2U);
    for (const auto& row : page->rows) seen.push_back(row.instance.value);
    cursor = page->next_cursor;
  } while (!cursor.empty());
  const std::vector<std::string> expected{id_of(5).value, id_of(4).value, id_of(3).value,
                                          id_of(6).value, id_of(2).value, id_of(1).value};
  EXPECT_EQ(seen, expected);
  const auto soon =
      reader().work_items({.assignee = "li.na", .status = "open", .due_before = at(6 * 3600)}, 10, "");
  EXPECT_EQ(soon->rows.size(), 1U);
  EXPECT_EQ(reader().work_items({.instance = id_of(7).value}, 10, "")->rows.size(), 1U);
  EXPECT_FALSE(reader().work_items(filter, 2, "no cursor"));
}

TEST_P(StoreConformance, TimersComeEarliestFirstAndGoWithTheirStep) {
  ASSERT_TRUE(run(sample::start_job(id_of(1), {.due_after = std::chrono::hours(3)})));
  ASSERT_TRUE(run(sample::start_job(id_of(2), {.due_after = std::chrono::hours(1)})));
  EXPECT_EQ(**reader().next_timer(), at(3600));
  EXPECT_TRUE(reader().due_timers(at(3599), 10)->empty());
  const auto due = reader().due_timers(at(3 * 3600), 10);
  ASSERT_EQ(due->size(), 2U);
  EXPECT_EQ((*due)[0].instance, id_of(2));
  EXPECT_EQ((*due)[0].kind, static_cast<std::uint8_t>(TimerKind::due));
  ASSERT_TRUE(run(sample::finish_job(id_of(2), at(60))));
  EXPECT_EQ(**reader().next_timer(), at(3 * 3600));
}

TEST_P(StoreConformance, TheFeedHoldsEveryEventOnceInOrder) {
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(run(sample::start_job(id_of(i))));
  ASSERT_TRUE(run(sample::decide_job(id_of(2), "zhao.lei", at(5))));
  std::vector<EventRow> rows;
  std::string cursor;
  while (true) {
    const auto page = reader().feed(cursor, 4);
    ASSERT_TRUE(page);
    rows.insert(rows.end(), page->rows.begin(), page->rows.end());
    cursor = page->next_cursor;
    if (page->rows.size() < 4) break;
  }
  ASSERT_EQ(rows.size(), 3U * 5U + 6U);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i - 1].position, rows[i].position);
  EXPECT_EQ(rows.front().type, "started");
  EXPECT_EQ(rows.front().actor, "person api");
  // The place at the end is kept: what comes later follows.
  ASSERT_TRUE(run(sample::finish_job(id_of(2), at(9))));
  const auto later = reader().feed(cursor, 100);
  ASSERT_EQ(later->rows.size(), 5U);
  EXPECT_EQ(later->rows.back().type, "ended");
  const auto of_one = reader().events(id_of(2), 5, 100);
  EXPECT_EQ(of_one->rows.size(), 11U);
  EXPECT_EQ(of_one->rows.front().seq, 6U);
  EXPECT_EQ(of_one->next_cursor, "");
}

TEST_P(StoreConformance, ATargetIsKnownByItsEarliestPendingMessage) {
  ASSERT_TRUE(run(add_message(sample::message("mail", at(20)))));
  ASSERT_TRUE(run(add_message(sample::message("mail", at(10)))));
  ASSERT_TRUE(run(add_message(sample::message("http:feishu", at(5)))));
  auto targets = *reader().due_targets();
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_EQ(targets[0].target, "http:feishu");
  EXPECT_EQ(targets[1].next_at, at(10));
  const auto due = *reader().due_outbox("mail", at(15), 10);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].nonce, std::string(16, 'n'));
  ASSERT_TRUE(run(
      [&](Transaction& transaction) { return transaction.retry_outbox(due[0].id, at(30), "450 later"); }));
  EXPECT_EQ(reader().due_targets()->at(1).next_at, at(20));
  ASSERT_TRUE(run([&](Transaction& transaction) {
    return transaction.finish_outbox(due[0].id, OutboxStatus::dead, "550 no such user");
  }));
  const auto dead = reader().outbox("dead", "", 10, "");
  ASSERT_EQ(dead->rows.size(), 1U);
  EXPECT_EQ(dead->rows[0].attempts, 2U);
  EXPECT_EQ(dead->rows[0].last_error, "550 no such user");
  // A repeated result finds nothing to do.
  ASSERT_TRUE(run([&](Transaction& transaction) -> Result<void> {
    EXPECT_EQ((*transaction.outbox_row(due[0].id))->status, OutboxStatus::dead);
    return transaction.finish_outbox(due[0].id, OutboxStatus::sent, "");
  }));
  EXPECT_EQ(reader().outbox("dead", "", 10, "")->rows.size(), 1U);
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.revive_outbox(due[0].id, at(1)); }));
  EXPECT_EQ(reader().due_outbox("mail", at(1), 10)->at(0).attempts, 0U);
  // One that waits for another attempt is due now.
  const std::int64_t id = due[0].id;
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.retry_outbox(id, at(500), "later"); }));
  EXPECT_TRUE(reader().due_outbox("mail", at(1), 10)->empty());
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.revive_outbox(id, at(1)); }));
  EXPECT_EQ(reader().due_outbox("mail", at(1), 10)->size(), 1U);
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.retry_outbox(id, at(500), "later"); }));
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.hurry_outbox(at(2)); }));
  EXPECT_EQ(reader().due_outbox("mail", at(2), 10)->size(), 1U);
  EXPECT_EQ(reader().due_targets()->at(0).next_at, at(2));
  ASSERT_TRUE(
      run([&](Transaction& transaction) { return transaction.finish_outbox(id, OutboxStatus::sent, ""); }));
  EXPECT_EQ(run([&](Transaction& transaction) { return transaction.revive_outbox(id, at(1)); }).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(run([&](Transaction& transaction) { return transaction.revive_outbox(999, at(1)); }).error().code,
            ErrorCode::not_found);
}

TEST_P(StoreConformance, MessagesWithOneOrderKeyLeaveOneAfterTheOther) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run(add_message(sample::message("mail", at(i), "thread-1"))));
  ASSERT_TRUE(run(add_message(sample::message("mail", at(9)))));
  auto due = *reader().due_outbox("mail", at(100), 10);
  ASSERT_EQ(due.size(), 2U);
  const std::int64_t first = due[0].id;
  // The head waits for its retry: those behind it wait too, and the target's time is that of what can leave.
  ASSERT_TRUE(
      run([&](Transaction& transaction) { return transaction.retry_outbox(first, at(500), "later"); }));
  EXPECT_EQ(reader().due_outbox("mail", at(100), 10)->size(), 1U);
  EXPECT_EQ(reader().due_targets()->at(0).next_at, at(9));
  ASSERT_TRUE(run([&](Transaction& transaction) {
    return transaction.finish_outbox(first, OutboxStatus::dead, "gone");
  }));
  EXPECT_EQ(reader().due_outbox("mail", at(100), 10)->at(0).id, first + 1);
  // Revived it stands before the others again.
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.revive_outbox(first, at(0)); }));
  due = *reader().due_outbox("mail", at(100), 10);
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].id, first);
}

TEST_P(StoreConformance, UnsentMessagesOfAClosedItemAreDropped) {
  OutboxRow other = sample::message("mail", at(0));
  other.item = 4;
  ASSERT_TRUE(run(add_message(sample::message("mail", at(0)))));
  ASSERT_TRUE(run(add_message(other)));
  ASSERT_TRUE(run([](Transaction& transaction) -> Result<void> {
    EXPECT_EQ(*transaction.drop_messages(id_of(1), 3), 1);
    EXPECT_EQ(*transaction.drop_messages(id_of(1), 3), 0);
    return {};
  }));
  EXPECT_EQ(reader().due_outbox("mail", at(9), 10)->size(), 1U);
  EXPECT_EQ(reader().outbox("dropped", "mail", 10, "")->rows.size(), 1U);
}

TEST_P(StoreConformance, LinksAreFoundByHashUntilRevokedAndAfter) {
  const LinkRow link{.token_hash = std::string(32, '\x01'),
                     .instance = id_of(1),
                     .item = 3,
                     .round = 1,
                     .person = PersonId("li.na"),
                     .sent_to = "li.na@example.com",
                     .created_at = at(0),
                     .revoked = false};
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.add_link(link); }));
  EXPECT_FALSE((*reader().link(link.token_hash))->revoked);
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.revoke_links(id_of(1), 3); }));
  const auto found = *reader().link(link.token_hash);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->revoked);
  EXPECT_EQ(found->sent_to, "li.na@example.com");
}

TEST_P(StoreConformance, AnAnswerIsKeptWithItsCommandOrNotAtAll) {
  const IdempotencyRow answer{.actor = "csk_1",
                              .route = "POST /api/v1/instances",
                              .key = "abc",
                              .request_hash = std::string(32, 'h'),
                              .status = 201,
                              .answer = R"({"id":"i_1"})",
                              .created_at = at(0)};
  ASSERT_FALSE(run([&](Transaction& transaction) -> Result<void> {
    EXPECT_TRUE(transaction.keep_answer(answer));
    return fail(ErrorCode::internal, "and then it failed");
  }));
  ASSERT_TRUE(run([&](Transaction& transaction) -> Result<void> {
    EXPECT_FALSE(*transaction.find_answer(answer.actor, answer.route, answer.key));
    return transaction.keep_answer(answer);
  }));
  ASSERT_TRUE(run([&](Transaction& transaction) -> Result<void> {
    const auto found = *transaction.find_answer(answer.actor, answer.route, answer.key);
    EXPECT_TRUE(found && found->answer == answer.answer && found->status == 201);
    EXPECT_FALSE(*transaction.find_answer("csk_2", answer.route, answer.key));
    return {};
  }));
}

TEST_P(StoreConformance, AWebhookIsStoredOncePerDelivery) {
  InboundRow row;
  row.source = "hubspot";
  row.delivery_id = "d-1";
  row.body_hash = std::string(32, 'b');
  row.headers = "{}";
  row.body = "{\"id\":1}";
  row.received_at = at(0);
  row.status = "stored";
  std::int64_t id = 0;
  ASSERT_TRUE(run([&](Transaction& transaction) -> Result<void> {
    id = *transaction.add_inbound(row);
    return {};
  }));
  EXPECT_FALSE(run([&](Transaction& transaction) -> Result<void> {
    auto again = transaction.add_inbound(row);
    if (!again) return std::unexpected(again.error());
    return {};
  }));
  ASSERT_TRUE(
      run([&](Transaction& transaction) { return transaction.set_inbound(id, "applied", "", "[\"i_1\"]"); }));
  EXPECT_EQ((*reader().inbound_row(id))->answer, "[\"i_1\"]");
  EXPECT_EQ(reader().inbound("hubspot", "applied", 10, "")->rows.size(), 1U);
  EXPECT_TRUE(reader().inbound("hubspot", "error", 10, "")->rows.empty());
}

TEST_P(StoreConformance, AnOlderEventNeverComesAfterANewer) {
  ASSERT_TRUE(run([](Transaction& transaction) -> Result<void> {
    EXPECT_TRUE(*transaction.advance_order("hubspot", "deal-1", "1700000000000"));
    EXPECT_TRUE(*transaction.advance_order("hubspot", "deal-1", "1700000000000"));
    EXPECT_FALSE(*transaction.advance_order("hubspot", "deal-1", "999"));
    EXPECT_TRUE(*transaction.advance_order("hubspot", "deal-2", "999"));
    EXPECT_TRUE(*transaction.advance_order("pipedrive", "deal-1", "2026-03-02T10:00:00+08:00"));
    EXPECT_FALSE(*transaction.advance_order("pipedrive", "deal-1", "2026-03-02T01:59:00Z"));
    return {};
  }));
}

TEST_P(StoreConformance, DefinitionsAreInUseWhileAnInstanceRunsThem) {
  for (const char* version : {"v1", "v2"}) {
    ASSERT_TRUE(run([&](Transaction& transaction) {
      return transaction.keep_definition({.workflow = WorkflowId("expense"),
                                          .version = version,
                                          .source = "name: expense",
                                          .messages = "{}",
                                          .first_used_at = at(0)});
    }));
  }
  ASSERT_TRUE(run(sample::start_job(id_of(1), {.version = "v1"})));
  ASSERT_EQ(reader().definitions_in_use()->size(), 1U);
  EXPECT_EQ(reader().definitions_in_use()->front().version, "v1");
  ASSERT_TRUE(run(sample::finish_job(id_of(1), at(5))));
  EXPECT_TRUE(reader().definitions_in_use()->empty());
  EXPECT_TRUE(*reader().definition(WorkflowId("expense"), "v2"));
}

TEST_P(StoreConformance, SchedulesRememberHowFarTheyHaveComeAndWhatTheyOwe) {
  const WorkflowId plan("plan");
  const ScheduleRow row{plan, "quarter", "every quarter", at(0), ""};
  EXPECT_TRUE(reader().schedules()->empty());
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.set_schedule(row); }));
  const OwedStartRow owed{plan, "quarter", PersonId("li.na"), "2026-Q1", at(10), "no manager", at(11)};
  ASSERT_TRUE(run([&](Transaction& transaction) -> Result<void> {
    if (auto done = transaction.set_schedule({plan, "quarter", "every quarter", at(10), "2026-Q1"}); !done)
      return done;
    if (auto done = transaction.owe_start(owed); !done) return done;
    OwedStartRow other = owed;
    other.person = PersonId("liu.yang");
    if (auto done = transaction.owe_start(other); !done) return done;
    other.error = "still no manager";
    return transaction.owe_start(other);
  }));
  const auto rows = reader().schedules();
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().workflow, plan);
  EXPECT_EQ(rows->front().until, at(10));
  EXPECT_EQ(rows->front().period, "2026-Q1");
  auto starts = reader().owed_starts(10);
  ASSERT_EQ(starts->size(), 2U);
  EXPECT_EQ((*starts)[0].person.value, "li.na");
  EXPECT_EQ((*starts)[0].due, at(10));
  EXPECT_EQ((*starts)[0].failed_at, at(11));
  EXPECT_EQ((*starts)[1].error, "still no manager");
  EXPECT_EQ(reader().owed_starts(1)->size(), 1U);

  ASSERT_TRUE(run([&](Transaction& transaction) {
    return transaction.settle_start(plan, "quarter", PersonId("li.na"));
  }));
  EXPECT_EQ(reader().owed_starts(10)->size(), 1U);
  // The next period takes the place of what was owed.
  ASSERT_TRUE(run([&](Transaction& transaction) {
    return transaction.set_schedule({plan, "quarter", "every quarter", at(100), "2026-Q2"});
  }));
  EXPECT_TRUE(reader().owed_starts(10)->empty());
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.drop_schedule(plan, "quarter"); }));
  EXPECT_TRUE(reader().schedules()->empty());
}

TEST_P(StoreConformance, KeysAndFilesAreFound) {
  const KeyRow key{.id = "csk_ab12cd34",
                   .hash = std::string(32, 'k'),
                   .name = "CRM",
                   .person = PersonId(""),
                   .scopes = {"start", "read"},
                   .created_at = at(0),
                   .expires_at = at(100),
                   .last_used_at = std::nullopt,
                   .revoked_at = std::nullopt};
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.add_key(key); }));
  EXPECT_EQ((*reader().key(key.hash))->scopes, key.scopes);
  EXPECT_EQ((*reader().key(key.hash))->expires_at, at(100));
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.revoke_key(key.id, at(5)); }));
  ASSERT_TRUE(run([&](Transaction& transaction) { return transaction.revoke_key(key.id, at(7)); }));
  EXPECT_EQ(reader().keys()->front().revoked_at, at(5)) << "the first time counts";
  EXPECT_EQ(
      run([](Transaction& transaction) { return transaction.revoke_key("csk_none", at(5)); }).error().code,
      ErrorCode::not_found);
  ASSERT_TRUE(run([](Transaction& transaction) {
    return transaction.add_file({.id = "f_1",
                                 .sha256 = "00",
                                 .name = "发票.pdf",
                                 .type = "application/pdf",
                                 .size = 12,
                                 .uploaded_by = PersonId("wang.min"),
                                 .created_at = at(0)});
  }));
  EXPECT_EQ((*reader().file("f_1"))->name, "发票.pdf");
}

TEST_P(StoreConformance, EverythingIsThereAfterReopening) {
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_TRUE(run(add_message(sample::message("mail", at(10)))));
  const auto before = *reader().instance(id_of(1));
  reopen();
  EXPECT_EQ(**reader().instance(id_of(1)), *before);
  EXPECT_EQ(reader().due_targets()->size(), 1U);
  ASSERT_TRUE(run(sample::decide_job(id_of(1), "zhao.lei", at(60))));
  const auto report = verify(reader());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problem, "");
  EXPECT_EQ(report->events, 11U);
}

TEST_P(StoreConformance, LinksAreSweptLongAfterTheirWorkItemClosed) {
  ASSERT_TRUE(run(sample::start_job(id_of(1))));
  ASSERT_TRUE(run(sample::start_job(id_of(2), {.reference = "EXP-2"})));
  ASSERT_TRUE(run(sample::finish_job(id_of(1), at(86400))));
  const auto link = [&](const InstanceId& instance, char hash) {
    return run([=](Transaction& transaction) {
      return transaction.add_link({.token_hash = std::string(32, hash),
                                   .instance = instance,
                                   .item = 3,
                                   .round = 1,
                                   .person = PersonId("li.na"),
                                   .sent_to = "li.na@example.com",
                                   .created_at = at(0)});
    });
  };
  ASSERT_TRUE(link(id_of(1), '\x01'));
  ASSERT_TRUE(link(id_of(2), '\x02'));
  const auto sweep_at = [&](std::int64_t day) {
    // A call does a piece of the work.
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(store().sweep(at(86400 * day)));
  };
  sweep_at(90);
  EXPECT_TRUE(*reader().link(std::string(32, '\x01'))) << "it shows what was decided";
  sweep_at(92);
  EXPECT_FALSE(*reader().link(std::string(32, '\x01')));
  sweep_at(1000);
  EXPECT_TRUE(*reader().link(std::string(32, '\x02'))) << "its work item is open";
}

TEST_P(StoreConformance, AnswersAreSweptWhenTheyAreOldAndNotBefore) {
  const auto keep = [&](std::string key, Instant created_at) {
    return run([=](Transaction& transaction) {
      return transaction.keep_answer({.actor = "a",
                                      .route = "r",
                                      .key = key,
                                      .request_hash = "h",
                                      .status = 200,
                                      .answer = "{}",
                                      .created_at = created_at});
    });
  };
  ASSERT_TRUE(keep("old", at(0)));
  ASSERT_TRUE(keep("new", at(86400 * 20)));
  const auto held = [&](std::string key) {
    bool found = false;
    EXPECT_TRUE(run([&](Transaction& transaction) -> Result<void> {
      found = transaction.find_answer("a", "r", key)->has_value();
      return {};
    }));
    return found;
  };
  ASSERT_TRUE(store().sweep(at(86400 * 29)));
  EXPECT_TRUE(held("old"));
  ASSERT_TRUE(store().sweep(at(86400 * 31)));
  EXPECT_FALSE(held("old"));
  EXPECT_TRUE(held("new"));
}

}  // namespace countersign
