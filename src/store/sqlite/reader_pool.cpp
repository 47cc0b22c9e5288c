#include "store/sqlite/reader_pool.h"

#include <fmt/format.h>

namespace countersign::sqlite {
namespace {

// Instructions of SQLite's virtual machine between two looks at the clock: some ten microseconds.
constexpr int kStepsBetweenLooks = 4000;

int is_too_late(void* deadline) {
  return std::chrono::steady_clock::now() > *static_cast<std::chrono::steady_clock::time_point*>(deadline)
             ? 1
             : 0;
}

}  // namespace

ReaderPool::Lease::Lease(ReaderPool& pool, std::unique_ptr<Connection> connection)
    : pool_(&pool),
      connection_(std::move(connection)),
      deadline_(std::make_unique<std::chrono::steady_clock::time_point>(std::chrono::steady_clock::now() +
                                                                        pool.options_.read_timeout)) {
  sqlite3_progress_handler(connection_->handle(), kStepsBetweenLooks, is_too_late, deadline_.get());
}

ReaderPool::Lease::~Lease() {
  if (!connection_) return;
  sqlite3_progress_handler(connection_->handle(), 0, nullptr, nullptr);
  if (connection_->in_transaction() && !connection_->run("COMMIT")) {
    // A connection that cannot end its read would hold the log for ever.
    connection_.reset();
    pool_->close_one();
    return;
  }
  pool_->give_back(std::move(connection_));
}

Result<ReaderPool::Lease> ReaderPool::lease() {
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    const bool free = returned_.wait_for(lock, options_.read_timeout, [&] {
      return !held_ && (!idle_.empty() || open_ < options_.readers_max);
    });
    if (!free) {
      return fail(ErrorCode::unavailable, fmt::format("all {} readers of {} are busy, try again",
                                                      options_.readers_max, options_.path));
    }
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    } else {
      ++open_;
    }
  }
  if (!connection) {
    auto opened = open();
    if (!opened) {
      close_one();
      return passed_on(opened);
    }
    connection = std::move(*opened);
  }
  Lease lease(*this, std::move(connection));
  if (auto begun = (*lease).run("BEGIN"); !begun) return passed_on(begun);
  return lease;
}

Result<std::unique_ptr<Connection>> ReaderPool::open() const {
  auto connection = Connection::open(options_.path, Connection::Access::read_only, options_.vfs);
  if (!connection) return connection;
  const auto done = (*connection)
                        ->execute(fmt::format("PRAGMA query_only = ON; PRAGMA cache_size = {}; "
                                              "PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 2000;",
                                              -(options_.reader_cache_bytes / 1024)));
  if (!done) return std::unexpected(done.error());
  return connection;
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  returned_.notify_all();
}

void ReaderPool::close_one() {
  {
    const std::lock_guard lock(mutex_);
    --open_;
  }
  returned_.notify_all();
}

void ReaderPool::hold(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  held_ = true;
  returned_.wait_for(lock, limit, [&] { return idle_.size() == open_; });
}

void ReaderPool::release() {
  {
    const std::lock_guard lock(mutex_);
    held_ = false;
  }
  returned_.notify_all();
}

}  // namespace countersign::sqlite
