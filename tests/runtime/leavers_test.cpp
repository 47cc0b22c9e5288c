// People who leave and people who are away, from a reload to what the store and the outbox hold.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Staff : public EngineFixture {
 protected:
  explicit Staff(EngineOptions options = {}) : EngineFixture(options) { load(kSimple); }

  // As a reload does it: another file of people is in force.
  template <class Change>
  void reload(Change change) {
    auto next = std::make_shared<Snapshot>(*library->current());
    std::vector<Person> people(next->directory->people().begin(), next->directory->people().end());
    std::vector<Group> groups(next->directory->groups().begin(), next->directory->groups().end());
    change(people, groups);
    auto built = Directory::build(std::move(people), std::move(groups));
    ASSERT_TRUE(built.has_value());
    next->directory = *built;
    library->replace(next);
    engine->drain();
  }
  void leave(const std::string& who) {
    reload([&](std::vector<Person>& people, std::vector<Group>&) {
      for (Person& person : people) {
        if (person.id.value == who) person.active = false;
      }
    });
  }

  std::vector<std::string> asked(const std::string& instance) const {
    std::vector<std::string> who;
    for (const WorkItemRow& item : items(instance)) {
      if (item.status == ItemStatus::open) who.push_back(item.assignee.value + item.group);
    }
    return who;
  }
  // To the item that is open, whoever it is before.
  Got answer(const std::string& instance, const std::string& person, const std::string& outcome) {
    for (const WorkItemRow& item : items(instance)) {
      if (item.status != ItemStatus::open) continue;
      return ask(
          DecisionRequest{InstanceId(instance), item.number, item.version, outcome, "", {}, {}, {}, {}},
          by(person));
    }
    return {};
  }
  std::vector<std::string> told(const std::string& kind) const {
    std::vector<std::string> who;
    for (const OutboxRow& row : outbox()) {
      if (row.kind == kind) who.push_back(row.recipient.value);
    }
    return who;
  }
  Got away(const std::string& person, const std::string& until, const std::string& stand_in,
           const std::string& from = {}) {
    return ask(SetAbsence{.person = PersonId(person),
                          .from = from,
                          .until = until,
                          .stand_in = PersonId(stand_in),
                          .workflows = {},
                          .up_to = {},
                          .reason = {}},
               by(person));
  }
};

TEST_F(Staff, WorkOfALeaverMovesWithTheReloadThatTellsOfIt) {
  const std::string first = start("simple");
  const std::string second = start("simple");
  leave("boss");
  EXPECT_THAT(asked(first), ElementsAre("boss")) << "the only administrator too: the work stands still";
  EXPECT_THAT(told("incident"), IsEmpty()) << "nobody is there to be told";
  // Somebody looks after it again, and retries.
  reload([](std::vector<Person>&, std::vector<Group>& groups) {
    for (Group& group : groups) {
      if (group.id == "admins") group.members = {PersonId("fin")};
    }
  });
  EXPECT_THAT(asked(first), ElementsAre("admins"));
  EXPECT_THAT(asked(second), ElementsAre("admins"));
  EXPECT_EQ(answer(first, "fin", "approved").status, 200);
  EXPECT_EQ(status_of(first), "approved");
}

// The first that could not be mended kept the others from being tried.
TEST_F(Staff, ARetryTriesAllThatStandsStillAndSaysWhatStandsStillAfterwards) {
  load(R"(workflow: both
start:
  - form:
form:
  amount: {type: money, currency: CNY}
statuses: [approved, rejected]
steps:
  - parallel:
      branches:
        a:
          - id: first
            approve: {by: person("boss"), if_nobody: fail}
        b:
          - id: second
            approve: {by: person("fin"), if_nobody: fail}
  - end: approved
)");
  const std::string id = start("both");
  leave("boss");
  leave("fin");
  reload([](std::vector<Person>& people, std::vector<Group>&) {
    for (Person& person : people) person.active = person.id.value != "boss";
  });
  Caller admin = by("fin");
  admin.admin = true;
  const Got got = ask(RetryRequest{InstanceId(id), 0, "fin is back"}, admin);
  EXPECT_EQ(got.status, 0);
  EXPECT_THAT(got.refusal.error.message, HasSubstr("retry has mended nothing"));
  EXPECT_THAT(got.refusal.error.message, HasSubstr("boss has left"));
  const auto state = store->reader().instance(InstanceId(id));
  ASSERT_TRUE(state.has_value() && state->has_value());
  for (const auto& [number, activation] : (*state)->activations)
    EXPECT_THAT(activation.incident, ::testing::Not(HasSubstr("fin has left")));
}

