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

// `name`: a file, or the id of a workflow of the configuration (else of ./workflows). not_so where there is
// none, or it has errors, which are in the failure's details. Does it name a file that is here, or a workflow
// of the configuration? Then has_local_workflow() says so.
Outcome<LocalWorkflow> local_workflow(const std::string& name, const std::string& config);
bool has_local_workflow(const std::string& name, const std::string& config);

}  // namespace countersign::cli
