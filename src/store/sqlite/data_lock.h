#pragma once
// DATA/lock: keeps a second daemon away from the database, and remembers how far the write-ahead log had
// come.
//
// The mark is written after each commit, without fsync: it survives the end of the process, not a loss of
// power. With it a start notices a log that was cut off, swapped or removed while the daemon was down, which
// SQLite by itself takes for the end of the log. Used by one thread.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"

namespace countersign::sqlite {

// How far the write-ahead log had come: its salts (https://sqlite.org/fileformat2.html#walformat) and its
// number of valid frames.
struct LogPosition {
  std::uint32_t salt1 = 0;
  std::uint32_t salt2 = 0;
  std::uint32_t frames = 0;
};

struct CommitMark {
  std::uint64_t database_inode = 0;
  std::array<char, 36> boot_id{};  // of the kernel that ran when it was written
  std::uint32_t clean = 0;         // 1: closed in order, the log is empty
  LogPosition log;
};

// The running kernel's; zeros where it is unknown.
const std::array<char, 36>& current_boot_id();

class DataLock {
 public:
  // unavailable where another process holds it, naming that process.
  static Result<std::unique_ptr<DataLock>> acquire(const std::string& path);
  ~DataLock();
  DataLock(const DataLock&) = delete;
  DataLock& operator=(const DataLock&) = delete;

  // What the last owner left; nullopt for none, or for bytes that are no mark.
  std::optional<CommitMark> mark() const;
  // A failure to write leaves the old mark, which claims less: it is never wrong.
  void set_mark(const CommitMark& mark);

 private:
  explicit DataLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace countersign::sqlite
