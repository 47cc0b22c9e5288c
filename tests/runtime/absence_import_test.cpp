// A person's calendar and the absences that come from it, one import after another.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

// The clock stands at 2026-03-02.
class FollowedCalendar : public EngineFixture {
 protected:
  FollowedCalendar() { load(kSimple); }

  using Events = std::vector<ImportAbsences::Event>;
  ImportAbsences calendar(Events events, const std::string& stand_in = "fin") const {
    ImportAbsences request;
    request.person = PersonId("boss");
    request.source = "outlook";
    request.stand_in = PersonId(stand_in);
    request.events = std::move(events);
    return request;
  }
  Got import(Events events, const std::string& stand_in = "fin") {
    return ask(calendar(std::move(events), stand_in), by("boss"));
  }
  Got set(const std::string& from, const std::string& until, const std::string& stand_in) {
    SetAbsence request;
    request.person = PersonId("boss");
    request.from = from;
    request.until = until;
    request.stand_in = PersonId(stand_in);
    return ask(request, by("boss"));
  }
  // "added 1, ended 1" of what is not none.
  static std::string counts(const Got& got) {
    if (got.status != 200) return got.refusal.error.message;
    std::string text;
    for (const char* kind : {"added", "changed", "ended", "unchanged", "stays_ended"}) {
      const std::size_t count = got.body.at(kind).as_array().size();
      if (count > 0) text += (text.empty() ? "" : ", ") + std::string(kind) + " " + std::to_string(count);
    }
    return text;
  }
  // The first days of what is not over.
  std::vector<std::string> away_from() const {
    std::vector<std::string> days;
    for (const RecordedAbsence& each : library->absences()->of(PersonId("boss"))) {
      if (each.absence.until > clock.now()) days.push_back(format_rfc3339(each.absence.from).substr(0, 10));
    }
    return days;
  }
  static std::int64_t id_of_first(const Got& got, const char* kind) {
    return got.body.at(kind).as_array().at(0).at("id").as_int64();
  }
};

const ImportAbsences::Event kSea{"1", "2026-03-10", "2026-03-12", "sea"};
const ImportAbsences::Event kFair{"2", "2026-04-01", "2026-04-02", "fair"};

TEST_F(FollowedCalendar, TheSameAgainChangesNothing) {
  EXPECT_EQ(counts(import({kSea, kFair})), "added 2");
  EXPECT_EQ(counts(import({kFair, kSea})), "unchanged 2");
  restart();
  EXPECT_EQ(counts(import({kSea, kFair})), "unchanged 2");
  EXPECT_THAT(away_from(), UnorderedElementsAre("2026-03-10", "2026-04-01"));
}

TEST_F(FollowedCalendar, WhatMovedMovesAndWhatIsGoneEnds) {
  ASSERT_EQ(counts(import({kSea, kFair})), "added 2");
  ASSERT_EQ(set("2026-05-04", "2026-05-05", "fin").status, 201);
  ImportAbsences other = calendar({{"1", "2026-06-01", "2026-06-02", "sport"}});
  other.source = "club";
  ASSERT_EQ(counts(ask(other, by("boss"))), "added 1");
  EXPECT_EQ(counts(import({{"1", "2026-03-11", "2026-03-12", "sea"}})), "changed 1, ended 1");
  EXPECT_THAT(away_from(), UnorderedElementsAre("2026-03-11", "2026-05-04", "2026-06-01"))
      << "what was set by hand and what is another calendar's stays";
  EXPECT_EQ(counts(import({})), "ended 1");
  EXPECT_EQ(counts(import({kSea})), "added 1");
}

TEST_F(FollowedCalendar, AnotherStandInOrTitleIsAChange) {
  ASSERT_EQ(counts(import({kSea})), "added 1");
  EXPECT_EQ(counts(import({kSea}, "rep")), "changed 1");
  EXPECT_EQ(counts(import({{"1", "2026-03-10", "2026-03-12", "lake"}}, "rep")), "changed 1");
  EXPECT_EQ(counts(import({{"1", "2026-03-10", "2026-03-12", "lake"}}, "")), "changed 1");
  EXPECT_EQ(away_from().size(), 1U);
}

TEST_F(FollowedCalendar, WhatIsOverIsLeftAlone) {
  ASSERT_EQ(counts(import({kSea, kFair})), "added 2");
  advance(std::chrono::hours(24 * 20));
  EXPECT_EQ(counts(import({kSea, kFair})), "unchanged 1");
  EXPECT_EQ(counts(import({kFair})), "unchanged 1");
  EXPECT_EQ(counts(import({{"1", "2026-04-10", "2026-04-12", "sea"}, kFair})), "added 1, unchanged 1")
      << "the same event, once more";
}

