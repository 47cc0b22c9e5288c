// What people read who are asked by others, nudged, sent a copy or mentioned.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/composer.h"
#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ActsMail : public EngineFixture {
 protected:
  ItemActRequest act(ItemActRequest::Act what, const std::string& to) {
    ItemActRequest request{.act = what, .instance = InstanceId(id), .item = items(id).front().number};
    request.people = {to};
    request.comment = "the tender *closes* on Friday";
    return request;
  }
  // The message of that kind about `id` to that person, as it would be sent now.
  Mail mail(const std::string& kind, const std::string& to) {
    const Composer composer(*library, store->reader(), links, {{"Countersign", "approvals@example.com"}});
    std::optional<Mail> found;
    for (const OutboxRow& row : outbox()) {
      if (row.instance.value != id || row.kind != kind || row.recipient.value != to) continue;
      auto composed = composer.compose(row, clock.now());
      EXPECT_TRUE(composed) << composed.error().message;
      if (composed && *composed) found = std::move(**composed);
    }
    EXPECT_TRUE(found) << "no message of the kind " << kind;
    return found.value_or(Mail{});
  }

  std::string id;
  void SetUp() override {
    load(kSimple);
    id = start("simple", R"({"amount": "12.50"})");
  }
};

TEST_F(ActsMail, ATransferSaysFromWhomAndWhy) {
  ASSERT_EQ(ask(act(ItemActRequest::Act::transfer, "fin@example.com"), by("boss", "t")).status, 200);
  const Mail sent = mail("request", "fin");
  EXPECT_EQ(sent.to.address, "fin@example.com");
  EXPECT_THAT(sent.text, AllOf(HasSubstr("boss has transferred this to you"),
                               HasSubstr("the tender *closes* on Friday"), HasSubstr("/a/")));
}

TEST_F(ActsMail, AnOpinionIsAskedForAndItsComingIsTold) {
  ASSERT_EQ(ask(act(ItemActRequest::Act::delegate, "fin"), by("boss", "d")).status, 200);
  EXPECT_THAT(mail("request", "fin").text, HasSubstr("boss asks for your opinion, and decides afterwards."));
  ASSERT_EQ(decide(id, "fin", "approved", "fine").status, 200);
  const Mail sent = mail("advice", "boss");
  EXPECT_EQ(sent.to.address, "boss@example.com");
  EXPECT_THAT(sent.text,
              AllOf(HasSubstr("It is yours to decide"), HasSubstr("Opinion: Approve"), HasSubstr("fine")));
}

TEST_F(ActsMail, ANudgeNamesWhoAsksToHurry) {
  ASSERT_EQ(ask(NudgeRequest{InstanceId(id)}, by("rep", "n")).status, 200);
  const Mail sent = mail("nudge", "boss");
  EXPECT_EQ(sent.to.address, "boss@example.com");
  EXPECT_THAT(sent.text, AllOf(HasSubstr("rep asks you to hurry"), HasSubstr("/a/")));
  EXPECT_THAT(sent.subject, HasSubstr("please hurry"));
}

TEST_F(ActsMail, AStandInReadsThatTheItemIsItsPersonsAgain) {
  const Got set = ask(SetAbsence{.person = PersonId("boss"),
                                 .from = {},
                                 .until = "2026-03-06",
                                 .stand_in = PersonId("fin"),
                                 .workflows = {},
                                 .up_to = {},
                                 .reason = {}},
                      by("boss"));
  ASSERT_EQ(set.status, 201);
  ASSERT_EQ(ask(EndAbsence{PersonId("boss"), set.body.at("id").as_int64()}, by("boss")).status, 200);
  const Mail sent = mail("relieved", "fin");
  EXPECT_THAT(sent.text,
              AllOf(HasSubstr("this waits for boss again"), Not(HasSubstr("/a/")), Not(HasSubstr("12.50"))))
      << "no more of the request than its name";
  EXPECT_THAT(sent.subject, HasSubstr("not yours any more"));
}

TEST_F(ActsMail, ACopyShowsTheRequestAndLeadsToItsReadersPage) {
  ASSERT_EQ(ask(CopiesRequest{InstanceId(id), {"fin"}, "for <b>you</b>"}, by("rep", "c")).status, 200);
  const Mail sent = mail("copy", "fin");
  EXPECT_EQ(sent.to.address, "fin@example.com");
  EXPECT_THAT(sent.text, AllOf(HasSubstr("rep sends you a copy of SIMPLE-2026-1"), HasSubstr("12.50 CNY"),
                               HasSubstr("Open and read"), HasSubstr("/a/")));
  EXPECT_THAT(sent.html, Not(HasSubstr("<b>you</b>"))) << "what people write is text";
  EXPECT_EQ(items(id).size(), 1U) << "a copy is no work item";
}

TEST_F(ActsMail, AMentionQuotesTheComment) {
  ASSERT_EQ(ask(CommentRequest{InstanceId(id), "@boss which train?\n# today"}, by("rep", "m")).status, 200);
  const Mail sent = mail("mention", "boss");
  EXPECT_EQ(sent.to.address, "boss@example.com");
  EXPECT_THAT(sent.text,
              AllOf(HasSubstr("rep mentions you in a comment on SIMPLE-2026-1"), HasSubstr("which train?")));
}

