// Steps of every kind, calls, children, waits and events.

#include <gtest/gtest.h>

#include "tests/core/simulation.h"

namespace countersign::testing {
namespace {

constexpr const char* kEverything = R"(workflow: everything
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  note: {type: text}
  deal: {type: text}
statuses: [approved, rejected, expired, lost]
stages: [review, work]
on_event:
  crm.deal_changed: {go: work}
steps:
  - id: manager
    stage: review
    approve:
      by: requester.manager
      edit: [note]
    due: 1 business day
    remind:
      - {before_due: 2 business hours}
      - {after_due: 0 days, every: 1 business day, at_most: 2}
    escalate:
      - after: 2 business days
        to: managers(requester, 2).last()
      - {after: 3 business days, to: person("wang.fang"), mode: replace}
  - id: size
    choose:
      - when: form.amount > 1000
        steps:
          - id: line
            approve:
              by: managers(requester, 3)
              need: all
              order: one_by_one
            deadline: 5 business days
            on:
              timeout: {end: expired}
      - else: []
  - id: review
    parallel:
      branches:
        finance:
          - id: finance
            approve:
              by: group("finance")
              need: 60%
              return_to: [requester, manager]
          - set:
              vars.checked: finance.outcome
        legal:
          - id: legal
            approve:
              by: group("legal")
              need: 1
            on:
              rejected:
                - id: second_opinion
                  approve:
                    by: group("finance")
                    need: 1
        call:
          - id: book
            call: crm.book
            with:
              deal: form.deal
            on:
              failed: {end: rejected}
  - id: child
    run: child
    with:
      deal: form.deal
    on:
      approved: []
      rejected: {go: manager}
  - id: work
    stage: work
    task:
      for: person("sun.li")
      outcomes: [good, bad]
      checklist:
        - {id: a, text: A, for: person("zhao.lei")}
        - {id: b, text: B}
      return_to: [manager]
    on:
      good: []
      bad: {go: work}
  - id: quiet
    wait:
      for: 1 day
      event: crm.answered
    on:
      received: {end: lost}
  - end: approved
)";

TEST(Simulation, WhateverPeopleDoReplayEqualsTheLiveStateAndNobodyDecidesTwice) {
  simulate(kEverything, {}, 25'000,
           {"nudged", "copies_sent", "reassign", "claim", "release", "involve", "wait", "advise", "remove"});
}

}  // namespace
}  // namespace countersign::testing
