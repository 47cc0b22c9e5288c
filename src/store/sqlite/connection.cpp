#include "store/sqlite/connection.h"

#include <mutex>

#include <fmt/format.h>

namespace countersign::sqlite {
namespace {

// Before SQLite is first used in the process: savepoints keep their undo pages in memory up to 1 MB (a
// command touches more than the default 64 KB), and the counting of memory, a lock shared by all threads, is
// off. Where SQLite is in use already both calls fail without harm.
void configure_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 1 << 20);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  });
}

ErrorCode code_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return ErrorCode::unavailable;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return ErrorCode::storage;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::corrupt;
    case SQLITE_CONSTRAINT:
      return ErrorCode::conflict;
    case SQLITE_TOOBIG:
      return ErrorCode::too_large;
    default:
      return ErrorCode::internal;
  }
}

std::string_view advice_for(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "; free some disk space, it goes on by itself then";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "; another process holds the database, try again";
    case SQLITE_INTERRUPT:
      return "; the read took longer than it may, ask for less";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return "; check owner and permissions of the file and its folder";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "; stop the daemon and put the newest backup in its place";
    default:
      return "";
  }
}

}  // namespace

bool loses_transaction(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return true;
    default:
      return false;
  }
}

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  if (statement_ == nullptr || code_ != SQLITE_OK) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  code_ = code;
  return false;
}

Result<void> Rows::done() const {
  if (code_ == SQLITE_DONE || code_ == SQLITE_OK) return {};
  return std::unexpected(
      connection_->failure(code_, statement_ == nullptr ? "prepare a statement" : sqlite3_sql(statement_)));
}

std::string_view Rows::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string_view{} : std::string_view(static_cast<const char*>(bytes), size);
}

std::optional<Instant> Rows::instant_or_none(int column) const {
  if (is_null(column)) return std::nullopt;
  return instant(column);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access,
                                                     const std::string& vfs) {
  configure_once();
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (access == Access::read_only) flags |= SQLITE_OPEN_READONLY;
  if (access != Access::read_only) flags |= SQLITE_OPEN_READWRITE;
  if (access == Access::create) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  // A handle is given even after most failures, and has to be closed.
  std::unique_ptr<Connection> connection(new Connection(handle, path));
  if (code != SQLITE_OK) return std::unexpected(connection->failure(code, "open it"));
  return connection;
}

Connection::~Connection() {
  for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

sqlite3_stmt* Connection::prepared(Sql sql) {
  failure_of_prepare_ = SQLITE_OK;
  const auto found = statements_.find(sql.text());
  if (found != statements_.end()) return found->second;
  sqlite3_stmt* statement = nullptr;
  failure_of_prepare_ =
      sqlite3_prepare_v3(handle_, sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (statement != nullptr) statements_.emplace(sql.text(), statement);
  return statement;
}

Result<void> Connection::execute(const std::string& script) {
  const int code = sqlite3_exec(handle_, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(failure(code, script.substr(0, 80)));
  return {};
}

Error Connection::failure(int code, std::string_view attempted) {
  last_failure_ = code;
  const std::string_view head = attempted.substr(0, 60);
  const char* why = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
  return Error{
      code_of(code),
      fmt::format("database {}: cannot {}: {} (SQLite {}){}", path_, head, why, code, advice_for(code)),
      {}};
}

}  // namespace countersign::sqlite
