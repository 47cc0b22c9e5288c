#pragma once
// The single checks of `countersign doctor`.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "cli/connection.h"
#include "cli/console.h"
#include "cli/remedy.h"
#include "definition/configuration.h"
#include "runtime/library.h"
#include "web/disk_space.h"

namespace countersign::cli {

struct Finding {
  std::string check;  // "people"
  enum class Grade { good, warning, problem } grade = Grade::good;
  std::string text;     // what was found
  std::string on = {};  // on what: an instance's reference, a person's id; "" for the whole
  std::string why = {};
  std::vector<Remedy> mend = {};  // any one of them
};

struct Findings {
  std::vector<Finding> all;
  bool is_unreachable = false;

  void add(std::string check, Finding::Grade grade, std::string text) {
    all.push_back({std::move(check), grade, std::move(text)});
  }
  void add(Finding finding) { all.push_back(std::move(finding)); }
};

// The files of the installation, as far as they load.
struct Files {
  std::optional<Configuration> configuration;
  std::shared_ptr<const Snapshot> snapshot;  // nullptr where there is none
  std::string obstacle;                      // why there is none: "people.yaml:4 has an error"

  // What is said of it: "people.yaml", and the file of a workflow, "NAME.yaml" where there is none.
  std::string people() const { return configuration ? configuration->people : "the file of people"; }
  std::string of_workflow(const WorkflowId& workflow) const;
};

// The configuration, and what it names.
Files check_files(const Connection& connection, Instant now, Findings& findings);
// SQLite's own check of every page.
void check_pages_of_database(const Connection& connection, Findings& findings);
// What the data folder holds, whether the daemon runs or not. False where there is no database, so that only
// the daemon can tell.
bool check_data(const Connection& connection, const Files& files, Instant now, Findings& findings);
// How much can still be written to the data folder, as it was measured.
void check_disk_space(const std::string& data, const Result<web::DiskSpace>& space, Findings& findings);
// What the daemon says of itself. `data_checked`: what the data folder tells too is not asked again, and
// that no daemon runs is no problem.
void check_daemon(Console& console, const Connection& connection, bool data_checked, Findings& findings);

// The data folder: --data, else the configuration's.
Outcome<std::string> data_folder(const Connection& connection);
// So many names of a long list.
std::string named(const std::vector<std::string>& names);

}  // namespace countersign::cli
