// Scenarios on the real engine: every act, every expectation, and what is said where one is not met.
#include "tests/scenario/scenario_fixture.h"

namespace countersign::scenario::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ScenarioTest, AWholeRequestIsPlayed) {
  const RunResult ran = run(R"(
  - name: a short leave
    steps:
      - start: {by: ben, form: {days: 3}}
        expect:
          asked: [mia]
          open: [manager]
          status: running
          round: 1
          reference: LEAVE-2026-1
          key: ben
          time: 2026-03-02T09:00
          due: {manager: 2026-03-04T09:00}
          mail:
            - {to: mia, kind: request, subject: May they go, text: [Days, "3"]}
            - {to: ben, times: 0}
          calls: []
      - approve: {by: mia, comment: fine, answers: {budget: B1}}
        expect:
          asked: []
          open: [book]
          steps:
            manager: {outcome: approved, by: mia, comment: fine, budget: B1}
            hr: none
          calls:
            - {call: crm.book, with: {days: 3}}
      - answer: {call: crm.book, data: {number: N-7}}
        expect:
          status: granted
          steps: {book: {outcome: succeeded, number: N-7}}
          vars: {seen: true}
          form: {days: 3, cost: none}
          mail:
            - {to: ben, kind: notify, subject: 3 days off, text: Booked as N-7.}
)");
  EXPECT_EQ(report(ran), "1 scenario: all passed\n");
}

// `confirm` stood among the keys of `complete`, so that no approval of such a step could be played.
TEST_F(ScenarioTest, AnApprovalConfirmsWhatItsStepWantsConfirmed) {
  write("leave.yaml", R"(workflow: leave
start: [form]
form:
  days: {type: integer}
statuses: [granted, rejected]
steps:
  - id: manager
    approve: {by: requester.manager, confirm: I know the contract}
  - end: granted
)");
  const RunResult ran = run(R"(
  - name: confirmed
    steps:
      - start: {by: ben, form: {days: 3}}
      - approve: mia
        refused: has to be confirmed
      - approve: {by: mia, confirm: true}
        expect: {status: granted}
)");
  EXPECT_EQ(report(ran), "1 scenario: all passed\n");
}

// A circle that does not wait never let `advance` end.
TEST_F(ScenarioTest, ACircleThatDoesNotWaitStandsStillAndFailsTheScenario) {
  write("leave.yaml", R"(workflow: leave
start: [form]
form:
  days: {type: integer}
statuses: [granted, rejected]
steps:
  - set: {vars.until: now}
  - id: manager
    approve: {by: requester.manager}
    deadline: vars.until
    on:
      timeout: {go: manager}
  - end: granted
)");
  const RunResult ran = run(R"(
  - name: for ever
    steps:
      - start: {by: ben, form: {days: 3}}
      - advance: 2 weeks
)");
  EXPECT_THAT(report(ran), HasSubstr("the instance stands still: it came back to manager 100 times within"));
}

TEST_F(ScenarioTest, TimeThatHardlyPassesIsAFailureThatSaysSo) {
  write("leave.yaml", R"(workflow: leave
start: [form]
form:
  days: {type: integer}
statuses: [granted, rejected]
steps:
  - id: look
    wait: 1 minute
  - when: form.?days.orValue(0) > 5
    end: granted
  - go: look
)");
  const RunResult ran = run(R"(
  - name: for weeks
    steps:
      - start: {by: ben, form: {days: 3}}
      - advance: 2 weeks
)");
  EXPECT_THAT(report(ran), HasSubstr("something was due 10000 times, and it is only 2026-03-"));
}

// A field that was computed from one further down stayed empty for good.
TEST_F(ScenarioTest, FieldsAreComputedBehindWhatTheyRead) {
  write("leave.yaml", R"(workflow: leave
start: [form]
form:
  total: {type: integer, computed: form.base * 2}
  shown: {type: integer, when: form.total > 100, default: form.total}
  base: {type: integer, computed: form.days + 1}
  days: {type: integer, required: true}
statuses: [granted, rejected]
steps:
  - id: manager
    when: form.total > 100
    approve: {by: requester.manager}
  - end: granted
)");
  const RunResult ran = run(R"(
  - name: computed
    steps:
      - start: {by: ben, form: {days: 60}}
        expect: {form: {total: 122, base: 61, shown: 122}, asked: mia}
)");
  EXPECT_EQ(report(ran), "1 scenario: all passed\n");
}

