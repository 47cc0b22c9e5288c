// Reminders of one hour leave as one mail; quiet hours, working time and the daily measure hold them back.

#include "base/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/chasing.h"
#include "runtime/composer.h"
#include "runtime/digest_text.h"
#include "runtime/dispatcher.h"
#include "runtime/outbox_rows.h"
#include "runtime/presentation.h"
#include "tests/delivery/child_process.h"
#include "tests/runtime/engine_fixture.h"
#include "tests/source_folder.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The first reminder comes with the next working day, then one a day.
constexpr const char* kDaily = R"(workflow: daily
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: manager
    title: Buy it?
    approve:
      by: requester.manager
    remind:
      - {after: 1 business day, every: 1 business day, at_most: 50}
  - end: approved
)";

class DigestTest : public EngineFixture {
 protected:
  DigestTest() { load(kDaily); }

  void remind_by(const ReminderSettings& settings) {
    auto next = std::make_shared<Snapshot>(*library->current());
    next->reminders = settings;
    library->replace(next);
  }
  void give_boss_quiet_hours(const char* hours) {
    auto next = std::make_shared<Snapshot>(*library->current());
    std::vector<Person> people(next->directory->people().begin(), next->directory->people().end());
    for (Person& person : people) {
      if (person.id.value == "boss") person.quiet_hours = *parse_quiet_hours(hours);
    }
    std::vector<Group> groups(next->directory->groups().begin(), next->directory->groups().end());
    next->directory = *Directory::build(std::move(people), std::move(groups));
    library->replace(next);
  }
  // The reminders fall due when work begins, and are held from there on.
  void let_come(const char* rfc3339) {
    const Instant opening = *parse_rfc3339("2026-03-03T09:00:00Z");
    if (clock.now() < opening && *parse_rfc3339(rfc3339) > opening) {
      clock.set(opening);
      engine->drain();
    }
    clock.set(*parse_rfc3339(rfc3339));
    engine->drain();
  }
  // Rows that chase, by queue and state.
  std::vector<OutboxRow> rows(std::string_view target, OutboxStatus status, std::string_view kind) const {
    std::vector<OutboxRow> found = outbox();
    std::erase_if(found, [&](const OutboxRow& row) {
      return row.target != target || row.status != status || row.kind != kind;
    });
    return found;
  }
  std::vector<OutboxRow> held() const { return rows("chase", OutboxStatus::pending, "reminder"); }
  std::vector<OutboxRow> singles() const { return rows("mail", OutboxStatus::pending, "reminder"); }
  std::vector<OutboxRow> digests() const { return rows("mail", OutboxStatus::pending, "digest"); }
  OutboxRow row(std::int64_t id) const {
    for (OutboxRow& each : outbox()) {
      if (each.id == id) return each;
    }
    return {};
  }

  void report(std::int64_t id, DeliveryReport::Kind kind, bool delivered_nothing = false) {
    DeliveryReport done{.row = id, .kind = kind, .detail = "250 ok"};
    done.next_at = clock.now() + std::chrono::minutes(1);
    done.delivered_nothing = delivered_nothing;
    bool stored = false;
    engine->report_delivery(std::move(done), [&](const Result<void>& noted) { stored = noted.has_value(); });
    engine->drain();
    EXPECT_TRUE(stored);
  }
  Result<std::optional<Mail>> composed(std::int64_t id) const {
    return Composer(*library, store->reader(), links, {{"Approvals", "approvals@example.com"}})
        .compose(row(id), clock.now());
  }
};

