#pragma once
// The schema in numbered steps. Each step is one transaction together with its number in `PRAGMA
// user_version`, so that a killed migration has happened or has not.

#include <span>
#include <string_view>

#include "base/error.h"
#include "store/sqlite/connection.h"

namespace countersign::sqlite {

// "CsgN", in the file's header, so that another program's database is never taken for ours.
inline constexpr std::int64_t kApplicationId = 0x4373674e;

// Step i leads to schema version i + 1.
std::span<const char* const> migrations();

// Brings the schema up to `steps`. conflict where the file's schema is newer, naming both versions; nothing
// changes then.
Result<void> migrate(Connection& connection, std::span<const char* const> steps);

Result<std::int64_t> read_pragma(Connection& connection, Sql pragma);

}  // namespace countersign::sqlite
