#pragma once
// Secrets that the daemon makes for itself in its data folder, readable by its user alone: the key of action
// links, and the first administrator's API key, which the command line finds there.

#include <string>

#include "base/error.h"
#include "base/random.h"

namespace countersign {

// 32 bytes from DATA/link.key, made where it is missing. forbidden where others can read the file.
Result<std::string> link_key(const std::string& data, RandomSource& random);

inline constexpr const char* kAdminKeyFile = "admin.key";
// The first administrator's key from DATA/admin.key, made with mode 0600 where it is missing. A start that
// was killed before it stored the key finds it there again. forbidden where others can read the file.
Result<std::string> first_admin_key(const std::string& data, RandomSource& random);

}  // namespace countersign
