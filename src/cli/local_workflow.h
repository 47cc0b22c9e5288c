#pragma once
// A workflow of the files here, by its id or its file: for commands that explain or draw without a daemon.

#include <memory>
#include <string>

#include "cli/exit_code.h"
#include "runtime/library.h"

namespace countersign::cli {

struct LocalWorkflow {
  std::shared_ptr<const Definition> definition;
  std::shared_ptr<const Snapshot> snapshot;  // with everything that it may run or ask
};

// `name`: a file, or the id of a workflow of the configuration: --config, else the nearest countersign.yaml
// from here upwards, else the defaults. not_so where there is none, or it has errors, which are in the
// failure's details.
Outcome<LocalWorkflow> local_workflow(const std::string& name, const std::string& config);
// Whether that names one; an error where the configuration cannot be used.
Outcome<bool> has_local_workflow(const std::string& name, const std::string& config);
// Where it was looked for, and what was probably meant.
std::string no_local_workflow(const std::string& name, const std::string& config);

}  // namespace countersign::cli
