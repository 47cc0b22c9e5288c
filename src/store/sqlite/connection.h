#pragma once
// One SQLite connection with its prepared statements: our thin layer over the C API
// (https://sqlite.org/c3ref).
//
// SQL is always a literal and values are always bound. A connection belongs to one thread at a time;
// statements are prepared once and kept. Failures are Errors whose code says what kind they are;
// `last_failure` keeps the extended result code for the few callers that must tell a lost transaction from a
// rejected statement.

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sqlite3.h>

#include "base/error.h"
#include "base/time.h"

namespace countersign::sqlite {

// SQL text with static storage: only a literal converts.
class Sql {
 public:
  template <std::size_t N>
  consteval Sql(const char (&text)[N]) : text_(text) {}  // NOLINT: literals convert
  const char* text() const { return text_; }

 private:
  const char* text_;
};

struct Blob {
  std::string_view bytes;
};

// An absent time in a key that is ordered by time: behind every real one.
inline constexpr std::int64_t kNever = INT64_MAX;

// Hands a failure on under another Result's type.
template <class T>
std::unexpected<Error> passed_on(Result<T>& failed) {
  return std::unexpected<Error>(std::move(failed.error()));
}

class Connection;

// The rows of a running query. The statement is reset when this goes; views into a row end with the next
// `next`.
class Rows {
 public:
  Rows(Connection& connection, sqlite3_stmt* statement, int code)
      : connection_(&connection), statement_(statement), code_(code) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  // False at the end and after a failure: ask `done` which of the two.
  bool next();
  Result<void> done() const;

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  bool flag(int column) const { return integer(column) != 0; }
  std::string_view text(int column) const;
  std::string string(int column) const { return std::string(text(column)); }
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  Instant instant(int column) const { return from_unix_ms(integer(column)); }
  std::optional<Instant> instant_or_none(int column) const;

 private:
  Connection* connection_;
  sqlite3_stmt* statement_;
  int code_;
};

class Connection {
 public:
  enum class Access { read_write, create, read_only };
  // `vfs` empty: SQLite's default one. Nothing is read from the file yet, save that it can be opened.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access,
                                                  const std::string& vfs);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Values are bound without a copy: they live until the Rows are gone.
  template <class... Values>
  Rows query(Sql sql, const Values&... values) {
    sqlite3_stmt* statement = prepared(sql);
    int index = 0;
    if (statement != nullptr) (bind(statement, ++index, values), ...);
    return Rows(*this, statement, failure_of_prepare_);
  }
  // Runs a statement that gives no rows.
  template <class... Values>
  Result<void> run(Sql sql, const Values&... values) {
    Rows rows = query(sql, values...);
    while (rows.next()) {
    }
    return rows.done();
  }
  // Several statements without parameters: schema and pragmas.
  Result<void> execute(const std::string& script);

  std::int64_t last_rowid() const { return sqlite3_last_insert_rowid(handle_); }
  std::int64_t changed_rows() const { return sqlite3_changes64(handle_); }
  bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

  // The last extended result code that was a failure since `forget_failure`; SQLITE_OK for none.
  int last_failure() const { return last_failure_; }
  void forget_failure() { last_failure_ = SQLITE_OK; }
  // Remembers the code and spells it as an Error.
  Error failure(int code, std::string_view attempted);

  sqlite3* handle() const { return handle_; }
  const std::string& path() const { return path_; }

 private:
  Connection(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  sqlite3_stmt* prepared(Sql sql);

  static void bind(sqlite3_stmt* statement, int index, std::string_view text) {
    sqlite3_bind_text64(statement, index, text.data() == nullptr ? "" : text.data(), text.size(),
                        SQLITE_STATIC, SQLITE_UTF8);
  }
  static void bind(sqlite3_stmt* statement, int index, Blob blob) {
    sqlite3_bind_blob64(statement, index, blob.bytes.data() == nullptr ? "" : blob.bytes.data(),
                        blob.bytes.size(), SQLITE_STATIC);
  }
  static void bind(sqlite3_stmt* statement, int index, std::integral auto number) {
    sqlite3_bind_int64(statement, index, static_cast<sqlite3_int64>(number));
  }
  static void bind(sqlite3_stmt* statement, int index, Instant at) {
    sqlite3_bind_int64(statement, index, to_unix_ms(at));
  }
  static void bind(sqlite3_stmt* statement, int index, const std::optional<Instant>& at) {
    if (at) {
      bind(statement, index, *at);
    } else {
      sqlite3_bind_null(statement, index);
    }
  }

  sqlite3* handle_;
  std::string path_;
  int last_failure_ = SQLITE_OK;
  int failure_of_prepare_ = SQLITE_OK;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

// True for the failures after which nothing of the transaction may count: full disk, I/O error, no memory,
// damage.
bool loses_transaction(int code);

}  // namespace countersign::sqlite
