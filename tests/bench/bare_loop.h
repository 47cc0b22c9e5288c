#pragma once
// The yardstick: a loop over bare SQLite that writes the rows of one decision each, in batches of 100 with
// synchronous=FULL, on the store's own schema. No decide, no HTTP, no hashing.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace countersign::bench {

// Transitions a second. `path` is the database's, in a folder of its own that does not exist yet.
double measure_bare_loop(const std::string& path, std::size_t transitions, int batch);

// A started instance of a database that is there, whose item 3 waits to be decided.
struct BareInstance {
  std::int64_t n = 0;       // inside the file
  std::int64_t seq = 0;     // of its last event
  std::int64_t due = 0;     // of its timer
  std::int64_t outbox = 0;  // its pending message; 0 for none
};

// The same on a copy of a database that a daemon has filled, and which is closed.
double measure_bare_loop(const std::string& path, const std::vector<BareInstance>& instances, int batch);

}  // namespace countersign::bench
