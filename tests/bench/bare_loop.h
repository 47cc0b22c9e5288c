#pragma once
// The yardstick: a loop over bare SQLite that writes the rows of one decision each, in batches of 100 with
// synchronous=FULL, on the store's own schema. No decide, no HTTP, no hashing.

#include <cstddef>
#include <string>

namespace countersign::bench {

// Transitions a second. `path` is the database's, in a folder of its own that does not exist yet.
double measure_bare_loop(const std::string& path, std::size_t transitions, int batch);

}  // namespace countersign::bench