TEST_F(DigestTest, CarriesAllRemindersOfTheHourEachWithItsOwnLink) {
  for (int i = 0; i < 3; ++i) start("daily");
  let_come("2026-03-03T09:00:00Z");
  EXPECT_EQ(held().size(), 3U) << "until five past";
  EXPECT_TRUE(digests().empty());
  let_come("2026-03-03T09:05:00Z");
  ASSERT_EQ(digests().size(), 1U);
  EXPECT_TRUE(singles().empty());
  const std::int64_t id = digests().front().id;
  report(id, DeliveryReport::Kind::fix);
  const auto mail = composed(id);
  ASSERT_TRUE(mail && *mail);
  EXPECT_EQ((*mail)->subject, "3 matters wait for you");
  std::size_t found = 0;
  for (std::size_t at = 0;
       (at = (*mail)->text.find("https://approve.example.com/flow/a/", at)) != std::string::npos; ++at)
    ++found;
  EXPECT_EQ(found, 3U) << (*mail)->text;
  report(id, DeliveryReport::Kind::sent);
  EXPECT_EQ(rows("chase", OutboxStatus::sent, "reminder").size(), 3U) << "what it carried ends as it does";
  let_come("2026-03-03T17:00:00Z");
  EXPECT_EQ(count_kind(outbox(), "digest"), 1);
}

TEST_F(DigestTest, FewerThanTheLeastNumberLeaveSingly) {
  for (int i = 0; i < 2; ++i) start("daily");
  let_come("2026-03-03T09:05:00Z");
  EXPECT_TRUE(digests().empty());
  EXPECT_EQ(singles().size(), 2U);
}

TEST_F(DigestTest, SwitchedOffEverythingLeavesSinglyAndAtOnce) {
  remind_by({.digest = false});
  for (int i = 0; i < 4; ++i) start("daily");
  let_come("2026-03-03T09:00:00Z");
  EXPECT_EQ(singles().size(), 4U);
}

TEST_F(DigestTest, ADecisionBeforeTheHourIsUpTakesItsEntryOut) {
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(start("daily"));
  let_come("2026-03-03T09:00:00Z");
  decide(ids[1], "boss", "approved");
  EXPECT_EQ(held().size(), 3U);
  let_come("2026-03-03T09:05:00Z");
  ASSERT_EQ(digests().size(), 1U);
  EXPECT_EQ(store->reader().digest_entries(digests().front().id)->size(), 3U);
}

// Over a real mail server: the dispatcher has it settled, sends it once, and ends what it carried.
TEST_F(DigestTest, LeavesAsOneMailOverSmtp) {
  tests::ChildProcess sink(
      {"/usr/bin/python3", source_folder() + "/tests/delivery/smtp_sink.py", R"({"mode": "plain"})"},
      tests::ChildProcess::Errors::dropped);
  const std::string port = sink.line();
  if (!port.starts_with("PORT ")) GTEST_SKIP() << "python3-aiosmtpd is not installed";
  load_connector("email", "connector: email\nkind: email\nhost: 127.0.0.1\ntls: none\nport: " +
                              port.substr(5) + "\nfrom: approvals@example.com\n");
  for (int i = 0; i < 3; ++i) start("daily");
  // The requests themselves have left before.
  for (const OutboxRow& request : rows("mail", OutboxStatus::pending, "request"))
    report(request.id, DeliveryReport::Kind::sent);
  let_come("2026-03-03T09:05:00Z");
  ASSERT_EQ(digests().size(), 1U);

  DispatcherSettings settings;
  settings.routes.addresses = *AddressPolicy::parse({"127.0.0.0/8"});
  dispatch(settings);
  const auto taken = parse_json(sink.line());
  ASSERT_TRUE(taken);
  const auto bytes = from_base64(string_at(*taken, "content"));
  ASSERT_TRUE(bytes);
  EXPECT_THAT(*bytes, HasSubstr("Subject: 3 matters wait for you"));
  EXPECT_THAT(*bytes, HasSubstr("To: boss <boss@example.com>"));
  sink.close_input();
  EXPECT_EQ(sink.rest(), "") << "one mail and no more";
  EXPECT_EQ(rows("chase", OutboxStatus::sent, "reminder").size(), 3U);
}

