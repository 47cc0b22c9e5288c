// Items of lists and levels of gates.

#include <gtest/gtest.h>

#include "tests/core/simulation.h"

namespace countersign::testing {
namespace {

// Items of lists and levels of gates from the beginning, so that every run is among them.
constexpr const char* kItemsAndLevels = R"(workflow: items
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  note: {type: text}
  deal: {type: text}
statuses: [approved, rejected, lost]
stages: [one, two, three]
on_event:
  crm.deal_changed: {go: levels}
  crm.answered:
    - set:
        form.note: form.note + "x"
steps:
  - id: work
    when: form.amount > 1000
    task:
      for: person("sun.li")
      outcomes: [good, bad]
    on:
      good: []
      bad: {end: lost}
  - id: takeover
    for_each:
      in: group("finance")
      as: member
      at_once: 2
      steps:
        - id: take
          task:
            for: member
            outcomes: [good, bad]
            return_to: [work, requester]
          on:
            good: []
            bad:
              - id: settle
                approve:
                  by: person("chen.jie")
                  return_to: [take]
                on:
                  rejected: {go: work}
        - for_each:
            in: '["x", "y"]'
            as: part
            order: one_by_one
            steps:
              - id: piece
                when: take.outcome == "good"
                task:
                  for: member
  - set:
      vars.taken: take.map(t, t.?outcome.orValue("none"))
      vars.pieces: piece.map(row, row.size()).sum()
  - id: levels
    gates:
      - stage: one
        steps:
          - id: first
            task:
              for: person("sun.li")
      - stage: two
        when: form.note != ""
        steps:
          - id: draft
            task:
              for: person("li.na")
          - id: check
            approve:
              by: group("finance")
              need: 1
              return_to: [draft, requester]
              edit: [note]
      - stage: three
        only: group("legal")
        steps:
          - id: sign
            approve:
              by: group("legal")
              need: 1
  - end: approved
)";

TEST(Simulation, WhateverPeopleDoItemsAndLevelsKeepTheirOrder) {
  simulate(kItemsAndLevels, {}, 25'000,
           {"items_listed", "level_opened", "stage_entered", "results_voided", "ended"});
}

}  // namespace
}  // namespace countersign::testing
