#pragma once
// Workflow files of directories: DIRECTORY/*.yaml with DIRECTORY/messages/NAME.LANG.md and
// DIRECTORY/tables/NAME.csv beside them. The only part of the workflow loader that reads files. Files ending
// in .test.yaml are scenarios and are left out.

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "definition/workflow_loader.h"

namespace countersign {

struct WorkflowFile {
  std::string file;  // as the directory was written, then the name: "workflows/expense-approval.yaml"
  LoadedWorkflow loaded;
};

struct LoadedWorkflows {
  std::vector<WorkflowFile> files;  // sorted by name of file, directory by directory
  Diagnostics diagnostics;          // of all files
};

// `catalogue` brings everything but workflows, which are found here. invalid_input where a directory or file
// cannot be read; what is wrong inside a file is a diagnostic.
Result<LoadedWorkflows> load_workflow_files(const std::vector<std::string>& directories, Catalogue catalogue);

// The messages of one directory, and the tables.
Result<MessageTexts> read_message_files(const std::string& directory);
Result<TableTexts> read_table_files(const std::string& directory);

// The bytes of a file, at most `bytes_max`. not_found or invalid_input with the system's reason.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max = 8 << 20);

}  // namespace countersign