TEST_F(DigestTest, ADecisionBetweenGroupingAndSendingTakesItsEntryOut) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(start("daily"));
  let_come("2026-03-03T09:05:00Z");
  const std::int64_t id = digests().front().id;
  decide(ids[0], "boss", "approved");
  report(id, DeliveryReport::Kind::fix);
  EXPECT_EQ((*read_digest(row(id)))->entries.size(), 2U);
  const auto mail = composed(id);
  ASSERT_TRUE(mail && *mail);
  EXPECT_EQ((*mail)->subject, "2 matters wait for you");
}

TEST_F(DigestTest, WithNothingLeftDoesNotLeave) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(start("daily"));
  let_come("2026-03-03T09:05:00Z");
  const std::int64_t id = digests().front().id;
  for (const std::string& each : ids) decide(each, "boss", "approved");
  report(id, DeliveryReport::Kind::fix);
  EXPECT_EQ(row(id).status, OutboxStatus::dropped);
}

// The daemon is killed when the server has taken the mail and before that is noted: what is sent again is the
// same mail, whatever was decided in between.
TEST_F(DigestTest, ACrashBetweenGroupingAndSendingSendsNoSecondOne) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(start("daily"));
  let_come("2026-03-03T09:05:00Z");
  const std::int64_t id = digests().front().id;
  restart();
  ASSERT_EQ(digests().size(), 1U) << "grouped once, whatever happens";
  EXPECT_EQ(digests().front().id, id);
  report(id, DeliveryReport::Kind::fix);
  const auto first = composed(id);
  ASSERT_TRUE(first && *first);
  decide(ids[0], "boss", "approved");
  clock.advance(std::chrono::minutes(20));
  restart();
  const auto second = composed(id);
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->message_id, (*first)->message_id);
  EXPECT_EQ((*second)->subject, (*first)->subject);
  EXPECT_EQ((*second)->date, (*first)->date);
  EXPECT_EQ(count_kind(outbox(), "digest"), 1);
}

TEST_F(DigestTest, WhatTheServerSurelyDidNotTakeIsSettledAnew) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(start("daily"));
  let_come("2026-03-03T09:05:00Z");
  const std::int64_t id = digests().front().id;
  const std::string key = digests().front().idempotency_key;
  report(id, DeliveryReport::Kind::fix);
  report(id, DeliveryReport::Kind::retry, true);
  EXPECT_FALSE(*read_digest(row(id)));
  decide(ids[2], "boss", "approved");
  report(id, DeliveryReport::Kind::fix);
  EXPECT_EQ((*read_digest(row(id)))->entries.size(), 2U);
  EXPECT_EQ(row(id).idempotency_key, key) << "it stays the same message";
}

TEST_F(DigestTest, ADeadOneIsRevivedWithAllThatItCarried) {
  for (int i = 0; i < 3; ++i) start("daily");
  let_come("2026-03-03T09:05:00Z");
  const std::int64_t id = digests().front().id;
  report(id, DeliveryReport::Kind::fix);
  report(id, DeliveryReport::Kind::dead);
  EXPECT_EQ(rows("chase", OutboxStatus::dead, "reminder").size(), 3U);
  EXPECT_EQ(ask(OutboxAct{id, OutboxAct::Act::retry}, by("boss")).status, 200);
  EXPECT_EQ(rows("chase", OutboxStatus::dead, "reminder").size(), 0U);
  const auto mail = composed(id);
  ASSERT_TRUE(mail && *mail);
  EXPECT_EQ((*mail)->subject, "3 matters wait for you");
}

TEST_F(DigestTest, QuietHoursOfEverybodyHoldItUntilTheyEnd) {
  remind_by({.quiet_hours = *parse_quiet_hours("08:00-11:00")});
  for (int i = 0; i < 3; ++i) start("daily");
  let_come("2026-03-03T09:05:00Z");
  EXPECT_EQ(count_kind(outbox(), "digest"), 0);
  EXPECT_EQ(engine->next_due(), parse_rfc3339("2026-03-03T11:00:00Z").value());
  let_come("2026-03-03T11:00:00Z");
  EXPECT_EQ(digests().size(), 1U);
}

