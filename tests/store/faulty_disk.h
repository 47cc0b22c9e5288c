#pragma once
// A disk that fails on demand, as a VFS between SQLite and the real files: the Nth write or fsync fails, the
// disk is full, or the power goes and only what was synced (and any part of the rest) is left. Thread-safe.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace countersign {

class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  // For SqliteOptions::vfs.
  const std::string& name() const { return name_; }

  // Writes, truncations and fsyncs since the beginning.
  std::int64_t operations() const { return operations_; }
  // The operation that comes after `more` others fails, once: a write with EIO, an fsync with an fsync error.
  void fail_after(std::int64_t more) { fail_at_ = operations_ + more; }
  bool has_failed() const { return failed_; }
  void fail_next_sync() { fail_sync_ = true; }
  // Every write fails with ENOSPC until it is not full any more.
  void set_full(bool full) { full_ = full; }
  // Files are opened read-only, as on a read-only file system.
  void set_read_only(bool read_only) { read_only_ = read_only; }

  // Just before the operation after `more` others the power goes: what the disk holds then is remembered,
  // each unsynced sector by the toss of a coin. `when` is called at that moment. Everything goes on for those
  // who run.
  void cut_power_after(std::int64_t more, std::uint64_t seed, std::function<void()> when);
  bool was_cut() const { return cut_; }
  // Writes the remembered files into another folder.
  void restore_into(const std::string& folder) const;

 private:
  struct Shim;
  struct Pending {
    std::int64_t offset = 0;
    std::string bytes;
    bool truncates = false;  // to `offset`
  };
  struct File {
    std::string durable;
    std::vector<Pending> pending;
  };
  friend struct ShimCalls;

  // What is to be done instead of the operation: SQLITE_OK to go on.
  int before(int failure);
  void cut();
  static void settle(std::string& content, const Pending& pending, std::mt19937_64* coin);
  void opened(const std::string& path);
  void wrote(const std::string& path, Pending pending);
  void synced(const std::string& path);
  void removed(const std::string& path);

  std::string name_;
  sqlite3_vfs vfs_{};
  std::atomic<std::int64_t> operations_{0};
  std::atomic<std::int64_t> fail_at_{-1};
  std::atomic<bool> failed_{false};
  std::atomic<bool> fail_sync_{false};
  std::atomic<bool> full_{false};
  std::atomic<bool> read_only_{false};
  std::atomic<std::int64_t> cut_at_{-1};
  std::atomic<bool> cut_{false};
  mutable std::mutex mutex_;
  std::mt19937_64 coin_;
  std::function<void()> when_cut_;
  std::map<std::string, File> files_;
  std::map<std::string, std::string> image_;
};

}  // namespace countersign
