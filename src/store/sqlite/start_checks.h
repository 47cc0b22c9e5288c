#pragma once
// What is looked at before a database is served: that it is ours, whole, writable, and goes with its
// write-ahead log. Nothing is ever repaired, and nothing empty is begun beside what cannot be read.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/data_lock.h"

namespace countersign::sqlite {

// Looks at the files before SQLite opens them. The inode of the database; 0 where a new one may be made.
Result<std::uint64_t> inspect_files(const std::string& path, const std::optional<CommitMark>& mark);

// Makes an empty database under another name, and gives it its own once it is complete. `durable`:
// SqliteOptions'.
Result<void> create_database(const std::string& path, const std::string& vfs, bool durable);

// The Error for a database that must not be touched: what is wrong, and how to restore.
Error refusal(const std::string& path, std::string_view why);

// Through an open connection: the application id, and that the log holds what the last run had committed.
Result<void> check_identity(Connection& connection);
Result<void> check_log(Connection& connection, std::uint64_t inode, const std::optional<CommitMark>& mark);
// SQLite's quick_check over the whole file.
Result<void> check_pages(Connection& connection);

// For `countersign doctor`: SQLite's full integrity check of a database that may be in use, one line a
// problem. It reads everything: minutes for some gigabytes.
Result<std::vector<std::string>> find_damage(const std::string& path);

}  // namespace countersign::sqlite