TEST_F(Staff, ALeaverIsFoundAtTheStartToo) {
  const std::string id = start("simple");
  auto next = std::make_shared<Snapshot>(*library->current());
  next->directory =
      *Directory::build({Person{.id = PersonId("rep"), .name = "rep"},
                         Person{.id = PersonId("fin"), .name = "fin", .mail = "fin@example.com"}},
                        {{"admins", "Admins", {PersonId("fin")}}});
  library->replace(next);
  restart();
  EXPECT_THAT(asked(id), ElementsAre("admins")) << "boss is not in the file any more";
}

// Nobody has left: who is still there may not do it any more.
TEST_F(Staff, WhatTheFileCameToSayWhileTheDaemonWasDownIsLookedAtOnce) {
  load(R"(workflow: by_the_manager
start:
  - form:
form:
  amount: {type: money, currency: CNY}
statuses: [approved, rejected]
steps:
  - gates:
      - stage: line
        only: requester.manager
        steps:
          - id: ok
            approve: {by: person("boss"), return_to: [], if_nobody: {to: person("fin")}}
  - end: approved
)");
  const auto under = [&](const char* manager) {
    auto next = std::make_shared<Snapshot>(*library->current());
    std::vector<Person> people(next->directory->people().begin(), next->directory->people().end());
    for (Person& person : people) {
      if (person.id.value == "rep") person.manager = PersonId(manager);
    }
    next->directory =
        *Directory::build(people, {next->directory->groups().begin(), next->directory->groups().end()});
    return next;
  };
  library->replace(under("boss"));
  engine->drain();
  const std::string id = start("by_the_manager");
  ASSERT_THAT(asked(id), ElementsAre("boss"));
  library->replace(under("fin"));
  restart();
  EXPECT_THAT(asked(id), ElementsAre("fin"));
  const std::uint64_t before = store->figures().commits;
  engine->drain();
  EXPECT_EQ(store->figures().commits, before);
  restart();
  EXPECT_EQ(store->figures().commits, 0U) << "the same file: nothing to look at, nothing to note";
}

TEST_F(Staff, LinksAndKeysOfALeaverEndInTheSameCommit) {
  const std::string id = start("simple");
  const Got key = ask(CreateKey{"of boss", PersonId("boss"), {"decide"}, std::nullopt}, by("boss"));
  ASSERT_EQ(key.status, 201);
  std::vector<std::string> ended;
  engine->on_keys_revoked([&](const std::vector<std::string>& ids, Instant) {
    ended.insert(ended.end(), ids.begin(), ids.end());
  });
  const std::uint64_t before = store->figures().commits;
  leave("boss");
  EXPECT_EQ(store->figures().commits, before + 2) << "the other notes that all was looked at";
  EXPECT_EQ(ended.size(), 1U);
  const auto keys = store->reader().keys();
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->front().revoked_at.has_value());
  const auto asked_still = store->reader().asked();
  ASSERT_TRUE(asked_still);
  for (const PersonId& person : asked_still->people) {
    // The item itself stands still where it is: nobody else is there.
    const auto instances = store->reader().instances_asking(person, "", 10, "");
    ASSERT_TRUE(instances);
    EXPECT_EQ(instances->rows.size(), 1U) << person.value;
  }
}

constexpr const char* kOfAGroup = R"(workflow: shared
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: check
    approve:
      by: group("finance")
      need: 1
  - end: approved
)";

class Claimed : public Staff {
 protected:
  Claimed() {
    reload([](std::vector<Person>& people, std::vector<Group>& groups) {
      people.push_back(Person{.id = PersonId("cfo"), .name = "cfo", .mail = "cfo@example.com"});
      groups.front().members.emplace_back("cfo");
    });
    Staff::load(kOfAGroup);
  }
  std::string claimed_by_fin() {
    const std::string id = start("shared");
    const ItemActRequest claim{
        .act = ItemActRequest::Act::claim, .instance = InstanceId(id), .item = items(id).front().number};
    EXPECT_EQ(ask(claim, by("fin", "claim " + id)).status, 200);
    EXPECT_THAT(asked(id), ElementsAre("finfinance"));
    return id;
  }
  void leave_finance(const std::string& who) {
    reload([&](std::vector<Person>&, std::vector<Group>& groups) {
      std::erase(groups.front().members, PersonId(who));
    });
  }
};

