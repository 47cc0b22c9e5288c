// How a database is opened: lock, checks, schema, then the connections and the checkpointer.

#include <filesystem>

#include <fmt/format.h>

#include "store/sqlite/log_position.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/start_checks.h"

namespace countersign {

using sqlite::Connection;
using sqlite::passed_on;

namespace {

Result<void> settle(Connection& writer, const SqliteOptions& options) {
  return writer.execute(
      fmt::format("PRAGMA busy_timeout = 2000; PRAGMA synchronous = {}; PRAGMA wal_autocheckpoint = 0; "
                  "PRAGMA cache_size = {}; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = FAST; "
                  "PRAGMA trusted_schema = OFF;",
                  options.durable ? "FULL" : "OFF", -(options.writer_cache_bytes / 1024)));
}

Result<void> refuse_read_only(Connection& writer) {
  if (sqlite3_db_readonly(writer.handle(), "main") == 1) {
    return fail(
        ErrorCode::storage,
        fmt::format("cannot open the database {}: it is read-only; the daemon's user needs to be allowed to "
                    "write the file and its folder",
                    writer.path()));
  }
  return {};
}

// Whole databases are checked while that is quick. Above, the pages can only have been harmed by more than
// the end of the process: when the machine went down with it, or where nothing says how the last run ended.
bool needs_page_check(const SqliteOptions& options, const std::optional<sqlite::CommitMark>& mark,
                      std::uint64_t inode) {
  if (!mark || mark->database_inode != inode) return true;
  if (mark->clean == 0 && mark->boot_id != sqlite::current_boot_id()) return true;
  std::error_code ignored;
  return std::filesystem::file_size(options.path, ignored) <= options.check_always_bytes;
}

Result<void> check(Connection& writer, const SqliteOptions& options, std::uint64_t inode,
                   const std::optional<sqlite::CommitMark>& mark) {
  if (auto done = sqlite::check_identity(writer); !done) return done;
  if (auto done = sqlite::check_log(writer, inode, mark); !done) return done;
  if (needs_page_check(options, mark, inode)) {
    if (auto done = sqlite::check_pages(writer); !done) return done;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(SqliteOptions options) {
  options.path = std::filesystem::absolute(options.path).string();
  const std::filesystem::path folder = std::filesystem::path(options.path).parent_path();
  auto lock = sqlite::DataLock::acquire((folder / "lock").string());
  if (!lock) return passed_on(lock);
  const auto mark = (*lock)->mark();
  auto inode = sqlite::inspect_files(options.path, mark);
  if (!inode) return passed_on(inode);
  if (*inode == 0) {
    if (auto made = sqlite::create_database(options.path, options.vfs, options.durable); !made)
      return passed_on(made);
    inode = sqlite::inspect_files(options.path, std::nullopt);
    if (!inode) return passed_on(inode);
  }
  auto writer = Connection::open(options.path, Connection::Access::read_write, options.vfs);
  if (!writer) return passed_on(writer);
  if (auto done = refuse_read_only(**writer); !done) return passed_on(done);
  auto done = settle(**writer, options);
  if (!done && done.error().code == ErrorCode::corrupt) {
    done = std::unexpected(sqlite::refusal(options.path, "it is damaged (" + done.error().message + ")"));
  }
  if (done) done = check(**writer, options, *inode, mark);
  if (!done) {
    // Closing must not copy a log into a database that was refused.
    sqlite3_db_config((*writer)->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return passed_on(done);
  }
  std::unique_ptr<SqliteStore> store(
      new SqliteStore(std::move(options), std::move(*lock), *inode, std::move(*writer)));
  if (auto started = store->start(); !started) return passed_on(started);
  return store;
}

SqliteStore::SqliteStore(SqliteOptions options, std::unique_ptr<sqlite::DataLock> lock, std::uint64_t inode,
                         std::unique_ptr<Connection> writer)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      inode_(inode),
      writer_(std::move(writer)),
      random_(options_.random ? options_.random : std::make_shared<SystemRandom>()),
      cache_(options_.cache_entries_max),
      sweep_(options_) {}

Result<void> SqliteStore::start() {
  if (auto done = sqlite::migrate(*writer_, sqlite::migrations()); !done) return done;
  sqlite3_wal_hook(
      writer_->handle(),
      [](void* self, sqlite3*, const char*, int frames) {
        static_cast<SqliteStore*>(self)->frames_of_commit_ = static_cast<std::uint32_t>(frames);
        return SQLITE_OK;
      },
      this);
  // A first write: a folder that cannot be written, or a full disk, is found here and not by the first
  // approver.
  if (auto done = writer_->run("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'starts'");
      !done) {
    return std::unexpected(std::move(done.error()).within("cannot start"));
  }
  auto head = sqlite::read_block_head(*writer_, options_.stream);
  if (!head) return passed_on(head);
  block_head_ = std::move(*head);
  const auto page_bytes = sqlite::read_pragma(*writer_, "PRAGMA page_size");
  if (!page_bytes) return std::unexpected(page_bytes.error());

  auto copier = Connection::open(options_.path, Connection::Access::read_write, options_.vfs);
  if (!copier) return passed_on(copier);
  if (auto done = (*copier)->execute(
          fmt::format("PRAGMA synchronous = {}; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256;",
                      options_.durable ? "FULL" : "OFF"));
      !done) {
    return done;
  }
  mark_log();
  checkpointer_ = std::make_unique<sqlite::Checkpointer>(
      options_, std::move(*copier), static_cast<std::uint64_t>(*page_bytes), frames_of_commit_,
      [this](const Error& error) { end_for_good(error); });
  reader_ = std::make_unique<sqlite::SqliteReader>(options_);
  return {};
}

}  // namespace countersign
