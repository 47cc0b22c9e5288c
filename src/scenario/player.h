#pragma once
// Plays one scenario: does what its entries say, in their order, and holds what comes of it against what is
// expected. Stops at the first entry that is not as expected. Not thread-safe.

#include <string>
#include <vector>

#include "scenario/coverage.h"
#include "scenario/scenario.h"
#include "scenario/scratch.h"
#include "scenario/trial.h"

#include "definition/diagnostic_codes.h"

namespace countersign::scenario {

struct Failure {
  Code code = Code::not_as_expected;
  SourceSpan at;
  std::string message;
  std::string expected;  // "" where the message says it all
  std::string found;
};

struct ScenarioResult {
  std::string name;
  SourceSpan at;
  std::vector<Failure> failures;
  std::vector<std::string> story;  // what happened, one line each
  Duration took{};
  bool passed() const { return failures.empty(); }
};

// Notes in `coverage` what was reached, of all workflows that it knows.
ScenarioResult play(const ScenarioFile& file, const Scenario& scenario, Scratch& scratch, Coverage& coverage);

// Where an entry begins in the trial's records.
struct Marks {
  std::size_t mail = 0;
  std::size_t calls = 0;
  std::size_t history = 0;
};

// What an expectation looks at.
struct Scene {
  const Trial& trial;
  const Definition* definition = nullptr;  // of the instance's own version; nullptr with no instance
  const State* state = nullptr;            // nullptr: nothing was started
  std::vector<WorkItemRow> items;
  Marks since;
};

// nullopt where it holds.
std::optional<Failure> check(const Expectation& expectation, const Scene& scene);

// How things are, for people: "li.na (manager), group finance (finance)".
std::string asked_in_words(const Scene& scene);
std::string time_in_words(const Scene& scene, Instant at);

// What happened, one line each, in words.
std::vector<std::string> story_of(const Trial& trial, const Definition& tested);

}  // namespace countersign::scenario
