#pragma once
// The single checks of `countersign doctor`.

#include <string>
#include <vector>

#include "cli/connection.h"
#include "cli/console.h"

namespace countersign::cli {

struct Finding {
  std::string check;  // "people"
  enum class Grade { good, warning, problem } grade = Grade::good;
  std::string text;
};

struct Findings {
  std::vector<Finding> all;
  bool is_unreachable = false;

  void add(std::string check, Finding::Grade grade, std::string text) {
    all.push_back({std::move(check), grade, std::move(text)});
  }
};

// The configuration, and what it names.
void check_files(const Connection& connection, Findings& findings);
// SQLite's own check of every page.
void check_pages_of_database(const Connection& connection, Findings& findings);
// What the daemon says of itself.
void check_daemon(Console& console, const Connection& connection, Findings& findings);

}  // namespace countersign::cli