TEST_F(ScenarioTest, TimePassesThroughEveryReminder) {
  const RunResult ran = run(R"(
  - name: nobody answers
    steps:
      - start: {by: ben, form: {days: 3}}
      - advance: 2 business days
        expect:
          time: 2026-03-04T09:00
          mail: [{to: mia, kind: reminder, times: 1}]
      - advance: {until: 2026-03-09 09:00}
        expect:
          mail: [{to: mia, kind: reminder, times: 1}]
          status: running
)");
  EXPECT_EQ(report(ran), "1 scenario: all passed\n");
}

TEST_F(ScenarioTest, EventsStartAndEndInstances) {
  const RunResult ran = run(R"(
  - name: the CRM starts and stops it
    steps:
      - start: {event: crm.absence, data: {who: ben, days: 9}}
        expect: {asked: mia, form: {days: 9}}
      - event: crm.stop
        expect: {status: stopped, asked: none}
  - name: the same as the CRM posts it
    steps:
      - webhook: {connector: crm, body: {type: absence, who: ben, days: 9}}
        expect: {asked: mia}
      - webhook: {connector: crm, body: {type: stop, who: ben}}
        expect: {status: stopped}
      - webhook: {connector: crm, body: {type: absence, who: nobody, days: 9}}
        refused: nobody
)");
  EXPECT_EQ(report(ran), "2 scenarios: all passed\n");
}

TEST_F(ScenarioTest, RefusalsAreExpectedWithTheirReason) {
  const RunResult ran = run(R"(
  - name: what is not allowed
    steps:
      - start: {by: ben, form: {days: 0}}
        refused: less than 1
      - start: {by: ben, form: {days: 2}}
      - approve: {by: ben, answers: {budget: B}}
        refused: not Ben
      - approve: mia
        refused: budget
      - reject: mia
        refused: comment
      - reject: {by: mia, comment: no}
        expect: {status: rejected}
      - approve: {by: mia, answers: {budget: B}}
        refused: already decided
)");
  EXPECT_EQ(report(ran), "1 scenario: all passed\n");
}

TEST_F(ScenarioTest, ASendBackComesToTheRequesterAndOpensANewRound) {
  const RunResult ran = run(R"(
  - name: changed and sent again
    steps:
      - start: {by: ben, form: {days: 20}}
      - return: {by: mia, comment: too long}
        expect:
          status: revising
          asked: [ben]
          round: 2
          mail: [{to: ben, kind: returned, text: too long}]
      - resubmit: {by: ben, form: {days: 6}}
        expect: {asked: mia, form: {days: 6}}
      - approve: {by: mia, answers: {budget: B}}
        expect: {asked: [group hr]}
      - approve: zoe
      - fail: {call: crm.book, why: closed}
        expect: {status: stopped, steps: {book: failed}}
)");
  EXPECT_EQ(report(ran), "1 scenario: all passed\n");
}

TEST_F(ScenarioTest, TheDirectoryChanges) {
  const RunResult ran = run(R"(
  - name: the manager is another one
    steps:
      - directory:
          join: [{id: kim, name: Kim, mail: kim@example.com}]
          manager: {ben: kim}
          leave: [mia]
      - start: {by: ben, form: {days: 3}}
        expect: {asked: kim}
      - reassign: {from: kim, to: zoe, by: zoe, reason: Kim is busy}
        expect: {asked: zoe}
      - cancel: {by: zoe, reason: not needed}
        expect: {status: cancelled}
)");
  EXPECT_EQ(report(ran), "1 scenario: all passed\n");
}

TEST_F(ScenarioTest, InstancesAreToldApartByNameAndReplies) {
  const RunResult ran = run(R"(
  - name: two at once
    replies:
      crm.book: {number: N-1}
    steps:
      - start: {by: ben, form: {days: 3}}
        as: first
      - start: {by: mia, form: {days: 3}}
      - approve: {by: mia, answers: {budget: B}}
        in: first
        expect: {status: granted}
      - expect: {status: running, asked: zoe}
      - withdraw: {by: mia}
        expect: {status: revising, asked: mia}
  - name: a call that always fails
    replies:
      crm.book: {fail: no}
    steps:
      - start: {by: ben, form: {days: 3}}
      - approve: {by: mia, answers: {budget: B}}
        expect: {status: stopped}
)");
  EXPECT_EQ(report(ran), "2 scenarios: all passed\n");
}

