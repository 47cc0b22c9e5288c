#pragma once
// Steps whose people leave, and what becomes of them.

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/core/absence_fixture.h"

namespace countersign::testing::leavers {

inline std::string leaving(const std::string& steps) {
  return R"(workflow: leaving
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
)" + steps +
         "  - end: approved\n";
}

inline std::string approval(const std::string& rules) {
  return leaving("  - id: check\n    approve:\n" + rules);
}

inline std::vector<std::string> leave(Instance& instance, const std::vector<std::string>& who) {
  instance.directory = after_leaving(*instance.directory, who);
  EXPECT_TRUE(accepted(instance.run(DirectoryChanged{})));
  const std::vector<std::string> asked = instance.asked();
  EXPECT_TRUE(accepted(instance.run(DirectoryChanged{})));
  EXPECT_THAT(instance.last_events(), ::testing::IsEmpty()) << "the second time nothing is left to do";
  return asked;
}

inline std::string incident_of(const Instance& instance) {
  for (const auto& [id, activation] : instance.state().activations) {
    if (!activation.incident.empty()) return activation.incident;
  }
  return {};
}

}  // namespace countersign::testing::leavers
