// `run: WORKFLOW`: an instance of another workflow, waited for or not.
#include <array>

#include <fmt/format.h>

#include "definition/grammar.h"
#include "definition/step_loader.h"
#include "definition/steps/arguments.h"

namespace countersign {
namespace {

constexpr std::array kRunBeside = {
    Key{"with", Shape::map, Need::optional, "the fields of its form", "", expressions_by_name},
    Key{"wait", Shape::boolean, Need::optional, "whether this step ends with it (true)", ""},
    Key{"requester", Shape::expression, Need::optional, "on whose behalf (ours)", ""},
};

StepKind read_run(const StepReading& reading) {
  Run run;
  Loading& loading = reading.loading;
  run.workflow = WorkflowId(reading.value.text);
  run.wait = reading.beside.boolean("wait", true);
  if (const YamlNode* requester = reading.beside.find("requester")) {
    run.requester = read_expression(loading, *requester, reading.spot, expects_person(), "'requester'");
  }
  const YamlNode* with = reading.beside.find("with");
  if (run.workflow == loading.definition.id) {
    // Itself: its own form, which has been read already.
    run.statuses = loading.definition.statuses;
    run.with = read_arguments(loading, with, loading.definition.form,
                              fmt::format("the workflow '{}'", run.workflow.value), reading.spot,
                              reading.value.at, true);
    return run;
  }
  const auto& workflows = loading.catalogue.workflows;
  const auto found = workflows.find(run.workflow.value);
  if (found == workflows.end()) {
    report_unknown_name(loading.diagnostics, Code::unknown_workflow, reading.value.at,
                        fmt::format("unknown workflow '{}'", run.workflow.value), run.workflow.value,
                        known_names(workflows));
    // What it may end as is unknown; what the file handles is taken for it.
    if (const YamlNode* on = reading.beside.find("on")) {
      for (const YamlNode::Entry& entry : on->entries) run.statuses.push_back(entry.key);
    }
    return run;
  }
  run.statuses = found->second.statuses;
  run.with =
      read_arguments(loading, with, found->second.form, fmt::format("the workflow '{}'", run.workflow.value),
                     reading.spot, reading.value.at, true);
  return run;
}

}  // namespace

const StepWord& run_word() {
  static const StepWord kWord{"run", Shape::text, "another workflow", {}, kRunBeside, read_run, false};
  return kWord;
}

}  // namespace countersign