TEST_F(DigestTest, APersonsOwnQuietHoursWinOverTheDefault) {
  remind_by({.quiet_hours = *parse_quiet_hours("08:00-11:00")});
  give_boss_quiet_hours("none");
  for (int i = 0; i < 3; ++i) start("daily");
  let_come("2026-03-03T09:05:00Z");
  EXPECT_EQ(digests().size(), 1U);
}

// A person in another time zone had the quiet hours and the working day of their calendar's zone.
TEST_F(DigestTest, APersonsOwnZoneIsThatOfTheirWorkingDayTheirQuietHoursAndTheirDates) {
  remind_by({.quiet_hours = *parse_quiet_hours("16:00-17:30")});
  auto next = std::make_shared<Snapshot>(*library->current());
  std::vector<Person> people(next->directory->people().begin(), next->directory->people().end());
  for (Person& person : people) {
    if (person.id.value == "boss") person.zone = "Asia/Shanghai";
  }
  std::vector<Group> groups(next->directory->groups().begin(), next->directory->groups().end());
  next->directory = *Directory::build(std::move(people), std::move(groups));
  library->replace(next);
  for (int i = 0; i < 3; ++i) start("daily");  // Monday 17:00 in Shanghai
  clock.set(*parse_rfc3339("2026-03-03T09:00:00Z"));
  engine->drain();
  clock.set(*parse_rfc3339("2026-03-03T09:05:00Z"));
  engine->drain();
  EXPECT_EQ(digests().size(), 0U) << "Tuesday 17:05 there: quiet hours";
  EXPECT_EQ(held().size(), 3U);
  clock.set(*parse_rfc3339("2026-03-03T09:30:00Z"));
  engine->drain();
  ASSERT_EQ(digests().size(), 1U) << "17:30 there";
  EXPECT_EQ(instant_words(*parse_rfc3339("2026-03-02T09:00:00Z"), *next, nullptr, PersonId("boss")),
            "2026-03-02 17:00");
  EXPECT_EQ(instant_words(*parse_rfc3339("2026-03-02T09:00:00Z"), *next, nullptr, PersonId("rep")),
            "2026-03-02 09:00");
}

TEST_F(DigestTest, BeyondTheDaysMeasureItWaitsForTomorrow) {
  remind_by({.digest = false, .per_day = 2});
  for (int i = 0; i < 3; ++i) start("daily");
  let_come("2026-03-03T09:00:00Z");
  EXPECT_EQ(singles().size(), 2U);
  ASSERT_EQ(held().size(), 1U);
  EXPECT_EQ(held().front().next_at, parse_rfc3339("2026-03-04T09:00:00Z").value());
  for (const OutboxRow& sent : singles()) report(sent.id, DeliveryReport::Kind::sent);
  let_come("2026-03-03T17:00:00Z");
  EXPECT_TRUE(singles().empty());
  let_come("2026-03-04T09:00:00Z");
  EXPECT_EQ(singles().size(), 2U) << "a new day, a new measure";
}

// What was held over night met the next day's reminder of the same, and the digest named it twice.
TEST_F(DigestTest, NamesNothingTwiceThatWasHeldUntilItsNextReminder) {
  remind_by({.per_day = 0});
  for (int i = 0; i < 3; ++i) start("daily");
  let_come("2026-03-03T09:05:00Z");
  let_come("2026-03-04T09:00:00Z");
  remind_by({});
  let_come("2026-03-05T09:00:00Z");
  let_come("2026-03-05T09:05:00Z");
  ASSERT_EQ(digests().size(), 1U);
  const std::int64_t id = digests().front().id;
  report(id, DeliveryReport::Kind::fix);
  const auto mail = composed(id);
  ASSERT_TRUE(mail && *mail);
  EXPECT_EQ((*mail)->subject, "3 matters wait for you");
  EXPECT_GE(rows("chase", OutboxStatus::dropped, "reminder").size(), 3U);
}

