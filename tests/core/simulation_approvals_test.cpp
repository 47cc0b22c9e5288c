// The rules of an approval.

#include <gtest/gtest.h>

#include "tests/core/simulation.h"

namespace countersign::testing {
namespace {

// Every rule of an approval that lets it pass, void or go back.
constexpr const char* kApprovalRules = R"(workflow: rules
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  note: {type: text}
  deal: {type: text}
statuses: [approved, rejected, lost]
same_person: skip_if_approved
on_event:
  crm.answered:
    - set:
        form.note: form.note + "x"
steps:
  - id: manager
    approve:
      by: requester.manager
      self: skip
      if_nobody: manager_up
      edit: [note]
  - id: seated
    approve:
      seats:
        legal: {by: '[group("legal"), person("chen.jie")]', need: 1}
        finance: {by: group("finance"), need: 2}
      guards: [note]
      return_to: [manager, requester]
      resume: direct
    remind:
      - {after: 1 hour, every: 2 hours}
  - id: size
    choose:
      - when: form.amount > 1000
        steps:
          - id: large
            approve:
              by: person("chen.jie")
              same_person: skip_if_consecutive
      - else: []
  - id: sides
    parallel:
      branches:
        left:
          - id: turn
            approve:
              by: group("finance")
              need: all
              order: one_by_one
              guards: [note]
              edit: [note]
        right:
          - id: right
            approve:
              by: person("sun.li")
              return_to: [seated, requester]
          - id: right_again
            approve:
              by: person("sun.li")
              return_to: [right]
  - id: seal
    approve:
      by: group("finance")
      need: 60%
      always_ask: true
      resume: direct
      return_to: [requester, seated]
    deadline: 5 days
    on:
      timeout: {end: lost}
  - end: approved
)";

TEST(Simulation, WhateverPeopleDoNothingIsApprovedWithoutTheConsentOfItsRoster) {
  simulate(kApprovalRules, {}, 25'000,
           {"seat_passed", "resume_planned", "decision_taken_back", "step_skipped", "jumped", "item_viewed",
            "results_voided"});
}

}  // namespace
}  // namespace countersign::testing
