// People leave and are hired again while others decide, add each other, are late and take back: a departure
// approves nothing, takes nobody else's seat, and what must still be waited for is not forgotten.

#include <gtest/gtest.h>

#include "tests/core/simulation.h"

namespace countersign::testing {
namespace {

constexpr const char* kLeavers = R"(workflow: leavers
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  note: {type: text}
  deal: {type: text}
statuses: [approved, rejected]
withdraw: any_time
steps:
  - id: few
    approve:
      by: '[person("wang.fang"), person("sun.li"), person("zhao.lei")]'
      need: 34%
      if_nobody: skip
      guards: [note]
      edit: [note]
    escalate:
      - {after: 1 business day, to: '[person("chen.jie"), person("qian.min")]', mode: replace}
  - id: share
    approve:
      by: '[person("wang.fang"), person("sun.li"), person("zhao.lei"), person("qian.min")]'
      need: 60%
      return_to: [few]
    escalate:
      - {after: 1 business day, to: group("legal")}
    on:
      rejected: {go: groups}
  - id: groups
    approve:
      seats:
        law: {by: group("legal"), need: 1}
        money: {by: '[person("zhao.lei"), person("qian.min")]', need: 50%}
        both: {by: '[person("wang.fang"), person("chen.jie")]', need: 2}
      veto: none
      if_nobody: skip
      guards: [note]
      edit: [note]
    on:
      rejected: {go: turn}
  - id: turn
    approve:
      by: '[person("wang.fang"), person("sun.li"), person("zhao.lei")]'
      need: all
      order: one_by_one
      veto: none
      if_nobody: {to: '[person("chen.jie"), person("zhang.wei")]'}
    escalate:
      - {after: 1 business day, to: '[person("qian.min"), person("zhang.wei")]', mode: replace}
    on:
      rejected: {go: two}
  - id: two
    approve:
      by: '[person("wang.fang"), person("sun.li")]'
      need: 2
      guards: [note]
      edit: [note]
      if_nobody: manager_up
    on:
      rejected: {go: line}
  - id: line
    approve:
      by: managers(requester, 3)
      need: all
      if_nobody: reject
    on:
      rejected: {go: desk}
  - id: desk
    approve:
      by: group("finance")
      need: 1
    escalate:
      - {after: 1 business day, to: person("sun.li"), mode: replace}
  - id: work
    task:
      for: person("sun.li")
      if_nobody: skip
      checklist:
        - {id: a, text: A, for: person("zhao.lei")}
        - {id: b, text: B}
    escalate:
      - {after: 1 business day, to: '[person("qian.min"), person("zhang.wei")]', mode: replace}
  - end: approved
)";

TEST(Simulation, WhoeverLeavesNothingIsApprovedByItAndNobodyElseLosesASeat) {
  const Habits habits{.requesters = {"li.na", "zhao.lei"},
                      .bends = 9,
                      .involves = 4,
                      .decides = 13,
                      .mistakes = 20,
                      .edits = 8,
                      .leaves = 5,
                      .outcomes = {"approved", "approved", "approved", "rejected", "resubmitted", "done"},
                      .acts = 100};
  simulate(kLeavers, habits, 30'000,
           {"decision_taken_back", "advise", "wait", "chased", "reassign", "supersede", "incident_raised"});
}

}  // namespace
}  // namespace countersign::testing