TEST_F(DigestTest, AfterANightDownItLeavesInTheMorning) {
  for (int i = 0; i < 3; ++i) start("daily");
  let_come("2026-03-03T09:00:00Z");
  clock.set(*parse_rfc3339("2026-03-03T23:00:00Z"));
  restart();
  EXPECT_EQ(count_kind(outbox(), "digest"), 0);
  let_come("2026-03-04T09:00:00Z");
  EXPECT_EQ(digests().size(), 1U);
}

// A reminder of Friday evening was given up on Monday morning, at the first failure.
TEST_F(DigestTest, NightsAndWeekendsDoNotCountAsTimeInWhichAReminderWasTried) {
  const Instant friday = *parse_rfc3339("2026-03-06T19:00:00Z");
  OutboxRow row{.kind = "reminder", .recipient = PersonId("boss"), .created_at = friday};
  EXPECT_EQ(format_rfc3339(could_leave_at(*library->current(), row)), "2026-03-09T09:00:00Z");
  row.kind = "request";
  EXPECT_EQ(could_leave_at(*library->current(), row), friday);
}

TEST_F(DigestTest, NearTheEndOfWorkNothingIsHeldIntoTheEvening) {
  const auto snapshot = library->current();
  const Person& boss = *snapshot->directory->find(PersonId("boss"));
  const auto until = [&](const char* at) {
    return format_rfc3339(held_until(*snapshot, boss, *parse_rfc3339(at)));
  };
  EXPECT_EQ(until("2026-03-03T09:00:00Z"), "2026-03-03T09:05:00Z");
  EXPECT_EQ(until("2026-03-03T09:05:00Z"), "2026-03-03T10:05:00Z");
  EXPECT_EQ(until("2026-03-03T17:30:00Z"), "2026-03-03T17:30:00Z") << "18:05 is no working time";
}

// The whole way, through the dispatcher: one mail, and the row is done.
TEST_F(DigestTest, IsSentOnceByTheDispatcher) {
  for (int i = 0; i < 3; ++i) start("daily");
  for (const OutboxRow& request : rows("mail", OutboxStatus::pending, "request"))
    report(request.id, DeliveryReport::Kind::sent);
  let_come("2026-03-03T09:05:00Z");
  Mailbox mailbox;
  DispatcherSettings settings;
  settings.mailbox = &mailbox;
  dispatch(settings);
  ASSERT_EQ(mailbox.list().size(), 1U);
  EXPECT_EQ(mailbox.list().front().subject, "3 matters wait for you");
  EXPECT_EQ(mailbox.list().front().to, "boss@example.com");
}

TEST(DigestText, SpeaksEnglishAndChinese) {
  const std::vector<DigestEntry> entries{
      {"Buy it?", "EXP-1", "Li Na", "2026-03-02 18:00", true, 2, "https://x/a/1"},
      {"差旅费 [1]", "EXP-2", "", "", false, 0, "https://x/a/2"}};
  EXPECT_EQ(digest_subject(entries, "en"), "2 matters wait for you, 1 overdue");
  EXPECT_EQ(digest_subject(entries, "zh-CN"), "您有 2 项待办，其中 1 项已超时");
  EXPECT_EQ(digest_subject(std::span(entries).first(1), "en"), "1 matter waits for you, 1 overdue");
  const std::string english = digest_markdown(entries, "en");
  EXPECT_THAT(english, HasSubstr("](https://x/a/1)"));
  EXPECT_THAT(english, HasSubstr("asked by Li Na"));
  EXPECT_THAT(english, HasSubstr("overdue since"));
  EXPECT_THAT(english, Not(HasSubstr("[差旅费 [1]]"))) << "what users write is escaped";
  EXPECT_THAT(digest_markdown(entries, "zh-CN"), HasSubstr("第 2 次提醒"));
}

}  // namespace
}  // namespace countersign::testing
