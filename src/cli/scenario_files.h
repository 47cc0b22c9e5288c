#pragma once
// Which scenario files a command line means, and what stands around each. Reads files; used by one thread.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "runtime/library.h"

namespace countersign::cli {

// `paths`: scenario files, workflows with scenarios beside them, folders of those, installations; none: the
// installation's workflows. Sorted within each path. wrong_use where there is none at all.
Outcome<std::vector<std::string>> scenario_files(const std::vector<std::string>& paths,
                                                 const std::string& config);

// The installation that a workflow's file belongs to: of `config`, else of the nearest countersign.yaml above
// the file; where there is none, connectors/ and people.yaml beside the file's folder. Keeps what it has
// read.
class Installations {
 public:
  explicit Installations(std::string config) : config_(std::move(config)) {}
  Result<std::shared_ptr<const Snapshot>> of(const std::string& file);

 private:
  std::string config_;
  std::map<std::string, std::shared_ptr<const Snapshot>> known_;
};

}  // namespace countersign::cli