// Whoever came back early would be away again with every import.
TEST_F(FollowedCalendar, WhatSomebodyEndedStaysEndedUntilItMoves) {
  const Got first = import({kSea});
  ASSERT_EQ(counts(first), "added 1");
  ASSERT_EQ(ask(EndAbsence{PersonId("boss"), id_of_first(first, "added")}, by("boss")).status, 200);
  EXPECT_EQ(counts(import({kSea})), "stays_ended 1");
  EXPECT_EQ(counts(import({kSea}, "rep")), "stays_ended 1");
  EXPECT_THAT(away_from(), IsEmpty());
  EXPECT_EQ(counts(import({{"1", "2026-03-11", "2026-03-12", "sea"}})), "added 1");
  EXPECT_THAT(away_from(), ElementsAre("2026-03-11"));
}

TEST_F(FollowedCalendar, IsTakenWholeOrNotAtAll) {
  ASSERT_EQ(counts(import({kSea, kFair})), "added 2");
  const Got got = import({{"1", "2026-03-11", "2026-03-12", ""},
                          {"3", "2026-03-20", "2026-03-19", ""},
                          {"3", "soon", "2026-03-19", ""},
                          {"", "", "2026-03-19", ""}},
                         "finn");
  std::vector<std::string> pointers;
  for (const Problem& problem : got.refusal.problems) pointers.push_back(problem.pointer);
  EXPECT_THAT(pointers, IsSupersetOf({"/stand_in", "/absences/1/until", "/absences/2/uid", "/absences/2/from",
                                      "/absences/3/uid", "/absences/3/from"}));
  EXPECT_THAT(away_from(), UnorderedElementsAre("2026-03-10", "2026-04-01"));
  EXPECT_EQ(ask(calendar({}), by("rep")).refusal.error.code, ErrorCode::forbidden);
  ImportAbsences nameless = calendar({});
  nameless.source.clear();
  EXPECT_EQ(ask(nameless, by("boss")).refusal.problems.front().pointer, "/source");
}

TEST_F(FollowedCalendar, TheSameRequestAgainIsTheSameAnswer) {
  Caller caller = by("boss", "key-1");
  caller.route = "POST /api/v1/people/{id}/absences/import";
  caller.request_hash = "h";
  EXPECT_EQ(counts(ask(calendar({kSea}), caller)), "added 1");
  EXPECT_EQ(counts(ask(calendar({kSea}), caller)), "added 1");
  EXPECT_EQ(away_from().size(), 1U);
}

TEST_F(FollowedCalendar, AnAbsenceThatIsUnderWayGoesOnWithoutAnotherMessage) {
  (void)start("simple");
  const auto told = [&](const std::string& kind) { return count_kind(outbox(), kind); };
  ASSERT_EQ(counts(import({{"1", "2026-03-01", "2026-03-05", "ill"}})), "added 1");
  const int asked = told("request");
  EXPECT_EQ(counts(import({{"1", "2026-03-01", "2026-03-07", "ill"}})), "changed 1");
  engine->drain();
  EXPECT_EQ(told("request"), asked);
  EXPECT_EQ(told("relieved"), 0);
  EXPECT_EQ(counts(import({})), "ended 1");
  engine->drain();
  EXPECT_EQ(told("relieved"), 1) << "fin was told, and does not stand in any more";
}

TEST_F(FollowedCalendar, SaysWhoActsWhereTwoStandInsAreNamedForTheSameTime) {
  const Got first = set("2026-03-10", "2026-03-12", "fin");
  ASSERT_EQ(first.status, 201);
  EXPECT_FALSE(first.body.as_object().contains("note"));
  const Got got = import({{"1", "2026-03-11", "2026-03-20", ""}}, "rep");
  ASSERT_EQ(counts(got), "added 1");
  const std::string note(got.body.at("added").at(0).at("note").as_string());
  EXPECT_THAT(note, HasSubstr("it overlaps absence 1, in which fin stands in: for what both cover rep acts "
                              "then, because that absence ends later; fin only where rep may not"));
  EXPECT_THAT(note, HasSubstr("from 2026-03-"));
  const Got inside = set("2026-03-12", "2026-03-12", "rep");
  ASSERT_EQ(inside.status, 201);
  EXPECT_THAT(std::string(inside.body.at("note").as_string()),
              HasSubstr("for what both cover fin acts then, because that absence was there first"));
  EXPECT_FALSE(set("2026-03-21", "2026-03-22", "fin").body.as_object().contains("note"));
}

}  // namespace
}  // namespace countersign::testing
