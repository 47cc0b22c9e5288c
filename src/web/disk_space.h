#pragma once
// How much can still be written to a folder's disk: one system call that writes nothing. Thread-safe.

#include <cstdint>
#include <string>

#include "base/error.h"

namespace countersign::web {

struct DiskSpace {
  std::uint64_t free_bytes = 0;  // for a process without privileges
  bool is_read_only = false;
};

// Below this the daemon says that it is not ready: about two batches, a checkpoint and an upload still fit.
inline constexpr std::uint64_t kDiskFreeBytesMin = 32ULL << 20;

// storage: the folder cannot be looked at.
Result<DiskSpace> disk_space(const std::string& folder);

}  // namespace countersign::web