// Whoever left a group but stayed kept what they had claimed from it, until somebody acted on it.
TEST_F(Claimed, WorkOfWhoLeavesTheGroupIsTheGroupsAgainWithTheReload) {
  const std::string first = claimed_by_fin();
  const std::string second = claimed_by_fin();
  const std::string unclaimed = start("shared");
  for (int i = 0; i < 20; ++i) start("simple");
  const std::uint64_t before = store->figures().commands;
  leave_finance("fin");
  EXPECT_THAT(asked(first), ElementsAre("finance"));
  EXPECT_THAT(asked(second), ElementsAre("finance"));
  EXPECT_EQ(store->figures().commands, before + 6)
      << "the three that the group is asked for, the two that are theirs beside, and the note: no more";
  EXPECT_TRUE(store->reader().asked()->claims.empty());
  EXPECT_THAT(asked(unclaimed), ElementsAre("finance"));
  EXPECT_EQ(
      ask(DecisionRequest{InstanceId(first), items(first).front().number, {}, "approved", "", {}, {}, {}, {}},
          by("cfo", "now mine"))
          .status,
      200);
}

TEST_F(Claimed, WorkOfWhoLeavesAnotherGroupStaysTheirs) {
  const std::string id = claimed_by_fin();
  leave_finance("cfo");
  EXPECT_THAT(asked(id), ElementsAre("finfinance"));
}

TEST_F(Claimed, IsGivenBackAtTheStartTooAndLinksAndKeysStay) {
  const std::string id = claimed_by_fin();
  const Got key = ask(CreateKey{"of fin", PersonId("fin"), {"decide"}, std::nullopt}, by("boss"));
  ASSERT_EQ(key.status, 201);
  auto next = std::make_shared<Snapshot>(*library->current());
  std::vector<Person> people(next->directory->people().begin(), next->directory->people().end());
  std::vector<Group> groups(next->directory->groups().begin(), next->directory->groups().end());
  std::erase(groups.front().members, PersonId("fin"));
  next->directory = *Directory::build(std::move(people), std::move(groups));
  library->replace(next);
  restart();
  EXPECT_THAT(asked(id), ElementsAre("finance"));
  EXPECT_FALSE(store->reader().keys()->front().revoked_at) << "they are still with us";
}

// Asked in the place of somebody who is late, and of the group nobody is left who has not voted: it is theirs
// again.
TEST_F(Claimed, WhoeverIsLateIsAskedAgainWhereTheirGroupCannotAnswerAnyMore) {
  load(R"(workflow: late
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: check
    approve:
      by: '[person("fin"), person("boss")]'
      need: all
    escalate: {after: 1 business day, to: 'group("finance")', mode: replace}
  - end: approved
)");
  const std::string id = start("late");
  for (const WorkItemRow& item : items(id)) {
    if (item.assignee.value != "fin") continue;
    ASSERT_EQ(ask(DecisionRequest{InstanceId(id), item.number, 1, "approved", "", {}, {}, {}, {}}, by("fin"))
                  .status,
              200);
  }
  clock.set(*parse_rfc3339("2026-03-03T09:00:00Z"));
  engine->drain();
  EXPECT_THAT(asked(id), ElementsAre("finance"));
  leave_finance("cfo");
  EXPECT_THAT(asked(id), ElementsAre("boss"));
}

TEST_F(Staff, AnEmptyFileOfPeopleIsTakenForAnAccident) {
  const std::string id = start("simple");
  reload([](std::vector<Person>& people, std::vector<Group>& groups) {
    people.clear();
    groups.clear();
  });
  EXPECT_THAT(asked(id), ElementsAre("boss"));
  EXPECT_EQ(answer(id, "boss", "approved").status, 0) << "but nobody can act";
}

TEST_F(Staff, AnAbsenceTellsTheStandInOfOpenWorkAndIsRecordedWithTheDecision) {
  const std::string id = start("simple");
  EXPECT_THAT(told("request"), ElementsAre("boss"));
  const Got set = away("boss", "2026-03-06", "fin");
  ASSERT_EQ(set.status, 201) << (set.status == 0 ? set.refusal.error.message : "");
  EXPECT_EQ(string_at(set.body, "until"), "2026-03-07T00:00:00Z") << "the last day counts whole";
  EXPECT_THAT(told("request"), UnorderedElementsAre("boss", "fin"));
  const Got decided = answer(id, "fin", "approved");
  ASSERT_EQ(decided.status, 200);
  const WorkItemRow item = items(id).front();
  EXPECT_EQ(item.decided_by, PersonId("fin"));
  EXPECT_EQ(item.on_behalf_of, PersonId("boss"));
}

