#pragma once
// Read-only connections, opened when first needed and handed out one read at a time. Thread-safe.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/sqlite/connection.h"
#include "store/sqlite/options.h"

namespace countersign::sqlite {

class ReaderPool {
 public:
  explicit ReaderPool(const SqliteOptions& options) : options_(options) {}

  // A connection within a read transaction of its own, which ends with the lease; it sees each commit that
  // had returned before. A read that outlives the timeout is interrupted.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection);
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Connection> connection_;
    std::unique_ptr<std::chrono::steady_clock::time_point> deadline_;
  };

  // Waits where all connections are in use or reads are held; unavailable where that takes longer than a read
  // may.
  Result<Lease> lease();

  // Lets no new read begin and waits at most `limit` for those under way: a commit begins the write-ahead log
  // anew only while nobody reads it. Between hold and release lies one COMMIT.
  void hold(std::chrono::milliseconds limit);
  void release();

 private:
  Result<std::unique_ptr<Connection>> open() const;
  void give_back(std::unique_ptr<Connection> connection);
  void close_one();

  const SqliteOptions options_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t open_ = 0;
  bool held_ = false;
};

}  // namespace countersign::sqlite