TEST_F(ScenarioTest, OnlyTheChosenScenariosArePlayed) {
  const RunResult ran = run("  - {name: One, steps: []}\n  - {name: two, steps: []}\n", "ONE");
  EXPECT_EQ(report(ran), "1 scenario: all passed, 1 left out\n");
}

TEST_F(ScenarioTest, WhatIsNotReachedIsListed) {
  const RunResult ran = run(R"(
  - name: rejected
    steps:
      - start: {by: ben, form: {days: 3}}
      - reject: {by: mia, comment: no}
)");
  const std::string text = report(ran, {.coverage = true});
  EXPECT_THAT(text, HasSubstr("leave: 2 of 15 ways reached\n"));
  EXPECT_THAT(text, HasSubstr("leave.yaml:17:5: not reached: manager: approved\n"));
  EXPECT_THAT(text, HasSubstr("not reached: manager: a reminder\n"));
  EXPECT_THAT(text, HasSubstr("not reached: hr: skipped\n"));
  EXPECT_THAT(text, HasSubstr("not reached: on_event crm.stop\n"));
  EXPECT_THAT(text, HasSubstr("not reached: start by crm.absence\n"));
  EXPECT_THAT(text, Not(HasSubstr("manager: rejected\n")));
  EXPECT_FALSE(ran.coverage.is_complete());
}

TEST_F(ScenarioTest, TheStoryTellsActsBesideDeciding) {
  const RunResult ran = run(R"(
  - name: many hands
    steps:
      - start: {by: ben, form: {days: 9}}
      - delegate: {by: mia, to: zoe}
      - remove: {by: mia, who: zoe}
      - transfer: {by: mia, to: zoe}
      - approve: {by: zoe, answers: {budget: B1}}
      - take_back: zoe
      - skip: {step: manager, by: zoe, reason: nobody is there}
      - claim: zoe
      - release: zoe
)");
  const std::string text = report(ran, {.verbose = true});
  for (const char* line :
       {"LEAVE-2026-1 asks zoe: manager (opinion for mia)", "LEAVE-2026-1 manager: taken off by mia",
        "LEAVE-2026-1 manager: handed on by mia", "LEAVE-2026-1 asks zoe: manager (from mia)",
        "LEAVE-2026-1 manager: taken back by zoe", "LEAVE-2026-1 manager: skipped by zoe",
        "LEAVE-2026-1 hr: claimed by zoe", "LEAVE-2026-1 hr: released by zoe"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

// Neither the condition nor anybody asked has had a say.
TEST_F(ScenarioTest, WhatAnAdministratorSkipsIsNotReached) {
  const RunResult ran = run(R"(
  - name: led around
    steps:
      - start: {by: ben, form: {days: 9}}
      - approve: {by: mia, answers: {budget: B1}}
        expect: {asked: group hr}
      - skip: {step: hr, by: zoe, reason: nobody is there}
        expect: {open: [book]}
      - skip: {step: hr, by: zoe, reason: again}
        refused: not open
)");
  const std::string text = report(ran, {.coverage = true});
  EXPECT_THAT(text, HasSubstr("1 scenario: all passed"));
  EXPECT_THAT(text, HasSubstr("not reached: hr: skipped\n"));
}

TEST_F(ScenarioTest, AnEscalationIsReachedWhereSomebodyIsAskedByIt) {
  std::string chased = kWorkflow;
  const std::string before = "  - id: hr\n";
  chased.insert(chased.find(before),
                "    escalate: {after: 3 business days, to: requester.manager.manager}\n");
  write("leave.yaml", chased);
  const std::string start = R"(
  - name: waits
    steps:
      - start: {by: ben, form: {days: 3}}
)";
  EXPECT_THAT(report(run(start), {.coverage = true}), HasSubstr("not reached: manager: an escalation\n"));
  const RunResult late = run(start + R"(
      - advance: 3 business days
        expect: {asked: [mia, zoe]}
)");
  EXPECT_THAT(report(late, {.coverage = true}), HasSubstr("1 scenario: all passed"));
  EXPECT_THAT(report(late, {.coverage = true}), Not(HasSubstr("manager: an escalation")));
}

TEST_F(ScenarioTest, ARuleThatRefusesIsReachedOnBothSides) {
  std::string refusing = kWorkflow;
  const std::string before = "statuses: [granted";
  refusing.insert(refusing.find(before),
                  "refuse_when:\n  - {when: form.days > 30, say: That is too long}\n"
                  "  - {when: form.days > 20, say: Ask for less}\n");
  write("leave.yaml", refusing);
  const std::string start = R"(
  - name: starts
    steps:
      - start: {by: ben, form: {days: 3}}
)";
  const std::string one = report(run(start), {.coverage = true});
  EXPECT_THAT(one, HasSubstr("leave.yaml:13:12: not reached: refuse_when 1: refuses\n"));
  EXPECT_THAT(one, HasSubstr("not reached: refuse_when 2: refuses\n"));
  EXPECT_THAT(one, Not(HasSubstr("lets pass")));
  const std::string refused = report(run(R"(
  - name: too long
    steps:
      - start: {by: ben, form: {days: 40}}
        refused: too long
      - start: {by: ben, form: {days: 0}}
        refused: least
)"),
                                     {.coverage = true});
  EXPECT_THAT(refused, HasSubstr("1 scenario: all passed"));
  EXPECT_THAT(refused, Not(HasSubstr("refuse_when 1: refuses")));
  EXPECT_THAT(refused, HasSubstr("not reached: refuse_when 1: lets pass\n"));
  EXPECT_THAT(refused, HasSubstr("not reached: refuse_when 2: refuses\n"));
}

// A schedule that fills the form wrongly started nothing, and no scenario said so.
TEST_F(ScenarioTest, AStartThatAScheduleIsRefusedIsSaidOrExpected) {
  write("leave.yaml", R"(workflow: leave
start:
  - schedule: {every: month, on: first business day, at: "09:00"}
    each: group("hr")
    requester: item
    form: {days: size(item.name) - 3}
form:
  days: {type: integer, required: true, min: 1}
statuses: [granted]
steps:
  - end: granted
)");
  const std::string scenarios = R"(
  - name: a month
    now: 2026-03-30T09:00
    steps:
      - advance: 7 days
)";
  const std::string silent = report(run(scenarios));
  EXPECT_THAT(silent,
              HasSubstr("'advance' is refused: the schedule 'month' cannot start leave for zoe and "));
  EXPECT_THAT(silent, HasSubstr("less than 1"));
  EXPECT_EQ(report(run(scenarios + "        refused: less than 1\n")), "1 scenario: all passed\n");
  EXPECT_THAT(report(run(scenarios + "        refused: less than 1\n      - advance: 3 days\n")),
              HasSubstr("all passed"))
      << "it was said before";
}

