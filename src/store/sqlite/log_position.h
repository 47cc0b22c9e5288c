#pragma once
// Reads where the write-ahead log stands from SQLite's shared index of it, without I/O and without a
// descriptor of our own (closing one would drop SQLite's locks).

#include "store/sqlite/connection.h"
#include "store/sqlite/data_lock.h"

namespace countersign::sqlite {

// The header of the wal-index (https://sqlite.org/walformat.html#the_wal_index_header). The connection must
// have read from the database before; zeros where there is no log.
LogPosition log_position(Connection& connection);

// SQLite's own handle of the database file, for xSync.
sqlite3_file* database_file(Connection& connection);

}  // namespace countersign::sqlite
