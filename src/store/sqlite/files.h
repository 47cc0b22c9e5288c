#pragma once
// Files that must outlive a loss of power.

#include <string>

#include "base/error.h"

namespace countersign::sqlite {

Result<void> sync_file(const std::string& path);
Result<void> rename_file(const std::string& from, const std::string& to);
// Renames and makes the name durable. Both are in the same folder.
Result<void> rename_durably(const std::string& from, const std::string& to);

}  // namespace countersign::sqlite
