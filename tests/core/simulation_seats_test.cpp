// Few people whose votes, seats and additions meet: groups with a count each, a quorum, one after the other,
// and the same people in two branches at once.

#include <gtest/gtest.h>

#include "tests/core/simulation.h"

namespace countersign::testing {
namespace {

constexpr const char* kSeats = R"(workflow: seats
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  note: {type: text}
  deal: {type: text}
statuses: [approved, rejected]
withdraw: any_time
steps:
  - id: groups
    approve:
      seats:
        x: {by: '[person("wang.fang"), person("sun.li")]', need: 1}
        y: {by: '[person("zhao.lei"), person("qian.min")]', need: 2}
      guards: [note]
      edit: [note]
      return_to: [requester]
    escalate:
      - {after: 2 business days, to: person("chen.jie"), mode: replace}
    on:
      rejected: {go: turn}
  - id: share
    approve:
      by: '[person("wang.fang"), person("sun.li"), person("zhao.lei"), person("qian.min")]'
      need: 60%
      guards: [note]
      edit: [note]
      return_to: [groups]
    escalate:
      - {after: 2 business days, to: person("chen.jie")}
    on:
      rejected: {go: turn}
  - id: turn
    approve:
      by: '[person("wang.fang"), person("sun.li"), person("zhao.lei")]'
      need: all
      order: one_by_one
      veto: none
      guards: [note]
    on:
      rejected: {go: groups}
  - id: both
    parallel:
      branches:
        one:
          - id: one
            approve: {by: person("sun.li"), same_person: skip_if_approved, edit: [note]}
          - id: one_more
            approve: {by: person("chen.jie"), return_to: [one]}
        two:
          - id: two
            approve: {by: person("wang.fang"), same_person: skip_if_approved}
          - id: together
            approve:
              by: '[person("sun.li"), person("chen.jie"), person("qian.min")]'
              need: 2
              same_person: skip_if_approved
              guards: [note]
  - end: approved
)";

TEST(Simulation, WhateverPeopleDoToSeatsSomebodyIsAskedAndEveryAnswerCounts) {
  const Habits habits{.requesters = {"li.na"},
                      .bends = 5,
                      .involves = 4,
                      .decides = 16,
                      .mistakes = 20,
                      .edits = 12,
                      .outcomes = {"approved", "approved", "approved", "rejected", "rejected", "resubmitted"},
                      .acts = 100};
  simulate(kSeats, habits, 50'000,
           {"decision_taken_back", "remove", "advise", "wait", "seat_passed", "chased", "round_opened"});
}

}  // namespace
}  // namespace countersign::testing