// Levels were no ways, so that a condition could be turned round and every scenario still passed.
TEST_F(ScenarioTest, LevelsOpenAndWaitForTheirConditions) {
  write("leave.yaml", R"(workflow: leave
start: [form]
stages: [one, two]
form:
  ready: {type: boolean}
statuses: [granted, rejected]
steps:
  - id: levels
    gates:
      - stage: one
        steps:
          - {id: look, task: {for: requester.manager, edit: [ready]}, escalate: {after: 1 day, to: requester}}
      - stage: two
        when: form.ready
  - end: granted
)");
  const RunResult open = run(R"(
  - name: ready
    steps:
      - start: {by: ben, form: {}}
      - complete: {by: mia, form: {ready: true}}
        expect: {status: granted}
)");
  const std::string text = report(open, {.coverage = true});
  EXPECT_THAT(text, HasSubstr("not reached: levels: stage two waits for its condition\n"));
  EXPECT_THAT(text, HasSubstr("not reached: look: an escalation\n"));
  EXPECT_THAT(text, Not(HasSubstr("stage one opens")));
  EXPECT_THAT(text, Not(HasSubstr("stage two opens")));
  const RunResult waiting = run(R"(
  - name: not ready
    steps:
      - start: {by: ben, form: {}}
      - complete: mia
        expect: {open: [levels], stage: one}
)");
  EXPECT_THAT(report(waiting, {.coverage = true}), Not(HasSubstr("waits for its condition")));
}

TEST_F(ScenarioTest, JUnitHasACaseForEachScenario) {
  const RunResult ran = run(R"(
  - name: good & short
    steps:
      - start: {by: ben, form: {days: 3}}
  - name: bad
    steps:
      - start: {by: ben, form: {days: 3}}
        expect: {status: granted}
)");
  const std::string xml = report_junit(ran);
  EXPECT_THAT(xml, HasSubstr("<testsuites tests=\"2\" failures=\"1\""));
  EXPECT_THAT(xml, HasSubstr("<testcase name=\"good &amp; short\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"the status is not as expected\">"));
}

}  // namespace
}  // namespace countersign::scenario::testing