TEST_F(ActsMail, WhatWasTakenBackIsMarkedAndAskedForAgain) {
  load(R"(workflow: pair
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: both
    approve:
      by: '[person("boss"), person("fin")]'
      need: all
  - end: approved
)");
  id = start("pair");
  ASSERT_EQ(decide(id, "fin", "approved", "fine").status, 200);
  const auto decided = items(id);
  const auto own = std::ranges::find(decided, PersonId("fin"), &WorkItemRow::decided_by);
  ASSERT_NE(own, decided.end());
  EXPECT_THAT(mail("request", "boss").text,
              AllOf(HasSubstr("fin: Approved"), Not(HasSubstr("does not count"))));
  ASSERT_EQ(ask(TakeBackRequest{InstanceId(id), own->number, "too early", {}}, by("fin", "b")).status, 200);
  EXPECT_THAT(mail("request", "boss").text, HasSubstr("fin: Approved (does not count any more) — fine"));
  EXPECT_THAT(mail("request", "fin").text, HasSubstr("You have answered this before (Approved, 2026-03-02"));
}

// They read the same question as before, and not that their answer is void.
TEST_F(ActsMail, WhoeverIsAskedAnewAfterASendBackIsToldThatTheirAnswerDoesNotCount) {
  load(R"(workflow: pair
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: first
    approve: {by: person("boss")}
  - id: second
    approve: {by: person("fin"), return_to: [first]}
  - end: approved
)");
  id = start("pair");
  ASSERT_EQ(decide(id, "boss", "approved").status, 200);
  ASSERT_EQ(decide(id, "fin", "returned", "which train?").status, 200);
  EXPECT_THAT(mail("request", "boss").text, HasSubstr("You have answered this before (Approved, 2026-03-02"));
  ASSERT_EQ(decide(id, "boss", "approved").status, 200);
  EXPECT_THAT(mail("request", "fin").text, Not(HasSubstr("You have answered this before")))
      << "they sent it back themselves";
}

// "It came back to you" told a manager nothing who had never seen the request.
TEST_F(ActsMail, AReturnedFormOfSomebodyWhoHasLeftSaysWhoseItIs) {
  ASSERT_EQ(decide(id, "boss", "returned", "which train?").status, 200);
  auto next = std::make_shared<Snapshot>(*library->current());
  std::vector<Person> people(next->directory->people().begin(), next->directory->people().end());
  for (Person& person : people) person.active = person.id.value != "rep";
  next->directory =
      *Directory::build(people, {next->directory->groups().begin(), next->directory->groups().end()});
  library->replace(next);
  engine->drain();
  EXPECT_THAT(mail("returned", "boss").text,
              AllOf(HasSubstr("SIMPLE-2026-1 of rep came back, and falls to you in their place"),
                    HasSubstr("which train?")));
}

TEST_F(ActsMail, WhatAnAdministratorPassedOverStandsInTheMails) {
  load(R"(workflow: pair
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: budget_check
    approve: {by: person("boss")}
  - id: second
    approve: {by: person("fin")}
  - end: approved
)");
  id = start("pair");
  Caller admin = by("boss", "s");
  admin.admin = true;
  ASSERT_EQ(ask(SkipRequest{InstanceId(id), "budget_check", 0, "agreed by phone"}, admin).status, 200);
  EXPECT_THAT(mail("request", "fin").text, HasSubstr("boss: Passed over (Budget check) — agreed by phone"));
}

TEST_F(ActsMail, WhatWasPassedOverOfAHiddenStepIsToldToNobodyElse) {
  load(R"(workflow: pair
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: budget_check
    visible_to: person("boss")
    approve: {by: person("boss")}
  - id: second
    approve: {by: person("fin")}
  - end: approved
)");
  id = start("pair");
  Caller admin = by("boss", "s");
  admin.admin = true;
  ASSERT_EQ(ask(SkipRequest{InstanceId(id), "budget_check", 0, "agreed by phone"}, admin).status, 200);
  EXPECT_THAT(mail("request", "fin").text, Not(HasSubstr("agreed by phone")));
}

TEST_F(ActsMail, AnEscalationSaysWhoAskedAndWhoIsLate) {
  load(R"(workflow: late
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: review
    approve: {by: person("boss")}
    escalate: {after: 1 hour, to: person("fin")}
  - end: approved
)");
  id = start("late");
  advance(std::chrono::hours(2));
  const Mail sent = mail("escalation", "fin");
  EXPECT_THAT(sent.subject, HasSubstr("(overdue)"));
  EXPECT_THAT(sent.text, HasSubstr("rep asked boss, who has not answered in time."));
}

TEST_F(ActsMail, ATaskAsksToDoSomething) {
  load(R"(workflow: chore
start:
  - form:
statuses: [done]
steps:
  - id: pack
    task: {for: person("boss"), title: Pack the box}
    remind: [{after: 1 hour}]
  - end: done
)");
  id = start("chore");
  EXPECT_THAT(mail("request", "boss").text, HasSubstr("rep asks you to do this."));
}

TEST_F(ActsMail, WhoeverWithdrawsIsNotAskedForChanges) {
  ASSERT_EQ(ask(WithdrawRequest{InstanceId(id), "typo"}, by("rep", "w")).status, 200);
  const Mail sent = mail("returned", "rep");
  EXPECT_THAT(sent.subject, HasSubstr("With you again"));
  EXPECT_THAT(sent.text, AllOf(HasSubstr("is with you again"), Not(HasSubstr("came back"))));
}

}  // namespace
}  // namespace countersign::testing
