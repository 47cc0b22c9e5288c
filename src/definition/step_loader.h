#pragma once
// Steps and lists of steps: the keys that all steps share, and the table of step kinds, each of which reads
// its own keys in a file of its own under steps/. Internal to the loader.

#include <span>
#include <string>
#include <string_view>

#include "definition/expression_reader.h"
#include "definition/field_loader.h"

namespace countersign {

// One step while it is read.
struct StepReading {
  Loading& loading;
  StepIndex index;
  const YamlNode& value;    // what stands behind the word: behind `approve:`
  const MapReader& beside;  // the step's own map, for keys that stand beside the word
  Spot spot;                // of expressions that are evaluated when the step runs
  std::string name;         // the step's id or path

  Diagnostics& diagnostics() const { return loading.diagnostics; }
};

struct StepWord {
  std::string_view word;
  Shape shape = Shape::map;
  std::string_view meaning;
  KeyTable keys;                                   // inside the word's map
  KeyTable beside;                                 // beside the word
  StepKind (*read)(const StepReading&) = nullptr;  // nullptr: not available in this version
  bool asks = false;        // waits for people: may have due, deadline, remind, escalate
  Inside inside = nullptr;  // of any and list: what may stand behind the word beside a map of `keys`
};

// All words of the language, in the order of the reference.
std::span<const StepWord> step_words();
// The keys of every step.
KeyTable common_step_keys();

// Reads a list of steps, or a target where one may stand. `role` and `path` as in core/definition.h.
ListIndex read_steps(Loading& loading, const YamlNode& node, StepIndex owner, std::string role,
                     const std::string& path);

// The kinds' words; each stands in a file of its own.
const StepWord& approve_word();
const StepWord& task_word();
const StepWord& notify_word();
const StepWord& call_word();
const StepWord& wait_word();
const StepWord& choose_word();
const StepWord& parallel_word();
const StepWord& run_word();
const StepWord& set_word();
const StepWord& budget_word();
const StepWord& for_each_word();
const StepWord& gates_word();
const StepWord& go_word();
const StepWord& end_word();

}  // namespace countersign