TEST_F(Staff, AnAbsenceToComeBeginsByItself) {
  const std::string id = start("simple");
  ASSERT_EQ(away("boss", "2026-03-06", "fin", "2026-03-03").status, 201);
  EXPECT_THAT(told("request"), ElementsAre("boss"));
  EXPECT_EQ(answer(id, "fin", "approved").refusal.error.code, ErrorCode::forbidden);
  EXPECT_EQ(engine->next_due(), *parse_rfc3339("2026-03-03T00:00:00Z"));
  advance(std::chrono::hours(15));
  EXPECT_THAT(told("request"), UnorderedElementsAre("boss", "fin"));
  restart();
  EXPECT_THAT(told("request"), UnorderedElementsAre("boss", "fin")) << "and once only";
  EXPECT_EQ(answer(id, "fin", "approved").status, 200);
}

TEST_F(Staff, AnAbsenceOfTheFileOfPeopleBeginsByItselfToo) {
  const std::string id = start("simple");
  reload([](std::vector<Person>& people, std::vector<Group>&) {
    for (Person& person : people) {
      if (person.id.value != "boss") continue;
      person.away = {Absence{.from = *parse_rfc3339("2026-03-03T00:00:00Z"),
                             .until = *parse_rfc3339("2026-03-05T00:00:00Z"),
                             .stand_in = PersonId("fin")}};
    }
  });
  EXPECT_THAT(told("request"), ElementsAre("boss"));
  advance(std::chrono::hours(15));
  EXPECT_THAT(told("request"), UnorderedElementsAre("boss", "fin"));
}

TEST_F(Staff, TheStandInIsToldOnceThatTheAbsenceIsOver) {
  const std::string id = start("simple");
  const std::string decided = start("simple");
  ASSERT_EQ(away("boss", "2026-03-03", "fin").status, 201);
  ASSERT_EQ(answer(decided, "fin", "approved").status, 200);
  EXPECT_THAT(told("relieved"), IsEmpty());
  EXPECT_EQ(engine->next_due(), *parse_rfc3339("2026-03-03T09:00:00Z")) << "the first reminder comes first";
  clock.set(*parse_rfc3339("2026-03-04T00:00:00Z"));
  engine->drain();
  EXPECT_THAT(told("relieved"), ElementsAre("fin"));
  EXPECT_THAT(asked(id), ElementsAre("boss"));
  restart();
  EXPECT_THAT(told("relieved"), ElementsAre("fin"));
  EXPECT_TRUE(store->reader().absences(clock.now())->empty());
}

TEST_F(Staff, TheStandInIsToldOfAnEndThatTheDaemonWasDownFor) {
  start("simple");
  ASSERT_EQ(away("boss", "2026-03-03", "fin").status, 201);
  clock.set(*parse_rfc3339("2026-03-05T00:00:00Z"));
  restart();
  EXPECT_THAT(told("relieved"), ElementsAre("fin"));
}

TEST_F(Staff, TheStandInIsToldOfAnAbsenceThatWasEndedAndOfOneThatLeftTheFile) {
  start("simple");
  const Got set = away("boss", "2026-03-06", "fin");
  ASSERT_EQ(ask(EndAbsence{PersonId("boss"), set.body.at("id").as_int64()}, by("boss")).status, 200);
  EXPECT_THAT(told("relieved"), ElementsAre("fin"));
  const auto list = [&](std::vector<Absence> away) {
    reload([&](std::vector<Person>& people, std::vector<Group>&) {
      for (Person& person : people) {
        if (person.id.value == "boss") person.away = away;
      }
    });
  };
  const Absence listed{.from = *parse_rfc3339("2026-03-01T00:00:00Z"),
                       .until = *parse_rfc3339("2026-03-09T00:00:00Z"),
                       .stand_in = PersonId("fin")};
  list({listed});
  EXPECT_THAT(told("request"), UnorderedElementsAre("boss", "fin", "fin")) << "asked again";
  list({});
  EXPECT_THAT(told("relieved"), ElementsAre("fin", "fin"));
  list({listed});
  clock.set(*parse_rfc3339("2026-03-09T00:00:00Z"));
  engine->drain();
  EXPECT_THAT(told("relieved"), ElementsAre("fin", "fin", "fin")) << "and where it ends by itself";
}

