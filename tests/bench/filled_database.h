#pragma once
// A database as years of use leave it, made in minutes: the daemon's own engine runs in this process without
// HTTP, in large batches, so that every row is what the daemon itself would have written.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/load_daemon.h"

namespace countersign::bench {

// Managers boss0, boss1 ..., each with a requester rep0, rep1 ...
LoadSetting company_setting(std::size_t managers);

// `folder` is a LoadDaemon's that has stopped, with the setting's files. Starts `instances`, takes the mail
// as sent, and decides all but each fifth. Ends the program where something fails.
void fill_database(const std::string& folder, std::size_t instances, std::size_t managers);

struct OpenInstance {
  std::string id;
  std::string assignee;
  std::int64_t n = 0;  // inside the file
  std::int64_t seq = 0;
  std::int64_t due = 0;  // of its first timer
};
// In random order, the same each time.
std::vector<OpenInstance> read_open_instances(const std::string& database);

}  // namespace countersign::bench
