#pragma once
// What the scenarios have in common: many requests at once, with what they cost the daemon.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/load_client.h"
#include "tests/bench/load_daemon.h"

namespace countersign::bench {

// How a scenario is run.
struct LoadOptions {
  std::string binary;
  std::string folder;
  std::size_t count = 0;  // decisions, timers, deliveries, mails, instances; 0: the scenario's own
  bool keep = false;      // the folder was named: what is expensive to make stays in it
  bool smoke = false;     // small, fails only where something is broken or absurdly slow
  std::size_t count_or(std::size_t usual, std::size_t small) const {
    return count != 0 ? count : smoke ? small : usual;
  }
};

// Each prints its figures; false where something failed. What each measures: docs/benchmarks.md.
bool run_decisions(const LoadOptions& options);
bool run_timers(const LoadOptions& options);
bool run_deliveries(const LoadOptions& options);
bool run_mail(const LoadOptions& options);
bool run_million(const LoadOptions& options);

struct Run {
  LoadResult result;
  ProcessFigures before;
  ProcessFigures after;
  double cpu_us_each() const;
};
void print(const char* what, const Run& run);

// The value of the first member of that name that is text; "" where there is none.
std::string text_member(std::string_view json, std::string_view name);

// Started instances, `count` of them; `form` gives the JSON of each form.
Run start_many(LoadDaemon& daemon, std::size_t clients, std::size_t count, std::vector<std::string>& ids,
               const std::function<std::string(std::size_t n)>& form);
Run start_many(LoadDaemon& daemon, std::size_t clients, std::size_t count, std::vector<std::string>& ids);

// Approves the one work item of each instance, by "boss".
Run decide_many(LoadDaemon& daemon, std::size_t clients, std::vector<std::string> ids);

// The text of a start, and of an approval.
std::string start_request(const LoadDaemon& daemon, const std::string& form);
std::string decision_request(const LoadDaemon& daemon, const std::string& instance, const std::string& actor);

// The answer's body to one GET.
std::string fetch(const LoadDaemon& daemon, const std::string& path);

}  // namespace countersign::bench
