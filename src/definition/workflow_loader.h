#pragma once
// One workflow file -> its Definition, with all that is wrong in it. Pure: takes texts, reads no files; the
// files' names serve messages. Thread-safe: nothing is shared between calls.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/definition.h"
#include "definition/catalogue.h"
#include "definition/diagnostic.h"
#include "definition/map_reader.h"
#include "definition/table_loader.h"

namespace countersign {

// (name, language) of workflows/messages/NAME.LANG.md -> its text.
using MessageTexts = std::map<std::pair<std::string, std::string>, std::string>;

// The files beside a workflow that it reads, by their names: they belong to its version.
struct NamedFiles {
  std::set<std::string, std::less<>> messages;  // NAME of messages/NAME.LANG.md
  std::set<std::string, std::less<>>
      tables;  // NAME of tables/NAME.csv: table("NAME"), and what convert() reads
};

struct LoadedWorkflow {
  std::shared_ptr<const Definition> definition;  // null where there are errors
  Diagnostics diagnostics;                       // warnings too
  NamedFiles named;                              // known where there are errors too
};

// `file` as messages show it ("workflows/expense-approval.yaml"); its name without folder and ending must be
// the workflow's id. The version is the SHA-256 of the text and of the messages and tables that the workflow
// names.
LoadedWorkflow load_workflow(std::string_view file, std::string_view text, const MessageTexts& messages,
                             const Catalogue& catalogue, const TableTexts& tables = {});

// What other workflows' `run` needs to know of a file, without checking it: nullopt where it cannot be read
// at all.
struct NamedOutline {
  std::string id;
  WorkflowOutline outline;
};
std::optional<NamedOutline> outline_of(std::string_view file, std::string_view text);

// "expense-approval" for "workflows/expense-approval.yaml".
std::string workflow_name_of(std::string_view file);

// The keys at the top of a workflow file.
KeyTable workflow_keys();

}  // namespace countersign
