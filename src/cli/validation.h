#pragma once
// Checking files as the daemon would load them: a whole installation, or single files with what an
// installation knows. Reads files; used by one thread.

#include <map>
#include <string>

#include "cli/exit_code.h"
#include "cli/file_kind.h"
#include "core/calendars.h"
#include "definition/catalogue.h"
#include "definition/diagnostic.h"

namespace countersign::cli {

class Validation {
 public:
  // `config`: the configuration's file; "" for the nearest countersign.yaml above each path, else the one in
  // the process's folder, else the defaults.
  explicit Validation(std::string config) : config_(std::move(config)) {}

  // The configuration and everything that it names.
  Outcome<void> check_installation();
  // A file by its kind; a folder with a countersign.yaml as an installation, any other folder file by file.
  Outcome<void> check(const std::string& path);

  const Diagnostics& diagnostics() const { return diagnostics_; }
  // True where something was checked with the defaults because there is no configuration: nobody is known
  // then, and no calendar.
  bool used_defaults() const { return used_defaults_; }
  // "3 workflows, 5 connectors, 15 people".
  std::string what() const;

 private:
  // What an installation knows beside the file that is checked.
  struct Known {
    Catalogue catalogue;
    Calendars calendars;
  };
  Outcome<void> check_installation_of(const std::string& configuration_file);
  Outcome<void> check_folder(const std::string& folder);
  Outcome<void> check_file(const std::string& file, const std::string& text, FileKind kind);
  Outcome<void> check_workflow(const std::string& file, const std::string& text, const Known& known);
  std::string configuration_for(const std::string& path) const;
  const Known& known_for(const std::string& path);

  std::string config_;
  Diagnostics diagnostics_;
  std::map<std::string, Known> known_;
  bool used_defaults_ = false;
  std::string stopped_at_;  // what has errors without which nothing further can be checked
  std::size_t workflows_ = 0;
  std::size_t connectors_ = 0;
  std::size_t people_ = 0;
  std::size_t configurations_ = 0;
};

}  // namespace countersign::cli
