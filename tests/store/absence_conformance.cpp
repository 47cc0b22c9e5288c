// Absences as every store keeps them, and how the work, links and keys of one person are found.

#include "tests/store/conformance.h"
#include "tests/store/sample_process.h"

namespace countersign {
namespace {

using sample::at;

RecordedAbsence trip(const char* person, int from, int until) {
  RecordedAbsence absence;
  absence.person = PersonId(person);
  absence.absence = {.from = at(from),
                     .until = at(until),
                     .stand_in = PersonId("wang.fang"),
                     .workflows = {WorkflowId("expense-approval"), WorkflowId("contract-review")},
                     .up_to = *parse_amount_limit("10000.50 CNY"),
                     .reason = "holiday; back soon"};
  absence.set_by = PersonId("adm");
  absence.created_at = at(1);
  return absence;
}

Job add(RecordedAbsence absence, std::int64_t* id = nullptr) {
  return [=](Transaction& transaction) -> Result<void> {
    const auto given = transaction.add_absence(absence);
    if (!given) return std::unexpected(given.error());
    if (id != nullptr) *id = *given;
    return {};
  };
}

LinkRow sent_link(char digit, const char* person) {
  return {.token_hash = std::string(32, digit),
          .instance = InstanceId("i_1"),
          .item = 3,
          .round = 1,
          .person = PersonId(person),
          .sent_to = "x@example.com",
          .created_at = at(1)};
}

}  // namespace

TEST_P(StoreConformance, AnAbsenceIsKeptWithItsScopeUntilItIsOver) {
  std::int64_t id = 0;
  ASSERT_TRUE(run(add(trip("li.na", 10, 20), &id)));
  reopen();
  RecordedAbsence expected = trip("li.na", 10, 20);
  expected.id = id;
  const auto kept = reader().absences(at(19));
  ASSERT_TRUE(kept) << kept.error().message;
  ASSERT_EQ(kept->size(), 1U);
  EXPECT_EQ(kept->front(), expected);
  EXPECT_TRUE(reader().absences(at(20))->empty());
  ASSERT_TRUE(run([id](Transaction& transaction) { return transaction.note_absence_begun(id); }));
  EXPECT_TRUE(reader().absences(at(5))->front().begun);
}

TEST_P(StoreConformance, AnAbsenceIsGivenUntilItsEndWasToldOf) {
  std::int64_t begun = 0;
  ASSERT_TRUE(run(add(trip("li.na", 10, 20), &begun)));
  ASSERT_TRUE(run([begun](Transaction& transaction) { return transaction.note_absence_begun(begun); }));
  EXPECT_EQ(reader().absences(at(30))->size(), 1U) << "the stand-in does not know yet";
  ASSERT_TRUE(run([begun](Transaction& transaction) { return transaction.note_absence_over(begun); }));
  EXPECT_TRUE(reader().absences(at(30))->empty());
}

TEST_P(StoreConformance, AnAbsenceThatEndsEarlyFreesNoNumber) {
  std::int64_t first = 0;
  std::int64_t second = 0;
  ASSERT_TRUE(run(add(trip("li.na", 10, 20), &first)));
  ASSERT_TRUE(run([first](Transaction& transaction) { return transaction.end_absence(first, at(5)); }));
  EXPECT_TRUE(reader().absences(at(5))->empty()) << "it never begins";
  ASSERT_TRUE(run(add(trip("li.na", 10, 20), &second)));
  EXPECT_NE(first, second);
  ASSERT_TRUE(run([](Transaction& transaction) -> Result<void> {
    const auto of_person = transaction.absences_of(PersonId("li.na"), at(5));
    if (!of_person) return std::unexpected(of_person.error());
    EXPECT_EQ(of_person->size(), 1U);
    EXPECT_TRUE(transaction.absences_of(PersonId("zhang.wei"), at(5))->empty());
    return {};
  }));
}

TEST_P(StoreConformance, AnAbsenceFromACalendarIsFoundByItUntilThatSaysItIsOver) {
  RecordedAbsence taken = trip("li.na", 10, 20);
  taken.origin = AbsenceOrigin{"outlook", "1@example.com", at(10), at(20)};
  std::int64_t id = 0;
  std::int64_t ended_by_hand = 0;
  ASSERT_TRUE(run(add(taken, &id)));
  ASSERT_TRUE(run(add(taken, &ended_by_hand)));
  ASSERT_TRUE(run(add(trip("li.na", 10, 20))));
  reopen();
  taken.id = id;
  ASSERT_TRUE(run([&](Transaction& transaction) -> Result<void> {
    if (auto ended = transaction.end_absence(ended_by_hand, at(5)); !ended) return ended;
    const auto found = transaction.absences_from(PersonId("li.na"), "outlook", at(19));
    if (!found) return std::unexpected(found.error());
    EXPECT_EQ(found->size(), 2U) << "not the one that was set by hand";
    EXPECT_EQ(found->front(), taken);
    EXPECT_EQ(found->back().id, ended_by_hand);
    EXPECT_EQ(found->back().absence.until, at(5));
    EXPECT_TRUE(transaction.absences_from(PersonId("li.na"), "outlook", at(20))->empty());
    EXPECT_TRUE(transaction.absences_from(PersonId("li.na"), "other", at(5))->empty());
    EXPECT_TRUE(transaction.absences_from(PersonId("li.na"), "", at(5))->empty());
    EXPECT_TRUE(transaction.absences_from(PersonId("zhang.wei"), "outlook", at(5))->empty());
    if (auto gone = transaction.retract_absence(id, at(15)); !gone) return gone;
    EXPECT_EQ(transaction.absences_from(PersonId("li.na"), "outlook", at(15))->size(), 1U);
    EXPECT_EQ(transaction.absences_of(PersonId("li.na"), at(15))->size(), 1U);
    return {};
  }));
}

TEST_P(StoreConformance, LinksAndKeysOfAPersonEndTogether) {
  KeyRow key{.id = "csk_00000001",
             .hash = std::string(32, 'h'),
             .name = "of li.na",
             .person = PersonId("li.na"),
             .scopes = {"decide"},
             .created_at = at(1),
             .expires_at = {},
             .last_used_at = {},
             .revoked_at = {}};
  ASSERT_TRUE(run([&](Transaction& transaction) -> Result<void> {
    for (const auto& row : {sent_link('a', "li.na"), sent_link('b', "li.na"), sent_link('c', "zhang.wei")}) {
      if (auto added = transaction.add_link(row); !added) return added;
    }
    return transaction.add_key(key);
  }));
  auto asked = reader().asked();
  ASSERT_TRUE(asked) << asked.error().message;
  EXPECT_EQ(asked->people, (std::vector{PersonId("li.na"), PersonId("zhang.wei")}));
  ASSERT_TRUE(run([](Transaction& transaction) -> Result<void> {
    if (auto revoked = transaction.revoke_links_of(PersonId("li.na")); !revoked) return revoked;
    const auto keys = transaction.revoke_keys_of(PersonId("li.na"), at(9));
    if (!keys) return std::unexpected(keys.error());
    EXPECT_EQ(*keys, std::vector<std::string>{"csk_00000001"});
    EXPECT_TRUE(transaction.revoke_keys_of(PersonId("li.na"), at(9))->empty());
    return {};
  }));
  EXPECT_TRUE(reader().link(std::string(32, 'a'))->value().revoked);
  EXPECT_FALSE(reader().link(std::string(32, 'c'))->value().revoked);
  EXPECT_EQ(reader().keys()->front().revoked_at, at(9));
  EXPECT_EQ(reader().asked()->people, std::vector{PersonId("zhang.wei")});
}

TEST_P(StoreConformance, TheInstancesThatAskSomebodyAreFoundPageByPage) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(run(sample::start_job(sample::id_of(i))));
  const auto asked = reader().asked();
  ASSERT_TRUE(asked);
  ASSERT_FALSE(asked->people.empty());
  const PersonId person = asked->people.front();
  std::vector<std::string> found;
  std::string cursor;
  do {
    const auto page = reader().instances_asking(person, "", 2, cursor);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_LE(page->rows.size(), 2U);
    for (const InstanceId& id : page->rows) found.push_back(id.value);
    cursor = page->next_cursor;
  } while (!cursor.empty());
  EXPECT_EQ(found.size(), 5U);
  EXPECT_EQ(found.front(), sample::id_of(1).value);
  EXPECT_TRUE(reader().instances_asking(PersonId("nobody"), "", 2, "")->rows.empty());
  EXPECT_TRUE(reader().instances_asking(PersonId(), "no group", 2, "")->rows.empty());
}

}  // namespace countersign