class StaffInSmallBatches : public Staff {
 protected:
  StaffInSmallBatches() : Staff({.batch_commands_max = 1}) {}
  // Another file of people is in force, and nothing has looked at it yet.
  void put_in_force(const std::string& name_of_rep, std::vector<Absence> of_boss) {
    auto next = std::make_shared<Snapshot>(*library->current());
    std::vector<Person> people(next->directory->people().begin(), next->directory->people().end());
    std::vector<Group> groups(next->directory->groups().begin(), next->directory->groups().end());
    for (Person& person : people) {
      if (person.id.value == "boss") person.away = of_boss;
      if (person.id.value == "rep") person.name = name_of_rep;
    }
    next->directory = *Directory::build(std::move(people), std::move(groups));
    library->replace(next);
  }
};

// The second file was compared with the first only, in which the absence did not stand any more.
TEST_F(StaffInSmallBatches, TheStandInIsToldOfADroppedAbsenceThoughTheNextFileComesAtOnce) {
  for (int i = 0; i < 4; ++i) start("simple");
  put_in_force("Rep", {Absence{.from = *parse_rfc3339("2026-03-01T00:00:00Z"),
                               .until = *parse_rfc3339("2026-03-09T00:00:00Z"),
                               .stand_in = PersonId("fin")}});
  engine->drain();
  ASSERT_EQ(std::ranges::count(told("request"), "fin"), 4);
  put_in_force("Rep", {});
  int batches = 0;
  std::function<void(const Result<void>&)> next = [&](const Result<void>&) {
    if (++batches == 4) put_in_force("Rep the second", {});
    if (batches < 8) engine->report_delivery({.row = 1 << 30, .kind = DeliveryReport::Kind::sent}, next);
  };
  next({});
  engine->drain();
  EXPECT_EQ(std::ranges::count(told("relieved"), "fin"), 4);
}

TEST_F(Staff, AnAbsenceThatWasEndedIsOver) {
  const std::string id = start("simple");
  const Got set = away("boss", "2026-03-06", "fin");
  ASSERT_EQ(set.status, 201);
  const auto number = set.body.at("id").as_int64();
  EXPECT_EQ(ask(EndAbsence{PersonId("boss"), number}, by("fin")).refusal.error.code, ErrorCode::forbidden);
  EXPECT_EQ(ask(EndAbsence{PersonId("boss"), number}, by("boss")).status, 200);
  EXPECT_EQ(answer(id, "fin", "approved").refusal.error.code, ErrorCode::forbidden);
  EXPECT_EQ(ask(EndAbsence{PersonId("boss"), number}, by("boss")).refusal.error.code, ErrorCode::not_found);
}

TEST_F(Staff, EverybodySetsTheirOwnAbsenceAndAnAdministratorAnybodys) {
  const SetAbsence of_boss{.person = PersonId("boss"),
                           .from = {},
                           .until = "2026-03-06",
                           .stand_in = PersonId("fin"),
                           .workflows = {},
                           .up_to = {},
                           .reason = {}};
  EXPECT_EQ(ask(of_boss, by("rep")).refusal.error.code, ErrorCode::forbidden);
  Caller admin = by("rep");
  admin.admin = true;
  EXPECT_EQ(ask(of_boss, admin).status, 201);
  EXPECT_EQ(ask(of_boss, admin).status, 200) << "the same again is the same absence";
}

TEST_F(Staff, WhatIsWrongWithAnAbsenceIsSaidAllAtOnce) {
  const Got got = ask(SetAbsence{.person = PersonId("boss"),
                                 .from = "soon",
                                 .until = "2026-03-01",
                                 .stand_in = PersonId("finn"),
                                 .workflows = {"simpel"},
                                 .up_to = "10",
                                 .reason = {}},
                      by("boss"));
  std::vector<std::string> pointers;
  for (const Problem& problem : got.refusal.problems) pointers.push_back(problem.pointer);
  EXPECT_THAT(pointers, ::testing::IsSupersetOf({"/from", "/until", "/stand_in", "/workflows/0", "/up_to"}));
  EXPECT_EQ(away("boss", "2026-03-06", "boss").refusal.problems.front().pointer, "/stand_in");
}

}  // namespace
}  // namespace countersign::testing
