#include "store/sqlite/start_checks.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/random.h"
#include "store/sqlite/files.h"
#include "store/sqlite/log_position.h"
#include "store/sqlite/migrations.h"

namespace countersign::sqlite {
namespace {

std::string restore_advice(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return fmt::format(
      "nothing was changed. To restore: move {0}, {0}-wal, {0}-shm and {1}/lock away, then copy the newest "
      "file that "
      "'countersign backup' wrote to {0}",
      path, folder);
}

std::unexpected<Error> refuse(const std::string& path, std::string_view why) {
  return std::unexpected(refusal(path, why));
}

std::uint64_t size_of(const std::string& path) {
  struct stat entry{};
  return ::stat(path.c_str(), &entry) == 0 ? static_cast<std::uint64_t>(entry.st_size) : 0;
}

}  // namespace

Error refusal(const std::string& path, std::string_view why) {
  return {ErrorCode::corrupt,
          fmt::format("cannot open the database {}: {}; {}", path, why, restore_advice(path)),
          {}};
}

Result<std::uint64_t> inspect_files(const std::string& path, const std::optional<CommitMark>& mark) {
  struct stat entry{};
  if (::stat(path.c_str(), &entry) != 0) {
    if (errno != ENOENT) {
      return fail(ErrorCode::storage,
                  fmt::format("cannot look at the database {}: {}", path, std::strerror(errno)));
    }
    if (size_of(path + "-wal") != 0) return refuse(path, "it is missing, but its write-ahead log is there");
    if (mark) return refuse(path, "it is missing, but it was there when the daemon ran last");
    return 0;
  }
  static constexpr std::string_view kMagic("SQLite format 3\0", 16);
  std::array<char, 16> head{};
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t size = descriptor < 0 ? -1 : ::read(descriptor, head.data(), head.size());
  const std::string why = std::strerror(errno);
  if (descriptor >= 0) ::close(descriptor);
  if (size < 0) return fail(ErrorCode::storage, fmt::format("cannot read the database {}: {}", path, why));
  if (std::string_view(head.data(), static_cast<std::size_t>(size)) != kMagic) {
    return refuse(path, size == 0 ? "the file is empty" : "the file is no SQLite database");
  }
  return static_cast<std::uint64_t>(entry.st_ino);
}

Result<void> create_database(const std::string& path, const std::string& vfs, bool durable) {
  const std::string draft = path + ".new";
  for (const char* ending : {"", "-wal", "-shm", "-journal"}) ::unlink((draft + ending).c_str());
  {
    auto opened = Connection::open(draft, Connection::Access::create, vfs);
    if (!opened) return passed_on(opened);
    Connection& db = **opened;
    std::array<unsigned char, 16> id;
    SystemRandom().fill(id);
    auto done = db.execute(
        fmt::format("PRAGMA page_size = 4096; PRAGMA application_id = {}; PRAGMA synchronous = {};",
                    kApplicationId, durable ? "FULL" : "OFF"));
    if (done) done = migrate(db, migrations());
    if (done) {
      done = db.run("INSERT INTO meta(name, value) VALUES('id', ?), ('starts', '0')",
                    to_hex({reinterpret_cast<const char*>(id.data()), id.size()}));
    }
    if (done) done = db.execute("PRAGMA journal_mode = WAL;");
    if (!done) return std::unexpected(std::move(done.error()).within("cannot make a new database"));
  }
  if (!durable) return rename_file(draft, path);
  if (auto done = sync_file(draft); !done) return done;
  return rename_durably(draft, path);
}

Result<void> check_identity(Connection& connection) {
  const auto id = read_pragma(connection, "PRAGMA application_id");
  if (!id) {
    if (id.error().code == ErrorCode::corrupt) return refuse(connection.path(), id.error().message);
    return std::unexpected(id.error());
  }
  if (*id != kApplicationId) {
    return fail(
        ErrorCode::corrupt,
        fmt::format(
            "cannot use the database {}: another program made it (application id {:#x}); name another "
            "data folder",
            connection.path(), *id));
  }
  return {};
}

Result<void> check_log(Connection& connection, std::uint64_t inode, const std::optional<CommitMark>& mark) {
  const LogPosition log = log_position(connection);
  const std::string& path = connection.path();
  if (!mark) return {};
  const bool same_log = log.salt1 == mark->log.salt1 && log.salt2 == mark->log.salt2;
  if (mark->clean == 0 && same_log && log.frames >= mark->log.frames) return {};
  // The log had been begun anew (each time with the next salt) by a commit that did not live to mark it.
  if (mark->clean == 0 && !same_log && log.salt1 == mark->log.salt1 + 1) return {};
  if (mark->database_inode != inode) {
    // Another file was put in the old one's place. A log that is here is not its own.
    if (log.frames != 0) return refuse(path, "beside it lies the write-ahead log of another database file");
    return {};
  }
  if (mark->clean != 0) {
    if (log.frames != 0)
      return refuse(path, "beside it lies a write-ahead log that this daemon did not write");
    return {};
  }
  // After a loss of power the mark itself may be of any age: the pages are checked instead.
  if (mark->boot_id != current_boot_id()) return {};
  return refuse(
      path, fmt::format("its write-ahead log was cut off, swapped or removed while the daemon was down (it "
                        "holds {} pages of {})",
                        same_log ? log.frames : 0, mark->log.frames));
}

Result<void> check_pages(Connection& connection) {
  Rows rows = connection.query("PRAGMA quick_check(1)");
  std::string problem;
  if (rows.next()) problem = rows.text(0);
  if (auto done = rows.done(); !done) {
    if (done.error().code != ErrorCode::corrupt) return done;
    problem = done.error().message;
  }
  if (problem == "ok") return {};
  return refuse(connection.path(), "it is damaged (" + problem + ")");
}

Result<std::vector<std::string>> find_damage(const std::string& path) {
  auto opened = Connection::open(path, Connection::Access::read_only, {});
  if (!opened) return passed_on(opened);
  std::vector<std::string> problems;
  Rows rows = (*opened)->query("PRAGMA integrity_check");
  while (rows.next()) {
    if (rows.text(0) != "ok") problems.push_back(rows.string(0));
  }
  if (auto done = rows.done(); !done) {
    if (done.error().code != ErrorCode::corrupt) return passed_on(done);
    problems.push_back(done.error().message);
  }
  return problems;
}

}  // namespace countersign::sqlite
